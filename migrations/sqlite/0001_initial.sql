-- Ids are UUIDs as text, times are microseconds since 1970 in UTC, truth is 1 or 0, JSON is text.
-- Must mean the same as its sibling for PostgreSQL; a test compares the two.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- In lower case, folded by the portal: neither database folds every alphabet by itself.
    name_folded TEXT NOT NULL
) STRICT;

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT NOT NULL,
    email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
    last_seen_at INTEGER,
    UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX users_by_email ON users (lower(email));

CREATE TABLE platform_grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    source TEXT NOT NULL CHECK (source IN ('claim', 'person')),
    role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
    PRIMARY KEY (user_id, source)
) STRICT;

CREATE TABLE tenant_grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    source TEXT NOT NULL CHECK (source IN ('claim', 'person')),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    PRIMARY KEY (user_id, tenant_id, source)
) STRICT;

-- A session is found by a digest of its id: who reads this table cannot take one over.
CREATE TABLE sessions (
    digest TEXT NOT NULL PRIMARY KEY,
    user_id TEXT REFERENCES users (id),
    data TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

CREATE TABLE clusters (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    -- Also in the plan; here for sums over many clusters.
    price_per_hour INTEGER NOT NULL,
    kubernetes_version TEXT NOT NULL,
    exposure TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    endpoint TEXT,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ready_at INTEGER,
    ends_at INTEGER,
    deleted_at INTEGER,
    operation_id TEXT NOT NULL REFERENCES operations (id) DEFERRABLE INITIALLY DEFERRED,
    idempotency_key TEXT,
    idempotency_fingerprint TEXT,
    -- The work on it: when it is due, who may write (the newest fence), how often it was woken.
    due_at INTEGER,
    leased_until INTEGER,
    fence INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    version INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX clusters_name_on_host ON clusters (host, name) WHERE state <> 'deleted';
CREATE UNIQUE INDEX clusters_idempotency ON clusters (created_by, idempotency_key);
-- Lists read these from end to end: with the state in them they need no row they do not show.
CREATE INDEX clusters_by_creation ON clusters (created_at, id, state);
CREATE INDEX clusters_by_name ON clusters (name, id, state);
CREATE INDEX clusters_by_end ON clusters (ends_at, id, state);
CREATE INDEX clusters_by_state ON clusters (state, id);
-- Everything that a search looks at, by what it counts.
CREATE INDEX clusters_searched ON clusters (state, name, tenant_id, environment_id, created_by);
CREATE INDEX clusters_by_tenant ON clusters (tenant_id, state);
CREATE INDEX clusters_by_owner ON clusters (created_by, created_at, id);
CREATE INDEX clusters_due ON clusters (due_at, leased_until) WHERE due_at IS NOT NULL;

CREATE TABLE operations (
    id TEXT NOT NULL PRIMARY KEY,
    cluster_id TEXT NOT NULL REFERENCES clusters (id),
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    attempts INTEGER NOT NULL,
    steps TEXT NOT NULL,
    failure TEXT
) STRICT;
CREATE INDEX operations_by_cluster ON operations (cluster_id, started_at);

-- Names nobody by foreign key: an entry outlives what it is about.
CREATE TABLE audit_entries (
    sequence INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    user_id TEXT,
    who TEXT NOT NULL,
    channel TEXT NOT NULL,
    source TEXT,
    action TEXT NOT NULL,
    tenant_id TEXT,
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    detail TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_by_tenant ON audit_entries (tenant_id, sequence);

-- The end of the chain. Its one row is written first, which makes writers queue.
CREATE TABLE audit_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER audit_entries_refuse_update BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_entries_refuse_delete BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_entries_refuse_replace BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE sequence = NEW.sequence OR id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
