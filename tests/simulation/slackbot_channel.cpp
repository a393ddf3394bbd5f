#include "tests/simulation/slackbot_channel.hpp"

#include "tests/fakes/slackbot_messages.hpp"
#include "tests/simulation/simulated_tracker.hpp"
#include "tests/support/review_office.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace countersign::simulation {
namespace {

const std::array<std::string, 4> styles{"2019", "2026", "de", "pt"};
const std::array<std::string, 2> managers{"U0ADMIN", "U0ADMIN2"};

}  // namespace

Deed SlackbotChannel::event(Json inner) {
    inner.update({{"channel", id}, {"channel_type", "channel"}});
    return event_of("EvBot" + std::to_string(++counter_), std::move(inner));
}

Deed SlackbotChannel::asks() {
    const auto app = 1 + pick(apps_);
    Notice notice{styles.at(pick(styles.size())), fmt::format("A{:09}", app),
                  Json::array({tests::slack_scope("chat:write")}), ""};
    std::pair<std::string, std::string> shown{"Send messages as @app (chat:write)", ""};
    if (pick(3) == 0) {
        notice.scopes.push_back(tests::slack_scope("channels:history"));
        shown.first += "\nView messages in channels (channels:history)";
    }
    auto words =
        fakes::notice_words(notice.style, requesters.at(pick(requesters.size())), notice.app, "Sketch Pad");
    words.reason = pick(4) == 0 ? "for drawing" : "for drawing, see " + SimulatedTracker::link(app);
    auto message = fakes::slackbot_notice(words, shown);
    const auto ts = slack_->next_ts();
    message["ts"] = ts;
    slack_->model.history[id].push_back(message);
    notices_[ts] = std::move(notice);
    return event(std::move(message));
}

// The next line that Countersign wrote to a manager: which message, and what to press.
std::optional<std::pair<std::string, std::string>> SlackbotChannel::told() {
    const auto& all = slack_->messages();
    while (told_so_far_ < all.size()) {
        const auto& line = all[told_so_far_++];
        const bool ready = line.effect.contains(":press:ready:");
        const bool ended =
            line.effect.contains(":press:denied:") || line.effect.contains(":press:withdrawn:");
        if (!ready && !ended) continue;
        for (const auto& [ts, notice] : notices_) {
            if (line.text.contains(SimulatedSlack::permalink(id, ts)))
                return std::pair(ts, ready ? "approve" : "cancel");
        }
    }
    return std::nullopt;
}

std::optional<Deed> SlackbotChannel::decides() {
    auto chosen = pick(4) == 0 ? std::nullopt : told();
    if (!chosen) {
        std::vector<std::string> open;
        for (const auto& [ts, notice] : notices_) {
            if (notice.decision.empty()) open.push_back(ts);
        }
        if (open.empty()) return std::nullopt;
        static const std::array<std::string, 3> decisions{"approve", "restrict", "cancel"};
        chosen = std::pair(open.at(pick(open.size())), decisions.at(pick(decisions.size())));
    }
    auto& notice = notices_.at(chosen->first);
    if (!notice.decision.empty()) return std::nullopt;
    notice.decision = chosen->second;
    auto& model = slack_->model;
    if (notice.decision != "cancel") {
        model.approved.erase(notice.app);
        model.restricted.erase(notice.app);
        (notice.decision == "approve" ? model.approved : model.restricted)[notice.app] = notice.scopes;
    }
    auto& history = model.history[id];
    auto& message =
        *std::ranges::find_if(history, [&](const Json& each) { return each["ts"] == chosen->first; });
    auto& blocks = message["blocks"];
    blocks.erase(blocks.size() - 1);
    blocks.push_back(fakes::mrkdwn_section(
        fakes::decision_line(notice.style, notice.decision, managers.at(pick(managers.size())))));
    return event({{"type", "message"},
                  {"subtype", "message_changed"},
                  {"ts", slack_->next_ts()},
                  {"message", message}});
}

}  // namespace countersign::simulation
