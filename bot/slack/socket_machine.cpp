#include "bot/slack/socket_machine.hpp"

#include "bot/slack/socket_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// socket-mode.md §5.1.
constexpr milliseconds hello_limit = 10s;   // R7
constexpr milliseconds idle_limit = 5s;     // R22
constexpr milliseconds dead_limit = 20s;    // R23
constexpr milliseconds stable_after = 60s;  // R14
constexpr milliseconds drain_limit = 15s;   // R30
constexpr milliseconds superseded_drain = 1s;
constexpr std::size_t most_draining = 3;
constexpr milliseconds planned_jitter = 100ms;  // R30 leaves 250 ms; a slow machine needs some of them
constexpr milliseconds probe_least = 5min;      // R17
constexpr milliseconds probe_most = 15min;
constexpr milliseconds shortest_staggered_life = 2min;

constexpr std::string_view too_many_code = "too_many_websockets";
constexpr std::string_view disabled_code = "link_disabled";

}  // namespace

// ---------------------------------------------------------------- events

void SocketMachine::handle(const event::Start&) {
    if (running_) return;
    running_ = true;
    plan(options_.start_delay, false, "");
}

void SocketMachine::handle(const event::Stop&) {
    if (!running_) return;
    running_ = false;
    if (attempt_.phase == Attempt::Phase::opening || attempt_.phase == Attempt::Phase::connecting) {
        orphan_ = attempt_.generation;
    }
    if (attempt_.phase == Attempt::Phase::hello) close(attempt_.generation);
    attempt_ = {};
    if (live_) close(live_->generation);
    live_.reset();
    close_draining();
    held_for_.clear();
    renew_again_ = false;
    backoff_.reset();
    report("stopped", "stop");
}

void SocketMachine::handle(const event::Renew& renew) {
    if (!running_) return;
    backoff_.reset();
    alarmed_.clear();
    if (live_) live_->condemned = true;
    const bool in_flight =
        attempt_.phase != Attempt::Phase::idle && attempt_.phase != Attempt::Phase::waiting;
    if (in_flight) {
        renew_again_ = true;  // it began with the old token
        return;
    }
    held_for_.clear();
    attempt_.phase = Attempt::Phase::idle;
    replace(options_.start_delay, renew.cause);
}

void SocketMachine::handle(const event::UrlReady& ready) {
    if (forget_orphan(ready.generation)) return;
    if (!attempting(Attempt::Phase::opening, ready.generation)) return;
    if (const auto checked = check_socket_url(ready.url, options_.api_url, options_.allow_plain); !checked) {
        alarm("bad_url",
              "Slack's API gave an address that Countersign does not connect to: " + checked.error().text +
                  ". Check slack.api_url and whether something intercepts the connection.");
        attempt_failed("bad_url", checked.error().text);
        return;
    }
    attempt_.phase = Attempt::Phase::connecting;
    actions_.push_back(action::Connect{ready.generation, ready.url});
}

void SocketMachine::handle(const event::UrlFailed& failed) {
    if (forget_orphan(failed.generation)) return;
    if (!attempting(Attempt::Phase::opening, failed.generation)) return;
    switch (failed.kind) {
        case event::UrlFailed::Kind::transient:
            attempt_failed(failed.code, failed.advice);
            return;
        case event::UrlFailed::Kind::fatal:
            hold(failed.code, "Slack refuses the connection (" + failed.code + "). " + failed.advice);
            return;
        case event::UrlFailed::Kind::throttled: {
            if (failed.rest_capped) {
                alarm("long_rate_limit",
                      "Slack asked Countersign to wait longer than 10 minutes before it connects.");
            }
            const SteadyTime until = now_ + failed.rest + up_to(failed.rest / 10);  // R11
            budget_->rest_until(until);
            last_error_ = failed.code;
            report("failed", failed.code, fmt::format("again in {} s", (until - now_) / 1s));
            attempt_.phase = Attempt::Phase::waiting;
            attempt_.eager = false;
            attempt_.due = until;
            return;
        }
    }
}

void SocketMachine::handle(const event::Connected& connected) {
    const bool unwanted = forget_orphan(connected.generation);
    if (unwanted || !attempting(Attempt::Phase::connecting, connected.generation)) {
        close(connected.generation);
        return;
    }
    attempt_.phase = Attempt::Phase::hello;
    attempt_.due = now_ + hello_limit;
    attempt_.liveness = {now_, now_};
}

void SocketMachine::handle(const event::ConnectFailed& failed) {
    if (forget_orphan(failed.generation)) return;
    if (attempting(Attempt::Phase::connecting, failed.generation)) attempt_failed("connect", failed.text);
}

void SocketMachine::handle(const event::Hello& hello) {
    if (!attempting(Attempt::Phase::hello, hello.generation)) return;
    if (!options_.expected_app_id.empty() && hello.app_id != options_.expected_app_id) {
        close(hello.generation);
        hold("wrong_app", "The app token leads to app " + hello.app_id + ", but it names " +
                              options_.expected_app_id +
                              ". Install the app token of the same app and reload Countersign.");
        return;
    }
    const bool planned = attempt_.planned;
    Live fresh{
        .generation = hello.generation, .hello_at = now_, .renew_at = {}, .liveness = attempt_.liveness};
    fresh.liveness.inbound = now_;
    if (!planned && options_.stagger > 0 && hello.lifetime >= shortest_staggered_life) {
        fresh.renew_at = now_ + std::chrono::duration_cast<milliseconds>(hello.lifetime * options_.stagger);
    }
    if (live_) {
        drain(live_->generation);
    }
    live_ = fresh;
    attempt_ = {};
    held_for_.clear();
    last_error_.clear();
    report("connected", "hello");
    if (std::exchange(renew_again_, false)) replace(0ms, "reload");
}

void SocketMachine::handle(const event::Disconnect& disconnect) {
    if (disconnect.reason == too_many_code) {
        too_many(disconnect.generation);
        return;
    }
    const bool is_live = live_ && live_->generation == disconnect.generation;
    const bool is_attempt = attempting(Attempt::Phase::hello, disconnect.generation);
    if (disconnect.reason == disabled_code) {
        if (!is_live && !is_attempt) return;
        close(disconnect.generation);
        if (is_live) live_.reset();
        const bool in_flight = attempt_.phase == Attempt::Phase::opening ||
                               attempt_.phase == Attempt::Phase::connecting ||
                               (attempt_.phase == Attempt::Phase::hello && !is_attempt);
        if (in_flight) {
            last_error_ = disabled_code;  // it will hear the same
            return;
        }
        hold(std::string(disabled_code),
             "Socket Mode is switched off for this app. Switch it on in the app's settings and reload "
             "Countersign.");
        return;
    }
    // Everything else, known or not, asks for a new connection (R37).
    if (is_live) replace(up_to(planned_jitter), "refresh");
    if (is_attempt) {
        close(disconnect.generation);
        attempt_failed("disconnect", disconnect.reason);
    }
}

void SocketMachine::handle(const event::Lost& lost) {
    if (attempting(Attempt::Phase::hello, lost.generation)) {
        attempt_failed("closed", lost.text);
    } else if (live_ && live_->generation == lost.generation) {
        live_lost(fmt::format("closed_{}", lost.code), lost.text);
    } else {
        std::erase_if(draining_, [&](const Draining& old) { return old.generation == lost.generation; });
    }
}

void SocketMachine::handle(const event::Inbound& inbound) {
    const auto note = [&inbound](Liveness& liveness) {
        liveness.inbound = std::max(liveness.inbound, inbound.at);
    };
    if (live_ && live_->generation == inbound.generation) note(live_->liveness);
    if (attempting(Attempt::Phase::hello, inbound.generation)) note(attempt_.liveness);
}

void SocketMachine::handle(const event::Crowded&) {
    close_draining();
}

void SocketMachine::handle(const event::Tick&) {
    close_drained();
    if (live_ && is_dead(live_->liveness)) {
        close(live_->generation);
        live_lost("silent", "no frame for 20 s");
    }
    if (live_) {
        ping_if_idle(live_->generation, live_->liveness);
        if (live_->renew_at && now_ >= *live_->renew_at) {
            live_->renew_at.reset();
            replace(0ms, "stagger");
        }
    }
    if (attempt_.phase == Attempt::Phase::hello) {
        if (now_ >= attempt_.due) {
            close(attempt_.generation);
            attempt_failed("no_hello", "no hello within 10 s");
        } else {
            ping_if_idle(attempt_.generation, attempt_.liveness);
        }
    }
    if (attempt_.phase == Attempt::Phase::waiting && now_ >= attempt_.due && !orphan_) open();
}

// ---------------------------------------------------------------- what they have in common

Actions SocketMachine::on(SteadyTime now, const Event& event) {
    now_ = now;
    check_stability();
    std::visit([this](const auto& happened) { handle(happened); }, event);
    return std::exchange(actions_, {});
}

bool SocketMachine::attempting(Attempt::Phase phase, Generation generation) const {
    return attempt_.phase == phase && attempt_.generation == generation;
}

// An attempt after `delay`, unless one is under way already (R15, R31); one that only waits may be hurried.
void SocketMachine::plan(milliseconds delay, bool eager, std::string_view cause) {
    if (!running_) return;
    if (attempt_.phase == Attempt::Phase::waiting) {
        if (attempt_.eager) attempt_.due = std::min(attempt_.due, now_ + delay);
        return;
    }
    if (attempt_.phase != Attempt::Phase::idle) return;
    if (!cause.empty()) ++reconnects_[std::string(cause)];
    attempt_ = {};
    attempt_.phase = Attempt::Phase::waiting;
    attempt_.due = now_ + delay;
    attempt_.eager = eager;
    attempt_.planned = live_.has_value();
    if (delay == 0ms && !orphan_) open();
}

// A new connection while the old one still serves (make before break).
void SocketMachine::replace(milliseconds delay, std::string_view cause) {
    if (live_) live_->condemned = true;
    const bool idle = attempt_.phase == Attempt::Phase::idle;
    if (idle) report("replacing", cause);
    plan(delay, true, cause);
}

void SocketMachine::open() {
    if (const auto later = budget_->take(now_)) {
        attempt_.due = *later;
        attempt_.eager = false;
        return;
    }
    attempt_.phase = Attempt::Phase::opening;
    attempt_.generation = ++last_generation_;
    actions_.push_back(action::OpenUrl{attempt_.generation});
}

void SocketMachine::attempt_failed(std::string_view cause, std::string text) {
    last_error_ = text.empty() ? std::string(cause) : fmt::format("{}: {}", cause, text);
    report("failed", cause, std::move(text));
    held_for_.clear();
    attempt_ = {};
    // A reload meant new credentials: what failed used the old ones.
    const bool at_once = std::exchange(renew_again_, false);
    plan(at_once ? 0ms : backoff_.next(), false, cause);
}

void SocketMachine::live_lost(std::string_view cause, std::string text) {
    const Live lost = *std::exchange(live_, std::nullopt);
    last_error_ = fmt::format("{}: {}", cause, text);
    if (lost.condemned) {
        // Expected; the replacement is on its way, and there is no reason left to spread the load.
        plan(0ms, true, cause);
        return;
    }
    report("lost", cause, std::move(text));
    const auto lived = std::chrono::duration_cast<milliseconds>(now_ - lost.hello_at);
    plan(backoff_.after_loss(lived), false, cause);
}

void SocketMachine::too_many(Generation generation) {
    const bool is_live = live_ && live_->generation == generation;
    const bool is_attempt = attempting(Attempt::Phase::hello, generation);
    const bool is_draining =
        std::ranges::find(draining_, generation, &Draining::generation) != draining_.end();
    if (!is_live && !is_attempt && !is_draining) return;

    const SteadyTime again = budget_->too_many(now_);
    alarm(std::string(too_many_code),
          "Slack counts more than 10 connections of this app: another process uses its app token, or old "
          "connections "
          "have not been given up yet. Countersign waits before it connects again.");
    close_draining();
    actions_.push_back(action::CloseSurplus{});
    if (is_draining) return;

    close(generation);
    if (is_live) live_.reset();
    if (is_attempt) attempt_ = {};
    last_error_ = too_many_code;
    report("failed", too_many_code);
    plan(std::chrono::duration_cast<milliseconds>(again - now_), false, too_many_code);
}

// Only a human can help; asks again every 5 to 15 minutes, and at a reload (R17, R36).
void SocketMachine::hold(std::string code, std::string text) {
    alarm(code, text);
    report("held", code, std::move(text));
    last_error_ = code;
    attempt_ = {};
    if (std::exchange(renew_again_, false)) {
        plan(0ms, false, "reload");
        return;
    }
    plan(probe_least + up_to(probe_most - probe_least), false, code);
    held_for_ = std::move(code);
}

void SocketMachine::close(Generation generation) {
    actions_.push_back(action::Close{generation});
}

// The old connection is read and acked on until Slack closes it (R30). One that is two replacements old has
// only what was under way; more than a few are never kept, whatever the pace of refreshes (R35).
void SocketMachine::drain(Generation generation) {
    for (Draining& older : draining_)
        older.until = std::min(older.until, now_ + superseded_drain);
    draining_.push_back({generation, now_ + drain_limit});
    if (draining_.size() > most_draining) draining_.front().until = now_;
    close_drained();
}

void SocketMachine::close_drained() {
    std::erase_if(draining_, [this](const Draining& old) {
        const bool over = now_ >= old.until;
        if (over) close(old.generation);
        return over;
    });
}

void SocketMachine::close_draining() {
    for (const Draining& old : draining_)
        close(old.generation);
    draining_.clear();
}

bool SocketMachine::forget_orphan(Generation generation) {
    if (orphan_ != generation) return false;
    orphan_.reset();
    return true;
}

void SocketMachine::check_stability() {
    if (!live_ || live_->stable || now_ - live_->hello_at < stable_after) return;
    live_->stable = true;
    backoff_.reset();
    alarmed_.clear();
    budget_->stable();
}

SteadyTime SocketMachine::Liveness::next() const {
    return std::max(inbound, pinged) + idle_limit;
}

bool SocketMachine::is_dead(const Liveness& liveness) const {
    // Silence while the whole process slept proves nothing: a ping must have had its chance too.
    return now_ >= liveness.inbound + dead_limit && liveness.pinged > liveness.inbound &&
           now_ >= liveness.next();
}

void SocketMachine::ping_if_idle(Generation generation, Liveness& liveness) {
    if (now_ < liveness.next()) return;
    liveness.pinged = now_;
    actions_.push_back(action::Ping{generation});
}

void SocketMachine::alarm(std::string code, std::string text) {
    if (!alarmed_.insert(code).second) return;
    actions_.push_back(action::Alarm{std::move(code), std::move(text)});
}

void SocketMachine::report(std::string what, std::string_view cause, std::string text) {
    actions_.push_back(action::Report{std::move(what), std::string(cause), std::move(text)});
}

milliseconds SocketMachine::up_to(milliseconds limit) {
    return milliseconds(static_cast<std::int64_t>(options_.random() * static_cast<double>(limit.count())));
}

// ---------------------------------------------------------------- what can be asked

SocketMachine::SocketMachine(Options options, OpenBudget& budget)
    : options_(std::move(options)), budget_(&budget), backoff_(options_.random) {}

std::optional<SteadyTime> SocketMachine::wake_at() const {
    std::optional<SteadyTime> earliest;
    const auto consider = [&earliest](SteadyTime when) {
        earliest = earliest ? std::min(*earliest, when) : when;
    };
    if (attempt_.phase == Attempt::Phase::waiting && !orphan_) consider(attempt_.due);
    if (attempt_.phase == Attempt::Phase::hello) {
        consider(attempt_.due);
        consider(attempt_.liveness.next());
    }
    if (live_) {
        consider(live_->liveness.next());
        if (live_->renew_at) consider(*live_->renew_at);
    }
    for (const Draining& old : draining_)
        consider(old.until);
    return earliest;
}

SlotState SocketMachine::state() const {
    if (!running_) return SlotState::stopped;
    if (live_) return attempt_.phase == Attempt::Phase::idle ? SlotState::connected : SlotState::refreshing;
    switch (attempt_.phase) {
        case Attempt::Phase::idle:
        case Attempt::Phase::waiting:
            return held_for_.empty() ? SlotState::waiting : SlotState::held;
        case Attempt::Phase::opening:
            return SlotState::opening;
        case Attempt::Phase::connecting:
            return SlotState::connecting;
        case Attempt::Phase::hello:
            return SlotState::awaiting_hello;
    }
    return SlotState::stopped;
}

std::uint64_t SocketMachine::reconnects() const {
    std::uint64_t sum = 0;
    for (const auto& [cause, count] : reconnects_)
        sum += count;
    return sum;
}

std::vector<Generation> SocketMachine::watched() const {
    std::vector<Generation> generations;
    if (live_) generations.push_back(live_->generation);
    if (attempt_.phase == Attempt::Phase::hello) generations.push_back(attempt_.generation);
    return generations;
}

std::string_view to_text(SlotState state) {
    switch (state) {
        case SlotState::stopped:
            return "stopped";
        case SlotState::waiting:
            return "waiting";
        case SlotState::opening:
            return "opening";
        case SlotState::connecting:
            return "connecting";
        case SlotState::awaiting_hello:
            return "awaiting hello";
        case SlotState::connected:
            return "connected";
        case SlotState::refreshing:
            return "refreshing";
        case SlotState::held:
            return "held";
    }
    return "";
}

std::string to_text(const Action& action) {
    struct Text {
        std::string operator()(const action::OpenUrl& a) const {
            return fmt::format("open_url({})", a.generation);
        }
        std::string operator()(const action::Connect& a) const {
            return fmt::format("connect({}, {})", a.generation, a.url.substr(0, a.url.find('?')));
        }
        std::string operator()(const action::Ping& a) const { return fmt::format("ping({})", a.generation); }
        std::string operator()(const action::Close& a) const {
            return fmt::format("close({})", a.generation);
        }
        std::string operator()(const action::CloseSurplus&) const { return "close_surplus"; }
        std::string operator()(const action::Alarm& a) const { return fmt::format("alarm({})", a.code); }
        std::string operator()(const action::Report& a) const {
            return fmt::format("report({}, {})", a.what, a.cause);
        }
    };
    return std::visit(Text(), action);
}

}  // namespace countersign::slack
