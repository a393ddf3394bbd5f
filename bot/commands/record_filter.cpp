#include "bot/commands/record_filter.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "storage/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

constexpr std::size_t page_size = 200;

Result<Timestamp> day(std::string_view option, const std::string& text, bool end) {
    const auto parsed = time_zone::parse_date(text);
    if (!parsed)
        return fail(Errc::invalid_argument,
                    fmt::format("{}: is no day; expected one such as 2026-01-31", option));
    return end ? time_zone::end_of(*parsed, "UTC") : Timestamp(std::chrono::sys_days(*parsed));
}

bool is_app(const storage::AppRequest& request, const std::string& app) {
    return request.app_id.value == app || text::lower(request.app_name) == text::lower(app);
}

}  // namespace

Result<Records> Records::make(const storage::Database& database, const RecordFilter& filter) {
    Records made(database, filter);
    if (!filter.since.empty()) {
        const auto since = day("--since", filter.since, false);
        if (!since) return std::unexpected(since.error());
        made.since_ = *since;
    }
    if (!filter.until.empty()) {
        const auto until = day("--until", filter.until, true);
        if (!until) return std::unexpected(until.error());
        made.until_ = *until;
    }
    if (made.until_ <= made.since_)
        return fail(Errc::invalid_argument, "--until: is before --since; expected a period");
    if (filter.app.empty()) return made;
    made.subjects_.insert(filter.app);
    const storage::View view(database);
    storage::View::Filter page;
    page.app = filter.app;
    page.limit = page_size;
    for (auto requests = view.requests(page); !requests.empty(); requests = view.requests(page)) {
        for (const auto& request : requests) {
            made.subjects_.insert(to_text(request.id));
            if (!request.app_id.empty()) made.subjects_.insert(request.app_id.value);
        }
        page.before = requests.back().id.value;
    }
    return made;
}

bool Records::takes_part(const storage::AppRequest& request) const {
    const UserId person(filter_.person);
    if (request.requester == person || request.decided_by == person || request.info_asker == person)
        return true;
    const storage::View view(*database_);
    const auto votes = view.votes(request.id);
    const auto decisions = view.decisions(request.id);
    return std::ranges::find(votes, person, &storage::Vote::voter) != votes.end() ||
           std::ranges::find(decisions, person, &storage::Decision::actor) != decisions.end();
}

// Of a period: what was asked for or decided in it.
void Records::for_each_request(const std::function<void(const storage::AppRequest&)>& use) const {
    const storage::View view(*database_);
    const auto inside = [&](Timestamp at) { return at >= since_ && at < until_; };
    storage::View::Filter page;
    page.limit = page_size;
    for (auto requests = view.requests(page); !requests.empty(); requests = view.requests(page)) {
        for (const auto& request : requests) {
            if (!filter_.app.empty() && !is_app(request, filter_.app)) continue;
            if (!inside(request.created_at) && !(request.decided_at && inside(*request.decided_at))) continue;
            if (!filter_.person.empty() && !takes_part(request)) continue;
            use(request);
        }
        page.before = requests.back().id.value;
    }
}

void Records::for_each_entry(const std::function<void(const storage::AuditEntry&)>& use) const {
    storage::for_each_audit_entry(*database_, [&](const storage::AuditEntry& entry) {
        if (entry.at < since_ || entry.at >= until_) return;
        if (filter_.deviations && !is_deviation(entry)) return;
        // "A0MIRO/T1": an app in a workspace.
        const auto app = entry.subject.substr(0, entry.subject.find('/'));
        if (!filter_.app.empty() && !subjects_.contains(app)) return;
        const bool theirs = entry.actor == filter_.person || entry.subject == filter_.person ||
                            entry.details.contains('"' + filter_.person + '"');
        if (!filter_.person.empty() && !theirs) return;
        use(entry);
    });
}

bool is_deviation(const storage::AuditEntry& entry) {
    return entry.action.ends_with(".deviation") || entry.action.ends_with(".contradiction") ||
           entry.action == "press.refused" || entry.action == "event.failed";
}

}  // namespace countersign::bot::commands
