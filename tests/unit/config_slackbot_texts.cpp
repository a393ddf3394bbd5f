#include "config/settings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace countersign;
using namespace countersign::config;

namespace {

class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("countersign-texts-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
        write(
            "countersign.toml",
            "[review]\nchannel = \"C0A\"\nadmins = [\"U0ADMIN\"]\n[[review.party]]\nname = \"S\"\nmembers = "
            "[\"U0SEC1\"]\n");
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
    }
    [[nodiscard]] auto load() const { return load_settings(path_ / "countersign.toml"); }

  private:
    std::filesystem::path path_;
};

const SlackbotLocale* locale(const SlackbotTexts& texts, const std::string& name) {
    const auto found = std::ranges::find(texts.locales, name, &SlackbotLocale::name);
    return found == texts.locales.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("O9: the built-in tables have English, German and Portuguese") {
    for (const char* name : {"en", "de", "pt"}) {
        const auto* found = locale(default_slackbot_texts(), name);
        REQUIRE(found != nullptr);
        CHECK_FALSE(found->request.empty());
        CHECK_FALSE(found->approve_buttons.empty());
        CHECK_FALSE(found->approved.empty());
        CHECK_FALSE(found->restricted.empty());
    }
}

TEST_CASE("O9: a file beside the configuration adds words, languages and action ids without a release") {
    const Folder folder;
    folder.write(
        "slackbot_texts.toml",
        "schema = 1\n[actions]\napprove = [\"QX1\"]\n[[locale]]\nname = \"en\"\napproved = [\"{who} waved it "
        "through\"]\n[[locale]]\nname = \"nl\"\napprove_buttons = [\"Goedkeuren\"]\n");
    const auto settings = folder.load();
    REQUIRE(settings.has_value());
    const auto& texts = settings->slackbot_texts;
    CHECK(texts.approve_actions == std::vector<std::string>{"QX1"});
    CHECK(locale(texts, "en")->approved.back() == "{who} waved it through");
    CHECK(locale(texts, "en")->approved.size() ==
          locale(default_slackbot_texts(), "en")->approved.size() + 1);
    CHECK(locale(texts, "nl")->approve_buttons == std::vector<std::string>{"Goedkeuren"});
}

TEST_CASE("O9: a wrong file of words is named by line, and nothing of it is used") {
    const Folder folder;
    const auto problem = [&](const std::string& text) {
        folder.write("slackbot_texts.toml", text);
        const auto settings = folder.load();
        REQUIRE_FALSE(settings.has_value());
        return to_text(settings.error().front());
    };
    CHECK(problem("[[locale]]\nname = \"en\"\naproved = [\"x\"]\n").find("slackbot_texts.toml:3: ") !=
          std::string::npos);
    CHECK(problem("[[locale]]\nname = \"en\"\naproved = [\"x\"]\n").find("approved") != std::string::npos);
    CHECK(problem("[[locale]]\nname = \"en\"\napproved = [\"{who} {app}\"]\n")
              .find("without words of its own") != std::string::npos);
    CHECK(problem("[[locale]]\napproved = []\n").find("name") != std::string::npos);
    CHECK(problem("schema = 2\n").find("schema") != std::string::npos);
    CHECK(problem("[[locale]\n").find("slackbot_texts.toml:1") != std::string::npos);
}
