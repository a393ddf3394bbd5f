#include "storage/migrations.hpp"

namespace countersign::storage {

// No `IN (…)` of more than two texts in a CHECK or an index: SQLite would build a table of them in memory for
// each row. Times are milliseconds since the epoch. Enumerations are texts with a CHECK. A list that is only
// ever read and written whole is JSON in its row. Every partial index serves one query, whose WHERE repeats
// the index's word for word.
const std::array<const char*, 13> migrations = {R"sql(

CREATE TABLE inbox(
    id INTEGER PRIMARY KEY,
    envelope_id TEXT NOT NULL UNIQUE CHECK (envelope_id <> ''),
    dedupe_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    retry_attempt INTEGER NOT NULL CHECK (retry_attempt >= 0),
    received_at INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'handled'
        CHECK (outcome = 'handled' OR outcome = 'failed' OR outcome = 'unknown' OR outcome = 'unreadable'),
    duplicates INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    raw TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX inbox_dedupe ON inbox(dedupe_key) WHERE dedupe_key <> '';
CREATE INDEX inbox_unhandled ON inbox(id) WHERE outcome <> 'handled';

-- blocked: something earlier in the lane is unfinished. waiting: not_before had not been reached when last looked at.
-- Both are kept by outbox.cpp, so that the rows that may run now are one contiguous piece of outbox_ready.
CREATE TABLE outbox(
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    method TEXT NOT NULL,
    token TEXT NOT NULL CHECK (token = 'bot' OR token = 'admin' OR token = 'app' OR token = 'reviewer'),
    args TEXT NOT NULL,
    purpose TEXT NOT NULL,
    context TEXT NOT NULL,
    request INTEGER,
    lane TEXT NOT NULL,
    bucket TEXT NOT NULL,
    message TEXT NOT NULL,
    interactive INTEGER NOT NULL CHECK (interactive IN (0, 1)),
    deadline INTEGER,
    not_before INTEGER,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'claimed' OR state = 'done' OR state = 'failed'),
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    attempts INTEGER NOT NULL DEFAULT 0,
    maybe_sent INTEGER NOT NULL DEFAULT 0 CHECK (maybe_sent IN (0, 1)),
    enqueued_at INTEGER NOT NULL,
    claimed_at INTEGER,
    finished_at INTEGER,
    error TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL)),
    CHECK (state <> 'claimed' OR claimed_at IS NOT NULL),
    CHECK (waiting = 0 OR not_before IS NOT NULL)
) STRICT;
CREATE INDEX outbox_ready ON outbox(bucket, interactive DESC, id)
    WHERE state = 'pending' AND blocked = 0 AND waiting = 0;
CREATE INDEX outbox_waiting ON outbox(not_before) WHERE state = 'pending' AND blocked = 0 AND waiting = 1;
CREATE INDEX outbox_lane ON outbox(lane, id) WHERE finished_at IS NULL AND lane <> '';
CREATE INDEX outbox_message ON outbox(message, id) WHERE state = 'pending' AND message <> '';
CREATE INDEX outbox_unfinished ON outbox(state, enqueued_at) WHERE finished_at IS NULL;
CREATE INDEX outbox_finished ON outbox(finished_at) WHERE finished_at IS NOT NULL;

-- Keys whose row is gone (pruned, or merged into another): the first 16 bytes of their SHA-256, in hex.
CREATE TABLE outbox_key(digest TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE app_request(
    id INTEGER PRIMARY KEY CHECK (id > 0),
    slack_id TEXT NOT NULL,
    source TEXT NOT NULL
        CHECK (source = 'event' OR source = 'list' OR source = 'form' OR source = 'slackbot'),
    app_id TEXT NOT NULL,
    app_name TEXT NOT NULL,
    app_description TEXT NOT NULL,
    app_directory_url TEXT NOT NULL,
    app_homepage_url TEXT NOT NULL,
    app_privacy_url TEXT NOT NULL,
    publisher TEXT NOT NULL
        CHECK (publisher = 'marketplace' OR publisher = 'internal' OR publisher = 'distributed'
            OR publisher = 'slack' OR publisher = 'unknown'),
    team_id TEXT NOT NULL,
    team_name TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    requester TEXT NOT NULL,
    requester_name TEXT NOT NULL,
    requester_is_collaborator INTEGER CHECK (requester_is_collaborator IN (0, 1)),
    message TEXT NOT NULL,
    purpose TEXT NOT NULL,
    scopes TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    previous_status TEXT NOT NULL,
    previous_scopes TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state = 'awaiting_issue' OR state = 'in_review' OR state = 'need_info' OR state = 'ready'
            OR state = 'held' OR state = 'applying' OR state = 'unclear' OR state = 'approved'
            OR state = 'restricted' OR state = 'denied' OR state = 'withdrawn' OR state = 'expired'
            OR state = 'superseded' OR state = 'manual'),
    state_note TEXT NOT NULL,
    state_since INTEGER NOT NULL,
    outside TEXT NOT NULL CHECK (outside = 'no' OR outside = 'decided' OR outside = 'cancelled'),
    info_party TEXT NOT NULL,
    info_asker TEXT NOT NULL,
    info_question TEXT NOT NULL,
    info_answer TEXT NOT NULL,
    decision TEXT NOT NULL
        CHECK (decision = 'none' OR decision = 'approve' OR decision = 'restrict' OR decision = 'deny'
            OR decision = 'cancel'),
    decided_by TEXT NOT NULL,
    decision_reason TEXT NOT NULL,
    decided_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
CREATE INDEX app_request_slack_id ON app_request(slack_id, id) WHERE slack_id <> '';
CREATE INDEX app_request_open ON app_request(app_id, team_id, id)
    WHERE state <> 'approved' AND state <> 'restricted' AND state <> 'denied' AND state <> 'withdrawn'
        AND state <> 'expired' AND state <> 'superseded';
CREATE INDEX app_request_app ON app_request(app_id, id);
CREATE INDEX app_request_app_name ON app_request(app_name COLLATE NOCASE, id);
CREATE INDEX app_request_requester ON app_request(requester, id);
CREATE INDEX app_request_state ON app_request(state, id);

-- How many requests are in each state, so that nobody has to count a million of them.
CREATE TABLE request_count(state TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER app_request_added AFTER INSERT ON app_request BEGIN
    INSERT INTO request_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER app_request_moved AFTER UPDATE OF state ON app_request WHEN old.state <> new.state BEGIN
    UPDATE request_count SET count = count - 1 WHERE state = old.state;
    INSERT INTO request_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER app_request_removed AFTER DELETE ON app_request BEGIN
    UPDATE request_count SET count = count - 1 WHERE state = old.state;
END;

CREATE TABLE vote(
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES app_request(id),
    party TEXT NOT NULL,
    voter TEXT NOT NULL,
    answer TEXT NOT NULL
        CHECK (answer = 'approve' OR answer = 'conditional' OR answer = 'reject' OR answer = 'abstain'
            OR answer = 'need_info' OR answer = 'retracted'),
    remark TEXT NOT NULL,
    condition_until TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('slack', 'tracker')),
    source_ref TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX vote_request ON vote(request, id);

CREATE TABLE vendor_issue(
    request INTEGER PRIMARY KEY REFERENCES app_request(id),
    tracker TEXT NOT NULL,
    project TEXT NOT NULL,
    iid INTEGER NOT NULL,
    url TEXT NOT NULL,
    linked_by TEXT NOT NULL,
    linked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE decision(
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES app_request(id),
    kind TEXT NOT NULL
        CHECK (kind = 'none' OR kind = 'approve' OR kind = 'restrict' OR kind = 'deny' OR kind = 'cancel'),
    actor TEXT NOT NULL,
    outside INTEGER NOT NULL CHECK (outside IN (0, 1)),
    reason TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_request ON decision(request, id);

CREATE TABLE message_ref(
    name TEXT PRIMARY KEY CHECK (name <> ''),
    channel TEXT NOT NULL,
    ts TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE timer(
    name TEXT PRIMARY KEY CHECK (name <> ''),
    due INTEGER NOT NULL,
    event TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer(due, name);

CREATE TABLE user_group(
    id TEXT PRIMARY KEY CHECK (id <> ''),
    members TEXT NOT NULL,
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE app_resolution(
    app_id TEXT NOT NULL CHECK (app_id <> ''),
    team_id TEXT NOT NULL,
    status TEXT NOT NULL,
    scopes TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta(
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit(
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit(subject, seq);
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'audit entries are never removed');
END;

)sql",
                                                // 2: people, their Home tabs, who follows whose request
                                                R"sql(

CREATE TABLE person(
    id TEXT PRIMARY KEY CHECK (id <> ''),
    name TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    zone_offset INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    guest INTEGER NOT NULL CHECK (guest IN (0, 1)),
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE home_tab(
    person TEXT PRIMARY KEY CHECK (person <> ''),
    opened_at INTEGER NOT NULL,
    queue_after INTEGER NOT NULL,
    mine_before INTEGER NOT NULL,
    open_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX home_tab_opened ON home_tab(opened_at);

CREATE TABLE follower(
    request INTEGER NOT NULL REFERENCES app_request(id),
    person TEXT NOT NULL CHECK (person <> ''),
    since INTEGER NOT NULL,
    PRIMARY KEY (request, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX follower_person ON follower(person, request);

-- The Home tab's queue, oldest first.
CREATE INDEX app_request_open_id ON app_request(id)
    WHERE state <> 'approved' AND state <> 'restricted' AND state <> 'denied' AND state <> 'withdrawn'
        AND state <> 'expired' AND state <> 'superseded';

)sql",
                                                // 3: policy, marks, absences; more states and decisions
                                                R"sql(

-- New states and decisions: a CHECK changes only with its table.
CREATE TABLE new_app_request(
    id INTEGER PRIMARY KEY CHECK (id > 0),
    slack_id TEXT NOT NULL,
    source TEXT NOT NULL
        CHECK (source = 'event' OR source = 'list' OR source = 'form' OR source = 'slackbot'),
    app_id TEXT NOT NULL,
    app_name TEXT NOT NULL,
    app_description TEXT NOT NULL,
    app_directory_url TEXT NOT NULL,
    app_homepage_url TEXT NOT NULL,
    app_privacy_url TEXT NOT NULL,
    publisher TEXT NOT NULL
        CHECK (publisher = 'marketplace' OR publisher = 'internal' OR publisher = 'distributed'
            OR publisher = 'slack' OR publisher = 'unknown'),
    team_id TEXT NOT NULL,
    team_name TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    requester TEXT NOT NULL,
    requester_name TEXT NOT NULL,
    requester_is_collaborator INTEGER CHECK (requester_is_collaborator IN (0, 1)),
    message TEXT NOT NULL,
    purpose TEXT NOT NULL,
    scopes TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    previous_status TEXT NOT NULL,
    previous_scopes TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state = 'awaiting_issue' OR state = 'in_review' OR state = 'need_info' OR state = 'ready'
            OR state = 'held' OR state = 'applying' OR state = 'unclear' OR state = 'approved'
            OR state = 'restricted' OR state = 'denied' OR state = 'withdrawn' OR state = 'expired'
            OR state = 'superseded' OR state = 'manual' OR state = 'installed'
            OR state = 'reconsider' OR state = 'suspended'),
    state_note TEXT NOT NULL,
    state_since INTEGER NOT NULL,
    outside TEXT NOT NULL CHECK (outside = 'no' OR outside = 'decided' OR outside = 'cancelled'),
    info_party TEXT NOT NULL,
    info_asker TEXT NOT NULL,
    info_question TEXT NOT NULL,
    info_answer TEXT NOT NULL,
    decision TEXT NOT NULL
        CHECK (decision = 'none' OR decision = 'approve' OR decision = 'restrict' OR decision = 'deny'
            OR decision = 'cancel' OR decision = 'clear'),
    decided_by TEXT NOT NULL,
    decision_reason TEXT NOT NULL,
    decided_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
INSERT INTO new_app_request SELECT * FROM app_request;
DROP TABLE app_request;
ALTER TABLE new_app_request RENAME TO app_request;
CREATE INDEX app_request_slack_id ON app_request(slack_id, id) WHERE slack_id <> '';
CREATE INDEX app_request_open ON app_request(app_id, team_id, id)
    WHERE state <> 'approved' AND state <> 'restricted' AND state <> 'denied' AND state <> 'withdrawn'
        AND state <> 'expired' AND state <> 'superseded' AND state <> 'installed';
CREATE INDEX app_request_open_id ON app_request(id)
    WHERE state <> 'approved' AND state <> 'restricted' AND state <> 'denied' AND state <> 'withdrawn'
        AND state <> 'expired' AND state <> 'superseded' AND state <> 'installed';
CREATE INDEX app_request_app ON app_request(app_id, id);
CREATE INDEX app_request_app_name ON app_request(app_name COLLATE NOCASE, id);
CREATE INDEX app_request_requester ON app_request(requester, id);
CREATE INDEX app_request_state ON app_request(state, id);
CREATE TRIGGER app_request_added AFTER INSERT ON app_request BEGIN
    INSERT INTO request_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER app_request_moved AFTER UPDATE OF state ON app_request WHEN old.state <> new.state BEGIN
    UPDATE request_count SET count = count - 1 WHERE state = old.state;
    INSERT INTO request_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER app_request_removed AFTER DELETE ON app_request BEGIN
    UPDATE request_count SET count = count - 1 WHERE state = old.state;
END;

CREATE TABLE new_decision(
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES app_request(id),
    kind TEXT NOT NULL
        CHECK (kind = 'none' OR kind = 'approve' OR kind = 'restrict' OR kind = 'deny' OR kind = 'cancel'
            OR kind = 'clear'),
    actor TEXT NOT NULL,
    outside INTEGER NOT NULL CHECK (outside IN (0, 1)),
    reason TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    evidence TEXT NOT NULL,
    policy TEXT NOT NULL,
    policy_rules TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO new_decision
    SELECT id, request, kind, actor, outside, reason, scope_hash, evidence, '', '[]', at FROM decision;
DROP TABLE decision;
ALTER TABLE new_decision RENAME TO decision;
CREATE INDEX decision_request ON decision(request, id);

-- The policies that decisions rest on, a row for each text that ever held at one.
CREATE TABLE policy(
    hash TEXT PRIMARY KEY CHECK (hash <> ''),
    source TEXT NOT NULL,
    text TEXT NOT NULL,
    first_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small facts about a request that a person set: claims, an admin's first press of two …
CREATE TABLE mark(
    request INTEGER NOT NULL REFERENCES app_request(id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject TEXT NOT NULL,
    person TEXT NOT NULL,
    value TEXT NOT NULL,
    scope_hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (request, kind, subject, person)
) STRICT, WITHOUT ROWID;

-- Days are ISO texts, both included.
CREATE TABLE absence(
    person TEXT PRIMARY KEY CHECK (person <> ''),
    delegate TEXT NOT NULL CHECK (delegate <> person),
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL CHECK (until_day >= from_day),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX absence_delegate ON absence(delegate);


)sql",
                                                // 4: Slackbot's messages
                                                R"sql(

-- Slackbot's review messages as last read, and which request each belongs to (0: none).
CREATE TABLE slackbot_notice(
    channel TEXT NOT NULL CHECK (channel <> ''),
    ts TEXT NOT NULL CHECK (ts <> ''),
    request INTEGER NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    confidence INTEGER NOT NULL,
    doubtful INTEGER NOT NULL CHECK (doubtful IN (0, 1)),
    personal INTEGER NOT NULL CHECK (personal IN (0, 1)),
    approve_label TEXT NOT NULL,
    restrict_label TEXT NOT NULL,
    permalink TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;
CREATE INDEX slackbot_notice_request ON slackbot_notice(request, channel, ts);

CREATE INDEX app_resolution_team ON app_resolution(team_id, app_id);

-- What the recorder keeps of them: structure and wording, redacted; the newest few hundred shapes.
CREATE TABLE slackbot_sample(
    shape TEXT PRIMARY KEY CHECK (shape <> ''),
    kind TEXT NOT NULL,
    confidence INTEGER NOT NULL,
    locale TEXT NOT NULL,
    sample TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

)sql",
                                                // 5: issues in trackers as evidence
                                                R"sql(

-- Effects may be for a tracker: a CHECK changes only with its table.
CREATE TABLE new_outbox(
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    method TEXT NOT NULL,
    token TEXT NOT NULL CHECK (token = 'bot' OR token = 'admin' OR token = 'app' OR token = 'reviewer'
        OR token = 'tracker'),
    args TEXT NOT NULL,
    purpose TEXT NOT NULL,
    context TEXT NOT NULL,
    request INTEGER,
    lane TEXT NOT NULL,
    bucket TEXT NOT NULL,
    message TEXT NOT NULL,
    interactive INTEGER NOT NULL CHECK (interactive IN (0, 1)),
    deadline INTEGER,
    not_before INTEGER,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'claimed' OR state = 'done' OR state = 'failed'),
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    attempts INTEGER NOT NULL DEFAULT 0,
    maybe_sent INTEGER NOT NULL DEFAULT 0 CHECK (maybe_sent IN (0, 1)),
    enqueued_at INTEGER NOT NULL,
    claimed_at INTEGER,
    finished_at INTEGER,
    error TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL)),
    CHECK (state <> 'claimed' OR claimed_at IS NOT NULL),
    CHECK (waiting = 0 OR not_before IS NOT NULL)
) STRICT;
INSERT INTO new_outbox SELECT * FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE INDEX outbox_ready ON outbox(bucket, interactive DESC, id)
    WHERE state = 'pending' AND blocked = 0 AND waiting = 0;
CREATE INDEX outbox_waiting ON outbox(not_before) WHERE state = 'pending' AND blocked = 0 AND waiting = 1;
CREATE INDEX outbox_lane ON outbox(lane, id) WHERE finished_at IS NULL AND lane <> '';
CREATE INDEX outbox_message ON outbox(message, id) WHERE state = 'pending' AND message <> '';
CREATE INDEX outbox_unfinished ON outbox(state, enqueued_at) WHERE finished_at IS NULL;
CREATE INDEX outbox_finished ON outbox(finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX vendor_issue_issue ON vendor_issue(tracker, project, iid);

-- Issues as last read. next_check: when to ask whether it has changed; NULL: not any more.
CREATE TABLE tracker_issue(
    tracker TEXT NOT NULL CHECK (tracker <> ''),
    project TEXT NOT NULL CHECK (project <> ''),
    iid INTEGER NOT NULL CHECK (iid > 0),
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    state_reason TEXT NOT NULL,
    confidential INTEGER NOT NULL CHECK (confidential IN (0, 1)),
    text_hash TEXT NOT NULL,
    text_changed_at INTEGER,
    remote_updated_at INTEGER NOT NULL,
    read_at INTEGER,
    full_at INTEGER,
    next_check INTEGER,
    etag TEXT NOT NULL,
    problem TEXT NOT NULL,
    problem_since INTEGER,
    facts_hash TEXT NOT NULL,
    read_key TEXT NOT NULL,
    follower TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (tracker, project, iid)
) STRICT, WITHOUT ROWID;
CREATE INDEX tracker_issue_due ON tracker_issue(tracker, next_check) WHERE next_check IS NOT NULL;

-- What a tracker said about a request's issue, and what followed from it.
CREATE TABLE evidence(
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES app_request(id),
    tracker TEXT NOT NULL,
    project TEXT NOT NULL,
    iid INTEGER NOT NULL,
    facts TEXT NOT NULL,
    verdict TEXT NOT NULL,
    hash TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_request ON evidence(request, id);
CREATE TRIGGER evidence_unchanged BEFORE UPDATE ON evidence BEGIN
    SELECT raise(ABORT, 'evidence is never changed');
END;
CREATE TRIGGER evidence_kept BEFORE DELETE ON evidence BEGIN
    SELECT raise(ABORT, 'evidence is never removed');
END;

-- The parties' labels, by id, as first seen in each project.
CREATE TABLE pinned_label(
    tracker TEXT NOT NULL,
    project TEXT NOT NULL,
    party TEXT NOT NULL,
    name TEXT NOT NULL,
    label INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tracker, project, party)
) STRICT, WITHOUT ROWID;
)sql",
                                                // 6: where a person waits first
                                                R"sql(

-- Where a person waits first, whatever the others have before them.
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox(interactive, bucket, id) WHERE state = 'pending' AND blocked = 0 AND waiting = 0;

)sql",
                                                // 7: installed apps: authorizations, integrations, inventory
                                                R"sql(

-- Proofs: a fixed text sealed under each key, so that a wrong key is known before it is used.
CREATE TABLE sealing_key(
    key_id TEXT PRIMARY KEY CHECK (key_id <> ''),
    wrapped_key TEXT NOT NULL,
    ciphertext TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every secret that is kept. Record, field, kind, instance and key are part of what the seal is bound to.
CREATE TABLE sealed_secret(
    record TEXT NOT NULL CHECK (record <> ''),
    field TEXT NOT NULL CHECK (field <> ''),
    kind TEXT NOT NULL,
    instance TEXT NOT NULL,
    format INTEGER NOT NULL CHECK (format = 1),
    key_id TEXT NOT NULL CHECK (key_id <> ''),
    wrapped_key TEXT NOT NULL,
    ciphertext TEXT NOT NULL,
    PRIMARY KEY (record, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_secret_key ON sealed_secret(key_id);

CREATE TABLE authorization(
    id TEXT PRIMARY KEY CHECK (id <> ''),
    kind TEXT NOT NULL CHECK (kind = 'gitlab' OR kind = 'github' OR kind = 'slack'),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL CHECK (name_key <> ''),
    url TEXT NOT NULL CHECK (url <> ''),
    account TEXT NOT NULL,
    account_id TEXT NOT NULL,
    workspace TEXT NOT NULL,
    scopes TEXT NOT NULL,
    added_by TEXT NOT NULL,
    owner TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    flow TEXT NOT NULL,
    expires_at INTEGER,
    renewable INTEGER NOT NULL CHECK (renewable IN (0, 1)),
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state = 'pending' OR state = 'active' OR state = 'expiring' OR state = 'refresh_failed'
            OR state = 'needs_reauth'),
    state_note TEXT NOT NULL,
    state_since INTEGER NOT NULL,
    checked_at INTEGER,
    notes TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX authorization_name ON authorization(kind, name_key);

-- `authorization` may name one that was deleted: the integration then waits for another.
CREATE TABLE integration(
    id INTEGER PRIMARY KEY CHECK (id > 0),
    kind TEXT NOT NULL CHECK (kind = 'tracker' OR kind = 'channel'),
    name TEXT NOT NULL,
    authorization TEXT NOT NULL,
    authorization_name TEXT NOT NULL,
    authorization_kind TEXT NOT NULL
        CHECK (authorization_kind = 'gitlab' OR authorization_kind = 'github' OR authorization_kind = 'slack'),
    instance TEXT NOT NULL,
    target TEXT NOT NULL CHECK (target <> ''),
    purpose TEXT NOT NULL,
    owner TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state = 'active' OR state = 'degraded' OR state = 'needs_reauth' OR state = 'paused'),
    state_note TEXT NOT NULL,
    state_since INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
CREATE INDEX integration_authorization ON integration(authorization, id);

-- Slack apps that evidence says are or were installed, a row a workspace.
CREATE TABLE inventory(
    app_id TEXT NOT NULL CHECK (app_id <> ''),
    team_id TEXT NOT NULL,
    app_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'installed' OR state = 'removed'),
    set_up_by TEXT NOT NULL,
    set_up_at INTEGER,
    removed_at INTEGER,
    removed_by TEXT NOT NULL,
    scopes TEXT NOT NULL,
    source TEXT NOT NULL,
    connected_to TEXT NOT NULL,
    owner TEXT NOT NULL,
    purpose TEXT NOT NULL,
    data_class TEXT NOT NULL,
    notes TEXT NOT NULL,
    request INTEGER REFERENCES app_request(id),
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (app_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inventory_request ON inventory(request);
CREATE INDEX inventory_order ON inventory(app_name COLLATE NOCASE, app_id, team_id);

)sql",
                                                // 8: the life of a token, recertification, uninstalling
                                                R"sql(
ALTER TABLE authorization ADD COLUMN refreshed_at INTEGER;
ALTER TABLE authorization ADD COLUMN refused_at INTEGER;
ALTER TABLE authorization ADD COLUMN troubles INTEGER NOT NULL DEFAULT 0;

ALTER TABLE integration ADD COLUMN account TEXT NOT NULL DEFAULT '';

ALTER TABLE inventory ADD COLUMN confirmed_at INTEGER;
ALTER TABLE inventory ADD COLUMN confirmed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE inventory ADD COLUMN asked_at INTEGER;
ALTER TABLE inventory ADD COLUMN uninstall_at INTEGER;
ALTER TABLE inventory ADD COLUMN uninstall_by TEXT NOT NULL DEFAULT '';

CREATE TABLE oauth_app(
    kind TEXT NOT NULL CHECK (kind = 'gitlab' OR kind = 'github' OR kind = 'slack'),
    url TEXT NOT NULL CHECK (url <> ''),
    client_id TEXT NOT NULL CHECK (client_id <> ''),
    redirect_url TEXT NOT NULL,
    has_secret INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (kind, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_grant(
    id TEXT PRIMARY KEY CHECK (id <> ''),
    kind TEXT NOT NULL CHECK (kind = 'gitlab' OR kind = 'github' OR kind = 'slack'),
    url TEXT NOT NULL CHECK (url <> ''),
    name TEXT NOT NULL,
    reconnect TEXT NOT NULL,
    device INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    redirect_url TEXT NOT NULL,
    state_hash TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    interval_ms INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage = 'asked' OR stage = 'exchanging' OR stage = 'granted'),
    account TEXT NOT NULL,
    account_id TEXT NOT NULL,
    workspace TEXT NOT NULL,
    scopes TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    note TEXT NOT NULL,
    expires_at INTEGER,
    renewable INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pending_grant_state ON pending_grant(state_hash) WHERE state_hash <> '';
)sql",
                                                // 9: which card a reply stands under
                                                R"sql(
CREATE INDEX message_ref_place ON message_ref(ts, channel);
)sql",
                                                // 10: who may build on an authorization, how often it is used
                                                R"sql(
ALTER TABLE authorization ADD COLUMN allowed_users TEXT NOT NULL DEFAULT '';
ALTER TABLE authorization ADD COLUMN allowed_channels TEXT NOT NULL DEFAULT '';
ALTER TABLE authorization ADD COLUMN first_used_at INTEGER;
ALTER TABLE authorization ADD COLUMN used_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorization ADD COLUMN used_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorization ADD COLUMN used_on_day INTEGER NOT NULL DEFAULT 0;

CREATE INDEX integration_target ON integration(kind, target);
)sql",
                                                // 11: Slack's lists tell an app's name too
                                                R"sql(
ALTER TABLE app_resolution ADD COLUMN app_name TEXT NOT NULL DEFAULT '';

CREATE INDEX app_resolution_name ON app_resolution(app_name COLLATE NOCASE);
)sql",
                                                // 12: whose words are still there, by age
                                                R"sql(
CREATE INDEX app_request_words ON app_request(state_since)
    WHERE requester_name <> '' OR message <> '' OR purpose <> '' OR info_answer <> '';
)sql",
                                                // 13: whose words they are, where an erasure finds it
                                                R"sql(
-- Requests that were passed on still have the words of whose they were before.
INSERT OR IGNORE INTO mark(request, kind, subject, person, value, scope_hash, at)
    SELECT request, 'passed_on', '', whose, '', '', at
    FROM (SELECT CAST(substr(subject, 5) AS INTEGER) AS request, at, seq,
            CASE WHEN json_valid(details) THEN json_extract(details, '$.from') END AS whose
        FROM audit WHERE action = 'request.passed_on')
    WHERE whose IS NOT NULL AND request IN (SELECT id FROM app_request) ORDER BY seq;

-- Who was erased: their name is not kept again.
INSERT OR IGNORE INTO meta(key, value)
    SELECT 'erased_person:' || subject, '1' FROM audit WHERE action = 'person.erased';

UPDATE person SET name = '' WHERE id IN (SELECT subject FROM audit WHERE action = 'person.erased');

-- The name of whom somebody asks for was a line of the purpose, the last of that kind: the mark says who it is.
CREATE TEMP TABLE cleaned AS
    WITH RECURSIVE line(id, app_id, purpose, start) AS (
        SELECT id, app_id, purpose, instr(purpose, char(10) || 'On behalf of: ') FROM app_request
            WHERE instr(purpose, char(10) || 'On behalf of: ') > 0
                AND id IN (SELECT request FROM mark WHERE kind = 'on_behalf' AND subject <> person)
        UNION ALL
        SELECT id, app_id, purpose, start + instr(substr(purpose, start + 1), char(10) || 'On behalf of: ')
            FROM line WHERE instr(substr(purpose, start + 1), char(10) || 'On behalf of: ') > 0)
    SELECT id, app_id, purpose,
        head || iif(instr(rest, char(10)) = 0, '', substr(rest, instr(rest, char(10)))) AS clean
    FROM (SELECT id, app_id, purpose, substr(purpose, 1, max(start) - 1) AS head,
            substr(purpose, max(start) + 1) AS rest
        FROM line GROUP BY id);
UPDATE inventory SET purpose = clean FROM cleaned
    WHERE inventory.app_id = cleaned.app_id AND inventory.purpose = cleaned.purpose;
UPDATE app_request SET purpose = clean FROM cleaned WHERE app_request.id = cleaned.id;
DROP TABLE cleaned;

-- Erased before it was known where else the words stood.
CREATE TEMP TABLE gone AS
    SELECT app_request.id AS request, mark.person, max(erasure.at) AS at
    FROM mark JOIN app_request ON app_request.id = mark.request
    JOIN audit AS erasure ON erasure.subject = mark.person AND erasure.action = 'person.erased'
        AND erasure.at >= app_request.created_at
    WHERE mark.kind = 'passed_on' GROUP BY app_request.id, mark.person;
UPDATE app_request SET requester_name = '', message = '', purpose = '',
        info_answer = iif(coalesce((SELECT actor FROM audit
                WHERE subject = 'REQ-' || app_request.id AND action = 'question.answered'
                ORDER BY seq DESC LIMIT 1) NOT IN (SELECT person FROM gone WHERE request = app_request.id),
            0), info_answer, '')
    WHERE id IN (SELECT request FROM gone);
INSERT OR IGNORE INTO mark(request, kind, subject, person, value, scope_hash, at)
    SELECT id, 'erased', '', requester, '', '', gone.at FROM gone JOIN app_request ON id = gone.request;
DROP TABLE gone;
UPDATE app_request SET requester_name = ''
    WHERE requester IN (SELECT subject FROM audit WHERE action = 'person.erased');
UPDATE inventory SET purpose = '' WHERE purpose <> ''
    AND app_id IN (SELECT app_id FROM app_request JOIN mark ON mark.request = app_request.id
        WHERE mark.kind = 'erased')
    AND NOT EXISTS (SELECT 1 FROM app_request WHERE app_request.app_id = inventory.app_id
        AND app_request.purpose = inventory.purpose)
    AND NOT EXISTS (SELECT 1 FROM audit WHERE subject = inventory.app_id AND action = 'inventory.edited'
        AND json_valid(details) AND json_extract(details, '$.purpose') = inventory.purpose);
)sql"};

}  // namespace countersign::storage
