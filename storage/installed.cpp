#include "storage/installed.hpp"

#include "config/base/text.hpp"
#include "config/base/utf8.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>

#include <array>
#include <locale.h>
#include <utility>
#include <wctype.h>

namespace countersign::storage {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 3> kinds{"gitlab", "github", "slack"};
constexpr std::array<std::string_view, 3> grant_stages{"asked", "exchanging", "granted"};
constexpr std::array<std::string_view, 5> states{"pending", "active", "expiring", "refresh_failed",
                                                 "needs_reauth"};
constexpr std::array<std::string_view, 2> integration_kinds{"tracker", "channel"};
constexpr std::array<std::string_view, 4> integration_states{"active", "degraded", "needs_reauth", "paused"};
constexpr std::array<std::string_view, 2> installed_states{"installed", "removed"};

template <class Enum, std::size_t Size>
void parse(std::string_view text, Enum& value, const std::array<std::string_view, Size>& texts) {
    for (std::size_t at = 0; at < Size; ++at) {
        if (texts.at(at) != text) continue;
        value = static_cast<Enum>(at);
        return;
    }
    throw UnreadableRow(
        fmt::format("the database holds '{}', which this program does not know: it was written "
                    "by a newer version or changed by hand",
                    text));
}

// Independent of the process's own locale, which stays "C".
locale_t unicode() {
    static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
}

char32_t folded(char32_t letter) {
    const auto loc = unicode();
    if (loc == nullptr)
        return letter < 0x80 ? static_cast<char32_t>(std::tolower(static_cast<int>(letter))) : letter;
    return static_cast<char32_t>(::towlower_l(static_cast<wint_t>(letter), loc));
}

// Zero-width and soft characters: two names that differ only in them look the same.
bool is_invisible(char32_t c) {
    return utf8::is_control(c) || utf8::is_bidi_control(c) || c == 0xAD || c == 0x34F || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF) || c == 0x3164 || c == 0x115F ||
           c == 0x1160;
}

bool is_space(char32_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace

std::string_view to_text(AuthorizationKind value) {
    return kinds.at(static_cast<std::size_t>(value));
}
std::string_view to_text(GrantStage value) {
    return grant_stages.at(static_cast<std::size_t>(value));
}
void parse_text(std::string_view text, GrantStage& value) {
    parse(text, value, grant_stages);
}
std::string record_of(const OauthApp& app) {
    return fmt::format("oauth_app:{}:{}", to_text(app.kind), app.url);
}
std::string_view to_text(AuthorizationState value) {
    return states.at(static_cast<std::size_t>(value));
}
std::string_view to_text(IntegrationKind value) {
    return integration_kinds.at(static_cast<std::size_t>(value));
}
std::string_view to_text(IntegrationState value) {
    return integration_states.at(static_cast<std::size_t>(value));
}
std::string_view to_text(InstalledState value) {
    return installed_states.at(static_cast<std::size_t>(value));
}
void parse_text(std::string_view text, AuthorizationKind& value) {
    parse(text, value, kinds);
}
void parse_text(std::string_view text, AuthorizationState& value) {
    parse(text, value, states);
}
void parse_text(std::string_view text, IntegrationKind& value) {
    parse(text, value, integration_kinds);
}
void parse_text(std::string_view text, IntegrationState& value) {
    parse(text, value, integration_states);
}
void parse_text(std::string_view text, InstalledState& value) {
    parse(text, value, installed_states);
}

std::optional<AuthorizationKind> parse_kind(std::string_view text) {
    for (std::size_t at = 0; at < kinds.size(); ++at)
        if (kinds.at(at) == text) return static_cast<AuthorizationKind>(at);
    return std::nullopt;
}

std::string name_key(std::string_view name) {
    std::string key;
    for (bool space = false; !name.empty();) {
        const auto next = utf8::decode(name);
        name.remove_prefix(next.length);
        if (is_space(next.code_point)) {
            space = !key.empty();
            continue;
        }
        if (is_invisible(next.code_point)) continue;
        if (std::exchange(space, false)) key += ' ';
        utf8::append(key, folded(next.code_point));
    }
    return key;
}

}  // namespace countersign::storage
