-- Nodes: machines launched through a SkyPilot API server, and what belongs to them.
-- Ids, times, truth and JSON are as in 0001.

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
    -- The sum of the closed intervals in node_usage; the open one began at charged_since.
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
CREATE INDEX nodes_by_owner ON nodes (created_by, created_at, id, state, tenant_id);
-- Everything that a search looks at, by what it counts.
CREATE INDEX nodes_searched
    ON nodes (tenant_id, state, name, accelerator_folded, environment_id, created_by);
CREATE INDEX nodes_by_environment ON nodes (environment_id, state);
-- Those whose end is yet to come, without the many that are gone.
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

-- The times in which a node is charged, each at one price. Without a price none was known; without
-- an end it goes on. They do not overlap, and at most one is open.
CREATE TABLE node_usage (
    node_id TEXT NOT NULL REFERENCES nodes (id),
    -- The node's; here for sums over many nodes.
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    started_at INTEGER NOT NULL,
    ended_at INTEGER CHECK (ended_at > started_at),
    price_per_hour INTEGER,
    PRIMARY KEY (node_id, started_at)
) STRICT;
CREATE UNIQUE INDEX node_usage_open ON node_usage (node_id) WHERE ended_at IS NULL;
CREATE INDEX node_usage_by_end ON node_usage (ended_at, started_at, price_per_hour, tenant_id);

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

-- Machines that nobody ordered here and whose removal was asked for.
CREATE TABLE orphan_removals (
    machine TEXT NOT NULL,
    workspace TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (machine, workspace)
) STRICT;
