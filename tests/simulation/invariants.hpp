#pragma once

#include "config/settings.hpp"
#include "handlers/context.hpp"
#include "storage/database.hpp"
#include "tests/simulation/oddities.hpp"
#include "tests/simulation/simulated_slack.hpp"
#include "tests/simulation/simulated_tracker.hpp"
#include "tests/simulation/slackbot_channel.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

// What must be true of the database and of Slack together, whatever happened on the way (domain.md §8.6).
// Each adds a sentence for what is not.
namespace countersign::simulation {

// 1 and 2: before an approval takes effect: every party agrees, on the scopes that are approved, and nobody
// who asks for it counts.
void check_evidence(const storage::Effect& approve, const storage::View& view,
                    const config::Settings& settings, std::vector<std::string>& broken);

// The same for votes that came from the vendor issue: each is a signature that somebody who may sign for the
// party really put there, and the newest evidence counts it. True if there was one.
bool check_signatures(const storage::Effect& approve, const storage::View& view,
                      const SimulatedTracker& tracker, std::vector<std::string>& broken);

// 3 and 5: nothing was said or done twice.
void check_once(const SimulatedSlack& slack, std::vector<std::string>& broken);

// Nothing that Slack was told has arrived is missing, and nothing was handled twice.
void check_nothing_lost(const storage::Database& database, const std::set<std::string>& acknowledged,
                        std::vector<std::string>& broken);

// By what the inbox knows something by, the ids of the envelopes in which it came.
using Envelopes = std::map<std::string, std::vector<std::string>>;

// 4: every press that was acknowledged has an answer: a line, a form, or what it changed.
void check_answers(const storage::Database& database, const std::set<std::string>& presses,
                   const Envelopes& envelopes, const std::set<std::string>& acknowledged,
                   std::vector<std::string>& broken);

// 6 and 7: what is decided was read from Slack, or looked at again by an admin; only people vote. In a
// `workspace` without the Admin API Slackbot's message is read, or an admin has pressed `Done`.
void check_origins(const storage::Database& database, bool workspace, std::vector<std::string>& broken);

// 8: what only admins may do was done by who was one of `admins` at that moment. `since`: the audit entry
// that was looked at last; the newest now. `met` counts what they did.
[[nodiscard]] std::int64_t check_admins(const storage::Database& database, std::int64_t since,
                                        const std::set<std::string>& admins, std::map<std::string, int>& met,
                                        std::vector<std::string>& broken);

// 10: what nobody understands was told in the alarm channel, or it was a request all the same.
void check_oddities(const storage::View& view, const SimulatedSlack& slack, const Oddities& oddities,
                    const Envelopes& envelopes, const std::set<std::string>& acknowledged,
                    std::vector<std::string>& broken);

// Of a workspace: every notice became a request or a person's task, what a manager pressed is known or a
// person's task, and what was approved as agreed has the votes for it.
void check_slackbot(const storage::Database& database, const handlers::Context& context,
                    const SlackbotChannel& channel, std::vector<std::string>& broken);

// The effects that may leave, now or as soon as their turn has come: "key: what became of it last".
[[nodiscard]] std::vector<std::string> waiting_effects(const storage::Database& database, Timestamp now);

// Once all is calm: what people see is what is true, what Slack holds is known, nothing waits that could
// leave.
void check_agreement(const storage::Database& database, const handlers::Context& context,
                     const SimulatedSlack& slack, std::vector<std::string>& broken);

}  // namespace countersign::simulation
