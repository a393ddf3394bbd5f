#pragma once

#include "bot/slack/socket_machine.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace countersign::tests {

// What a driver would see of some slots: calls in flight, open sockets, alarms. Time stands still until told.
class SocketWorld {
  public:
    struct Slot {
        explicit Slot(slack::SocketMachine::Options options, slack::OpenBudget& budget)
            : machine(std::move(options), budget) {}
        slack::SocketMachine machine;
        std::set<slack::Generation> opening;
        std::set<slack::Generation> connecting;
        std::set<slack::Generation> sockets;
        std::string url;
    };

    explicit SocketWorld(
        int slots = 1, std::function<double()> random = [] { return 0.5; }, double pace = 1.0)
        : budget(random, pace) {
        for (int k = 0; k < slots; ++k) {
            slack::SocketMachine::Options options;
            options.api_url = "https://slack.com/api/";
            options.expected_app_id = "A1";
            options.start_delay = k * std::chrono::seconds(1);
            options.stagger = static_cast<double>(k) / slots;
            options.random = random;
            slots_.push_back(std::make_unique<Slot>(options, budget));
        }
    }

    Slot& slot(int number = 0) { return *slots_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] int count() const { return static_cast<int>(slots_.size()); }

    // Feeds an event and does what a driver does; returns the actions as text, without reports.
    std::vector<std::string> on(const slack::Event& event, int number = 0) {
        Slot& at = slot(number);
        std::vector<std::string> texts;
        for (const slack::Action& action : at.machine.on(now, event)) {
            if (const auto* open = std::get_if<slack::action::OpenUrl>(&action)) {
                at.opening.insert(open->generation);
                opened.push_back(now);
            } else if (const auto* connect = std::get_if<slack::action::Connect>(&action)) {
                at.connecting.insert(connect->generation);
                at.url = connect->url;
            } else if (const auto* close = std::get_if<slack::action::Close>(&action)) {
                at.sockets.erase(close->generation);
            } else if (const auto* alarm = std::get_if<slack::action::Alarm>(&action)) {
                alarms.push_back(alarm->code);
            } else if (std::holds_alternative<slack::action::CloseSurplus>(action)) {
                for (int other = 0; other < count(); ++other) {
                    if (other != number) on(slack::event::Crowded{}, other);
                }
            } else if (const auto* report = std::get_if<slack::action::Report>(&action)) {
                reports.push_back(report->what + " " + report->cause);
                continue;
            }
            texts.push_back(slack::to_text(action));
        }
        return texts;
    }

    // Time passes, with a Tick at each moment a machine asked for.
    std::vector<std::string> pass(std::chrono::milliseconds time) {
        const SteadyTime until = now + time;
        std::vector<std::string> texts;
        while (true) {
            int next = -1;
            for (int k = 0; k < count(); ++k) {
                const auto due = slot(k).machine.wake_at();
                if (due && *due <= until && (next < 0 || *due < *slot(next).machine.wake_at())) next = k;
            }
            if (next < 0) break;
            now = std::max(now, *slot(next).machine.wake_at());
            for (std::string& text : on(slack::event::Tick{}, next))
                texts.push_back(std::move(text));
        }
        now = until;
        return texts;
    }

    // The same while frames keep coming on every socket.
    std::vector<std::string> pass_alive(std::chrono::milliseconds time) {
        std::vector<std::string> texts;
        for (auto left = time; left.count() > 0; left -= std::chrono::seconds(1)) {
            for (int k = 0; k < count(); ++k) {
                for (const auto generation : slot(k).machine.watched())
                    on(slack::event::Inbound{generation, now}, k);
            }
            for (std::string& text :
                 pass(std::min<std::chrono::milliseconds>(left, std::chrono::seconds(1)))) {
                texts.push_back(std::move(text));
            }
        }
        return texts;
    }

    // The next steps of the attempt under way, as a well-meaning Slack would have them.
    slack::Generation url_ready(int number = 0,
                                const std::string& url = "wss://wss-primary.slack.com/link/?ticket=t") {
        Slot& at = slot(number);
        const slack::Generation generation = *at.opening.begin();
        at.opening.clear();
        on(slack::event::UrlReady{generation, url}, number);
        return generation;
    }
    slack::Generation connected(int number = 0) {
        Slot& at = slot(number);
        const slack::Generation generation = *at.connecting.begin();
        at.connecting.clear();
        at.sockets.insert(generation);
        on(slack::event::Connected{generation}, number);
        return generation;
    }
    slack::Generation hello(int number = 0, std::chrono::seconds lifetime = std::chrono::seconds(18060)) {
        url_ready(number);
        const slack::Generation generation = connected(number);
        on(slack::event::Hello{generation, "A1", lifetime}, number);
        return generation;
    }
    void url_failed(const std::string& code,
                    slack::event::UrlFailed::Kind kind = slack::event::UrlFailed::Kind::transient,
                    std::chrono::milliseconds rest = {}, bool capped = false, int number = 0) {
        Slot& at = slot(number);
        const slack::Generation generation = *at.opening.begin();
        at.opening.clear();
        on(slack::event::UrlFailed{generation, kind, code, "", rest, capped}, number);
    }
    void connect_failed(int number = 0) {
        Slot& at = slot(number);
        const slack::Generation generation = *at.connecting.begin();
        at.connecting.clear();
        on(slack::event::ConnectFailed{generation, "HTTP 503"}, number);
    }
    void lost(slack::Generation generation, std::uint16_t code = 1006, int number = 0) {
        slot(number).sockets.erase(generation);
        on(slack::event::Lost{generation, code, "gone"}, number);
    }

    slack::OpenBudget budget;
    SteadyTime now{std::chrono::hours(1)};
    std::vector<SteadyTime> opened;
    std::vector<std::string> alarms;
    std::vector<std::string> reports;

  private:
    std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace countersign::tests
