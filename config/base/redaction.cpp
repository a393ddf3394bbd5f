#include "config/base/secret.hpp"

#include <algorithm>
#include <array>

// What looks like a credential, found in one pass over the text (R3, R67, N12). It errs on the side of
// hiding.
namespace countersign {
namespace {

constexpr std::string_view mark = "[redacted]";

// Tokens that announce themselves.
constexpr std::array<std::string_view, 24> token_prefixes{
    "xapp-",  "xoxa-",  "xoxb-", "xoxc-", "xoxd-",  "xoxe-",  "xoxe.", "xoxo-",
    "xoxp-",  "xoxr-",  "xoxs-", "xwfp-", "glpat-", "gloas-", "gldt-", "glrt-",
    "glptt-", "glcbt-", "ghp_",  "gho_",  "ghs_",   "ghu_",   "ghr_",  "github_pat_"};
// Headers whose value is hidden to the end of the line.
constexpr std::array<std::string_view, 4> secret_headers{
    "authorization:", "proxy-authorization:", "private-token:", "cookie:"};
// Names whose value is hidden, as `name=value` and as JSON, escaped JSON included.
constexpr std::array<std::string_view, 15> secret_names{
    "ticket",    "token",         "access_token",  "refresh_token",  "private_token",
    "bot_token", "app_token",     "client_secret", "signing_secret", "secret",
    "password",  "code_verifier", "verifier",      "response_url",   "authorization"};
// Hosts whose whole path is a capability: response_url, incoming webhooks.
constexpr std::array<std::string_view, 2> capability_hosts{"hooks.slack.com", "hooks.slack-gov.com"};

bool alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool name_letter(char c) {
    return alphanumeric(c) || c == '_';
}
bool token_letter(char c) {
    return name_letter(c) || c == '-' || c == '.';
}
char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                      [](char a, char b) { return a == folded(b); });
}

std::size_t run(std::string_view text, bool (*belongs)(char)) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
}

// Up to white space, a quote, a bracket or `&`; a backslash ends it too, except in JSON's `\/`.
std::size_t value_length(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '\\' && at + 1 < text.size() && text[at + 1] == '/') {
            at += 2;
            continue;
        }
        if (static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'`<>&|;,)}]\\").contains(c)) break;
        ++at;
    }
    return at;
}

// Inside quotes everything up to the closing one belongs to the value.
std::size_t quoted_length(std::string_view text, std::string_view closing) {
    const auto end = text.find(closing);
    return end == std::string_view::npos ? text.size() : end;
}

struct Hit {
    std::size_t keep = 0;  // bytes to copy
    std::size_t hide = 0;  // bytes after those to hide
};

Hit announced(std::string_view text) {
    for (const auto prefix : token_prefixes) {
        if (!text.starts_with(prefix)) continue;
        const std::size_t length = run(text.substr(prefix.size()), token_letter);
        // "xoxb-…" in a sentence is not a token.
        if (length > 0) return {0, prefix.size() + length};
    }
    return {};
}

Hit after_header(std::string_view text) {
    for (const auto header : secret_headers)
        if (begins(text, header))
            return {header.size(), std::min(text.find_first_of("\r\n"), text.size()) - header.size()};
    constexpr std::string_view bearer = "bearer ";
    if (!begins(text, bearer)) return {};
    const std::size_t length = value_length(text.substr(bearer.size()));
    return length < 8 ? Hit{} : Hit{bearer.size(), length};  // "bearer of news" is prose
}

Hit after_name(std::string_view text, char before) {
    const std::size_t name_length = run(text, name_letter);
    const auto is_name = [&](std::string_view name) {
        return name.size() == name_length && begins(text, name);
    };
    // `code` alone is too common a word: only as a query parameter.
    const bool code = (before == '?' || before == '&') && (is_name("code") || is_name("state"));
    if (!code && std::ranges::none_of(secret_names, is_name)) return {};
    const std::string_view rest = text.substr(name_length);
    for (const std::string_view sign : {"=", "%3d"})
        if (begins(rest, sign)) return {name_length + sign.size(), value_length(rest.substr(sign.size()))};
    for (const std::string_view quote : {"\"", "\\\""}) {
        if (!rest.starts_with(quote)) continue;
        std::size_t at = quote.size();
        at += run(rest.substr(at), [](char c) { return c == ' ' || c == ':'; });
        if (at == quote.size() || !rest.substr(at).starts_with(quote)) return {};
        at += quote.size();
        return {name_length + at, quoted_length(rest.substr(at), quote)};
    }
    return {};
}

Hit after_host(std::string_view text) {
    for (const auto host : capability_hosts)
        if (begins(text, host)) return {host.size(), value_length(text.substr(host.size()))};
    return {};
}

// user:password@ after "://".
Hit user_info(std::string_view text) {
    if (!text.starts_with("://")) return {};
    const auto authority = text.substr(3, std::min(text.find_first_of("/?# \t\n\"'<>", 3), text.size()) - 3);
    const auto at = authority.rfind('@');
    return at == std::string_view::npos ? Hit{} : Hit{3, at};
}

// A name also starts after a percent-encoded character: "%3Fticket%3D…".
bool starts_word(std::string_view text, std::size_t at) {
    return at == 0 || !name_letter(text[at - 1]) || (at >= 3 && text[at - 3] == '%');
}

Hit find(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (const Hit hit = announced(rest); hit.hide > 0) return hit;
    if (const Hit hit = user_info(rest); hit.hide > 0) return hit;
    if (!starts_word(text, at)) return {};
    if (const Hit hit = after_header(rest); hit.hide > 0) return hit;
    if (const Hit hit = after_name(rest, at == 0 ? ' ' : text[at - 1]); hit.hide > 0) return hit;
    return after_host(rest);
}

}  // namespace

std::string redacted(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Hit hit = find(text, at);
        if (hit.hide == 0) {
            out.push_back(text[at++]);
            continue;
        }
        out.append(text.substr(at, hit.keep));
        out.append(mark);
        at += hit.keep + hit.hide;
    }
    return out;
}

}  // namespace countersign
