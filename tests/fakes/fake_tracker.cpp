// The server side that both fakes share: receiving, faults, limits, paging, the log of calls.
#include "tests/fakes/fake_tracker.hpp"

#include "tests/fakes/server.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace countersign::fakes {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

int number(const std::map<std::string, std::string>& query, const std::string& name, int fallback) {
    const auto found = query.find(name);
    if (found == query.end()) return fallback;
    int value = fallback;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

void apply_fault(const Json& fault, HttpReply& reply) {
    if (fault.contains("status")) {
        reply.status = fault["status"];
        if (!fault.contains("body")) reply.body = fault["status"] >= 500 ? "upstream connect error" : "{}";
    }
    if (fault.contains("body")) {
        reply.body = fault["body"];
        if (!fault.contains("status") && !fault.contains("perform")) reply.status = 200;
    }
    if (reply.status == 204 || reply.status == 304) reply.body.clear();
    if (fault.contains("type")) reply.content_type = fault["type"];
    const Json more = fault.value("headers", Json::object());
    for (const auto& [name, value] : more.items()) {
        if (value.is_null())
            reply.headers.erase(name);
        else
            reply.headers[name] = value;
    }
    using Ending = HttpReply::Ending;
    if (fault.value("hang", false)) reply.ending = Ending::hang;
    if (fault.value("drop_before", false) || fault.value("drop_after", false)) reply.ending = Ending::reset;
    if (fault.value("truncate", false)) reply.ending = Ending::truncate;
    reply.delay = std::chrono::milliseconds(fault.value("delay_ms", 0));
}

// Whether the call is carried out although something else is told.
bool is_performed(const Json& fault) {
    if (fault.contains("perform")) return fault["perform"];
    if (fault.value("drop_after", false) || fault.value("truncate", false)) return true;
    for (const char* key : {"status", "hang", "drop_before", "body"})
        if (fault.contains(key)) return false;
    return true;
}

// How long until there is room again; nullopt: there is.
std::optional<seconds> full(std::vector<steady_clock::time_point>& seen, int per_minute) {
    if (per_minute == 0) return std::nullopt;
    const auto now = steady_clock::now();
    std::erase_if(seen, [now](auto at) { return now - at > seconds(60); });
    if (static_cast<int>(seen.size()) >= per_minute)
        return std::chrono::ceil<seconds>(seconds(60) - (now - seen.front()));
    seen.push_back(now);
    return std::nullopt;
}

}  // namespace

std::string percent_decoded(const std::string& text) {
    return decode_form("x=" + text)["x"];
}

std::vector<std::string> path_parts(const std::string& path) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at < path.size()) {
        const auto end = std::min(path.find('/', at), path.size());
        if (end > at) parts.push_back(percent_decoded(path.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

std::vector<std::string> all_values(const std::string& raw_query, const std::string& name) {
    std::vector<std::string> values;
    std::size_t at = 0;
    while (at <= raw_query.size()) {
        const auto end = std::min(raw_query.find('&', at), raw_query.size());
        const auto pair = decode_form(raw_query.substr(at, end - at));
        if (const auto found = pair.find(name); found != pair.end()) values.push_back(found->second);
        at = end + 1;
    }
    return values;
}

FakeTracker::FakeTracker(FakeTrackerOptions options) : options_(std::move(options)) {
    TrackerPerson bot{.id = world_.new_id(), .login = options_.bot_login, .name = "Countersign", .bot = true};
    world_.bot = bot.id;
    world_.people[bot.id] = bot;
}

FakeTracker::~FakeTracker() = default;

void FakeTracker::start() {
    server_ = std::make_unique<Server>(
        options_.tls, options_.port,
        Server::Callbacks::of_http([this](const HttpQuery& query) { return receive(query); }));
}

void FakeTracker::stop() {
    server_->stop();
}

std::uint16_t FakeTracker::port() const {
    return server_->port();
}

std::string FakeTracker::base() const {
    return fmt::format("{}://localhost:{}", options_.tls ? "https" : "http", server_->port());
}

std::string FakeTracker::url() const {
    return base() + options_.root;
}

template <class Task>
auto FakeTracker::change(Task task) {
    struct Announce {
        FakeTracker* self;
        ~Announce() {
            ++self->changes_;
            self->changed_.notify_all();
        }
    };
    const std::lock_guard lock(mutex_);
    const Announce announce{this};
    return task();
}

HttpReply FakeTracker::json(int status, const Json& body) const {
    HttpReply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = body.is_null() ? "" : body.dump();
    return reply;
}

HttpReply FakeTracker::page(const HttpQuery& query, const std::string& path,
                            const std::vector<Json>& all) const {
    return page(query, path, all.size(), [&](std::size_t at) { return all[at]; });
}

HttpReply FakeTracker::page(const HttpQuery& query, const std::string& path, std::size_t count,
                            const std::function<Json(std::size_t)>& item) const {
    const int size = std::clamp(number(query.query, "per_page", 20), 1, 100);
    const int at = std::max(number(query.query, "page", 1), 1);
    const int total = static_cast<int>(count);
    const int pages = std::max(1, (total + size - 1) / size);
    Json items = Json::array();
    for (int i = (at - 1) * size; i < std::min(at * size, total); ++i)
        if (Json each = item(static_cast<std::size_t>(i)); !each.is_null()) items.push_back(std::move(each));
    HttpReply reply = json(200, items);
    const auto address = [&](int number) {
        auto rest = query.raw_query;
        if (const auto old = rest.find("page="); old == 0 || (old != rest.npos && rest[old - 1] == '&')) {
            const auto end = std::min(rest.find('&', old), rest.size());
            rest.erase(old, std::min(end + 1, rest.size()) - old);
        }
        if (!rest.empty() && !rest.ends_with('&')) rest += '&';
        return fmt::format("<{}{}{}?{}page={}>", base(), api_path(), path, rest, number);
    };
    std::string link = address(1) + "; rel=\"first\", " + address(pages) + "; rel=\"last\"";
    if (at < pages) link = address(at + 1) + "; rel=\"next\", " + link;
    reply.headers["Link"] = link;
    reply.headers["X-Page"] = std::to_string(at);
    reply.headers["X-Next-Page"] = at < pages ? std::to_string(at + 1) : "";
    reply.headers["X-Total"] = std::to_string(count);
    return reply;
}

std::optional<HttpReply> FakeTracker::over_limit(const HttpQuery& query, const std::string& path) {
    const bool note = query.method == "POST" && (path.ends_with("/notes") || path.ends_with("/comments"));
    if (note) {
        if (const auto wait = full(note_requests_, options_.notes_per_minute)) return refuse_rate(*wait);
    }
    if (const auto wait = full(requests_, options_.requests_per_minute)) return refuse_rate(*wait);
    return std::nullopt;
}

HttpReply FakeTracker::receive(const HttpQuery& query) {
    return change([&] {
        TrackerCall call{query.method, query.path, query.raw_query, nullptr, 200, query.headers, nullptr};
        const auto root = api_path();
        const bool ours = query.path.starts_with(root + "/");
        call.path = ours ? query.path.substr(root.size()) : query.path;
        if (!query.body.empty()) call.body = Json::parse(query.body, nullptr, false);
        for (const auto& [name, value] : query.query)
            if (name.contains("token")) violation("a token in an address: " + name);
        if (!query.headers.contains("user-agent")) violation("no User-Agent");

        const auto named = call.method + " " + call.path;
        Json fault;
        const auto script =
            std::ranges::find_if(scripts_, [&](const Script& each) { return named.contains(each.match); });
        if (script != scripts_.end()) {
            fault = script->fault;
            if (--script->times == 0) scripts_.erase(script);
        }
        HttpReply reply = json(404, {{"message", "404 Not Found"}});
        if (fault.is_null() || is_performed(fault)) {
            const auto limited = over_limit(query, call.path);
            if (limited)
                reply = *limited;
            else if (ours)
                reply = answer(query, call.path);
        }
        reply.headers["Date"] = http_date(world_.now());
        if (!fault.is_null()) apply_fault(fault, reply);
        const bool silent =
            reply.ending == HttpReply::Ending::hang || reply.ending == HttpReply::Ending::reset;
        call.status = silent ? 0 : reply.status;
        if (!silent && !reply.body.empty()) call.answer = Json::parse(reply.body, nullptr, false);
        calls_.push_back(std::move(call));
        return reply;
    });
}

void FakeTracker::script(const std::string& method_and_path, Json fault, int times) {
    change([&] { scripts_.push_back({method_and_path, std::move(fault), times}); });
}

void FakeTracker::set_down(bool down) {
    server_->refuse(down);
    if (down) server_->reset_http();
}

std::vector<TrackerCall> FakeTracker::calls(const std::string& method_and_path) const {
    const std::lock_guard lock(mutex_);
    std::vector<TrackerCall> found;
    for (const auto& call : calls_)
        if ((call.method + " " + call.path).contains(method_and_path)) found.push_back(call);
    return found;
}

std::vector<std::string> FakeTracker::violations() const {
    const std::lock_guard lock(mutex_);
    return violations_;
}

bool FakeTracker::wait(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    while (!condition()) {
        std::unique_lock lock(mutex_);
        const auto seen = changes_;
        // The condition takes the lock itself, so a change between its look and this wait shows in the count
        // or comes within the short wait.
        changed_.wait_until(lock, std::min(end, steady_clock::now() + std::chrono::milliseconds(50)),
                            [&] { return changes_ != seen; });
        if (steady_clock::now() >= end) {
            lock.unlock();
            return condition();
        }
    }
    return true;
}

std::uint64_t FakeTracker::changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
}

// --- the world and the acts of people ---

std::int64_t FakeTracker::add_account(const std::string& login, const std::string& name, bool bot) {
    return change([&] {
        TrackerPerson person{
            .id = world_.new_id(), .login = login, .name = name.empty() ? login : name, .bot = bot};
        world_.people[person.id] = person;
        return person.id;
    });
}

void FakeTracker::deactivate(const std::string& login) {
    change([&] { world_.person(login).active = false; });
}

void FakeTracker::add_project(const std::string& path) {
    change([&] {
        TrackerProject project;
        project.id = world_.new_id();
        project.path = path;
        project.members[world_.bot] = 20;
        world_.projects[project.id] = std::move(project);
    });
}

void FakeTracker::number_from(const std::string& project, std::int64_t iid) {
    change([&] { world_.project(project).next_iid = iid; });
}

std::int64_t FakeTracker::add_label(const std::string& project, const std::string& name) {
    return change([&] { return world_.project(project).labels.emplace_back(world_.new_id(), name).id; });
}

void FakeTracker::add_template(const std::string& project, const std::string& name,
                               const std::string& content) {
    change([&] { world_.project(project).templates[name] = content; });
}

void FakeTracker::rename_project(const std::string& path, const std::string& to) {
    change([&] {
        auto& project = world_.project(path);
        project.path = to;
        world_.old_paths[path] = project.id;
        world_.old_paths.erase(to);
    });
}

void FakeTracker::make_private(const std::string& path) {
    change([&] { world_.project(path).readable = false; });
}

void FakeTracker::disable_issues(const std::string& path, bool disabled) {
    change([&] { world_.project(path).issues_enabled = !disabled; });
}

void FakeTracker::rename_label(const std::string& project, const std::string& name, const std::string& to) {
    change([&] { world_.find_label(world_.project(project), name)->name = to; });
}

void FakeTracker::delete_label(const std::string& project, const std::string& name) {
    change([&] {
        auto& home = world_.project(project);
        const auto id = world_.find_label(home, name)->id;
        std::erase_if(home.labels, [id](const TrackerLabel& each) { return each.id == id; });
        for (auto& [iid, issue] : home.issues)
            std::erase(issue.labels, id);
    });
}

void FakeTracker::rotate_token(const std::string& token) {
    change([&] { options_.token = token; });
}

void FakeTracker::give_token_to(const std::string& login) {
    change([&] { world_.bot = world_.person(login).id; });
}

void FakeTracker::pass(std::chrono::milliseconds time) {
    change([&] { world_.clock_ahead += time; });
}

IssueRef FakeTracker::open(const std::string& project, const std::string& login, const std::string& title,
                           const std::string& description, const std::vector<std::string>& labels) {
    return change([&] {
        const auto& issue =
            world_.open_issue(world_.project(project), world_.person(login).id, title, description, labels);
        return IssueRef{project, issue.iid};
    });
}

void FakeTracker::sign(const IssueRef& issue, const std::string& login, const std::string& label) {
    change([&] {
        const auto* known = world_.find_label(world_.project(issue.project), label);
        if (known == nullptr) throw std::out_of_range("no such label: " + label);
        world_.put_label(world_.issue(issue), *known, world_.person(login).id);
    });
}

void FakeTracker::unsign(const IssueRef& issue, const std::string& login, const std::string& label) {
    change([&] {
        const auto* known = world_.find_label(world_.project(issue.project), label);
        if (known == nullptr) throw std::out_of_range("no such label: " + label);
        world_.take_label(world_.issue(issue), *known, world_.person(login).id);
    });
}

std::int64_t FakeTracker::comment(const IssueRef& issue, const std::string& login, const std::string& body,
                                  bool internal) {
    return change([&] {
        auto& note = world_.add_note(world_.issue(issue), world_.person(login).id, body);
        note.internal = internal;
        return note.id;
    });
}

void FakeTracker::edit_comment(const IssueRef& issue, std::int64_t note, const std::string& body) {
    change([&] {
        auto& changed = world_.issue(issue);
        for (auto& each : changed.notes) {
            if (each.id != note) continue;
            each.body = body;
            each.updated = changed.updated = world_.now();  // a note that is saved touches its issue
        }
    });
}

void FakeTracker::remove_comment(const IssueRef& issue, std::int64_t note) {
    change([&] {
        std::erase_if(world_.issue(issue).notes, [note](const auto& each) { return each.id == note; });
    });
}

void FakeTracker::hide_comment(const IssueRef& issue, std::int64_t note) {
    change([&] {
        for (auto& each : world_.issue(issue).notes)
            if (each.id == note) each.hidden = true;
    });
}

void FakeTracker::edit(const IssueRef& issue, const std::string& login, const std::string& description) {
    change([&] {
        auto& changed = world_.issue(issue);
        changed.description = description;
        changed.updated = world_.now();
        world_.add_note(changed, world_.person(login).id, "changed the description", true);
    });
}

void FakeTracker::retitle(const IssueRef& issue, const std::string& login, const std::string& title) {
    change([&] {
        auto& changed = world_.issue(issue);
        const auto note = fmt::format("changed title from **{}** to **{}**", changed.title, title);
        changed.title = title;
        changed.updated = world_.now();
        world_.add_note(changed, world_.person(login).id, note, true);
    });
}

void FakeTracker::tick(const IssueRef& issue, const std::string& login, const std::string& item) {
    change([&] { world_.mark_item(world_.issue(issue), world_.person(login).id, item, true); });
}

void FakeTracker::untick(const IssueRef& issue, const std::string& login, const std::string& item) {
    change([&] { world_.mark_item(world_.issue(issue), world_.person(login).id, item, false); });
}

void FakeTracker::close(const IssueRef& issue, const std::string& login, const std::string& reason) {
    change([&] { world_.set_state(world_.issue(issue), false, world_.person(login).id, reason); });
}

void FakeTracker::reopen(const IssueRef& issue, const std::string& login) {
    change([&] { world_.set_state(world_.issue(issue), true, world_.person(login).id); });
}

IssueRef FakeTracker::move(const IssueRef& issue, const std::string& to_project, const std::string& login) {
    return change([&] {
        auto& from = world_.issue(issue);
        const auto actor = world_.person(login).id;
        auto& copy =
            world_.open_issue(world_.project(to_project), from.author, from.title, from.description, {});
        const IssueRef to{to_project, copy.iid};
        from.moved_to = copy.id;
        world_.set_state(from, false, actor, "completed");
        world_.add_note(from, actor, fmt::format("moved to {}#{}", to.project, to.iid), true);
        after_move(issue, to);
        return to;
    });
}

void FakeTracker::remove(const IssueRef& issue) {
    change([&] { world_.issue(issue).deleted = true; });
}

void FakeTracker::set_confidential(const IssueRef& issue, bool confidential) {
    change([&] {
        auto& changed = world_.issue(issue);
        changed.confidential = confidential;
        changed.updated = world_.now();
    });
}

void FakeTracker::set_type(const IssueRef& issue, const std::string& type) {
    change([&] { world_.issue(issue).type = type; });
}

void FakeTracker::make_pull_request(const IssueRef& issue) {
    change([&] { world_.issue(issue).pull_request = true; });
}

TrackerIssue FakeTracker::issue(const IssueRef& issue) const {
    const std::lock_guard lock(mutex_);
    return const_cast<TrackerWorld&>(world_).issue(issue);
}

std::vector<TrackerIssue> FakeTracker::issues(const std::string& project) const {
    const std::lock_guard lock(mutex_);
    std::vector<TrackerIssue> all;
    for (const auto& [iid, issue] : const_cast<TrackerWorld&>(world_).project(project).issues)
        if (!issue.deleted) all.push_back(issue);
    return all;
}

std::vector<std::string> FakeTracker::labels_of(const IssueRef& ref) const {
    const std::lock_guard lock(mutex_);
    auto& world = const_cast<TrackerWorld&>(world_);
    std::vector<std::string> names;
    for (const auto id : world.issue(ref).labels)
        if (const auto* known = world.label(world.project(ref.project), id)) names.push_back(known->name);
    return names;
}

std::vector<TrackerLabel> FakeTracker::project_labels(const std::string& project) const {
    const std::lock_guard lock(mutex_);
    return const_cast<TrackerWorld&>(world_).project(project).labels;
}

std::vector<std::string> FakeTracker::would_be_actions() const {
    const std::lock_guard lock(mutex_);
    return world_.commands;
}

Json FakeTracker::snapshot() const {
    const std::lock_guard lock(mutex_);
    const auto login = [&](std::int64_t id) {
        const auto found = world_.people.find(id);
        return found == world_.people.end() ? std::string("ghost") : found->second.login;
    };
    Json people = Json::array();
    for (const auto& [id, person] : world_.people)
        people.push_back({{"id", id}, {"login", person.login}, {"name", person.name}});
    Json projects = Json::array();
    for (const auto& [id, project] : world_.projects) {
        Json labels = Json::array();
        for (const auto& label : project.labels)
            labels.push_back(label.name);
        Json issues = Json::array();
        for (const auto& [iid, issue] : project.issues) {
            if (issue.deleted) continue;
            Json on_it = Json::array();
            for (const auto label : issue.labels)
                if (const auto* known = world_.label(project, label)) on_it.push_back(known->name);
            Json notes = Json::array();
            for (const auto& note : issue.notes)
                notes.push_back({{"id", note.id},
                                 {"author", login(note.author)},
                                 {"body", note.body},
                                 {"system", note.system},
                                 {"at", note.created.time_since_epoch().count()}});
            issues.push_back({{"iid", iid},
                              {"title", issue.title},
                              {"description", issue.description},
                              {"open", issue.open},
                              {"confidential", issue.confidential},
                              {"labels", on_it},
                              {"author", login(issue.author)},
                              {"notes", notes},
                              {"url", issue_url({project.path, iid})}});
        }
        projects.push_back({{"path", project.path}, {"labels", labels}, {"issues", issues}});
    }
    return {{"projects", projects}, {"people", people}};
}

}  // namespace countersign::fakes
