#include "config/secrets.hpp"

#include "config/base/base64.hpp"
#include "config/base/text.hpp"
#include "config/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace countersign::config {
namespace {

// Reads each variable from the first place that has it, and gathers what is wrong.
class Reader {
  public:
    explicit Reader(const SecretSources& sources) : sources_(&sources) {}

    // `sealing`: a key that all other secrets hang on. Only from a file that nobody else can read (C1).
    std::optional<Secret> find(const std::string& variable, bool sealing = false) {
        if (const auto folder = sources_->environment("CREDENTIALS_DIRECTORY"); folder && !folder->empty()) {
            const auto file = std::filesystem::path(*folder) / text::lower(variable);
            std::error_code error;
            if (std::filesystem::exists(file, error)) return from_file(variable, file, sealing);
        }
        if (const auto file = sources_->environment(variable + "_FILE"))
            return from_file(variable, *file, sealing);
        const auto value = sources_->environment(variable);
        if (!value) return std::nullopt;
        if (sealing) {
            problem(variable, "is set in the environment; expected a credential or " + variable +
                                  "_FILE, because it must not leak");
            return std::nullopt;
        }
        return from_text(variable, *value);
    }

    void problem(std::string variable, std::string text) {
        problems_.push_back({"", 0, std::move(variable), std::move(text)});
    }
    std::vector<Problem> problems_;

  private:
    std::optional<Secret> from_file(const std::string& variable, const std::filesystem::path& file,
                                    bool sealing) {
        if (const auto why = sealing ? too_open(file) : std::string(); !why.empty()) {
            problem(variable,
                    fmt::format("its file \"{}\" {}; expected mode 0400, owned by the user that runs "
                                "countersign (or 0440, owned by root)",
                                file.string(), why));
            return std::nullopt;
        }
        auto content = file.empty() ? std::unexpected(std::string("has no name")) : read_file(file);
        if (content) return from_text(variable, *content);
        problem(variable, fmt::format("its file \"{}\" {}; expected a readable file with the secret in it",
                                      file.string(), content.error()));
        return std::nullopt;
    }

    // systemd shows a credential of a service's user as 0440 of root: the group bits are those of its ACL.
    // Write permission of the owner gives nobody else anything.
    static std::string too_open(const std::filesystem::path& file) {
        struct stat facts{};
        if (::stat(file.c_str(), &facts) != 0) return {};  // reading it says what is wrong
        const auto mode = static_cast<unsigned>(facts.st_mode & 07777U);
        const bool of_root = facts.st_uid == 0;
        if ((mode & (of_root ? 0137U : 0177U)) != 0) return fmt::format("has mode {:04o}", mode);
        if (!of_root && facts.st_uid != ::geteuid()) return "belongs to another user";
        return {};
    }

    std::optional<Secret> from_text(const std::string& variable, std::string_view content) {
        const auto value = text::trimmed(content);
        if (!value.empty()) return Secret(std::string(value));
        problem(variable, "is empty; expected the secret, or no such variable or file");
        return std::nullopt;
    }

    const SecretSources* sources_;
};

struct Kind {
    std::string_view prefix;
    std::string_view name;
};
constexpr std::array<Kind, 8> kinds{
    {{"xapp-", "an app-level token (xapp-)"},
     {"xoxb-", "a bot token (xoxb-)"},
     {"xoxp-", "a user token (xoxp-)"},
     {"xoxe.", "a rotating token (xoxe.); switch token rotation off in the app's settings"},
     {"xoxe-", "a refresh token (xoxe-)"},
     {"xoxa-", "a legacy workspace token (xoxa-)"},
     {"xoxc-", "a browser session's token (xoxc-)"},
     {"xox", "another kind of Slack token"}}};

std::string_view kind_of(std::string_view token) {
    for (const Kind& kind : kinds)
        if (token.starts_with(kind.prefix)) return kind.name;
    return "not a Slack token";
}

bool is_one_word(std::string_view token) {
    return std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7F; });
}

std::optional<Secret> slack_token(Reader& reader, const std::string& variable, std::string_view prefix,
                                  std::string_view expected) {
    auto token = reader.find(variable);
    if (!token) return std::nullopt;
    const std::string& value = token->reveal();
    if (!value.starts_with(prefix) || value.size() == prefix.size()) {
        const bool bare = value == prefix;
        reader.problem(variable, fmt::format("is {}; expected {}",
                                             bare ? "only the start of a token" : kind_of(value), expected));
        return std::nullopt;
    }
    if (!is_one_word(value)) {
        reader.problem(
            variable,
            fmt::format("holds white space or other characters that no token has; expected {}", expected));
        return std::nullopt;
    }
    return token;
}

// xapp-1-A0123456789-4567-hex: the third part is the app's id (R9). Empty when the token has another shape.
std::string app_id_in(std::string_view token) {
    const auto first = token.find('-');
    const auto second = first == std::string_view::npos ? first : token.find('-', first + 1);
    if (second == std::string_view::npos) return {};
    const auto id = token.substr(second + 1, token.find('-', second + 1) - second - 1);
    const bool shaped = id.size() > 1 && id.front() == 'A' && std::ranges::all_of(id, [](char c) {
                            return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                        });
    return shaped ? std::string(id) : std::string();
}

// Bytes that nobody drew at random: one byte over and over, or a sentence.
bool is_random(std::string_view key) {
    const bool same = std::ranges::all_of(key, [&](char c) { return c == key.front(); });
    const bool text = std::ranges::all_of(key, [](char c) { return c >= ' ' && c < 0x7F; });
    return !same && !text;
}

std::vector<SealingKey> sealing_keys(Reader& reader) {
    const std::string variable = "COUNTERSIGN_KEY";
    constexpr std::size_t key_bytes = 32;
    constexpr std::string_view expected = "lines of ID BASE64 with 32 bytes each (openssl rand -base64 32)";
    std::vector<SealingKey> keys;
    const auto content = reader.find(variable, true);
    if (!content) return keys;
    std::set<std::string> ids;
    std::string_view rest = content->reveal();
    for (int line = 1; !rest.empty(); ++line) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto parts = text::words(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (parts.empty()) continue;
        const std::string id = parts.size() == 1 ? "1" : parts.front();
        auto key = base64::decoded(parts.back());
        if (parts.size() > 2 || !key || key->size() != key_bytes)
            reader.problem(variable, fmt::format("line {} is not a key; expected {}", line, expected));
        else if (!is_random(*key))
            reader.problem(variable,
                           fmt::format("line {} was not drawn at random; expected {}", line, expected));
        else if (!ids.insert(id).second)
            reader.problem(variable, fmt::format("line {} repeats an id; expected each id once", line));
        else
            keys.push_back({id, Secret(std::move(*key))});
    }
    return keys;
}

}  // namespace

SecretSources process_environment() {
    return {[](std::string_view variable) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(variable).c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    }};
}

namespace {

// "procurement-eu" -> "PROCUREMENT_EU"
std::string variable_of(std::string_view tracker_name) {
    std::string variable;
    for (const char c : tracker_name) {
        const auto letter = static_cast<unsigned char>(c);
        variable.push_back(
            letter < 0x80 && std::isalnum(letter) != 0 ? static_cast<char>(std::toupper(letter)) : '_');
    }
    return variable;
}

}  // namespace

std::string tracker_token_variable(std::string_view tracker_name) {
    return variable_of(tracker_name) + "_TOKEN";
}

std::string tracker_webhook_variable(std::string_view tracker_name) {
    return variable_of(tracker_name) + "_WEBHOOK_SECRET";
}

std::expected<std::vector<SealingKey>, std::vector<Problem>> load_sealing_keys(const SecretSources& sources) {
    Reader reader(sources);
    auto keys = sealing_keys(reader);
    if (reader.problems_.empty()) return keys;
    return std::unexpected(std::move(reader.problems_));
}

std::expected<Secrets, std::vector<Problem>> load_secrets(const Settings& settings,
                                                          const SecretSources& sources) {
    constexpr std::string_view app =
        "an app-level token (xapp-…) with connections:write, from the app's Basic Information page";
    constexpr std::string_view bot = "the bot token (xoxb-…), from the app's OAuth & Permissions page";
    Reader reader(sources);
    Secrets secrets;
    const auto required = [&](const std::string& variable, std::string_view prefix,
                              std::string_view expected) {
        const auto before = reader.problems_.size();
        auto token = slack_token(reader, variable, prefix, expected);
        if (!token && reader.problems_.size() == before)
            reader.problem(variable, fmt::format("is missing; expected {}", expected));
        return token.value_or(Secret());
    };
    secrets.app_token = required("SLACK_APP_TOKEN", "xapp-", app);
    secrets.app_id = app_id_in(secrets.app_token.reveal());
    secrets.bot_token = required("SLACK_BOT_TOKEN", "xoxb-", bot);
    secrets.admin_token = slack_token(reader, "SLACK_ADMIN_TOKEN", "xoxp-",
                                      "an admin's user token (xoxp-…) with admin.apps:write");
    secrets.reviewer_token = slack_token(reader, "SLACK_REVIEWER_TOKEN", "xoxp-",
                                         "an app manager's user token (xoxp-…) with im:history");
    for (const Tracker& tracker : settings.trackers) {
        if (auto secret = reader.find(tracker_webhook_variable(tracker.name)))
            secrets.webhooks.emplace(tracker.name, std::move(*secret));
        const std::string variable = tracker_token_variable(tracker.name);
        auto token = reader.find(variable);
        if (!token) continue;
        if (token->reveal().starts_with("xox") || token->reveal().starts_with("xapp-"))
            reader.problem(variable, fmt::format("is {}; expected a token of the tracker \"{}\"",
                                                 kind_of(token->reveal()), tracker.name));
        else if (!is_one_word(token->reveal()))
            reader.problem(
                variable,
                "holds white space or other characters that no token has; expected the tracker's token");
        else
            secrets.trackers.emplace(tracker.name, std::move(*token));
    }
    secrets.sealing_keys = sealing_keys(reader);
    if (reader.problems_.empty()) return secrets;
    return std::unexpected(std::move(reader.problems_));
}

}  // namespace countersign::config
