#include "storage/outbox.hpp"

#include "config/base/text.hpp"
#include "storage/effect_rows.hpp"
#include "storage/json_field.hpp"
#include "storage/query.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace countersign::storage {
namespace {

using nlohmann::json;

// So many effects whose time has come are made ready in one go; the rest at the next look.
constexpr int ripened_at_once = 1'000;

std::string digest_of(std::string_view key) {
    return text::sha256_hex(key).substr(0, 32);
}

bool is_known(const Database& database, std::string_view key, std::string_view digest) {
    return Query(database,
                 "SELECT 1 FROM outbox WHERE key = ? UNION ALL SELECT 1 FROM outbox_key WHERE digest = ? "
                 "LIMIT 1")
        .bind(key, digest)
        .step();
}

void remember(const Database& database, std::string_view digest) {
    Query(database, "INSERT INTO outbox_key(digest) VALUES (?) ON CONFLICT DO NOTHING").bind(digest).run();
}

// The older arguments with the newer content; nothing, if the older cannot be read.
std::optional<std::string> with_content_of(std::string_view older, std::string_view newer) {
    auto args = json::parse(older, nullptr, false);
    if (!args.is_object()) return std::nullopt;
    const auto content = json::parse(newer);
    for (const char* field : {"text", "blocks", "attachments"}) {
        if (content.contains(field)) {
            args[field] = content[field];
        } else {
            args.erase(field);
        }
    }
    return args.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Effect> newest_pending(const Database& database, const std::string& message) {
    static constexpr auto sql =
        joined_sql("SELECT ", effect_columns,
                   " FROM outbox WHERE message = ? AND message <> '' AND state = 'pending' "
                   "ORDER BY id DESC LIMIT 1");
    Query query(database, sql.data());
    if (!query.bind(message).step()) return std::nullopt;
    try {
        return read_effect(query);
    } catch (const UnreadableRow&) {
        return std::nullopt;  // its turn comes, and its end
    }
}

bool can_take_over(const Effect& row, const Effect& update) {
    // A post that may have been sent is looked for, not repeated: newer content would be lost with it.
    if (row.method == "chat.postMessage") return !row.maybe_sent && update.purpose.empty();
    return row.method == "chat.update" && (update.purpose.empty() || update.purpose == row.purpose);
}

bool merged(const Database& database, const Effect& update) {
    if (update.method != "chat.update" || update.message.empty()) return false;
    const auto row = newest_pending(database, update.message);
    if (!row || !can_take_over(*row, update)) return false;
    const auto args = with_content_of(row->args, update.args);
    if (!args) return false;
    // A deadline of the older content must not take the newer down with it.
    const auto deadline =
        row->deadline && update.deadline ? std::max(row->deadline, update.deadline) : std::nullopt;
    const auto& context = update.purpose.empty() ? row->context : update.context;
    Query(database,
          "UPDATE outbox SET args = ?, context = ?, interactive = max(interactive, ?), deadline = ? WHERE id "
          "= ?")
        .bind(*args, context, update.interactive, deadline, row->id)
        .run();
    return true;
}

void finish(const Database& database, std::int64_t id, EffectState state, std::string_view error,
            Timestamp now) {
    std::string lane;
    {
        Query query(
            database,
            "UPDATE outbox SET state = ?, error = ?, finished_at = ? WHERE id = ? AND finished_at IS NULL "
            "RETURNING lane");
        if (!query.bind(state, error, now, id).step()) {
            throw std::logic_error(fmt::format("effect {} was finished twice", id));
        }
        lane = query.text(0);
        query.run();
    }
    if (lane.empty()) return;
    Query(database,
          "UPDATE outbox SET blocked = 0 WHERE id = (SELECT id FROM outbox WHERE lane = ? AND lane <> '' "
          "AND finished_at IS NULL ORDER BY id LIMIT 1)")
        .bind(lane)
        .run();
}

std::optional<std::string> next_bucket(const Database& database, bool interactive, std::string_view after) {
    Query query(database,
                "SELECT bucket FROM outbox WHERE interactive = ? AND bucket > ? AND state = 'pending' "
                "AND blocked = 0 AND waiting = 0 ORDER BY bucket LIMIT 1");
    if (!query.bind(interactive, after).step()) return std::nullopt;
    return std::string(query.text(0));
}

}  // namespace

void Outbox::enqueue(const Effect& effect, Timestamp now) {
    const std::string digest = digest_of(effect.key);
    if (is_known(*database_, effect.key, digest)) return;
    if (merged(*database_, effect)) {
        remember(*database_, digest);
        return;
    }
    const bool waiting = effect.not_before && *effect.not_before > now;
    Query(*database_,
          "INSERT INTO outbox(key, method, token, args, purpose, context, request, lane, bucket, message, "
          "interactive, "
          "deadline, not_before, state, blocked, waiting, enqueued_at) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'pending', "
          "EXISTS (SELECT 1 FROM outbox WHERE lane = ?8 AND lane <> '' AND finished_at IS NULL), ?14, ?15)")
        .bind(effect.key, effect.method, effect.token, effect.args, effect.purpose, effect.context,
              effect.request, effect.lane, bucket_of(effect), effect.message, effect.interactive,
              effect.deadline, effect.not_before, waiting, now)
        .run();
}

void Outbox::read_due(std::string_view bucket, bool interactive, Timestamp now, const Wanted& wanted,
                      std::vector<Effect>& found) {
    static constexpr auto sql =
        joined_sql("SELECT ", effect_columns,
                   " FROM outbox WHERE interactive = ? AND bucket = ? AND state = 'pending' AND blocked = 0 "
                   "AND waiting = 0 ORDER BY id LIMIT ?");
    if (wanted.closed && wanted.closed(bucket, interactive)) return;
    std::vector<std::pair<std::int64_t, std::string>> unreadable;
    {
        Query query(*database_, sql.data());
        query.bind(interactive, bucket, wanted.per_bucket);
        while (query.step()) {
            try {
                found.push_back(read_effect(query));
            } catch (const UnreadableRow& error) {
                unreadable.emplace_back(query.number(0), error.what());
                if (wanted.unreadable) wanted.unreadable(std::string(query.text(1)), error.what());
            }
        }
    }
    for (const auto& [id, why] : unreadable)
        failed(id, "unreadable_row: " + why, now);
}

std::vector<Effect> Outbox::due(Timestamp now, const Wanted& wanted) {
    Query(*database_,
          "UPDATE outbox SET waiting = 0 WHERE id IN (SELECT id FROM outbox WHERE not_before <= ? "
          "AND state = 'pending' AND blocked = 0 AND waiting = 1 ORDER BY not_before LIMIT ?)")
        .bind(now, ripened_at_once)
        .run();
    std::vector<Effect> found;
    for (auto bucket = next_bucket(*database_, true, ""); bucket;
         bucket = next_bucket(*database_, true, *bucket))
        read_due(*bucket, true, now, wanted, found);
    // Once round all buckets, from where the last look ended.
    const std::size_t urgent = found.size();
    const std::string begin = last_bucket_;
    bool wrapped = false;
    while (found.size() - urgent < wanted.enough) {
        const auto bucket = next_bucket(*database_, false, last_bucket_);
        if (wrapped && (!bucket || *bucket > begin)) break;
        if (!bucket) {
            wrapped = true;
            last_bucket_.clear();
            continue;
        }
        last_bucket_ = *bucket;
        read_due(*bucket, false, now, wanted, found);
    }
    std::ranges::sort(found, [](const Effect& a, const Effect& b) {
        return a.interactive != b.interactive ? a.interactive : a.id < b.id;
    });
    return found;
}

std::optional<Timestamp> Outbox::next_due(Timestamp /*now*/) const {
    Query query(*database_,
                "SELECT not_before FROM outbox WHERE state = 'pending' AND blocked = 0 AND waiting = 1 "
                "ORDER BY not_before LIMIT 1");
    if (!query.step()) return std::nullopt;
    return query.time(0);
}

void Outbox::claim(std::int64_t id, Timestamp now) {
    const int claimed = Query(*database_,
                              "UPDATE outbox SET state = 'claimed', claimed_at = coalesce(claimed_at, ?), "
                              "attempts = attempts + 1 "
                              "WHERE id = ? AND state = 'pending'")
                            .bind(now, id)
                            .run();
    if (claimed == 0) throw std::logic_error(fmt::format("effect {} was claimed but is not pending", id));
}

void Outbox::done(std::int64_t id, Timestamp now) {
    finish(*database_, id, EffectState::done, "", now);
}

void Outbox::failed(std::int64_t id, std::string_view error, Timestamp now) {
    finish(*database_, id, EffectState::failed, error, now);
}

void Outbox::retry(std::int64_t id, std::string_view error, Timestamp when, bool maybe_sent) {
    const int changed =
        Query(*database_,
              "UPDATE outbox SET state = 'pending', error = ?1, not_before = ?2, waiting = 1, "
              "maybe_sent = max(maybe_sent, ?3), "
              // The first time it may have been sent is where a look for it starts.
              "claimed_at = iif(maybe_sent OR ?3, claimed_at, NULL) WHERE id = ?4 AND finished_at IS NULL")
            .bind(error, when, maybe_sent, id)
            .run();
    if (changed == 0) throw std::logic_error(fmt::format("effect {} was to be repeated but is finished", id));
}

void Outbox::release_claims() {
    Query(*database_,
          "UPDATE outbox SET state = 'pending', maybe_sent = 1 "
          "WHERE state = 'claimed' AND finished_at IS NULL")
        .run();
}

void Outbox::doubt_unsent() {
    Query(*database_,
          "UPDATE outbox SET maybe_sent = 1, claimed_at = coalesce(claimed_at, enqueued_at) "
          "WHERE state = 'pending' AND finished_at IS NULL")
        .run();
}

Outbox::Depth Outbox::depth() const {
    Depth depth;
    Query pending(
        *database_,
        "SELECT count(*), min(CASE WHEN token = 'tracker' THEN NULL WHEN attempts > 0 THEN enqueued_at "
        "WHEN waiting = 0 THEN max(enqueued_at, coalesce(not_before, 0)) END) FROM outbox "
        "WHERE state = 'pending' AND finished_at IS NULL");
    pending.step();
    pending.read(depth.pending, depth.oldest_pending);
    Query claimed(*database_, "SELECT count(*) FROM outbox WHERE state = 'claimed' AND finished_at IS NULL");
    claimed.step();
    claimed.read(depth.claimed);
    return depth;
}

int Outbox::prune(Timestamp before, int limit) {
    std::vector<std::pair<std::int64_t, std::string>> finished;
    {
        Query query(*database_,
                    "SELECT id, key FROM outbox WHERE finished_at IS NOT NULL AND finished_at < ? "
                    "ORDER BY finished_at LIMIT ?");
        query.bind(before, limit);
        while (query.step())
            query.read(finished.emplace_back().first, finished.back().second);
    }
    for (const auto& [id, key] : finished) {
        remember(*database_, digest_of(key));
        Query(*database_, "DELETE FROM outbox WHERE id = ?").bind(id).run();
    }
    return static_cast<int>(finished.size());
}

std::string bucket_of(const Effect& effect) {
    if (effect.token == TokenKind::tracker) {
        const bool writes = effect.method == "tracker.create_issue" || effect.method == "tracker.put_note" ||
                            effect.method == "tracker.set_labels" || effect.method == "account.post";
        std::string bucket = writes ? "tracker.write:" : "tracker.read:";
        bucket += json_text_field(effect.args, "tracker");
        return bucket;
    }
    if (effect.method != "chat.postMessage") return effect.method;
    std::string bucket = effect.method;
    bucket += ':';
    bucket += json_text_field(effect.args, "channel");
    return bucket;
}

}  // namespace countersign::storage
