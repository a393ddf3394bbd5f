#include "bot/tracker/webhook.hpp"

#include "bot/net/url.hpp"
#include "bot/tracker/json.hpp"
#include "bot/tracker/projects.hpp"
#include "config/base/text.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

namespace countersign::tracker {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes replay_window{5};
constexpr std::string_view signing_key_prefix = "whsec_";

std::string_view header(const HookHeaders& headers, const char* name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out.push_back(digits[byte >> 4u]);
        out.push_back(digits[byte & 15u]);
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

// "" when it is not base64.
std::string from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return "";
    std::string out(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) return "";
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

bool same(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

// Standard Webhooks: HMAC over "id.timestamp.body", several signatures allowed while a key is changed.
std::expected<void, HookRefusal> signed_by_key(const Secret& secret, const HookHeaders& headers,
                                               std::string_view body, Timestamp now) {
    const auto key = from_base64(std::string_view(secret.reveal()).substr(signing_key_prefix.size()));
    const auto id = header(headers, "webhook-id");
    const auto stamp = header(headers, "webhook-timestamp");
    if (key.empty() || id.empty()) return std::unexpected(HookRefusal::not_signed);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    if (stamp.empty() || error != std::errc() || end != stamp.data() + stamp.size() || seconds < 0 ||
        seconds > INT32_MAX * std::int64_t{8})
        return std::unexpected(HookRefusal::not_signed);
    std::string signed_text(id);
    signed_text.append(".").append(stamp).append(".").append(body);
    const auto expected = "v1," + base64(hmac_sha256(key, signed_text));
    bool found = false;
    for (const auto& signature : text::words(header(headers, "webhook-signature")))
        found = same(signature, expected) || found;
    if (!found) return std::unexpected(HookRefusal::not_signed);
    const auto apart = now - Timestamp(std::chrono::seconds(seconds));
    if (apart > replay_window || apart < -replay_window) return std::unexpected(HookRefusal::too_old);
    return {};
}

std::expected<void, HookRefusal> verified(const config::Tracker& tracker, const Secret& secret,
                                          const HookHeaders& headers, std::string_view body, Timestamp now) {
    if (secret.empty()) return std::unexpected(HookRefusal::not_signed);
    if (tracker.kind == config::TrackerKind::github) {
        // The older header with SHA-1 counts for nothing (H6).
        const auto expected = "sha256=" + hex(hmac_sha256(secret.reveal(), body));
        if (same(header(headers, "x-hub-signature-256"), expected)) return {};
        return std::unexpected(HookRefusal::not_signed);
    }
    if (secret.reveal().starts_with(signing_key_prefix)) return signed_by_key(secret, headers, body, now);
    if (same(header(headers, "x-gitlab-token"), secret.reveal())) return {};
    return std::unexpected(HookRefusal::not_signed);
}

bool same_origin(std::string_view one, std::string_view other) {
    const auto a = net::parse_url(one);
    const auto b = net::parse_url(other);
    return a && b && a->scheme == b->scheme && a->host == b->host && a->port == b->port;
}

struct Place {
    std::string project;
    std::int64_t iid = 0;  // 0: of no issue
};

Place gitlab_place(const json& object) {
    Place place;
    place.project = text_at(object_at(object, "project"), "path_with_namespace");
    const auto kind = text_at(object, "object_kind");
    if (kind == "issue" || kind == "work_item")
        place.iid = integer_at(object_at(object, "object_attributes"), "iid");
    else if ((kind == "note" || kind == "emoji") && !is_absent(object, "issue"))
        place.iid = integer_at(object_at(object, "issue"), "iid");
    return place;
}

Place github_place(const json& object) {
    Place place;
    if (is_absent(object, "issue")) return place;
    place.project = text_at(object_at(object, "repository"), "full_name");
    place.iid = integer_at(object_at(object, "issue"), "number");
    return place;
}

// Old versions of GitLab have no id of the delivery; then the same content is the same event.
std::string delivery_of(const config::Tracker& tracker, const HookHeaders& headers, std::string_view body) {
    if (tracker.kind == config::TrackerKind::github) return std::string(header(headers, "x-github-delivery"));
    for (const char* name : {"webhook-id", "idempotency-key", "x-gitlab-event-uuid"})
        if (const auto id = header(headers, name); !id.empty()) return std::string(id);
    return text::sha256_hex(body);
}

}  // namespace

std::expected<void, HookRefusal> promising(const config::Tracker& tracker, const HookHeaders& headers) {
    const bool github = tracker.kind == config::TrackerKind::github;
    const bool is_signed = github
                               ? headers.contains("x-hub-signature-256")
                               : headers.contains("x-gitlab-token") || headers.contains("webhook-signature");
    if (!is_signed) return std::unexpected(HookRefusal::not_signed);
    const auto event = text::lower(header(headers, github ? "x-github-event" : "x-gitlab-event"));
    const bool wanted = github ? event == "issues" || event == "issue_comment"
                               : event.contains("issue") || event.contains("note") ||
                                     event.contains("emoji") || event.contains("work item");
    if (!wanted) return std::unexpected(HookRefusal::not_wanted);
    return {};
}

std::expected<Hook, HookRefusal> read_hook(const config::Tracker& tracker, const Secret& secret,
                                           const HookHeaders& headers, std::string_view body, Timestamp now) {
    if (const auto good = verified(tracker, secret, headers, body, now); !good)
        return std::unexpected(good.error());
    const auto instance = header(headers, "x-gitlab-instance");
    if (!instance.empty() && !same_origin(instance, tracker.url))
        return std::unexpected(HookRefusal::elsewhere);
    Place place;
    try {
        const json object = read_object(body);
        place = tracker.kind == config::TrackerKind::github ? github_place(object) : gitlab_place(object);
    } catch (const Malformed&) {
        return std::unexpected(HookRefusal::malformed);
    }
    const auto project = Projects(tracker).allowed(place.project);
    if (place.iid <= 0 || !project) return std::unexpected(HookRefusal::not_wanted);
    auto delivery = delivery_of(tracker, headers, body);
    if (delivery.empty() || delivery.size() > 200) return std::unexpected(HookRefusal::malformed);
    return Hook{std::move(delivery), *project, place.iid};
}

}  // namespace countersign::tracker
