#pragma once

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/http.hpp"
#include "tests/fakes/tracker_world.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace countersign::fakes {

class Server;

struct FakeTrackerOptions {
    std::optional<TlsFiles> tls = std::nullopt;  // set: https, else http
    std::uint16_t port = 0;                      // 0 = any
    std::string root = {};                       // "/gitlab": the relative root the whole tracker lives below
    std::string token = "glpat-test-token";
    std::string bot_login = "project_1_bot";
    int requests_per_minute = 0;  // 0: no limit
    int notes_per_minute = 0;
};

// A call the daemon made, in the order of arrival.
struct TrackerCall {
    std::string method, path, query;  // as they came, below the API root
    Json body;                        // null when there was none
    int status = 200;                 // 0: nothing was sent back
    std::map<std::string, std::string> headers;
    Json answer = nullptr;  // null when there was none
};

// What the fake GitLab and the fake GitHub have in common: the world, what people do in it, the log of calls
// and the faults. Real sockets on 127.0.0.1, its own thread; every function may be called from any thread.
class FakeTracker {
  public:
    virtual ~FakeTracker();
    FakeTracker(const FakeTracker&) = delete;
    FakeTracker& operator=(const FakeTracker&) = delete;

    [[nodiscard]] std::string url() const;  // `url` of a [[tracker]] section
    [[nodiscard]] virtual std::string api_url() const = 0;
    [[nodiscard]] const std::string& token() const { return options_.token; }
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] virtual std::string issue_url(const IssueRef& issue) const = 0;

    // --- the world ---
    std::int64_t add_account(const std::string& login, const std::string& name = "", bool bot = false);
    void deactivate(const std::string& login);
    void add_project(const std::string& path);
    void number_from(const std::string& project, std::int64_t iid);  // the next issue gets this number
    std::int64_t add_label(const std::string& project, const std::string& name);
    void add_template(const std::string& project, const std::string& name, const std::string& content);
    void rename_project(const std::string& path, const std::string& to);  // the old path redirects
    void make_private(const std::string& path);                           // the bot's account loses access
    void disable_issues(const std::string& path, bool disabled = true);
    void rename_label(const std::string& project, const std::string& name, const std::string& to);
    void delete_label(const std::string& project, const std::string& name);
    void rotate_token(const std::string& token);
    void give_token_to(const std::string& login);  // whose account it is from then on
    void pass(std::chrono::milliseconds time);     // the tracker's clock goes ahead

    // --- what a person does; `login` is an account ---
    IssueRef open(const std::string& project, const std::string& login, const std::string& title,
                  const std::string& description = "", const std::vector<std::string>& labels = {});
    void sign(const IssueRef& issue, const std::string& login, const std::string& label);
    void unsign(const IssueRef& issue, const std::string& login, const std::string& label);
    std::int64_t comment(const IssueRef& issue, const std::string& login, const std::string& body,
                         bool internal = false);
    void edit_comment(const IssueRef& issue, std::int64_t note, const std::string& body);
    void remove_comment(const IssueRef& issue, std::int64_t note);
    void hide_comment(const IssueRef& issue, std::int64_t note);
    void edit(const IssueRef& issue, const std::string& login, const std::string& description);
    void retitle(const IssueRef& issue, const std::string& login, const std::string& title);
    // Ticks the box of this text in the description, with GitLab's system note.
    void tick(const IssueRef& issue, const std::string& login, const std::string& item);
    void untick(const IssueRef& issue, const std::string& login, const std::string& item);
    void close(const IssueRef& issue, const std::string& login, const std::string& reason = "completed");
    void reopen(const IssueRef& issue, const std::string& login);
    IssueRef move(const IssueRef& issue, const std::string& to_project, const std::string& login);
    void remove(const IssueRef& issue);
    void set_confidential(const IssueRef& issue, bool confidential);
    void set_type(const IssueRef& issue, const std::string& type);
    void make_pull_request(const IssueRef& issue);

    // --- what happened ---
    [[nodiscard]] TrackerIssue issue(const IssueRef& issue) const;
    [[nodiscard]] std::vector<TrackerIssue> issues(const std::string& project) const;
    [[nodiscard]] std::vector<std::string> labels_of(const IssueRef& issue) const;
    [[nodiscard]] std::vector<TrackerLabel> project_labels(const std::string& project) const;
    // Quick actions that a text of the bot would have run (G8).
    [[nodiscard]] std::vector<std::string> would_be_actions() const;
    [[nodiscard]] std::vector<TrackerCall> calls(const std::string& method_and_path = "") const;
    // Tokens in addresses, a missing User-Agent, labels that do not exist …
    [[nodiscard]] std::vector<std::string> violations() const;
    bool wait(const std::function<bool()>& condition,
              std::chrono::milliseconds limit = std::chrono::seconds(60));
    [[nodiscard]] std::uint64_t changes() const;
    // {"projects":[{"path","labels":[…],"issues":[{"iid","title","description","open","labels":[…],
    //  "author","notes":[{"id","author","body","system","at"}],"url"}]}],"people":[{"id","login","name"}]}
    [[nodiscard]] Json snapshot() const;

    // --- faults ---
    // The next `times` calls whose "METHOD /path" holds this text ("" = any) get this instead:
    // {"status":429,"body":"Retry later","type":"text/plain","headers":{"Retry-After":"1"}}, {"hang":true},
    // {"drop_before":true}, {"drop_after":true} (performed, answer lost), {"truncate":true},
    // {"delay_ms":200};
    // {"perform":true,…}: performed all the same; {"headers":{…}} alone: the true answer with more headers.
    void script(const std::string& method_and_path, Json fault, int times = 1);
    void set_down(bool down);  // every new TCP connection is reset

  protected:
    explicit FakeTracker(FakeTrackerOptions options);
    void start();  // by the last constructor
    void stop();   // by the first destructor: the callbacks are virtual

    // Called with the lock held. `path` is below the API root, still encoded.
    virtual HttpReply answer(const HttpQuery& query, const std::string& path) = 0;
    [[nodiscard]] virtual std::string api_path() const = 0;
    // Refuses a call over one of the limits of the options.
    virtual HttpReply refuse_rate(std::chrono::seconds wait) = 0;
    virtual void after_move(const IssueRef& from, const IssueRef& to) = 0;

    [[nodiscard]] HttpReply json(int status, const Json& body) const;
    [[nodiscard]] HttpReply page(const HttpQuery& query, const std::string& path,
                                 const std::vector<Json>& all) const;
    // `item` gives null for what the account may not see: left out of its page, as GitLab does.
    [[nodiscard]] HttpReply page(const HttpQuery& query, const std::string& path, std::size_t count,
                                 const std::function<Json(std::size_t)>& item) const;
    [[nodiscard]] std::string base() const;  // "http://localhost:1234"
    void violation(std::string text) { violations_.push_back(std::move(text)); }

    FakeTrackerOptions options_;
    TrackerWorld world_;

  private:
    template <class Task>
    auto change(Task task);
    HttpReply receive(const HttpQuery& query);
    [[nodiscard]] std::optional<HttpReply> over_limit(const HttpQuery& query, const std::string& path);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t changes_ = 0;
    std::vector<TrackerCall> calls_;
    std::vector<std::string> violations_;
    struct Script {
        std::string match;
        Json fault;
        int times = 1;
    };
    std::vector<Script> scripts_;
    std::vector<std::chrono::steady_clock::time_point> requests_, note_requests_;
    std::unique_ptr<Server> server_;
};

// A part of a path, or a value, without its percent signs.
[[nodiscard]] std::string percent_decoded(const std::string& text);
// The parts of a path: "/a/b%2Fc" -> {"a", "b/c"}.
[[nodiscard]] std::vector<std::string> path_parts(const std::string& path);
// All values of a name that may come more than once ("iids[]").
[[nodiscard]] std::vector<std::string> all_values(const std::string& raw_query, const std::string& name);

}  // namespace countersign::fakes
