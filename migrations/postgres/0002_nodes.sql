-- Nodes: machines launched through a SkyPilot API server, and what belongs to them.
-- Ids, times, truth and JSON are as in 0001.

CREATE TABLE nodes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    environment_id TEXT COLLATE "C" NOT NULL,
    spec TEXT COLLATE "C" NOT NULL,
    -- Also in the spec; here in lower case for searches.
    accelerator_folded TEXT COLLATE "C",
    task_yaml TEXT COLLATE "C" NOT NULL,
    machine TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    failure TEXT COLLATE "C",
    placement TEXT COLLATE "C",
    address TEXT COLLATE "C",
    autostop TEXT COLLATE "C",
    price_per_hour BIGINT,
    -- The sum of the closed intervals in node_usage; the open one began at charged_since.
    spent BIGINT NOT NULL,
    charged_since BIGINT,
    request TEXT COLLATE "C",
    seen TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ready_at BIGINT,
    ends_at BIGINT,
    deleted_at BIGINT,
    operation_id TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C",
    idempotency_fingerprint TEXT COLLATE "C",
    -- The work on it, as in clusters.
    due_at BIGINT,
    leased_until BIGINT,
    fence BIGINT NOT NULL,
    wakes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
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
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    node_id TEXT COLLATE "C" NOT NULL REFERENCES nodes (id),
    kind TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    attempts BIGINT NOT NULL,
    steps TEXT COLLATE "C" NOT NULL,
    failure TEXT COLLATE "C"
);
ALTER TABLE nodes ADD FOREIGN KEY (operation_id)
    REFERENCES node_operations (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX node_operations_by_node ON node_operations (node_id, started_at);

-- The times in which a node is charged, each at one price. Without a price none was known; without
-- an end it goes on. They do not overlap, and at most one is open.
CREATE TABLE node_usage (
    node_id TEXT COLLATE "C" NOT NULL REFERENCES nodes (id),
    -- The node's; here for sums over many nodes.
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    started_at BIGINT NOT NULL,
    ended_at BIGINT CHECK (ended_at > started_at),
    price_per_hour BIGINT,
    PRIMARY KEY (node_id, started_at)
);
CREATE UNIQUE INDEX node_usage_open ON node_usage (node_id) WHERE ended_at IS NULL;
CREATE INDEX node_usage_by_end ON node_usage (ended_at, started_at, price_per_hour, tenant_id);

-- Each environment on the SkyPilot API server.
CREATE TABLE workspaces (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL,
    environment_id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    -- Its service account: all of these are there or none.
    account_user_id TEXT COLLATE "C",
    account_token_id TEXT COLLATE "C",
    -- A sealed secret is always kept in three columns that end in key_id, wrapped_key and ciphertext.
    token_key_id TEXT COLLATE "C",
    token_wrapped_key TEXT COLLATE "C",
    token_ciphertext TEXT COLLATE "C",
    ready BIGINT NOT NULL CHECK (ready IN (0, 1)),
    enabled_clouds TEXT COLLATE "C" NOT NULL,
    checked_at BIGINT,
    failure TEXT COLLATE "C",
    attempts BIGINT NOT NULL,
    -- The work on it, as in clusters.
    due_at BIGINT,
    leased_until BIGINT,
    fence BIGINT NOT NULL,
    wakes BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE INDEX workspaces_due ON workspaces (due_at, leased_until) WHERE due_at IS NOT NULL;

-- What was last read from the SkyPilot API server as a whole, as JSON.
CREATE TABLE server_reports (
    kind TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (kind IN ('catalogue', 'orphans')),
    document TEXT COLLATE "C" NOT NULL,
    read_at BIGINT
);

-- Machines that nobody ordered here and whose removal was asked for.
CREATE TABLE orphan_removals (
    machine TEXT COLLATE "C" NOT NULL,
    workspace TEXT COLLATE "C" NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (machine, workspace)
);
