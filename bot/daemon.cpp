#include "bot/daemon.hpp"

#include "bot/connection_gap.hpp"
#include "bot/dispatcher.hpp"
#include "bot/health_file.hpp"
#include "bot/health_monitor.hpp"
#include "bot/oauth_callback.hpp"
#include "bot/performer.hpp"
#include "bot/service_notify.hpp"
#include "bot/slack_link.hpp"
#include "bot/status_pages.hpp"
#include "bot/webhooks.hpp"
#include "config/base/log.hpp"
#include "storage/vault.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <thread>

namespace countersign::bot {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

// How long a reload waits for the first hello of its new connections before it keeps the old ones.
constexpr auto reload_limit = seconds(30);

int exit_code_of(const Failure& failure) {
    switch (failure.code) {
        case Errc::forbidden:
            return 77;
        case Errc::invalid_argument:
        case Errc::tls:
            return 78;
        default:
            return 75;
    }
}

// A bug in a coroutine must not pass in silence: the process ends and systemd starts it again.
void rethrow(const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
}

std::ptrdiff_t connected_slots(const slack::SocketHealth& health) {
    return std::ranges::count(health.slots, "connected", &slack::SlotHealth::state);
}

// What exists, who owns it, and the order of starting and stopping. Everything here runs on the I/O thread;
// the dispatcher has a thread of its own.
class Daemon {
  public:
    Daemon(storage::Database database, std::shared_ptr<const config::Settings> settings,
           const config::Secrets& secrets)
        : settings_(std::move(settings)),
          dispatcher_(std::move(database), system_clock(), settings_, capabilities(secrets), ports(), {}),
          performer_(io_.get_executor(),
                     [this](EffectAnswer answer) { dispatcher_.offer(std::move(answer)); }),
          webhooks_(io_.get_executor(), system_clock(),
                    [this](HookIn hook) { return dispatcher_.try_offer(std::move(hook)); }),
          callback_(system_clock(),
                    [this](CallbackIn callback) { return dispatcher_.try_offer(std::move(callback)); }),
          signals_(io_, SIGTERM, SIGINT, SIGHUP) {}

    Result<void> start(const config::Secrets& secrets) {
        auto link = connect(*settings_, secrets, [this] { become_ready(); });
        if (!link) return std::unexpected(link.error());
        link_ = std::move(*link);
        webhooks_.use(*settings_, secrets);
        callback_.use(*settings_, secrets);
        if (auto pages = serve_status_pages(
                io_.get_executor(), *settings_, [this] { return report(); },
                [this](std::string_view path, std::string_view query) {
                    return callback_.answer(path, query);
                },
                webhooks_.posts())) {
            pages_ = std::move(*pages);
        } else {
            return std::unexpected(pages.error());
        }
        performer_.use(link_->api, link_->trackers, link_->accounts);
        return {};
    }

    int run() {
        dispatching_ = std::thread([this] {
            dispatcher_.run();
            asio::post(io_, [this] { io_.stop(); });
        });
        remember_reload("");  // of an earlier run
        remember_keys(link_->secrets);
        link_->socket->start();
        asio::co_spawn(io_, await_signals(), rethrow);
        asio::co_spawn(io_, watch(), rethrow);
        const auto work = asio::make_work_guard(io_);
        io_.run();
        dispatching_.join();
        log::notice("stopped");
        return 0;
    }

  private:
    static handlers::Capabilities capabilities(const config::Secrets& secrets) {
        handlers::Capabilities known;
        known.admin = secrets.admin_token.has_value();
        known.reviewer = secrets.reviewer_token.has_value();
        known.own_app = AppId(secrets.app_id);
        for (const auto& [tracker, token] : secrets.trackers)
            known.trackers.emplace(tracker, storage::fingerprint(token));
        return known;
    }

    Dispatcher::Ports ports() {
        return {.acknowledge =
                    [this](std::vector<AckOut> acks) {
                        asio::post(io_, [acks = std::move(acks)]() mutable {
                            for (auto& ack : acks)
                                ack.to->ack(ack.connection, std::move(ack.text));
                        });
                    },
                .perform =
                    [this](std::vector<storage::Effect> effects) {
                        asio::post(io_, [this, effects = std::move(effects)]() mutable {
                            for (auto& effect : effects)
                                performer_.perform(std::move(effect));
                        });
                    },
                .hooks_kept =
                    [this](std::vector<std::uint64_t> tickets) {
                        asio::post(io_, [this, tickets = std::move(tickets)] { webhooks_.kept(tickets); });
                    }};
    }

    Result<std::shared_ptr<SlackLink>> connect(const config::Settings& settings,
                                               const config::Secrets& secrets, std::function<void()> on_hello,
                                               std::function<void(const std::string&)> on_trouble = {}) {
        auto self = std::make_shared<std::weak_ptr<SlackLink>>();
        slack::SocketClient::Callbacks callbacks;
        callbacks.deliver = [this, self](slack::Delivery&& delivery) {
            const auto link = self->lock();
            return link && dispatcher_.offer(std::move(delivery), link->socket);
        };
        callbacks.hello = [this, self, on_hello = std::move(on_hello)](int) {
            const auto link = self->lock();
            if (link && link == link_) greeted_beside(connected_slots(link->socket->health()) - 1);
            on_hello();
        };
        callbacks.alarm = [this, on_trouble = std::move(on_trouble)](const std::string& code,
                                                                     const std::string& text) {
            raise_alarm(code, text);
            if (on_trouble) on_trouble(text);
        };
        auto link =
            make_slack_link(io_.get_executor(), system_clock(), settings, secrets, std::move(callbacks));
        if (link) *self = *link;
        return link;
    }

    void greeted_beside(std::ptrdiff_t others) {
        if (gap_.ends_with_hello(others, system_clock().steady())) dispatcher_.offer(Reconnected{});
    }

    void become_ready() {
        if (std::exchange(ready_, true)) return;
        log::notice("ready", {{"driver", link_->secrets.admin_token ? "org" : "workspace"},
                              {"connections", settings_->slack.connections},
                              {"database", settings_->database.string()}});
        notify_.ready();
    }

    // One message an hour for one cause.
    void raise_alarm(const std::string& code, const std::string& text) {
        const auto hour = std::chrono::floor<std::chrono::hours>(system_clock().now());
        dispatcher_.offer(Alarm{code + ":" + std::to_string(hour.time_since_epoch().count()), text, ""});
    }

    HealthReport report() const {
        return {dispatcher_.health(),   link_->socket->health(), system_clock().steady(),
                performer_.in_flight(), reload_problem_,         link_->secrets.admin_token.has_value()};
    }

    net::Awaitable<void> await_signals() {
        while (true) {
            const auto [error, signal] = co_await signals_.async_wait(net::as_value);
            if (error) co_return;
            if (signal == SIGHUP) {
                asio::co_spawn(io_, reload_when_asked(), rethrow);
                continue;
            }
            co_await stop();
            co_return;
        }
    }

    // R74: no new work, acks of what was taken, polite closes, then the dispatcher's last commit ends the
    // loop.
    net::Awaitable<void> stop() {
        log::notice("stopping");
        notify_.stopping();
        co_await link_->socket->stop();
        dispatcher_.stop();
    }

    net::Awaitable<void> reload_when_asked() {
        reload_asked_ = true;  // also while one is under way: the files may have changed since it read them
        if (std::exchange(reloading_, true)) co_return;
        while (std::exchange(reload_asked_, false)) {
            notify_.reloading();
            if (const auto reloaded = co_await reload()) {
                remember_reload("");
            } else {
                refuse_reload(reloaded.error().text);
            }
            notify_.ready();
        }
        reloading_ = false;
    }

    // R69: the new connections first; the old ones are drained when the new ones have said hello.
    net::Awaitable<Result<void>> reload() {
        auto fresh = read_again();
        if (!fresh) co_return std::unexpected(fresh.error());
        struct Trial {
            asio::steady_timer over;
            bool greeted = false;
            std::string trouble;
        };
        auto trial = std::make_shared<Trial>(asio::steady_timer(io_, reload_limit));
        auto link = connect(
            *fresh->settings, fresh->secrets,
            [trial] {
                trial->greeted = true;
                trial->over.cancel();
            },
            [trial](const std::string& text) {
                trial->trouble = text;
                trial->over.cancel();
            });
        if (!link) co_return std::unexpected(link.error());
        (*link)->socket->start();
        (void)co_await trial->over.async_wait(net::as_value);
        if (trial->greeted) {
            co_await switch_to(std::move(*link), std::move(fresh->settings));
            co_return Result<void>();
        }
        co_await (*link)->socket->stop();
        co_return fail(Errc::unavailable, trial->trouble.empty()
                                              ? "no hello within 30 s with the new configuration"
                                              : trial->trouble);
    }

    void refuse_reload(const std::string& why) {
        log::error("reload_refused", {{"error", why}, {"advice", "the old configuration stays in use"}});
        remember_reload(why);
        // Each refusal is told: somebody has just tried to change something.
        dispatcher_.offer(Alarm{"reload_refused:" + to_rfc3339(system_clock().now()),
                                "The configuration was not reloaded, the old one stays in use: " + why, ""});
    }

    void remember_reload(const std::string& problem) {
        reload_problem_ = problem;
        dispatcher_.offer(Remark{"reload_problem", problem});
    }

    // For `authorizations rotate-key`, which must not use a key that the daemon lacks.
    void remember_keys(const config::Secrets& secrets) {
        dispatcher_.offer(Remark{"sealing_keys", storage::KeyRing(secrets.sealing_keys).ids()});
    }

    struct Fresh {
        std::shared_ptr<const config::Settings> settings;
        config::Secrets secrets;
    };
    Result<Fresh> read_again() const {
        auto refuse = [](const std::vector<config::Problem>& problems) {
            std::string all;
            for (const auto& problem : problems)
                all += (all.empty() ? "" : " | ") + config::to_text(problem);
            return fail(Errc::invalid_argument, all);
        };
        auto settings = config::load_settings(settings_->file);
        if (!settings) return refuse(settings.error());
        auto secrets = config::load_secrets(*settings, config::process_environment());
        if (!secrets) return refuse(secrets.error());
        if (const auto right =
                storage::check_keys(settings_->database, storage::KeyRing(secrets->sealing_keys));
            !right)
            return std::unexpected(right.error());
        if (settings->database != settings_->database || settings->http_listen != settings_->http_listen) {
            log::warning("restart_needed", {{"keys", "storage.path, http.listen"}});
            // Whoever reads the database reads the one that is written to.
            settings->database = settings_->database;
            settings->http_listen = settings_->http_listen;
        }
        return Fresh{std::make_shared<const config::Settings>(std::move(*settings)), std::move(*secrets)};
    }

    net::Awaitable<void> switch_to(std::shared_ptr<SlackLink> link,
                                   std::shared_ptr<const config::Settings> settings) {
        const auto old = std::exchange(link_, std::move(link));
        const auto others = connected_slots(old->socket->health());
        settings_ = std::move(settings);
        performer_.use(link_->api, link_->trackers, link_->accounts);
        webhooks_.use(*settings_, link_->secrets);
        callback_.use(*settings_, link_->secrets);
        dispatcher_.use(settings_, capabilities(link_->secrets));
        // After the dispatcher has the new settings: what was missed is asked for with the new tokens.
        greeted_beside(others);
        remember_keys(link_->secrets);
        become_ready();
        co_await old->socket->hand_over();
        // Calls under way still use the old link; it lives until the last of them is answered.
        retired_.push_back(old);
        log::notice("reloaded");
    }

    net::Awaitable<void> watch() {
        asio::steady_timer timer(io_);
        HealthMonitor monitor(notify_, settings_->slack.rate_scale);
        HealthFile file(settings_->database);
        while (true) {
            timer.expires_after(monitor.interval());
            const auto [error] = co_await timer.async_wait(net::as_value);
            if (error) co_return;
            if (performer_.in_flight() == 0) retired_.clear();
            const auto seen = report();
            if (std::exchange(alarm_delivered_, false)) monitor.alarm_delivered();
            const auto verdict = monitor.look(seen);
            file.write(seen, system_clock().now());
            if (verdict.busy_alarm) raise_alarm("queue_full", *verdict.busy_alarm);
            if (verdict.dead_alarm)
                asio::co_spawn(io_, tell_directly(link_, "cannot act: " + *verdict.dead_alarm), rethrow);
            if (verdict.alive_again) {
                log::notice("acts_again");
                dispatcher_.offer(
                    Alarm{"alive:" + to_rfc3339(system_clock().now()), *verdict.alive_again, ""});
            }
        }
    }

    // O3: the outbox may be what does not work, so this is sent straight.
    net::Awaitable<void> tell_directly(std::shared_ptr<SlackLink> link, std::string text) {
        log::error("cannot_act", {{"why", text}});
        const auto settings = settings_;
        const auto post = [&](const std::string& where) {
            return link->api->call("chat.postMessage", storage::TokenKind::bot,
                                   direct_alarm_arguments(ChannelId(where), text));
        };
        const auto answer = co_await post(settings->review.alarm_channel.value);
        alarm_delivered_ = answer.meaning == slack::ApiMeaning::ok;
        if (alarm_delivered_) co_return;
        log::error("alarm_not_delivered", {{"error", answer.error}});
        // Who is in a group cannot be asked without the database; those who are named hear of it themselves.
        for (const auto& admin : settings->review.admins) {
            if (admin.starts_with('S')) continue;
            const auto told = co_await post(admin);
            if (told.meaning == slack::ApiMeaning::ok)
                alarm_delivered_ = true;
            else
                log::error("alarm_not_delivered", {{"to", admin}, {"error", told.error}});
        }
    }

    asio::io_context io_{1};
    std::shared_ptr<const config::Settings> settings_;
    Dispatcher dispatcher_;
    Performer performer_;
    Webhooks webhooks_;
    OauthCallback callback_;
    asio::signal_set signals_;
    ServiceNotify notify_;
    std::shared_ptr<SlackLink> link_;
    std::vector<std::shared_ptr<SlackLink>> retired_;
    std::shared_ptr<StatusPages> pages_;
    std::thread dispatching_;
    ConnectionGap gap_{system_clock().steady()};
    bool ready_ = false;
    bool reloading_ = false;
    bool reload_asked_ = false;
    std::string reload_problem_;
    bool alarm_delivered_ = false;  // that nothing can be decided; until the watch has seen it
};

}  // namespace

int run_daemon(const config::Settings& settings, const config::Secrets& secrets) {
    const storage::KeyRing ring(secrets.sealing_keys);
    // C1, C2: before anything else, and before anything is written.
    if (const auto right = storage::check_keys(settings.database, ring); !right) {
        log::error("wrong_key", {{"error", right.error().text}});
        return 78;
    }
    auto database = storage::Database::open_writer(settings.database);
    if (!database) {
        log::error("database_unusable",
                   {{"path", settings.database.string()}, {"error", database.error().text}});
        return exit_code_of(database.error());
    }
    Daemon daemon(std::move(*database), std::make_shared<const config::Settings>(settings), secrets);
    if (const auto started = daemon.start(secrets); !started) {
        log::error("start_failed", {{"error", started.error().text}});
        return exit_code_of(started.error());
    }
    return daemon.run();
}

}  // namespace countersign::bot
