#include "handlers/recheck.hpp"

#include "bot/commands/record_commands.hpp"
#include "bot/commands/record_filter.hpp"
#include "bot/commands/report.hpp"
#include "config/document.hpp"
#include "config/policy_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace countersign::bot::commands {
namespace {

using handlers::Recheck;
using nlohmann::ordered_json;

// The policies that decisions rest on, each read once.
class Policies {
  public:
    Policies(const storage::View& view, const config::Settings& settings)
        : view_(&view), settings_(&settings) {}

    // Null: not kept, or of a form or for parties that are no longer understood.
    [[nodiscard]] std::shared_ptr<const config::Policy> find(const std::string& hash) {
        if (hash == settings_->policy->hash) return settings_->policy;
        const auto [known, fresh] = known_.try_emplace(hash);
        if (fresh) known->second = read(hash);
        return known->second;
    }

  private:
    [[nodiscard]] std::shared_ptr<const config::Policy> read(const std::string& hash) const {
        const auto kept = view_->policy(hash);
        if (!kept) return nullptr;
        config::Problems problems{kept->source, {}};
        auto policy = config::read_policy(kept->text, kept->source, settings_->review.parties, problems);
        return problems.found.empty() ? std::make_shared<const config::Policy>(std::move(policy)) : nullptr;
    }

    const storage::View* view_;
    const config::Settings* settings_;
    std::map<std::string, std::shared_ptr<const config::Policy>> known_;
};

struct Tally {
    std::size_t requests = 0, approvals = 0, not_worked_out = 0, contradictions = 0;
    ordered_json findings = ordered_json::array();

    void add(const storage::AppRequest& request, const std::vector<Recheck>& found) {
        for (const auto& each : found) {
            if (handlers::is_contradiction(each.kind)) ++contradictions;
            findings.push_back({{"request", to_text(request.id)},
                                {"kind", handlers::to_text(each.kind)},
                                {"text", each.text}});
        }
    }
};

void recheck(const storage::AppRequest& request, const storage::View& view, const config::Settings& settings,
             Policies& policies, Tally& tally) {
    ++tally.requests;
    tally.add(request, handlers::recheck_request(request, view, system_clock().now()));
    const handlers::Capabilities capabilities;
    for (const auto& decision : view.decisions(request.id)) {
        if (decision.kind != storage::DecisionKind::approve || decision.outside) continue;
        auto under_it = settings;
        under_it.policy = policies.find(decision.policy);
        // Of an earlier set of scopes only the votes are kept, not the set.
        if (!under_it.policy || decision.scope_hash != request.scope_hash) {
            ++tally.not_worked_out;
            continue;
        }
        ++tally.approvals;
        tally.add(request,
                  handlers::recheck_approval(request, decision, {decision.at, view, under_it, capabilities}));
    }
}

}  // namespace

int recheck_records(const Call& call, const RecordFilter& filter) {
    const auto settings = settings_to_read(call);
    if (!settings) return exit_configuration;
    const auto database = storage::Database::open_reader(settings->database);
    if (!database) return report(call, database.error());
    const auto records = Records::make(*database, filter);
    if (!records) {
        call.err << "countersign: " << one_line(records.error().text) << '\n';
        return exit_usage;
    }
    const storage::View view(*database);
    Policies policies(view, *settings);
    Tally tally;
    records->for_each_request(
        [&](const storage::AppRequest& request) { recheck(request, view, *settings, policies, tally); });
    if (call.json) {
        print_json(call, {{"schema", json_schema},
                          {"ok", tally.contradictions == 0},
                          {"requests", tally.requests},
                          {"approvals", tally.approvals},
                          {"not_worked_out", tally.not_worked_out},
                          {"findings", tally.findings}});
        return tally.contradictions == 0 ? exit_ok : exit_no;
    }
    std::vector<std::vector<std::string>> rows{{"REQUEST", "WHAT", "FOUND"}};
    for (const auto& each : tally.findings)
        rows.push_back({each["request"].get<std::string>(), each["kind"].get<std::string>(),
                        one_line(each["text"].get<std::string>())});
    if (rows.size() > 1) print_table(call.out, rows);
    call.out << fmt::format(
        "{} requests and {} approvals worked out again: {} contradictions, {} for a person to judge.\n",
        tally.requests, tally.approvals, tally.contradictions, tally.findings.size() - tally.contradictions);
    if (tally.not_worked_out > 0)
        call.out << fmt::format(
            "{} approvals are of other scopes or of a policy that is no longer understood.\n",
            tally.not_worked_out);
    return tally.contradictions == 0 ? exit_ok : exit_no;
}

}  // namespace countersign::bot::commands
