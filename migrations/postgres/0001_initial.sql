-- Text is compared by its bytes, as SQLite does.
-- Must mean the same as its sibling for SQLite; a test compares the two.

CREATE TABLE tenants (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    -- In lower case, folded by the portal: neither database folds every alphabet by itself.
    name_folded TEXT COLLATE "C" NOT NULL,
    -- The same for names that look alike.
    name_key TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ,
    archived_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX tenants_name ON tenants (name_key) WHERE archived_at IS NULL;

CREATE TABLE environments (
    id UUID NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ,
    archived_at TIMESTAMPTZ,
    -- Limits; NULL is unlimited.
    max_clusters BIGINT,
    max_nodes BIGINT,
    max_price_per_hour BIGINT,
    UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id)
);

CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    email_verified BOOLEAN NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    suspended BOOLEAN NOT NULL,
    last_seen_at TIMESTAMPTZ,
    -- Claims for rules that the identity provider left out of the latest sign-in, one a line.
    withheld_claims TEXT COLLATE "C" NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (issuer, subject)
);
CREATE INDEX users_by_email ON users (lower(email));
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_last_seen ON users (last_seen_at, id);

CREATE TABLE platform_grants (
    user_id UUID NOT NULL REFERENCES users (id),
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('claim', 'manual')),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('user', 'admin')),
    -- The rule of a claim, or the user who granted the role and when.
    why TEXT COLLATE "C",
    granted_by TEXT COLLATE "C",
    granted_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, source)
);
CREATE INDEX platform_grants_admins ON platform_grants (user_id, source) WHERE role = 'admin';

CREATE TABLE tenant_grants (
    user_id UUID NOT NULL REFERENCES users (id),
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('claim', 'manual')),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    -- The rule of a claim, or the user who granted the role and when.
    why TEXT COLLATE "C",
    granted_by TEXT COLLATE "C",
    granted_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, tenant_id, source)
);
CREATE INDEX tenant_grants_by_tenant ON tenant_grants (tenant_id, user_id);

-- A session is found by a digest of its id, so that a reader of the table cannot use a session.
CREATE TABLE sessions (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id UUID REFERENCES users (id),
    data JSONB NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    -- What the token may do: words, and one tenant or all of its owner's.
    scopes TEXT COLLATE "C" NOT NULL,
    tenant_id UUID REFERENCES tenants (id)
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

CREATE TABLE clusters (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    tenant_id UUID NOT NULL,
    environment_id UUID NOT NULL,
    plan JSONB NOT NULL,
    -- What an hour costs now: the plan's price, or its price for a paused cluster.
    price_per_hour BIGINT NOT NULL,
    -- The sum of the closed intervals in usage; the open one began at charged_since.
    spent BIGINT NOT NULL,
    charged_since TIMESTAMPTZ,
    kubernetes_version TEXT COLLATE "C" NOT NULL,
    exposure JSONB NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    failure JSONB,
    endpoint TEXT COLLATE "C",
    drift JSONB NOT NULL,
    -- The latest pause or resumption: what is wanted.
    power JSONB,
    -- When it is paused and resumed by itself.
    schedule JSONB,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    ready_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    operation_id UUID NOT NULL,
    idempotency_key TEXT COLLATE "C",
    idempotency_fingerprint TEXT COLLATE "C",
    -- The work on it: when it is due, who may write (the newest fence), how often it was woken.
    due_at TIMESTAMPTZ,
    leased_until TIMESTAMPTZ,
    fence BIGINT NOT NULL,
    wakes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
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
CREATE UNIQUE INDEX clusters_operation ON clusters (operation_id);
CREATE INDEX clusters_due ON clusters (due_at, leased_until) WHERE due_at IS NOT NULL;

CREATE TABLE operations (
    id UUID NOT NULL PRIMARY KEY,
    cluster_id UUID NOT NULL REFERENCES clusters (id),
    kind TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    steps JSONB NOT NULL,
    failure JSONB
);
ALTER TABLE clusters ADD FOREIGN KEY (operation_id)
    REFERENCES operations (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX operations_by_cluster ON operations (cluster_id, started_at);

-- Nodes: machines launched through a SkyPilot API server, and what belongs to them.

CREATE TABLE nodes (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    tenant_id UUID NOT NULL,
    environment_id UUID NOT NULL,
    spec JSONB NOT NULL,
    -- Also in the spec; here in lower case for searches.
    accelerator_folded TEXT COLLATE "C",
    task_yaml TEXT COLLATE "C" NOT NULL,
    machine TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    failure JSONB,
    placement JSONB,
    address TEXT COLLATE "C",
    autostop JSONB,
    price_per_hour BIGINT,
    -- The sum of the closed intervals in usage; the open one began at charged_since.
    spent BIGINT NOT NULL,
    charged_since TIMESTAMPTZ,
    request TEXT COLLATE "C",
    seen TEXT COLLATE "C",
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    ready_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    operation_id UUID NOT NULL,
    idempotency_key TEXT COLLATE "C",
    idempotency_fingerprint TEXT COLLATE "C",
    -- The work on it, as in clusters.
    due_at TIMESTAMPTZ,
    leased_until TIMESTAMPTZ,
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
CREATE UNIQUE INDEX nodes_operation ON nodes (operation_id);
CREATE INDEX nodes_due ON nodes (due_at, leased_until) WHERE due_at IS NOT NULL;

CREATE TABLE node_operations (
    id UUID NOT NULL PRIMARY KEY,
    node_id UUID NOT NULL REFERENCES nodes (id),
    kind TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    steps JSONB NOT NULL,
    failure JSONB
);
ALTER TABLE nodes ADD FOREIGN KEY (operation_id)
    REFERENCES node_operations (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX node_operations_by_node ON node_operations (node_id, started_at);

-- How many clusters and nodes are in each state in each environment, and what they cost an hour.
-- Triggers keep it in the transaction that writes a row, so that lists and limits count no rows.
-- Writers meet only where they change the same environment.
CREATE TABLE tally (
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    tenant_id UUID NOT NULL,
    environment_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    price_per_hour BIGINT NOT NULL,
    PRIMARY KEY (kind, tenant_id, environment_id, state)
) WITH (fillfactor = 50);
-- In the order of keys: two transactions that move rows between the same states do not wait for each
-- other in a circle.
CREATE FUNCTION count_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally AS t (kind, tenant_id, environment_id, state, count, price_per_hour)
    SELECT TG_TABLE_NAME, c.tenant_id, c.environment_id, c.state, SUM(c.count), SUM(c.price)
    FROM (VALUES
        (OLD.tenant_id, OLD.environment_id, OLD.state, -1, -COALESCE(OLD.price_per_hour, 0)),
        (NEW.tenant_id, NEW.environment_id, NEW.state, 1, COALESCE(NEW.price_per_hour, 0))
    ) AS c (tenant_id, environment_id, state, count, price)
    WHERE c.state IS NOT NULL
    GROUP BY c.tenant_id, c.environment_id, c.state
    ORDER BY c.tenant_id, c.environment_id, c.state
    ON CONFLICT (kind, tenant_id, environment_id, state) DO UPDATE
    SET count = t.count + excluded.count, price_per_hour = t.price_per_hour + excluded.price_per_hour;
    RETURN NULL;
END;
$$;
CREATE TRIGGER clusters_tally AFTER INSERT OR DELETE ON clusters
    FOR EACH ROW EXECUTE FUNCTION count_row();
CREATE TRIGGER clusters_tally_update AFTER UPDATE ON clusters FOR EACH ROW
    WHEN ((OLD.state, OLD.tenant_id, OLD.environment_id, OLD.price_per_hour)
        IS DISTINCT FROM (NEW.state, NEW.tenant_id, NEW.environment_id, NEW.price_per_hour))
    EXECUTE FUNCTION count_row();
CREATE TRIGGER nodes_tally AFTER INSERT OR DELETE ON nodes
    FOR EACH ROW EXECUTE FUNCTION count_row();
CREATE TRIGGER nodes_tally_update AFTER UPDATE ON nodes FOR EACH ROW
    WHEN ((OLD.state, OLD.tenant_id, OLD.environment_id, OLD.price_per_hour)
        IS DISTINCT FROM (NEW.state, NEW.tenant_id, NEW.environment_id, NEW.price_per_hour))
    EXECUTE FUNCTION count_row();

-- How many clusters of which plan are on which host cluster, and what those that are charged cost an
-- hour. Sixteen rows for each, by the last digit of the tenant, so that writers seldom meet.
CREATE TABLE plan_tally (
    host TEXT COLLATE "C" NOT NULL,
    plan JSONB NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    shard TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    charged_per_hour BIGINT NOT NULL,
    PRIMARY KEY (host, plan, state, shard)
) WITH (fillfactor = 50);
CREATE FUNCTION count_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO plan_tally AS t (host, plan, state, shard, count, charged_per_hour)
    SELECT c.host, c.plan, c.state, c.shard, SUM(c.count), SUM(c.price)
    FROM (VALUES
        (OLD.host, OLD.plan, OLD.state, right(OLD.tenant_id::text, 1), -1,
            CASE WHEN OLD.ready_at IS NULL THEN 0 ELSE -OLD.price_per_hour END),
        (NEW.host, NEW.plan, NEW.state, right(NEW.tenant_id::text, 1), 1,
            CASE WHEN NEW.ready_at IS NULL THEN 0 ELSE NEW.price_per_hour END)
    ) AS c (host, plan, state, shard, count, price)
    WHERE c.state IS NOT NULL
    GROUP BY c.host, c.plan, c.state, c.shard
    ORDER BY c.host, c.plan, c.state, c.shard
    ON CONFLICT (host, plan, state, shard) DO UPDATE
    SET count = t.count + excluded.count,
        charged_per_hour = t.charged_per_hour + excluded.charged_per_hour;
    RETURN NULL;
END;
$$;
CREATE TRIGGER clusters_plan_tally AFTER INSERT OR DELETE ON clusters
    FOR EACH ROW EXECUTE FUNCTION count_plan();
CREATE TRIGGER clusters_plan_tally_update AFTER UPDATE ON clusters FOR EACH ROW
    WHEN ((OLD.host, OLD.plan, OLD.state, OLD.tenant_id, OLD.ready_at IS NULL, OLD.price_per_hour)
        IS DISTINCT FROM
        (NEW.host, NEW.plan, NEW.state, NEW.tenant_id, NEW.ready_at IS NULL, NEW.price_per_hour))
    EXECUTE FUNCTION count_plan();

-- Searches for a part of a name; without the extension they read every row.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX _clusters_name_part ON clusters USING gin (name gin_trgm_ops);
    CREATE INDEX _nodes_name_part ON nodes USING gin (name gin_trgm_ops);
    CREATE INDEX _nodes_accelerator_part ON nodes USING gin (accelerator_folded gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
END;
$$;

-- The usage ledger: the times in which a cluster or node is charged, each at one price. Without a price
-- none was known; without an end it goes on. Those of one resource do not overlap, and at most one is
-- open. What it was ordered as is kept with it for reports, which outlive the resource.
CREATE TABLE usage (
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    resource_id UUID NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    environment_id UUID NOT NULL REFERENCES environments (id),
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL,
    size TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'paused')),
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ CHECK (ended_at > started_at),
    price_per_hour BIGINT,
    PRIMARY KEY (resource_id, started_at)
);
CREATE UNIQUE INDEX usage_open ON usage (resource_id) WHERE ended_at IS NULL;

-- What is charged, by the month (UTC) in which charges began and ended. A charge that begins adds its
-- price, and its price times the seconds since the month began; one that ends takes off the same for
-- its end. So what a tenant has spent up to a moment is, over all months before it, the sum of
-- price_per_hour * seconds since the month began - price_seconds, divided by 3600.
CREATE TABLE charges (
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('clusters', 'nodes')),
    tenant_id UUID NOT NULL,
    month TIMESTAMPTZ NOT NULL,
    price_per_hour BIGINT NOT NULL,
    price_seconds BIGINT NOT NULL,
    PRIMARY KEY (kind, tenant_id, month)
) WITH (fillfactor = 50);
-- The same for all tenants together. Sixteen rows for each, as in plan_tally.
CREATE TABLE platform_charges (
    kind TEXT COLLATE "C" NOT NULL,
    month TIMESTAMPTZ NOT NULL,
    shard TEXT COLLATE "C" NOT NULL,
    price_per_hour BIGINT NOT NULL,
    price_seconds BIGINT NOT NULL,
    PRIMARY KEY (kind, month, shard)
) WITH (fillfactor = 50);
CREATE FUNCTION add_platform_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform_charges AS c (kind, month, shard, price_per_hour, price_seconds)
    VALUES (NEW.kind, NEW.month, right(NEW.tenant_id::text, 1),
        NEW.price_per_hour - COALESCE(OLD.price_per_hour, 0),
        NEW.price_seconds - COALESCE(OLD.price_seconds, 0))
    ON CONFLICT (kind, month, shard) DO UPDATE
    SET price_per_hour = c.price_per_hour + excluded.price_per_hour,
        price_seconds = c.price_seconds + excluded.price_seconds;
    RETURN NULL;
END;
$$;
CREATE TRIGGER charges_platform AFTER INSERT OR UPDATE ON charges
    FOR EACH ROW EXECUTE FUNCTION add_platform_charges();
-- In the order of keys, as count_row.
CREATE FUNCTION add_charges(charged TEXT, tenants UUID[], times TIMESTAMPTZ[], prices BIGINT[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO charges AS c (kind, tenant_id, month, price_per_hour, price_seconds)
    SELECT charged, e.tenant_id, e.month, SUM(e.price),
        SUM(e.price * FLOOR(EXTRACT(EPOCH FROM e.at - e.month))::BIGINT)
    FROM (SELECT u.*, date_trunc('month', u.at, 'UTC') AS month
        FROM unnest(tenants, times, prices) AS u (tenant_id, at, price)) e
    WHERE e.at IS NOT NULL AND e.price IS NOT NULL
    GROUP BY e.tenant_id, e.month
    HAVING SUM(e.price) <> 0 OR SUM(e.price * EXTRACT(EPOCH FROM e.at)) <> 0
    ORDER BY e.tenant_id, e.month
    ON CONFLICT (kind, tenant_id, month) DO UPDATE
    SET price_per_hour = c.price_per_hour + excluded.price_per_hour,
        price_seconds = c.price_seconds + excluded.price_seconds;
$$;
CREATE FUNCTION charge_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_charges(COALESCE(NEW.kind, OLD.kind),
        ARRAY[OLD.tenant_id, OLD.tenant_id, NEW.tenant_id, NEW.tenant_id],
        ARRAY[OLD.started_at, OLD.ended_at, NEW.started_at, NEW.ended_at],
        ARRAY[-OLD.price_per_hour, OLD.price_per_hour, NEW.price_per_hour, -NEW.price_per_hour]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER usage_charge AFTER INSERT OR UPDATE OR DELETE ON usage
    FOR EACH ROW EXECUTE FUNCTION charge_usage();

-- Each environment on the SkyPilot API server.
CREATE TABLE workspaces (
    id UUID NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL,
    environment_id UUID NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    -- Its service account: all of these are there or none.
    account_user_id TEXT COLLATE "C",
    account_token_id TEXT COLLATE "C",
    -- A sealed secret is always kept in three columns that end in key_id, wrapped_key and ciphertext.
    token_key_id TEXT COLLATE "C",
    token_wrapped_key TEXT COLLATE "C",
    token_ciphertext TEXT COLLATE "C",
    ready BOOLEAN NOT NULL,
    enabled_clouds JSONB NOT NULL,
    checked_at TIMESTAMPTZ,
    failure JSONB,
    attempts BIGINT NOT NULL,
    -- The work on it, as in clusters.
    due_at TIMESTAMPTZ,
    leased_until TIMESTAMPTZ,
    fence BIGINT NOT NULL,
    wakes BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE INDEX workspaces_due ON workspaces (due_at, leased_until) WHERE due_at IS NOT NULL;

-- What was last read from the SkyPilot API server as a whole, as JSON.
CREATE TABLE server_reports (
    kind TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (kind IN ('catalogue', 'orphans')),
    document JSONB NOT NULL,
    read_at TIMESTAMPTZ
);

-- Orphaned machines whose removal was requested.
CREATE TABLE orphan_removals (
    machine TEXT COLLATE "C" NOT NULL,
    workspace TEXT COLLATE "C" NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (machine, workspace)
);

-- Accepted by the first verified sign-in with the address. The last three columns of an open invitation are
-- empty.
CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    email TEXT COLLATE "C" NOT NULL,
    -- In lower case, ASCII only, as users are looked up.
    email_folded TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    invited_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    accepted_at TIMESTAMPTZ,
    accepted_by UUID REFERENCES users (id),
    cancelled_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email_folded)
    WHERE accepted_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX invitations_by_email ON invitations (email_folded);

-- The vault of cloud credentials.

CREATE TABLE credentials (
    id UUID NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    -- Without one it goes for every environment of the tenant that has none of its own.
    environment_id UUID,
    provider TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    -- The default for its tenant, environment and provider.
    chosen BOOLEAN NOT NULL,
    suspended BOOLEAN NOT NULL,
    -- What may be shown of it, as JSON, and a digest of the whole to tell it by.
    facts JSONB NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    secret_key_id TEXT COLLATE "C" NOT NULL,
    secret_wrapped_key TEXT COLLATE "C" NOT NULL,
    secret_ciphertext TEXT COLLATE "C" NOT NULL,
    created_by UUID REFERENCES users (id),
    created_by_name TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    replaced_at TIMESTAMPTZ,
    uses BIGINT NOT NULL,
    last_used_at TIMESTAMPTZ,
    last_checked_at TIMESTAMPTZ,
    -- What the provider said then, as JSON.
    check_result JSONB,
    deleted_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
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
    sequence BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    -- The tenant, or zeros for the platform, and the place of the entry in its chain.
    chain UUID NOT NULL,
    number BIGINT NOT NULL,
    id UUID NOT NULL UNIQUE,
    at TIMESTAMPTZ NOT NULL,
    user_id UUID,
    who TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    tenant_id UUID,
    target TEXT COLLATE "C" NOT NULL,
    target_name TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL,
    -- A JSON array of field, before and after; text, since its bytes are hashed.
    changes TEXT COLLATE "C" NOT NULL,
    previous_hash TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    UNIQUE (chain, number)
);
CREATE INDEX audit_entries_by_tenant ON audit_entries (tenant_id, sequence);
CREATE INDEX audit_entries_by_user ON audit_entries (user_id, sequence);
CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);
CREATE INDEX audit_entries_by_target ON audit_entries (target, sequence);
CREATE INDEX audit_entries_by_outcome ON audit_entries (outcome, sequence);
CREATE INDEX audit_entries_by_time ON audit_entries (at, sequence);

-- How often a refusal was repeated within a minute of its entry.
CREATE TABLE audit_repeats (
    entry_id UUID NOT NULL PRIMARY KEY,
    user_id UUID,
    -- What makes refusals the same, as long as they are counted together.
    fingerprint TEXT COLLATE "C" UNIQUE,
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    times BIGINT NOT NULL
);
CREATE INDEX audit_repeats_by_user ON audit_repeats (user_id, first_at);

-- The end of each chain. A row is written first, which makes the writers of a chain queue.
-- The row of the highest UUID counts the chains.
CREATE TABLE audit_head (
    chain UUID NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    -- HMAC-SHA256 of the columns above; the key is not in the database.
    mac_key TEXT COLLATE "C" NOT NULL,
    mac TEXT COLLATE "C" NOT NULL
);

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

-- One row, written to find out whether the database takes writes.
CREATE TABLE write_probe (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    at TIMESTAMPTZ NOT NULL
);

-- Answers of identity providers that were taken: each is good for one sign-in.
CREATE TABLE used_sign_ins (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);
