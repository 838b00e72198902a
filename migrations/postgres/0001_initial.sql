-- Ids are UUIDs as text, times are microseconds since 1970 in UTC, truth is 1 or 0, JSON is text.
-- Text is compared by its bytes, as SQLite does.
-- Must mean the same as its sibling for SQLite; a test compares the two.

CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    -- In lower case, folded by the portal: neither database folds every alphabet by itself.
    name_folded TEXT COLLATE "C" NOT NULL
);

CREATE TABLE environments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id)
);

CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    email_verified BIGINT NOT NULL CHECK (email_verified IN (0, 1)),
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    suspended BIGINT NOT NULL CHECK (suspended IN (0, 1)),
    last_seen_at BIGINT,
    UNIQUE (issuer, subject)
);
CREATE INDEX users_by_email ON users (lower(email));

CREATE TABLE platform_grants (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('claim', 'person')),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('user', 'admin')),
    PRIMARY KEY (user_id, source)
);

CREATE TABLE tenant_grants (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('claim', 'person')),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    PRIMARY KEY (user_id, tenant_id, source)
);

-- A session is found by a digest of its id: who reads this table cannot take one over.
CREATE TABLE sessions (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" REFERENCES users (id),
    data TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

CREATE TABLE clusters (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    environment_id TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    -- Also in the plan; here for sums over many clusters.
    price_per_hour BIGINT NOT NULL,
    kubernetes_version TEXT COLLATE "C" NOT NULL,
    exposure TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    failure TEXT COLLATE "C",
    endpoint TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ready_at BIGINT,
    ends_at BIGINT,
    deleted_at BIGINT,
    operation_id TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C",
    idempotency_fingerprint TEXT COLLATE "C",
    -- The work on it: when it is due, who may write (the newest fence), how often it was woken.
    due_at BIGINT,
    leased_until BIGINT,
    fence BIGINT NOT NULL,
    wakes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
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
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    cluster_id TEXT COLLATE "C" NOT NULL REFERENCES clusters (id),
    kind TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    attempts BIGINT NOT NULL,
    steps TEXT COLLATE "C" NOT NULL,
    failure TEXT COLLATE "C"
);
ALTER TABLE clusters ADD FOREIGN KEY (operation_id)
    REFERENCES operations (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX operations_by_cluster ON operations (cluster_id, started_at);

-- Names nobody by foreign key: an entry outlives what it is about.
CREATE TABLE audit_entries (
    sequence BIGINT NOT NULL PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    who TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C",
    target TEXT COLLATE "C" NOT NULL,
    target_name TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C",
    previous_hash TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_entries_by_tenant ON audit_entries (tenant_id, sequence);

-- The end of the chain. Its one row is written first, which makes writers queue.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END;
$$;
CREATE TRIGGER audit_entries_refuse_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_refuse_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_refuse_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
