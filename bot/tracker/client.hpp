#pragma once

#include "bot/net/net.hpp"
#include "bot/tracker/trouble.hpp"
#include "storage/issue_facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tracker {

struct IssueRead {
    std::optional<storage::IssueFacts> facts;  // nullopt: as it was when it had this etag (H4)
    std::string etag;                          // "": always read it whole
};

struct ChangedIssue {
    std::int64_t iid = 0;
    Timestamp updated_at;
};
struct ChangedIssues {
    std::vector<ChangedIssue> issues;
    Timestamp read_at;  // the tracker's clock before it answered
};

struct NewIssue {
    std::string project, title, description;
    std::vector<std::string> labels;
    bool confidential = false;
    std::string marker;       // stands in the description, and finds the issue again (G6)
    bool maybe_sent = false;  // an earlier attempt may have made it
};
struct CreatedIssue {
    std::int64_t iid = 0;
    std::string url, project;
    std::vector<std::string> dropped_labels;  // not of the project, or not put on (G7, H5)
    bool existing = false;
};

struct StatusNote {
    std::string project;
    std::int64_t iid = 0;
    std::string marker;  // stands in the body, and finds the note again (S1)
    std::string body;
    bool internal = false;
};
struct PutNote {
    std::int64_t id = 0;
    bool created = false;
};

struct LabelChange {
    std::string project;
    std::int64_t iid = 0;
    std::vector<std::string> add, remove;
};

struct WhoAmI {
    std::int64_t id = 0;
    std::string login;
    std::vector<std::string> scopes;  // empty: the tracker does not tell
    std::string expires_at;           // "2027-01-31", as the tracker says it; "" = never, or not told
    std::string version;
};

// What Countersign does on a tracker, the same for GitLab and GitHub. A project that is not configured is
// refused before anything is sent, and so is what the tracker leads to elsewhere (L8, H1).
class Client {
  public:
    virtual ~Client() = default;
    [[nodiscard]] virtual net::Awaitable<Expected<IssueRead>> read_issue(std::string project,
                                                                         std::int64_t iid,
                                                                         std::string since_etag) = 0;
    // Those of `iids` that changed since then; GitLab and GitHub tell both of them as far as they know.
    [[nodiscard]] virtual net::Awaitable<Expected<ChangedIssues>> changed_issues(
        std::string project, std::vector<std::int64_t> iids, std::optional<Timestamp> since) = 0;
    [[nodiscard]] virtual net::Awaitable<Expected<std::string>> read_template(std::string project,
                                                                              std::string name) = 0;
    [[nodiscard]] virtual net::Awaitable<Expected<CreatedIssue>> create_issue(NewIssue issue) = 0;
    [[nodiscard]] virtual net::Awaitable<Expected<PutNote>> put_note(StatusNote note) = 0;
    // What the project does not have of them.
    [[nodiscard]] virtual net::Awaitable<Expected<std::vector<std::string>>> set_labels(
        LabelChange change) = 0;
    // The names of all labels that issues of the project can have.
    [[nodiscard]] virtual net::Awaitable<Expected<std::vector<std::string>>> labels(std::string project) = 0;
    [[nodiscard]] virtual net::Awaitable<Expected<WhoAmI>> whoami() = 0;
    // How long the tracker wants to rest although it refused nothing yet (N7); said once.
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds> take_rest() = 0;
};

}  // namespace countersign::tracker
