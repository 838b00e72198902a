-- Ids are UUIDs as text, times are microseconds since 1970 in UTC, booleans are 1 or 0, JSON is text.
-- Must mean the same as its sibling for PostgreSQL; a test compares the two.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- In lower case, folded by the portal: neither database folds every alphabet by itself.
    name_folded TEXT NOT NULL,
    -- The same for names that look alike.
    name_key TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER,
    archived_at INTEGER
) STRICT;
CREATE UNIQUE INDEX tenants_name ON tenants (name_key) WHERE archived_at IS NULL;

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER,
    archived_at INTEGER,
    -- Limits; NULL is unlimited.
    max_clusters INTEGER,
    max_nodes INTEGER,
    max_price_per_hour INTEGER,
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
    -- Claims for rules that the identity provider left out of the latest sign-in, one a line.
    withheld_claims TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX users_by_email ON users (lower(email));
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_last_seen ON users (last_seen_at, id);

CREATE TABLE platform_grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    source TEXT NOT NULL CHECK (source IN ('claim', 'manual')),
    role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
    -- The rule of a claim, or the user who granted the role and when.
    why TEXT,
    granted_by TEXT,
    granted_at INTEGER,
    PRIMARY KEY (user_id, source)
) STRICT;
CREATE INDEX platform_grants_admins ON platform_grants (user_id, source) WHERE role = 'admin';

CREATE TABLE tenant_grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    source TEXT NOT NULL CHECK (source IN ('claim', 'manual')),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    -- The rule of a claim, or the user who granted the role and when.
    why TEXT,
    granted_by TEXT,
    granted_at INTEGER,
    PRIMARY KEY (user_id, tenant_id, source)
) STRICT;
CREATE INDEX tenant_grants_by_tenant ON tenant_grants (tenant_id, user_id);

-- A session is found by a digest of its id, so that a reader of the table cannot use a session.
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
    last_used_at INTEGER,
    -- What the token may do: words, and one tenant or all of its owner's.
    scopes TEXT NOT NULL,
    tenant_id TEXT REFERENCES tenants (id)
) STRICT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

CREATE TABLE clusters (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    -- What an hour costs now: the plan's price, or its price for a paused cluster.
    price_per_hour INTEGER NOT NULL,
    -- The sum of the closed intervals in usage; the open one began at charged_since.
    spent INTEGER NOT NULL,
    charged_since INTEGER,
    kubernetes_version TEXT NOT NULL,
    exposure TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    endpoint TEXT,
    drift TEXT NOT NULL,
    -- The latest pause or resumption, as JSON: what is wanted.
    power TEXT,
    -- When it is paused and resumed by itself, as JSON.
    schedule TEXT,
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
-- Lists go through one of these in their order: with state and tenant in them they need no row that
-- they do not show.
CREATE INDEX clusters_by_creation ON clusters (created_at, id, state, tenant_id);
CREATE INDEX clusters_by_name ON clusters (name, id, state, tenant_id);
CREATE INDEX clusters_by_end ON clusters (ends_at, id, state, tenant_id);
CREATE INDEX clusters_by_state ON clusters (state, id, tenant_id);
CREATE INDEX clusters_by_tenant_creation ON clusters (tenant_id, created_at, id, state);
CREATE INDEX clusters_by_tenant_name ON clusters (tenant_id, name, id, state);
CREATE INDEX clusters_by_tenant_end ON clusters (tenant_id, ends_at, id, state);
CREATE INDEX clusters_by_tenant_state ON clusters (tenant_id, state, id);
CREATE INDEX clusters_by_owner ON clusters (created_by, created_at, id, state, tenant_id);
-- Everything that a search looks at, by what it counts.
CREATE INDEX clusters_searched ON clusters (tenant_id, state, name, environment_id, created_by);
CREATE INDEX clusters_by_environment ON clusters (environment_id, state, price_per_hour);
-- Clusters with an end, without the many that are deleted.
CREATE INDEX clusters_ending ON clusters (ends_at, id, state, tenant_id)
    WHERE state <> 'deleting' AND state <> 'deleted';
-- SQLite looks for the row that refers to an operation when the operation comes.
CREATE UNIQUE INDEX clusters_operation ON clusters (operation_id);
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

-- Nodes: machines launched through a SkyPilot API server, and what belongs to them.

CREATE TABLE nodes (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    spec TEXT NOT NULL,
    -- Also in the spec; here in lower case for searches.
    accelerator_folded TEXT,
    task_yaml TEXT NOT NULL,
    machine TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    placement TEXT,
    address TEXT,
    autostop TEXT,
    price_per_hour INTEGER,
    -- The sum of the closed intervals in usage; the open one began at charged_since.
    spent INTEGER NOT NULL,
    charged_since INTEGER,
    request TEXT,
    seen TEXT,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    ready_at INTEGER,
    ends_at INTEGER,
    deleted_at INTEGER,
    operation_id TEXT NOT NULL REFERENCES node_operations (id)
        DEFERRABLE INITIALLY DEFERRED,
    idempotency_key TEXT,
    idempotency_fingerprint TEXT,
    -- The work on it, as in clusters.
    due_at INTEGER,
    leased_until INTEGER,
    fence INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    version INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX nodes_name_in_tenant ON nodes (tenant_id, name) WHERE state <> 'deleted';
-- The machine's name is one key for everybody on the server.
CREATE UNIQUE INDEX nodes_machine ON nodes (machine) WHERE state <> 'deleted';
CREATE UNIQUE INDEX nodes_idempotency ON nodes (created_by, idempotency_key);
-- Lists go through one of these in their order: with state and tenant in them they need no row that
-- they do not show.
CREATE INDEX nodes_by_creation ON nodes (created_at, id, state, tenant_id);
CREATE INDEX nodes_by_name ON nodes (name, id, state, tenant_id);
CREATE INDEX nodes_by_end ON nodes (ends_at, id, state, tenant_id);
CREATE INDEX nodes_by_price ON nodes (price_per_hour, id, state, tenant_id);
CREATE INDEX nodes_by_state ON nodes (state, id, tenant_id);
CREATE INDEX nodes_by_tenant_creation ON nodes (tenant_id, created_at, id, state);
CREATE INDEX nodes_by_tenant_name ON nodes (tenant_id, name, id, state);
CREATE INDEX nodes_by_tenant_end ON nodes (tenant_id, ends_at, id, state);
CREATE INDEX nodes_by_tenant_state ON nodes (tenant_id, state, id);
CREATE INDEX nodes_by_tenant_price ON nodes (tenant_id, price_per_hour, id, state);
CREATE INDEX nodes_by_owner ON nodes (created_by, created_at, id, state, tenant_id);
-- Everything that a search looks at, by what it counts.
CREATE INDEX nodes_searched
    ON nodes (tenant_id, state, name, accelerator_folded, environment_id, created_by);
CREATE INDEX nodes_by_environment ON nodes (environment_id, state);
-- Nodes with an end, without the many that are deleted.
CREATE INDEX nodes_ending ON nodes (ends_at, id, state, tenant_id)
    WHERE state <> 'deleting' AND state <> 'deleted';
-- The key that refers to an operation not yet stored: SQLite looks for it when the operation comes.
CREATE UNIQUE INDEX nodes_operation ON nodes (operation_id);
CREATE INDEX nodes_due ON nodes (due_at, leased_until) WHERE due_at IS NOT NULL;

CREATE TABLE node_operations (
    id TEXT NOT NULL PRIMARY KEY,
    node_id TEXT NOT NULL REFERENCES nodes (id),
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    attempts INTEGER NOT NULL,
    steps TEXT NOT NULL,
    failure TEXT
) STRICT;
CREATE INDEX node_operations_by_node ON node_operations (node_id, started_at);

-- How many clusters and nodes are in each state in each environment, and what they cost an hour.
-- Triggers keep it in the transaction that writes a row, so that lists and limits count no rows.
-- Writers meet only where they change the same environment.
CREATE TABLE tally (
    kind TEXT NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    price_per_hour INTEGER NOT NULL,
    PRIMARY KEY (kind, tenant_id, environment_id, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER clusters_tally_insert AFTER INSERT ON clusters
BEGIN
    INSERT INTO tally VALUES ('clusters', NEW.tenant_id, NEW.environment_id, NEW.state, 1,
        COALESCE(NEW.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;
CREATE TRIGGER clusters_tally_update AFTER UPDATE OF state, price_per_hour, tenant_id, environment_id ON clusters
WHEN OLD.state <> NEW.state OR OLD.price_per_hour IS NOT NEW.price_per_hour
    OR OLD.tenant_id <> NEW.tenant_id OR OLD.environment_id <> NEW.environment_id
BEGIN
    INSERT INTO tally VALUES ('clusters', OLD.tenant_id, OLD.environment_id, OLD.state, -1,
        -COALESCE(OLD.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
    INSERT INTO tally VALUES ('clusters', NEW.tenant_id, NEW.environment_id, NEW.state, 1,
        COALESCE(NEW.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;
CREATE TRIGGER clusters_tally_delete AFTER DELETE ON clusters
BEGIN
    INSERT INTO tally VALUES ('clusters', OLD.tenant_id, OLD.environment_id, OLD.state, -1,
        -COALESCE(OLD.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;
CREATE TRIGGER nodes_tally_insert AFTER INSERT ON nodes
BEGIN
    INSERT INTO tally VALUES ('nodes', NEW.tenant_id, NEW.environment_id, NEW.state, 1,
        COALESCE(NEW.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;
CREATE TRIGGER nodes_tally_update AFTER UPDATE OF state, price_per_hour, tenant_id, environment_id ON nodes
WHEN OLD.state <> NEW.state OR OLD.price_per_hour IS NOT NEW.price_per_hour
    OR OLD.tenant_id <> NEW.tenant_id OR OLD.environment_id <> NEW.environment_id
BEGIN
    INSERT INTO tally VALUES ('nodes', OLD.tenant_id, OLD.environment_id, OLD.state, -1,
        -COALESCE(OLD.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
    INSERT INTO tally VALUES ('nodes', NEW.tenant_id, NEW.environment_id, NEW.state, 1,
        COALESCE(NEW.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;
CREATE TRIGGER nodes_tally_delete AFTER DELETE ON nodes
BEGIN
    INSERT INTO tally VALUES ('nodes', OLD.tenant_id, OLD.environment_id, OLD.state, -1,
        -COALESCE(OLD.price_per_hour, 0))
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = count + excluded.count, price_per_hour = price_per_hour + excluded.price_per_hour;
END;

-- How many clusters of which plan are on which host cluster, and what those that are charged cost an
-- hour. Sixteen rows for each, by the last digit of the tenant, so that writers seldom meet.
CREATE TABLE plan_tally (
    host TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    shard TEXT NOT NULL,
    count INTEGER NOT NULL,
    charged_per_hour INTEGER NOT NULL,
    PRIMARY KEY (host, plan, state, shard)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER clusters_plan_tally_insert AFTER INSERT ON clusters
BEGIN
    INSERT INTO plan_tally VALUES (NEW.host, NEW.plan, NEW.state, substr(NEW.tenant_id, -1), 1,
        CASE WHEN NEW.ready_at IS NULL THEN 0 ELSE NEW.price_per_hour END)
    ON CONFLICT (host, plan, state, shard) DO UPDATE
    SET count = count + excluded.count, charged_per_hour = charged_per_hour + excluded.charged_per_hour;
END;
CREATE TRIGGER clusters_plan_tally_update
AFTER UPDATE OF host, plan, state, tenant_id, ready_at, price_per_hour ON clusters
WHEN (OLD.host, OLD.plan, OLD.state, OLD.tenant_id, OLD.ready_at IS NULL, OLD.price_per_hour)
    IS NOT (NEW.host, NEW.plan, NEW.state, NEW.tenant_id, NEW.ready_at IS NULL, NEW.price_per_hour)
BEGIN
    INSERT INTO plan_tally VALUES (OLD.host, OLD.plan, OLD.state, substr(OLD.tenant_id, -1), -1,
        CASE WHEN OLD.ready_at IS NULL THEN 0 ELSE -OLD.price_per_hour END),
        (NEW.host, NEW.plan, NEW.state, substr(NEW.tenant_id, -1), 1,
        CASE WHEN NEW.ready_at IS NULL THEN 0 ELSE NEW.price_per_hour END)
    ON CONFLICT (host, plan, state, shard) DO UPDATE
    SET count = count + excluded.count, charged_per_hour = charged_per_hour + excluded.charged_per_hour;
END;
CREATE TRIGGER clusters_plan_tally_delete AFTER DELETE ON clusters
BEGIN
    INSERT INTO plan_tally VALUES (OLD.host, OLD.plan, OLD.state, substr(OLD.tenant_id, -1), -1,
        CASE WHEN OLD.ready_at IS NULL THEN 0 ELSE -OLD.price_per_hour END)
    ON CONFLICT (host, plan, state, shard) DO UPDATE
    SET count = count + excluded.count, charged_per_hour = charged_per_hour + excluded.charged_per_hour;
END;

-- The usage ledger: the times in which a cluster or node is charged, each at one price. Without a price
-- none was known; without an end it goes on. Those of one resource do not overlap, and at most one is
-- open. What it was ordered as is kept with it for reports, which outlive the resource.
CREATE TABLE usage (
    kind TEXT NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    resource_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    size TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER CHECK (ended_at > started_at),
    price_per_hour INTEGER,
    PRIMARY KEY (resource_id, started_at)
) STRICT;
CREATE UNIQUE INDEX usage_open ON usage (resource_id) WHERE ended_at IS NULL;

-- What is charged, by the month (UTC) in which charges began and ended. A charge that begins adds its
-- price, and its price times the seconds since the month began; one that ends takes off the same for
-- its end. So what a tenant has spent up to a moment is, over all months before it, the sum of
-- price_per_hour * seconds since the month began - price_seconds, divided by 3600.
CREATE TABLE charges (
    kind TEXT NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    tenant_id TEXT NOT NULL,
    month INTEGER NOT NULL,
    price_per_hour INTEGER NOT NULL,
    price_seconds INTEGER NOT NULL,
    PRIMARY KEY (kind, tenant_id, month)
) STRICT, WITHOUT ROWID;
-- The same for all tenants together. Sixteen rows for each, as in plan_tally.
CREATE TABLE platform_charges (
    kind TEXT NOT NULL,
    month INTEGER NOT NULL,
    shard TEXT NOT NULL,
    price_per_hour INTEGER NOT NULL,
    price_seconds INTEGER NOT NULL,
    PRIMARY KEY (kind, month, shard)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER charges_insert AFTER INSERT ON charges
BEGIN
    INSERT INTO platform_charges
    VALUES (NEW.kind, NEW.month, substr(NEW.tenant_id, -1), NEW.price_per_hour, NEW.price_seconds)
    ON CONFLICT (kind, month, shard) DO UPDATE
    SET price_per_hour = price_per_hour + excluded.price_per_hour,
        price_seconds = price_seconds + excluded.price_seconds;
END;
CREATE TRIGGER charges_update AFTER UPDATE ON charges
BEGIN
    UPDATE platform_charges
    SET price_per_hour = price_per_hour + NEW.price_per_hour - OLD.price_per_hour,
        price_seconds = price_seconds + NEW.price_seconds - OLD.price_seconds
    WHERE kind = NEW.kind AND month = NEW.month AND shard = substr(NEW.tenant_id, -1);
END;
-- Takes a charge that begins or, with a negative price, ends.
CREATE VIEW charge AS SELECT kind, tenant_id, month AS at, price_per_hour AS price FROM charges;
CREATE TRIGGER charge_insert INSTEAD OF INSERT ON charge WHEN NEW.at IS NOT NULL AND NEW.price IS NOT NULL
BEGIN
    INSERT INTO charges
    SELECT NEW.kind, NEW.tenant_id, m.month, NEW.price, NEW.price * ((NEW.at - m.month) / 1000000)
    FROM (SELECT unixepoch(NEW.at / 1000000, 'unixepoch', 'start of month') * 1000000 AS month) m
    WHERE TRUE
    ON CONFLICT (kind, tenant_id, month) DO UPDATE
    SET price_per_hour = price_per_hour + excluded.price_per_hour,
        price_seconds = price_seconds + excluded.price_seconds;
END;
CREATE TRIGGER usage_charge_insert AFTER INSERT ON usage
BEGIN
    INSERT INTO charge VALUES (NEW.kind, NEW.tenant_id, NEW.started_at, NEW.price_per_hour),
        (NEW.kind, NEW.tenant_id, NEW.ended_at, -NEW.price_per_hour);
END;
CREATE TRIGGER usage_charge_update AFTER UPDATE ON usage
BEGIN
    INSERT INTO charge VALUES (OLD.kind, OLD.tenant_id, OLD.started_at, -OLD.price_per_hour),
        (OLD.kind, OLD.tenant_id, OLD.ended_at, OLD.price_per_hour),
        (NEW.kind, NEW.tenant_id, NEW.started_at, NEW.price_per_hour),
        (NEW.kind, NEW.tenant_id, NEW.ended_at, -NEW.price_per_hour);
END;
CREATE TRIGGER usage_charge_delete AFTER DELETE ON usage
BEGIN
    INSERT INTO charge VALUES (OLD.kind, OLD.tenant_id, OLD.started_at, -OLD.price_per_hour),
        (OLD.kind, OLD.tenant_id, OLD.ended_at, OLD.price_per_hour);
END;

-- Each environment on the SkyPilot API server.
CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    -- Its service account: all of these are there or none.
    account_user_id TEXT,
    account_token_id TEXT,
    -- A sealed secret is always kept in three columns that end in key_id, wrapped_key and ciphertext.
    token_key_id TEXT,
    token_wrapped_key TEXT,
    token_ciphertext TEXT,
    ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
    enabled_clouds TEXT NOT NULL,
    checked_at INTEGER,
    failure TEXT,
    attempts INTEGER NOT NULL,
    -- The work on it, as in clusters.
    due_at INTEGER,
    leased_until INTEGER,
    fence INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
) STRICT;
CREATE INDEX workspaces_due ON workspaces (due_at, leased_until) WHERE due_at IS NOT NULL;

-- What was last read from the SkyPilot API server as a whole, as JSON.
CREATE TABLE server_reports (
    kind TEXT NOT NULL PRIMARY KEY CHECK (kind IN ('catalogue', 'orphans')),
    document TEXT NOT NULL,
    read_at INTEGER
) STRICT;

-- Orphaned machines whose removal was requested.
CREATE TABLE orphan_removals (
    machine TEXT NOT NULL,
    workspace TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (machine, workspace)
) STRICT;

-- Accepted by the first verified sign-in with the address. The last three columns of an open invitation are
-- empty.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    -- In lower case, ASCII only, as users are looked up.
    email_folded TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    invited_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    accepted_by TEXT REFERENCES users (id),
    cancelled_at INTEGER
) STRICT;
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email_folded)
    WHERE accepted_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX invitations_by_email ON invitations (email_folded);

-- The vault of cloud credentials.

CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    -- Without one it goes for every environment of the tenant that has none of its own.
    environment_id TEXT,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    -- The default for its tenant, environment and provider.
    chosen INTEGER NOT NULL CHECK (chosen IN (0, 1)),
    suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
    -- What may be shown of it, as JSON, and a digest of the whole to tell it by.
    facts TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    secret_key_id TEXT NOT NULL,
    secret_wrapped_key TEXT NOT NULL,
    secret_ciphertext TEXT NOT NULL,
    created_by TEXT REFERENCES users (id),
    created_by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    replaced_at INTEGER,
    uses INTEGER NOT NULL,
    last_used_at INTEGER,
    last_checked_at INTEGER,
    -- What the provider said then, as JSON.
    check_result TEXT,
    deleted_at INTEGER,
    version INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX credentials_name ON credentials (tenant_id, provider, name_folded)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX credentials_chosen_of_tenant ON credentials (tenant_id, provider)
    WHERE chosen AND environment_id IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX credentials_chosen_of_environment ON credentials (environment_id, provider)
    WHERE chosen AND environment_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX credentials_by_tenant ON credentials (tenant_id, provider, environment_id);
-- A rotation goes from row to row by this.
CREATE INDEX credentials_by_key ON credentials (secret_key_id, id);

-- Without foreign keys: an entry outlives what it is about.
CREATE TABLE audit_entries (
    -- The order in which entries are listed; the numbers may have gaps.
    sequence INTEGER NOT NULL PRIMARY KEY,
    -- The tenant, or zeros for the platform, and the place of the entry in its chain.
    chain TEXT NOT NULL,
    number INTEGER NOT NULL,
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
    outcome TEXT NOT NULL,
    -- A JSON array of field, before and after; text, since its bytes are hashed.
    changes TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (chain, number)
) STRICT;
CREATE INDEX audit_entries_by_tenant ON audit_entries (tenant_id, sequence);
CREATE INDEX audit_entries_by_user ON audit_entries (user_id, sequence);
CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);
CREATE INDEX audit_entries_by_target ON audit_entries (target, sequence);
CREATE INDEX audit_entries_by_outcome ON audit_entries (outcome, sequence);
CREATE INDEX audit_entries_by_time ON audit_entries (at, sequence);

-- How often a refusal was repeated within a minute of its entry.
CREATE TABLE audit_repeats (
    entry_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT,
    -- What makes refusals the same, as long as they are counted together.
    fingerprint TEXT UNIQUE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_repeats_by_user ON audit_repeats (user_id, first_at);

-- The end of each chain. A row is written first, which makes the writers of a chain queue.
-- The row of the highest UUID counts the chains.
CREATE TABLE audit_head (
    chain TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    -- HMAC-SHA256 of the columns above; the key is not in the database.
    mac_key TEXT NOT NULL,
    mac TEXT NOT NULL
) STRICT;

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
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE sequence = NEW.sequence OR id = NEW.id
    OR (chain = NEW.chain AND number = NEW.number))
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- One row, written to find out whether the database takes writes.
CREATE TABLE write_probe (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- Answers of identity providers that were taken: each is good for one sign-in.
CREATE TABLE used_sign_ins (
    digest TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
