#include "storage/writer.hpp"

#include "storage/erasure.hpp"
#include "storage/installed_view.hpp"
#include "storage/issue_rows.hpp"
#include "storage/json_lists.hpp"
#include "storage/query.hpp"
#include "storage/request_rows.hpp"

namespace countersign::storage {
namespace {

struct Applier {
    const Database& database;
    Timestamp now;

    void operator()(const SaveRequest& change) const { save_request(database, change.request, now); }

    void operator()(const AddVote& change) const {
        const Vote& v = change.vote;
        Query(database,
              "INSERT INTO vote(request, party, voter, answer, remark, condition_until, scope_hash, source, "
              "source_ref, "
              "at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(v.request, v.party, v.voter, v.answer, v.remark, v.condition_until, v.scope_hash, v.source,
                  v.source_ref, v.at)
            .run();
    }

    void operator()(const SaveVendorIssue& change) const {
        const VendorIssue& i = change.issue;
        Query(database,
              "INSERT INTO vendor_issue(request, tracker, project, iid, url, linked_by, linked_at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(request) DO UPDATE SET tracker = excluded.tracker, "
              "project = excluded.project, iid = excluded.iid, url = excluded.url, linked_by = "
              "excluded.linked_by, "
              "linked_at = excluded.linked_at")
            .bind(i.request, i.tracker, i.project, i.iid, i.url, i.linked_by, i.linked_at)
            .run();
    }

    void operator()(const SaveTrackerIssue& change) const { save_tracker_issue(database, change.issue); }
    void operator()(const AddEvidence& change) const { add_evidence(database, change.evidence); }
    void operator()(const PinLabel& change) const { pin_label(database, change.label); }

    void operator()(const AddDecision& change) const {
        const Decision& d = change.decision;
        Query(database,
              "INSERT INTO decision(request, kind, actor, outside, reason, scope_hash, evidence, policy, "
              "policy_rules, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(d.request, d.kind, d.actor, d.outside, d.reason, d.scope_hash, d.evidence, d.policy,
                  d.policy_rules, d.at)
            .run();
    }

    void operator()(const SaveMessageRef& change) const {
        const MessageRef& m = change.message;
        Query(database,
              "INSERT INTO message_ref(name, channel, ts) VALUES (?, ?, ?) "
              "ON CONFLICT(name) DO UPDATE SET channel = excluded.channel, ts = excluded.ts")
            .bind(m.name, m.channel, m.ts)
            .run();
    }

    void operator()(const SetTimer& change) const {
        const Timer& t = change.timer;
        Query(database,
              "INSERT INTO timer(name, due, event) VALUES (?, ?, ?) "
              "ON CONFLICT(name) DO UPDATE SET due = excluded.due, event = excluded.event")
            .bind(t.name, t.due, t.event)
            .run();
    }

    void operator()(const CancelTimer& change) const {
        Query(database, "DELETE FROM timer WHERE name = ?").bind(change.name).run();
    }

    void operator()(const SaveUserGroup& change) const {
        const UserGroup& g = change.group;
        Query(database,
              "INSERT INTO user_group(id, members, read_at) VALUES (?, ?, ?) "
              "ON CONFLICT(id) DO UPDATE SET members = excluded.members, read_at = excluded.read_at")
            .bind(g.id, users_to_json(g.members), g.read_at)
            .run();
    }

    void operator()(const SaveResolution& change) const {
        const AppResolution& r = change.resolution;
        Query(
            database,
            "INSERT INTO app_resolution(app_id, team_id, status, scopes, seen_at, app_name) "
            "VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(app_id, team_id) DO UPDATE SET status = excluded.status, scopes = excluded.scopes, "
            "seen_at = excluded.seen_at, app_name = iif(excluded.app_name = '', app_name, excluded.app_name)")
            .bind(r.app_id, r.team_id, r.status, scopes_to_json(r.scopes), r.seen_at, r.app_name)
            .run();
    }

    void operator()(const SavePerson& change) const {
        const Person& p = change.person;
        static constexpr auto sql = joined_sql(
            "INSERT INTO person(id, name, locale, zone, zone_offset, active, guest, read_at) "
            "VALUES (?1, iif(EXISTS (SELECT 1 FROM meta WHERE key = '",
            erased_person_key,
            "' || ?1), '', ?2), ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name, "
            "locale = excluded.locale, zone = excluded.zone, zone_offset = excluded.zone_offset, "
            "active = excluded.active, guest = excluded.guest, read_at = excluded.read_at");
        Query(database, sql.data())
            .bind(p.id, p.name, p.locale, p.zone, p.zone_offset, p.active, p.guest, p.read_at)
            .run();
    }

    void operator()(const SaveHomeTab& change) const {
        const HomeTab& t = change.tab;
        Query(database,
              "INSERT INTO home_tab(person, opened_at, queue_after, mine_before, open_after) "
              "VALUES (?, ?, ?, ?, ?) ON CONFLICT(person) DO UPDATE SET opened_at = excluded.opened_at, "
              "queue_after = excluded.queue_after, mine_before = excluded.mine_before, "
              "open_after = excluded.open_after")
            .bind(t.user, t.opened_at, t.queue_after, t.mine_before, t.open_after)
            .run();
    }

    void operator()(const AddFollower& change) const {
        const Follower& f = change.follower;
        Query(database,
              "INSERT INTO follower(request, person, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(f.request, f.user, f.since)
            .run();
    }

    void operator()(const SavePolicy& change) const {
        const PolicyText& p = change.policy;
        Query(database,
              "INSERT INTO policy(hash, source, text, first_used) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(p.hash, p.source, p.text, now)
            .run();
    }

    void operator()(const SetMark& change) const {
        const Mark& m = change.mark;
        Query(database,
              "INSERT INTO mark(request, kind, subject, person, value, scope_hash, at) VALUES (?, ?, ?, ?, "
              "?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, scope_hash = excluded.scope_hash, "
              "at = excluded.at")
            .bind(m.request, m.kind, m.subject, m.person, m.value, m.scope_hash, m.at)
            .run();
    }

    void operator()(const ClearMarks& change) const {
        Query(database, "DELETE FROM mark WHERE request = ? AND kind = ? AND subject = ?")
            .bind(change.request, change.kind, change.subject)
            .run();
    }

    void operator()(const SaveAbsence& change) const {
        const Absence& a = change.absence;
        Query(database,
              "INSERT INTO absence(person, delegate, from_day, until_day, made_at) VALUES (?, ?, ?, ?, ?) "
              "ON CONFLICT DO UPDATE SET delegate = excluded.delegate, from_day = excluded.from_day, "
              "until_day = excluded.until_day, made_at = excluded.made_at")
            .bind(a.person, a.delegate, a.from, a.until, a.made_at)
            .run();
    }

    void operator()(const EndAbsence& change) const {
        Query(database, "DELETE FROM absence WHERE person = ?").bind(change.person).run();
    }

    void operator()(const SaveSlackbotNotice& change) const {
        const SlackbotNotice& n = change.notice;
        Query(database,
              "INSERT OR REPLACE INTO slackbot_notice(channel, ts, request, kind, digest, confidence, "
              "doubtful, personal, approve_label, restrict_label, permalink, seen_at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(n.channel, n.ts, n.request, n.kind, n.digest, n.confidence, n.doubtful, n.personal,
                  n.approve_label, n.restrict_label, n.permalink, n.seen_at)
            .run();
    }

    void operator()(const RecordSlackbotSample& change) const {
        const SlackbotSample& s = change.sample;
        Query(database,
              "INSERT INTO slackbot_sample(shape, kind, confidence, locale, sample, seen_at) "
              "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(shape) DO UPDATE SET seen_at = excluded.seen_at")
            .bind(s.shape, s.kind, s.confidence, s.locale, s.sample, s.seen_at)
            .run();
        // Bounded: wording changes a few times a year, three hundred shapes are years of it.
        Query(database,
              "DELETE FROM slackbot_sample WHERE shape IN (SELECT shape FROM slackbot_sample "
              "ORDER BY seen_at DESC LIMIT -1 OFFSET 300)")
            .run();
    }

    void operator()(const SetMeta& change) const {
        Query(database,
              "INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = "
              "excluded.value")
            .bind(change.key, change.value)
            .run();
    }

    void operator()(const ChangeInstalled& change) const { storage::apply(database, change.change, now); }
};

}  // namespace

void apply(Database& database, const Change& change, Timestamp now) {
    std::visit(Applier{database, now}, change);
}

}  // namespace countersign::storage
