#include "config/slackbot_texts.hpp"

#include "config/section.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace countersign::embedded {
extern const std::string_view slackbot_texts_toml;
}

namespace countersign::config {
namespace {

struct List {
    std::string_view key;
    std::vector<std::string> SlackbotLocale::* member;
};
constexpr std::array<List, 15> lists{{
    {"request", &SlackbotLocale::request},
    {"approve_buttons", &SlackbotLocale::approve_buttons},
    {"restrict_buttons", &SlackbotLocale::restrict_buttons},
    {"bot_scopes", &SlackbotLocale::bot_scopes},
    {"user_scopes", &SlackbotLocale::user_scopes},
    {"reason", &SlackbotLocale::reason},
    {"approved", &SlackbotLocale::approved},
    {"restricted", &SlackbotLocale::restricted},
    {"denied", &SlackbotLocale::denied},
    {"cancelled", &SlackbotLocale::cancelled},
    {"outcome_approved", &SlackbotLocale::outcome_approved},
    {"outcome_restricted", &SlackbotLocale::outcome_restricted},
    {"outcome_denied", &SlackbotLocale::outcome_denied},
    {"outcome_cancelled", &SlackbotLocale::outcome_cancelled},
    {"ignore", &SlackbotLocale::ignore},
}};

void append(std::vector<std::string>& to, std::vector<std::string> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

SlackbotLocale& locale_named(SlackbotTexts& texts, const std::string& name) {
    const auto found = std::ranges::find(texts.locales, name, &SlackbotLocale::name);
    if (found != texts.locales.end()) return *found;
    texts.locales.emplace_back();
    texts.locales.back().name = name;
    return texts.locales.back();
}

// A phrase of nothing but placeholders would match every line there is.
bool says_something(std::string_view phrase) {
    bool inside = false;
    for (const char c : phrase) {
        if (c == '{') inside = true;
        if (!inside && c != ' ') return true;
        if (c == '}') inside = false;
    }
    return false;
}

void read_locale(const Node* node, SlackbotTexts& texts, Problems& problems) {
    Section section(node, "locale", problems);
    const auto name = section.required_text("name", "a language code such as \"en\"");
    auto& locale = locale_named(texts, name.value_or(""));
    for (const auto& [key, member] : lists) {
        auto phrases = section.texts(key).value_or(std::vector<std::string>());
        if (!std::ranges::all_of(phrases, says_something))
            section.problem(key, "has a phrase without words of its own; expected whole lines of Slackbot's");
        append(locale.*member, std::move(phrases));
    }
    section.finish();
}

}  // namespace

void add_slackbot_texts(std::string_view toml, const std::filesystem::path& file, SlackbotTexts& texts,
                        Problems& problems) {
    const auto document = parse_document(toml, file);
    if (!document) {
        problems.found.push_back(document.error());
        return;
    }
    Problems own{file.string(), {}};
    Section root(&*document, "", own);
    (void)root.integer("schema", 1, 1, 1);
    Section actions(root.table("actions"), "actions", own);
    append(texts.approve_actions, actions.texts("approve").value_or(std::vector<std::string>()));
    append(texts.restrict_actions, actions.texts("restrict").value_or(std::vector<std::string>()));
    actions.finish();
    for (const Node* locale : root.tables("locale"))
        read_locale(locale, texts, own);
    root.finish();
    problems.found.insert(problems.found.end(), own.found.begin(), own.found.end());
}

const SlackbotTexts& default_slackbot_texts() {
    static const SlackbotTexts texts = [] {
        SlackbotTexts read;
        Problems problems{"slackbot_texts.toml", {}};
        add_slackbot_texts(embedded::slackbot_texts_toml, "slackbot_texts.toml", read, problems);
        if (!problems.found.empty()) throw std::logic_error("built-in slackbot_texts.toml is wrong");
        return read;
    }();
    return texts;
}

}  // namespace countersign::config
