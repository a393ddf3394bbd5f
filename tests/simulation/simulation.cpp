#include "tests/simulation/simulation.hpp"

#include "bot/failpoint.hpp"
#include "bot/message_search.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/invariants.hpp"
#include "tests/simulation/oddities.hpp"
#include "tests/simulation/people.hpp"
#include "tests/simulation/simulated_tracker.hpp"
#include "tests/simulation/slack_history.hpp"
#include "tests/simulation/slackbot_channel.hpp"

#include <SQLiteCpp/Database.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace countersign::simulation {
namespace {

using namespace std::chrono_literals;
using bot::BatchProcessor;
using std::chrono::milliseconds;

// The process ends here. Not an exception of the standard library, so that nothing takes it for a failure.
struct Crash {
    std::string where;
};

const std::array<std::string_view, 4> crash_points{"before_commit", "after_commit", "before_record",
                                                   "after_record"};

// An envelope of Slack's, until it is acknowledged or Slack gives up.
struct Outgoing {
    Deed deed;
    std::string source;  // what the inbox knows it by
    int attempt = 0;
    SteadyTime due;
};

// Slack brings an event again at once, after a minute and after five (R46); a click never.
constexpr std::array<milliseconds, 3> again{0ms, 60s, 300s};

std::shared_ptr<const config::Settings> settings_of(const Plan& plan) {
    auto settings = SimulatedTracker::settings();
    if (plan.workspace) settings.slackbot_channel = ChannelId(SlackbotChannel::id);
    return std::make_shared<const config::Settings>(std::move(settings));
}

class Simulation {
  public:
    explicit Simulation(const Plan& plan) : plan_(plan), random_(plan.seed) {
        slack_.model.groups["S0SECURITY"] = {"U0SEC3"};
        slack_.model.groups["S0ADMINS"] = {"U0ADMIN"};
        slack_.model.page = 10;
        if (plan_.workspace) slack_.model.enterprise.clear();
        secrets_.bot_token = Secret("xoxb-simulated");
        bot::on_failpoint([this](std::string_view name) { pass(name); });
        start();
    }
    ~Simulation() { bot::on_failpoint({}); }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Report run() {
        for (int step = 0; step < plan_.events && report_.held(); ++step) {
            do_something();
            if (plan_.days.count() > 0) pass_time();
        }
        if (report_.held()) calm_down();
        finish();
        return std::move(report_);
    }

  private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    bool chance(std::size_t percent) { return !calm_ && pick(100) < percent; }
    void met(const std::string& what) { ++report_.met[what]; }
    void befalls(const Outgoing& envelope, const std::string& fault) {
        met(fault);
        faults_.befall(envelope.source, fault);
    }
    void befalls(const storage::Effect& effect, const std::string& fault) {
        met(fault);
        faults_.befall(effect.key, fault);
    }

    // --- the process ---
    [[nodiscard]] handlers::Capabilities capabilities() const {
        handlers::Capabilities given;
        given.admin = !plan_.workspace;
        given.own_app = AppId("A0COUNTERSIGN");
        given.trackers = {{"procurement", "7"}};
        return given;
    }

    void start() {
        auto database = storage::Database::open_writer(folder_.path() / "countersign.db");
        if (!database) throw std::runtime_error(database.error().text);
        // A crash here is the process's, not the machine's: what was written is there.
        database->handle().exec("PRAGMA synchronous = OFF");
        processor_.emplace(std::move(*database), clock_, settings_, capabilities_);
        try {
            processor_->start_up();
        } catch (const Crash& now) {
            crash(now);
        }
        turn({});
    }

    void pass(std::string_view name) {
        if (armed_.empty() || armed_ != name || --passes_ > 0) return;
        throw Crash{"crash " + std::exchange(armed_, {})};
    }

    void crash(const Crash& now) {
        met(now.where);
        processor_.reset();
        // What was under way may have arrived and may not; its answer is lost either way.
        for (const auto& effect : under_way_) {
            faults_.befall(effect.key, now.where);
            const bool found_first = looked_for(effect) && find_posted(effect);
            if (!found_first && chance(50)) arrive(effect);
        }
        under_way_.clear();
        sabotage_after_crash();
        slack_drops_connection();
        clock_.advance(milliseconds(pick(90'000)));
        start();
        met("restart");
    }

    void sabotage_after_crash() {
        if (plan_.sabotage != Sabotage::no_claims && plan_.sabotage != Sabotage::forgetful) return;
        auto database = storage::Database::open_writer(folder_.path() / "countersign.db");
        if (plan_.sabotage == Sabotage::no_claims)
            database->handle().exec(
                "UPDATE outbox SET state = 'pending', claimed_at = NULL WHERE state = 'claimed'");
        else  // Each row is still there to be found, and none keeps another of its kind out.
            database->handle().exec("DROP INDEX IF EXISTS inbox_dedupe");
    }

    // One turn of the dispatcher, and what the I/O thread does with its result.
    void turn(std::vector<bot::Item> batch, const std::vector<Outgoing>& envelopes = {}) {
        if (plan_.sabotage == Sabotage::ack_before_commit) {
            for (const auto& envelope : envelopes)
                acknowledged_.insert(envelope.source);
        }
        if (chance(4)) {
            armed_ = crash_points.at(pick(crash_points.size()));
            passes_ = 1 + static_cast<int>(pick(2));
        }
        try {
            auto done = processor_->process(batch);
            if (chance(2)) {
                throw Crash{"crash before_ack"};
            }
            deliver_acks(done.acks, envelopes);
            look_at_approvals(done.effects);
            std::ranges::move(done.effects, std::back_inserter(under_way_));
            if (chance(2)) {
                throw Crash{"crash after_ack"};
            }
        } catch (const Crash& now) {
            for (const auto& envelope : envelopes) {
                faults_.befall(envelope.source, now.where);
                unacknowledged(envelope);
            }
            for (const auto& item : batch) {
                if (const auto* answer = std::get_if<bot::EffectAnswer>(&item))
                    faults_.befall(answer->effect.key, now.where);
            }
            crash(now);
        }
        armed_.clear();
        look_at_admins();
    }

    void look_at_admins() {
        if (!reader_) reader_ = storage::Database::open_reader(folder_.path() / "countersign.db").value();
        std::set<std::string> admins;
        for (const auto& admin : settings_->review.admins) {
            const auto group = slack_.model.groups.find(admin);
            if (group == slack_.model.groups.end())
                admins.insert(admin);
            else
                admins.insert(group->second.begin(), group->second.end());
        }
        audited_ = check_admins(*reader_, audited_, admins, report_.met, report_.broken);
    }

    // --- Slack to us ---
    void slack_sends(Deed deed) {
        const auto source = source_of(deed);
        Outgoing envelope{std::move(deed), source, 0, clock_.steady()};
        met(envelope.deed.type);
        on_the_way_.push_back(std::move(envelope));
    }

    void slack_sends_something_unknown() {
        met("something unknown");
        slack_sends(oddities_.next());
    }

    void deliver() {
        std::vector<Outgoing> now;
        std::vector<Outgoing> lost;
        const std::size_t most = 1 + pick(8);
        for (auto at = on_the_way_.begin(); at != on_the_way_.end() && now.size() < most;) {
            if (at->due > clock_.steady()) {
                ++at;
                continue;
            }
            (chance(3) ? lost : now).push_back(std::move(*at));
            at = on_the_way_.erase(at);
        }
        for (auto& envelope : lost) {
            befalls(envelope, "envelope lost on the way");
            unacknowledged(std::move(envelope));
        }
        if (now.empty()) return;
        if (chance(20)) std::ranges::shuffle(now, random_);
        if (chance(5)) {
            befalls(now.front(), "envelope twice in a batch");
            now.push_back(now.front());
        }
        std::vector<bot::Item> batch;
        for (const auto& envelope : now)
            batch.emplace_back(bot::Envelope{frame(envelope), nullptr});
        turn(std::move(batch), now);
    }

    slack::Delivery frame(const Outgoing& envelope) {
        const auto id = "env-" + std::to_string(++counter_);
        envelopes_[envelope.source].push_back(id);
        if (envelope.deed.payload.value("type", "") == "block_actions") presses_.insert(envelope.source);
        const Json json{{"envelope_id", id},
                        {"type", envelope.deed.type},
                        {"accepts_response_payload", envelope.deed.answer_in_ack},
                        {"retry_attempt", envelope.attempt},
                        {"payload", envelope.deed.payload}};
        slack::Delivery delivery;
        delivery.text = json.dump();
        delivery.message = slack::read_message(delivery.text);
        delivery.received_at = clock_.now();
        delivery.received_steady = clock_.steady();
        return delivery;
    }

    void deliver_acks(const std::vector<bot::AckOut>& acks, const std::vector<Outgoing>& envelopes) {
        for (std::size_t at = 0; at < acks.size(); ++at) {
            const Outgoing& envelope = envelopes.at(at);
            if (chance(3)) {
                befalls(envelope, "ack lost");
                unacknowledged(envelope);
                continue;
            }
            acknowledged_.insert(envelope.source);
            const Json ack = Json::parse(acks[at].text);
            const bool stays = ack.contains("payload") && ack["payload"].contains("response_action");
            if (!envelope.deed.form.empty() && !stays) slack_.close(envelope.deed.form);
            // Slack may bring even an acknowledged event once more.
            if (chance(2)) {
                befalls(envelope, "brought again after its ack");
                unacknowledged(envelope);
            }
        }
    }

    void unacknowledged(Outgoing envelope) {
        if (envelope.deed.type != "events_api" || envelope.attempt == static_cast<int>(again.size())) return;
        envelope.due = clock_.steady() + again.at(static_cast<std::size_t>(envelope.attempt));
        ++envelope.attempt;
        met("redelivery");
        on_the_way_.push_back(std::move(envelope));
    }

    // What Slack could not deliver is lost for good, or comes later; whoever comes back asks for it.
    void lose_connection() {
        met("connection lost");
        std::erase_if(on_the_way_, [&](const Outgoing& envelope) {
            const bool lost = envelope.due <= clock_.steady() && pick(2) == 0;
            if (lost) befalls(envelope, "lost in a gap");
            return lost;
        });
        slack_drops_connection();
        clock_.advance(milliseconds(pick(300'000)));
        turn({bot::Reconnected{}});
    }

    void slack_drops_connection() {
        auto lost = std::exchange(on_the_way_, {});
        for (auto& envelope : lost) {
            if (envelope.due > clock_.steady())
                on_the_way_.push_back(std::move(envelope));
            else
                unacknowledged(std::move(envelope));
        }
    }

    // --- us to Slack ---
    // What is about to leave rests on what is written down at that moment.
    void look_at_approvals(const std::vector<storage::Effect>& effects) {
        for (const auto& effect : effects) {
            if (effect.method != "admin.apps.approve") continue;
            const auto reader = storage::Database::open_reader(folder_.path() / "countersign.db");
            const storage::View view(*reader);
            check_evidence(effect, view, *settings_, report_.broken);
            if (check_signatures(effect, view, tracker_, report_.broken)) met("approved by signatures");
        }
    }

    slack::ApiAnswer arrive(const storage::Effect& effect) {
        if (plan_.workspace && effect.method.starts_with("admin."))
            report_.broken.push_back(effect.key + " asks for what only an admin token may");
        if (effect.token == storage::TokenKind::tracker) return tracker_.perform(effect);
        return slack_.perform(effect);
    }

    // A tracker's calls may be repeated: reading changes nothing, and what is written carries its mark.
    slack::ApiAnswer tracker_answer(const storage::Effect& effect) {
        if (chance(5)) {
            befalls(effect, "tracker call that never left");
            return lost(slack::ApiMeaning::retry, "unreachable");
        }
        if (chance(4)) {
            befalls(effect, "tracker answer lost");
            arrive(effect);
            return lost(slack::ApiMeaning::retry, "timeout");
        }
        if (chance(3)) {
            befalls(effect, "tracker 429");
            auto answer = lost(slack::ApiMeaning::retry, "rate_limited");
            answer.retry_after = std::chrono::seconds(1 + pick(60));
            return answer;
        }
        if (chance(3)) {
            befalls(effect, "tracker 5xx");
            return lost(slack::ApiMeaning::retry, "unavailable");
        }
        return arrive(effect);
    }

    // People act in the tracker, which tells by a webhook: once, twice, late (a poll is first) or never.
    void tracker_acts() {
        const auto what = tracker_.act();
        if (what.empty()) return;
        met(what);
        if (pick(2) == 0) return;
        std::vector<bot::Item> batch;
        const auto id = "hook-" + std::to_string(++counter_);
        for (std::size_t copies = 1 + pick(2); copies > 0; --copies)
            batch.emplace_back(bot::HookIn{0, "procurement", {id, "acme/vendors", tracker_.last_touched()}});
        turn(std::move(batch));
    }

    static slack::ApiAnswer lost(slack::ApiMeaning meaning, const std::string& error) {
        slack::ApiAnswer answer;
        answer.meaning = meaning;
        answer.error = error;
        answer.body = "{}";
        return answer;
    }

    // A message that may have been sent is looked for before it is sent again (bot/message_search), and that
    // may fail too.
    static bool looked_for(const storage::Effect& effect) {
        return effect.maybe_sent && effect.method == "chat.postMessage";
    }

    std::optional<std::string> find_posted(const storage::Effect& effect) {
        net::asio::io_context io;
        std::optional<std::string> found;
        net::asio::co_spawn(io, bot::find_posted_message(search_, effect),
                            [&](const std::exception_ptr& bug, Result<std::optional<std::string>> result) {
                                if (bug) std::rethrow_exception(bug);
                                found = std::move(result).value();
                            });
        io.run();
        return found;
    }

    slack::ApiAnswer answer_to(const storage::Effect& effect) {
        if (effect.token == storage::TokenKind::tracker) return tracker_answer(effect);
        if (looked_for(effect)) {
            if (chance(10)) return lost(slack::ApiMeaning::retry, "timeout");
            if (auto found = find_posted(effect)) {
                befalls(effect, "message found again");
                slack::ApiAnswer answer;
                answer.http_status = 200;
                answer.body = std::move(*found);
                return answer;
            }
        }
        if (chance(5)) {
            befalls(effect, "call that never left");
            return lost(slack::ApiMeaning::retry, "unreachable");
        }
        if (chance(4)) {
            befalls(effect, "call lost on the way");
            return lost(slack::ApiMeaning::unclear, "answer_lost");
        }
        if (chance(4)) {
            befalls(effect, "answer lost");
            arrive(effect);
            return lost(slack::ApiMeaning::unclear, "answer_lost");
        }
        if (chance(3)) {
            befalls(effect, "429");
            auto answer = refused(effect.method, "ratelimited");
            answer.retry_after = std::chrono::seconds(1 + pick(60));
            return answer;
        }
        if (chance(3)) {
            befalls(effect, "fatal_error");
            if (chance(50)) arrive(effect);
            return refused(effect.method, "fatal_error");
        }
        return arrive(effect);
    }

    void answer() {
        if (under_way_.empty()) return;
        std::vector<bot::Item> batch;
        // The more there is under way, the more comes back at once.
        for (std::size_t count = 1 + pick(3 + under_way_.size()); count > 0 && !under_way_.empty(); --count) {
            const auto at = under_way_.begin() + static_cast<std::ptrdiff_t>(pick(under_way_.size()));
            bot::EffectAnswer answer{std::move(*at), {}};
            under_way_.erase(at);
            answer.answer = answer_to(answer.effect);
            batch.emplace_back(std::move(answer));
        }
        turn(std::move(batch));
    }

    // --- time and fate ---
    void do_something() {
        switch (pick(16)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
            case 5:
                if (pick(40) == 0)
                    slack_sends_something_unknown();
                else
                    slack_sends(people_.act());
                break;
            case 6:
            case 7:
            case 8:
                tracker_acts();
                break;
            case 9:
            case 10:
                deliver();
                break;
            case 11:
                wait();
                break;
            case 12:
                if (plan_.workspace && pick(8) == 0) lose_connection();
                if (pick(plan_.workspace ? 2 : 6) == 0) decide_outside();
                if (pick(20) == 0) step_clock();
                if (pick(10) == 0) change_admins();
                break;
            default:
                answer();
        }
    }

    void wait() {
        clock_.advance(milliseconds(pick(4) == 0 ? pick(600'000) : pick(3'000)));
        turn({});
    }

    // The day goes on; at its end the tables are counted.
    void pass_time() {
        clock_.advance(milliseconds(plan_.days) / plan_.events);
        turn({});
        // In so long a time everything that leaves is answered.
        for (int answers = 0; answers < 100 && !under_way_.empty(); ++answers)
            answer();
        if (clock_.steady() - begun_ < std::chrono::days(report_.days.size() + 1)) return;
        const auto reader = storage::Database::open_reader(folder_.path() / "countersign.db");
        report_.days.push_back(table_rows(*reader));
        // The inbox is kept for a week only: what was acknowledged is looked for while it must be there.
        check_nothing_lost(*reader, std::exchange(acknowledged_, {}), report_.broken);
    }

    void step_clock() {
        met("wall clock stepped");
        clock_.step_wall(pick(2) == 0 ? 3600s : -3600s);
    }

    // The configuration is read anew: who was an admin may be none any more, whatever they had open.
    void change_admins() {
        met("admins changed");
        auto changed = std::make_shared<config::Settings>(*settings_);
        auto& admins = changed->review.admins;
        if (std::erase(admins, "U0ADMIN2") == 0) admins.emplace_back("U0ADMIN2");
        changed->hash = fmt::format("{} admins", admins.size());
        settings_ = std::move(changed);
        processor_->use(settings_, capabilities_);
        turn({});
    }

    void decide_outside() {
        if (plan_.workspace) {
            if (auto deed = channel_.decides()) {
                met("decided in Slack");
                slack_sends(std::move(*deed));
            }
            return;
        }
        if (slack_.model.pending.empty()) return;
        auto at = slack_.model.pending.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(pick(slack_.model.pending.size())));
        met("decided outside");
        const std::string id = at->first;
        if (pick(3) == 0)
            slack_.model.pending.erase(at);
        else
            slack_.model.decide_outside(id, pick(2) == 0);
    }

    // Then all is well: everything arrives, time passes until the lists have been compared again, also by
    // what is tried once an hour, and what follows from that has left.
    void calm_down() {
        calm_ = true;
        if (plan_.workspace) turn({bot::Reconnected{}});
        const auto compared = clock_.steady() + 90min;
        const auto reader = storage::Database::open_reader(folder_.path() / "countersign.db");
        for (int round = 0; report_.held(); ++round) {
            while (!on_the_way_.empty() && on_the_way_.front().due <= clock_.steady())
                deliver();
            for (int answers = 0; answers < 10'000 && !under_way_.empty(); ++answers)
                answer();
            const bool busy = !waiting_effects(*reader, clock_.now()).empty();
            if (!busy && clock_.steady() >= compared) return;
            if (round == 10'000) report_.broken.emplace_back("it does not come to rest");
            clock_.advance(busy ? 2s : 120s);
            turn({});
        }
    }

    void finish() {
        reader_.reset();
        processor_.reset();  // closes the database: one file has it all
        const auto file = folder_.path() / "countersign.db";
        if (!plan_.keep.empty())
            std::filesystem::copy_file(file, plan_.keep, std::filesystem::copy_options::overwrite_existing);
        if (!report_.held()) return;  // what is still under way would seem broken, too
        check_once(slack_, report_.broken);
        for (const auto& [what, count] : tracker_.written())
            if (count > 1) report_.broken.push_back(fmt::format("{} was written {} times", what, count));
        const auto reader = storage::Database::open_reader(folder_.path() / "countersign.db");
        const storage::View view(*reader);
        check_nothing_lost(*reader, acknowledged_, report_.broken);
        if (plan_.days.count() == 0) {
            check_answers(*reader, presses_, envelopes_, acknowledged_, report_.broken);
            check_oddities(view, slack_, oddities_, envelopes_, acknowledged_, report_.broken);
        }
        check_origins(*reader, plan_.workspace, report_.broken);
        auto known = capabilities_;  // and who we are, as it was learned
        known.bot_user = UserId("U0BOT");
        known.enterprise = EnterpriseId(slack_.model.enterprise);
        const handlers::Context context{clock_.now(), view, *settings_, known};
        check_agreement(*reader, context, slack_, report_.broken);
        if (plan_.workspace) check_slackbot(*reader, context, channel_, report_.broken);
        report_.met["requests"] = static_cast<int>(view.next_request_id().value - 1);
        report_.pairs = faults_.pairs();
        report_.met["messages"] = static_cast<int>(slack_.messages().size());
        for (const auto& count : view.request_counts())
            report_.met["ended " + count.state] = static_cast<int>(count.count);
    }

    Plan plan_;
    std::mt19937 random_;
    tests::TempDir folder_;
    tests::ManualClock clock_;
    const SteadyTime begun_ = clock_.steady();
    std::shared_ptr<const config::Settings> settings_ = settings_of(plan_);
    SimulatedSlack slack_{clock_};
    SlackHistory history_{slack_};
    config::Secrets secrets_;
    slack::WebApi search_{history_, "https://slack.com/api/", secrets_};
    // About as many apps as requests: most are asked for once, some again and again.
    const std::size_t apps_ = static_cast<std::size_t>(std::max(30, plan_.events / 12));
    SimulatedTracker tracker_{clock_, random_, apps_};
    SlackbotChannel channel_{slack_, random_, apps_};
    People people_{slack_, random_, apps_,
                   plan_.workspace ? std::function([this] { return channel_.asks(); }) : nullptr};
    Oddities oddities_{random_, !plan_.workspace};
    Faults faults_;
    std::optional<BatchProcessor> processor_;
    const handlers::Capabilities capabilities_ = capabilities();
    std::deque<Outgoing> on_the_way_;
    std::vector<storage::Effect> under_way_;
    std::set<std::string> acknowledged_;
    Envelopes envelopes_;
    std::set<std::string> presses_;
    std::optional<storage::Database> reader_;
    std::int64_t audited_ = 0;  // the newest audit entry that was looked at
    std::string armed_;
    int passes_ = 0;
    int counter_ = 0;
    bool calm_ = false;
    Report report_;
};

}  // namespace

Report simulate(const Plan& plan) {
    return Simulation(plan).run();
}

}  // namespace countersign::simulation
