#include "config/settings.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"
#include "config/policy_file.hpp"
#include "config/settings_for_reading.hpp"
#include "config/settings_sections.hpp"
#include "config/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace countersign::embedded {
extern const std::string_view countersign_toml;
}

namespace countersign::config {

std::string shown(std::string_view value) {
    return fmt::format("\"{}\"", text::shortened(redacted(text::cleaned(value)), 80));
}

bool is_slack_id(std::string_view id, std::string_view first_letters) {
    return id.size() >= 2 && first_letters.contains(id.front()) &&
           std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

void check_channel(Section& section, std::string_view key, const std::string& id) {
    if (!is_slack_id(id, "CG"))
        section.problem(
            key,
            fmt::format(
                "is {}; expected a channel id such as C0APPREVIEW (in Slack: channel details, at the bottom)",
                shown(id)));
}

std::filesystem::path read_ca_file(Section& section) {
    std::filesystem::path file = section.text("ca_file", "");
    if (file.empty()) return file;
    const auto content = read_file(file);
    const bool certificates =
        content && content->contains("-----BEGIN ") && content->contains("CERTIFICATE-----");
    if (!certificates)
        section.problem("ca_file",
                        fmt::format("{} {}; expected a PEM file of certificates", shown(file.string()),
                                    content ? (content->empty() ? "is empty" : "holds no certificate")
                                            : content.error()));
    return file;
}

SlackSettings read_slack(Section& root, Problems& problems) {
    Section section(root.table("slack"), "slack", problems);
    SlackSettings slack;
    slack.api_url = section.text("api_url", slack.api_url);
    if (const auto wrong = base_url_problem(slack.api_url); !wrong.empty())
        section.problem("api_url", wrong);
    else if (!slack.api_url.ends_with('/'))
        slack.api_url += '/';
    slack.connections = static_cast<int>(section.integer("connections", slack.connections, 1, 10));
    slack.reconcile =
        std::chrono::minutes(section.integer("reconcile_minutes", slack.reconcile.count(), 1, 1440));
    slack.rate_scale = section.number("rate_scale", slack.rate_scale, 1, 1000);
    if (slack.rate_scale > 1 && !is_loopback_url(slack.api_url))
        section.problem(
            "rate_scale",
            fmt::format("is {}; expected 1.0, because slack.api_url is not on loopback", slack.rate_scale));
    slack.ca_file = read_ca_file(section);
    slack.proxy = section.text("proxy", "");
    // Its value may hold a password: never shown.
    if (!slack.proxy.empty() && !is_proxy_url(slack.proxy))
        section.problem("proxy", "is not an http:// address; expected http://HOST:PORT");
    section.finish();
    return slack;
}

namespace {

constexpr std::chrono::milliseconds quickest_poll{500};

std::chrono::milliseconds scaled(std::chrono::milliseconds time, double scale) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time / scale);
}

Settings read_all(const Node& document, const std::filesystem::path& file, Problems& problems) {
    Section root(&document, "", problems);
    Settings settings;
    settings.file = file;
    settings.slack = read_slack(root, problems);
    settings.review = read_review(root, problems);
    settings.trackers = read_trackers(root, settings.slack, problems);
    for (auto& tracker : settings.trackers) {
        if (settings.slack.rate_scale > 1 && is_loopback_url(tracker.url))
            tracker.poll = std::max(quickest_poll, scaled(tracker.poll, settings.slack.rate_scale));
    }
    settings.people = read_people(root, settings.trackers, problems);

    Section slackbot(root.table("slackbot"), "slackbot", problems);
    settings.slackbot_channel = ChannelId(slackbot.text("channel", ""));
    if (!settings.slackbot_channel.empty())
        check_channel(slackbot, "channel", settings.slackbot_channel.value);
    slackbot.finish();

    Section storage(root.table("storage"), "storage", problems);
    settings.database = storage.text("path", settings.database.string());
    if (settings.database.empty()) storage.problem("path", "is empty; expected a file name");
    settings.erase_after = std::chrono::days(storage.integer("erase_after_days", 0, 0, 36'500));
    storage.finish();

    Section http(root.table("http"), "http", problems);
    settings.http_listen = http.text("listen", "");
    if (!settings.http_listen.empty() && !is_listen_address(settings.http_listen))
        http.problem("listen", fmt::format("is {}; expected ADDRESS:PORT such as 127.0.0.1:9464",
                                           shown(settings.http_listen)));
    settings.http_public_url = http.text("public_url", "");
    while (settings.http_public_url.ends_with('/'))
        settings.http_public_url.pop_back();
    if (const auto wrong = base_url_problem(settings.http_public_url);
        !settings.http_public_url.empty() && !wrong.empty())
        http.problem("public_url", wrong);
    http.finish();

    Section installed(root.table("installed"), "installed", problems);
    auto& of_installed = settings.installed;
    of_installed.block_delete_while_used =
        installed.boolean("block_delete_while_used", of_installed.block_delete_while_used);
    of_installed.recertify_months =
        static_cast<int>(installed.integer("recertify_months", of_installed.recertify_months, 0, 120));
    of_installed.uninstall_grace_days =
        static_cast<int>(installed.integer("uninstall_grace_days", of_installed.uninstall_grace_days, 0, 90));
    installed.finish();

    Section policy(root.table("policy"), "policy", problems);
    settings.policy_file = policy.text("file", "");
    if (policy.has("file") && settings.policy_file.empty())
        policy.problem("file", "is empty; expected a file name, or no [policy] for the built-in default");
    if (!settings.policy_file.empty()) {
        if (const auto content = read_file(settings.policy_file); content)
            settings.policy = std::make_shared<const Policy>(
                read_policy(*content, settings.policy_file, settings.review.parties, problems));
        else
            policy.problem("file", fmt::format("{} {}; expected a readable policy file",
                                               shown(settings.policy_file.string()), content.error()));
    }
    policy.finish();
    root.finish();
    return settings;
}

using Loaded = std::expected<Settings, std::vector<Problem>>;

// `of_policy`: takes what is wrong with the policy alone, and the built-in one stands in.
Loaded parse_with(std::string_view toml, const std::filesystem::path& file, std::vector<Problem>* of_policy) {
    const auto document = parse_document(toml, file);
    if (!document) return std::unexpected(std::vector{document.error()});
    Problems problems{file.string(), {}};
    Settings settings = read_all(*document, file, problems);
    settings.hash = text::sha256_hex(toml);
    auto& found = problems.found;
    if (of_policy != nullptr && !found.empty()) {
        const auto is_theirs = [&](const Problem& each) {
            return each.key == "policy.file" || each.file == settings.policy_file.string();
        };
        std::ranges::copy_if(found, std::back_inserter(*of_policy), is_theirs);
        std::erase_if(found, is_theirs);
        if (!of_policy->empty()) settings.policy = built_in_policy();
    }
    if (found.empty()) return settings;
    std::ranges::sort(found, {}, [](const Problem& one) { return std::tie(one.line, one.key, one.text); });
    return std::unexpected(std::move(found));
}

Loaded load_with(const std::filesystem::path& file, std::vector<Problem>* of_policy) {
    const auto content = read_file(file);
    if (!content)
        return std::unexpected(std::vector{
            Problem{file.string(), 1, "file",
                    content.error() + "; expected a readable TOML file (countersign init writes one)"}});
    auto settings = parse_with(*content, file, of_policy);
    // Words of Slackbot's that this release does not know yet (O9); read again at each reload.
    const auto texts = file.parent_path() / "slackbot_texts.toml";
    std::error_code ignored;
    if (!settings || !std::filesystem::exists(texts, ignored)) return settings;
    Problems problems{texts.string(), {}};
    if (const auto more = read_file(texts); more)
        add_slackbot_texts(*more, texts, settings->slackbot_texts, problems);
    else
        problems.add(1, "file", more.error() + "; expected a readable TOML file, or none");
    if (!problems.found.empty()) return std::unexpected(std::move(problems.found));
    return settings;
}

}  // namespace

std::string to_text(const Problem& problem) {
    std::string line = problem.file;
    if (!problem.file.empty())
        line += problem.line > 0 ? fmt::format(":{}: ", problem.line) : std::string(": ");
    line += fmt::format("{}: {}", problem.key, problem.text);
    line = text::cleaned(line);
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\t'; }, ' ');  // one problem, one line
    return line;
}

std::expected<Settings, std::vector<Problem>> parse_settings(std::string_view toml,
                                                             const std::filesystem::path& file) {
    return parse_with(toml, file, nullptr);
}

std::expected<Settings, std::vector<Problem>> load_settings(const std::filesystem::path& file) {
    return load_with(file, nullptr);
}

std::expected<ReadingSettings, std::vector<Problem>> load_settings_for_reading(
    const std::filesystem::path& file) {
    std::vector<Problem> of_policy;
    auto read = load_with(file, &of_policy);
    if (!read) return std::unexpected(std::move(read.error()));
    return ReadingSettings{std::move(*read), std::move(of_policy)};
}
std::string_view example_settings() {
    return embedded::countersign_toml;
}

}  // namespace countersign::config
