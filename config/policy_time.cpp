#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "config/policy_file.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace countersign::config {
namespace {

constexpr std::string_view span_expected = "a stretch of time such as \"3 business days\" or \"36 hours\"";
constexpr std::array<std::string_view, 7> day_names{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<std::chrono::minutes> parse_clock(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2)), minute = number(text.substr(3, 2));
    if (!hour || !minute || *hour > 24 || *minute > 59 || (*hour == 24 && *minute > 0)) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

std::chrono::year_month_day date_of(Section& section, std::string_view key) {
    const auto given = section.required_text(key, "a day such as \"2026-12-24\"");
    if (!given) return {};
    if (const auto date = time_zone::parse_date(*given)) return *date;
    section.problem(key, fmt::format("is {}; expected a day such as \"2026-12-24\"", shown(*given)));
    return {};
}

std::vector<Span> spans(Section& section, std::string_view key, std::vector<Span> fallback) {
    const auto given = section.texts(key);
    if (!given) return fallback;
    std::vector<Span> found;
    for (const auto& text : *given) {
        if (const auto span = parse_span(text); span && !span->empty())
            found.push_back(*span);
        else
            section.problem(key, fmt::format("holds {}; expected {}", shown(text), span_expected));
    }
    return found;
}

void read_quiet(Section& section, Calendar& calendar) {
    const auto quiet = section.text("quiet", "");
    if (quiet.empty()) return;
    const auto dash = quiet.find('-');
    const auto from = parse_clock(quiet.substr(0, std::min(dash, quiet.size())));
    const auto until =
        dash == std::string::npos ? std::nullopt : parse_clock(std::string_view(quiet).substr(dash + 1));
    if (!from || !until || *from == *until)
        section.problem("quiet", fmt::format("is {}; expected hours such as \"18:00-08:00\"", shown(quiet)));
    else
        calendar.quiet = LocalSpan{*from, *until};
}

Calendar read_calendar(Section& root, Problems& problems) {
    Calendar calendar;
    Section section(root.table("calendar"), "calendar", problems);
    calendar.zone = section.text("zone", calendar.zone);
    if (!time_zone::known(calendar.zone))
        section.problem("zone", fmt::format("is {}; expected a time zone such as \"Europe/Berlin\" (tzdata)",
                                            shown(calendar.zone)));
    read_days(section, calendar);
    read_quiet(section, calendar);
    section.finish();
    return calendar;
}

Schedule read_schedule(Section& root, Problems& problems) {
    Schedule schedule;
    Section section(root.table("deadlines"), "deadlines", problems);
    schedule.remind_requester = spans(section, "remind_requester", {});
    schedule.remind_parties = spans(section, "remind_parties", {});
    schedule.escalate_after = span(section, "escalate_after", {});
    schedule.escalate_every = span(section, "escalate_every", {.business_days = 1});
    schedule.chain = section.texts("chain").value_or(std::vector<std::string>());
    for (const auto& one : schedule.chain) {
        if (!is_slack_id(one, "UWS"))
            section.problem(
                "chain",
                fmt::format("holds {}; expected user ids (U…, W…) and user group ids (S…)", shown(one)));
    }
    if (!schedule.chain.empty() && schedule.escalate_after.empty())
        section.problem("chain", "is never reached; expected escalate_after with it");
    schedule.hold_after = span(section, "hold_after", {});
    const auto at_end = section.text("at_end", "held");
    if (at_end != "held" && at_end != "expired")
        section.problem(
            "at_end",
            fmt::format("is {}; expected \"held\" or \"expired\": silence never approves", shown(at_end)));
    schedule.at_end = at_end == "expired" ? AtEnd::expired : AtEnd::held;
    schedule.requester_limit = span(section, "requester_limit", {});
    schedule.remind_install = spans(section, "remind_install", {});
    schedule.install_limit = span(section, "install_limit", {});
    section.finish();
    return schedule;
}

Evidence read_evidence(Section& root, Problems& problems) {
    Evidence evidence;
    Section section(root.table("evidence"), "evidence", problems);
    evidence.votes_good_for = span(section, "votes_good_for", {});
    evidence.earlier_decision = span(section, "earlier_decision", {});
    if (auto tiers = risks(section, "conditional"); section.has("conditional"))
        evidence.conditional = std::move(tiers);
    section.finish();
    return evidence;
}

Gate read_gate(Section& root, Problems& problems) {
    Gate gate;
    Section section(root.table("gate"), "gate", problems);
    gate.workspaces = section.texts("workspaces").value_or(std::vector<std::string>());
    for (const auto& workspace : gate.workspaces) {
        if (!workspace.starts_with('T') && !workspace.starts_with('E'))
            section.problem("workspaces",
                            fmt::format("holds {}; expected ids of workspaces (T…)", shown(workspace)));
    }
    gate.requests_a_day = static_cast<int>(section.integer("requests_a_day", 0, 0, 1'000));
    gate.first_request = section.boolean("hold_first_request", false);
    section.finish();
    return gate;
}

}  // namespace

std::optional<Span> parse_span(std::string_view text) {
    if (text.empty()) return Span{};
    const auto words = text::words(text);
    const auto count = words.empty() ? std::nullopt : number(words.front());
    if (!count || *count > 10'000) return std::nullopt;
    const auto unit = [&](std::string_view one) {
        return words.back() == one || words.back() == std::string(one) + "s";
    };
    if (words.size() == 3 && words[1] == "business" && unit("day")) return Span{.business_days = *count};
    if (words.size() != 2) return std::nullopt;
    if (unit("second")) return Span{.clock = std::chrono::seconds(*count)};
    if (unit("minute")) return Span{.clock = std::chrono::minutes(*count)};
    if (unit("hour")) return Span{.clock = std::chrono::hours(*count)};
    if (unit("day")) return Span{.clock = std::chrono::days(*count)};
    return std::nullopt;
}

Span span(Section& section, std::string_view key, Span fallback) {
    const auto given = section.text(key);
    if (!given) return fallback;
    if (const auto parsed = parse_span(*given)) return *parsed;
    section.problem(key, fmt::format("is {}; expected {}", shown(*given), span_expected));
    return fallback;
}

void read_days(Section& section, Calendar& calendar) {
    if (const auto days = section.texts("working_days")) {
        calendar.working.fill(false);
        for (const auto& day : *days) {
            const auto* const found = std::ranges::find(day_names, text::lower(day));
            if (found == day_names.end())
                section.problem("working_days",
                                fmt::format("holds {}; expected days such as \"monday\"", shown(day)));
            else
                calendar.working.at(static_cast<std::size_t>(found - day_names.begin())) = true;
        }
        // A week without a working day would let no business day ever pass.
        if (days->empty()) section.problem("working_days", "is empty; expected at least one day");
    }
    const auto holidays = section.texts("holidays");
    if (!holidays) return;
    calendar.holidays.clear();
    for (const auto& text : *holidays) {
        if (const auto day = time_zone::parse_date(text))
            calendar.holidays.push_back(*day);
        else
            section.problem("holidays",
                            fmt::format("holds {}; expected days such as \"2026-12-25\"", shown(text)));
    }
    std::ranges::sort(calendar.holidays);
}

void read_time(Section& root, Policy& policy, Problems& problems) {
    policy.evidence = read_evidence(root, problems);
    policy.schedule = read_schedule(root, problems);
    policy.calendar = read_calendar(root, problems);
    policy.gate = read_gate(root, problems);
    for (const Node* node : root.tables("blackout")) {
        Section section(node, "blackout", problems);
        Blackout blackout;
        blackout.from = date_of(section, "from");
        blackout.until = date_of(section, "until");
        blackout.reason = section.text("reason", "");
        if (blackout.from.ok() && blackout.until.ok() && blackout.until < blackout.from)
            section.problem("until", "lies before from; expected the last day of the blackout");
        section.finish();
        policy.blackouts.push_back(std::move(blackout));
    }
}

}  // namespace countersign::config
