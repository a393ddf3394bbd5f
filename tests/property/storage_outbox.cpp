// Random sequences of what dispatcher and runner do to the outbox, against a model that searches naively.
#include "storage/outbox.hpp"
#include "storage/view.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;

namespace {

struct Row {
    Effect effect;
    std::string content;
    bool finished = false;
    Timestamp enqueued;
    Timestamp finished_at;
};

// What the header of Outbox promises, as directly as it can be said. Rows in the order they were enqueued.
struct Model {
    std::vector<Row> rows;
    std::set<std::string> known;

    Row* find(const std::string& key) {
        for (auto& row : rows) {
            if (row.effect.key == key) return &row;
        }
        return nullptr;
    }

    void enqueue(const Effect& effect, const std::string& content, Timestamp now) {
        if (!known.insert(effect.key).second) return;
        if (effect.method == "chat.update" && !effect.message.empty()) {
            Row* newest = nullptr;
            for (auto& row : rows) {
                if (row.effect.message == effect.message && row.effect.state == EffectState::pending)
                    newest = &row;
            }
            if (newest != nullptr &&
                !(newest->effect.method == "chat.postMessage" && newest->effect.maybe_sent)) {
                newest->content = content;
                newest->effect.interactive = newest->effect.interactive || effect.interactive;
                return;
            }
        }
        rows.push_back({effect, content, false, now, {}});
    }

    [[nodiscard]] bool is_head(const Row& row) const {
        if (row.effect.lane.empty()) return true;
        for (const auto& earlier : rows) {
            if (&earlier == &row) return true;
            if (!earlier.finished && earlier.effect.lane == row.effect.lane) return false;
        }
        return true;
    }

    [[nodiscard]] std::vector<std::string> due(Timestamp now, int per_bucket) const {
        std::vector<const Row*> found;
        for (const bool interactive : {true, false}) {
            for (const auto& row : rows) {
                const auto& e = row.effect;
                if (e.state == EffectState::pending && e.interactive == interactive && is_head(row) &&
                    (!e.not_before || *e.not_before <= now)) {
                    found.push_back(&row);
                }
            }
        }
        std::map<std::pair<std::string, bool>, int> taken;
        std::vector<std::string> keys;
        for (const auto* row : found) {
            if (++taken[{bucket_of(row->effect), row->effect.interactive}] <= per_bucket)
                keys.push_back(row->effect.key);
        }
        return keys;
    }

    [[nodiscard]] std::optional<Timestamp> next_due(Timestamp now) const {
        std::optional<Timestamp> next;
        for (const auto& row : rows) {
            const auto& e = row.effect;
            if (e.state != EffectState::pending || !is_head(row) || !e.not_before || *e.not_before <= now)
                continue;
            next = next ? std::min(*next, *e.not_before) : *e.not_before;
        }
        return next;
    }
};

class Run {
  public:
    // Nothing is lost here, so nothing has to reach the disk.
    explicit Run(unsigned seed) : random_(seed) { db_.writer().handle().exec("PRAGMA synchronous = OFF"); }

    void steps(int count) {
        for (int i = 0; i < count; ++i) {
            step();
            compare();
        }
    }

  private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool chance(int percent) { return pick(100) < percent; }

    Row* any(EffectState state) {
        std::vector<Row*> found;
        for (auto& row : model_.rows) {
            if (row.effect.state == state) found.push_back(&row);
        }
        return found.empty() ? nullptr
                             : found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
    }

    std::int64_t id(const Row& row) { return View(db_.writer()).effect(row.effect.key).value().id; }

    void enqueue() {
        // A small pool, so that keys, lanes and messages meet again.
        auto effect = sample_effect("k" + std::to_string(pick(400)));
        const std::string content = "content " + std::to_string(++contents_);
        if (chance(40)) {
            effect.message = "card:" + std::to_string(pick(4));
            effect.lane = effect.message;
            effect.method = chance(70) ? "chat.update" : "chat.postMessage";
        } else if (chance(50)) {
            effect.lane = "lane" + std::to_string(pick(3));
        }
        effect.args = R"({"channel":"C)" + std::to_string(pick(3)) + R"(","text":")" + content + "\"}";
        effect.interactive = chance(20);
        if (chance(25)) effect.not_before = now_ + std::chrono::milliseconds(pick(5'000) - 1'000);
        outbox_.enqueue(effect, now_);
        model_.enqueue(effect, content, now_);
    }

    void finish(Row& row) {
        if (chance(80)) {
            outbox_.done(id(row), now_);
            row.effect.state = EffectState::done;
        } else {
            outbox_.failed(id(row), "refused", now_);
            row.effect.state = EffectState::failed;
        }
        row.finished = true;
        row.finished_at = now_;
    }

    void step() {
        const int what = pick(100);
        if (what < 35) {
            enqueue();
        } else if (what < 60) {
            const auto due = outbox_.due(now_, {.per_bucket = 1 + pick(3)});
            for (const auto& effect : due) {
                if (!chance(70)) continue;
                outbox_.claim(effect.id, now_);
                model_.find(effect.key)->effect.state = EffectState::claimed;
            }
        } else if (what < 80) {
            if (auto* row = any(EffectState::claimed)) finish(*row);
        } else if (what < 88) {
            if (auto* row = any(EffectState::claimed)) {
                const auto when = now_ + std::chrono::milliseconds(pick(3'000));
                const bool maybe_sent = chance(30);
                outbox_.retry(id(*row), "timeout", when, maybe_sent);
                row->effect.state = EffectState::pending;
                row->effect.not_before = when;
                row->effect.maybe_sent = row->effect.maybe_sent || maybe_sent;
            }
        } else if (what < 90) {
            if (auto* row = any(EffectState::pending)) finish(*row);  // expired or given up
        } else if (what < 92) {
            outbox_.release_claims();
            for (auto& row : model_.rows) {
                if (row.effect.state != EffectState::claimed) continue;
                row.effect.state = EffectState::pending;
                row.effect.maybe_sent = true;
            }
        } else if (what < 94) {
            const auto before = now_ - std::chrono::milliseconds(pick(4'000));
            (void)outbox_.prune(before, 1'000);
            std::erase_if(model_.rows,
                          [&](const Row& row) { return row.finished && row.finished_at < before; });
        } else {
            now_ += std::chrono::milliseconds(pick(1'500));
        }
    }

    void compare() {
        const int per_bucket = 1 + pick(3);
        std::vector<std::string> keys;
        for (const auto& effect : outbox_.due(now_, {.per_bucket = per_bucket}))
            keys.push_back(effect.key);
        REQUIRE(keys == model_.due(now_, per_bucket));
        REQUIRE(outbox_.next_due(now_) == model_.next_due(now_));
        std::int64_t pending = 0;
        std::int64_t claimed = 0;
        for (const auto& row : model_.rows) {
            pending += row.effect.state == EffectState::pending ? 1 : 0;
            claimed += row.effect.state == EffectState::claimed ? 1 : 0;
        }
        REQUIRE(outbox_.depth().pending == pending);
        REQUIRE(outbox_.depth().claimed == claimed);
        if (model_.rows.empty()) return;
        const auto& row = model_.rows[static_cast<std::size_t>(pick(static_cast<int>(model_.rows.size())))];
        const auto stored = View(db_.writer()).effect(row.effect.key);
        REQUIRE(stored);
        REQUIRE(stored->state == row.effect.state);
        REQUIRE(stored->maybe_sent == row.effect.maybe_sent);
        REQUIRE(stored->interactive == row.effect.interactive);
        REQUIRE(stored->args.find("\"" + row.content + "\"") != std::string::npos);
    }

    std::mt19937 random_;
    TempDb db_;
    Outbox outbox_{db_.writer()};
    Model model_;
    Timestamp now_ = sample_time;
    int contents_ = 0;
};

}  // namespace

TEST_CASE("property: the outbox keeps order in lanes, buckets, priority and once-only keys like its model") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Run(seed).steps(400);
    }
}
