-- What admins of the platform and of tenants change: people, tenants, environments, invitations.
-- Ids, times, truth and JSON are as in 0001.

ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_last_seen ON users (last_seen_at, id);

-- Why a role is held: the rule that a claim matched, or who granted it and when.
ALTER TABLE platform_grants ADD COLUMN why TEXT COLLATE "C";
ALTER TABLE platform_grants ADD COLUMN granted_by TEXT COLLATE "C";
ALTER TABLE platform_grants ADD COLUMN granted_at BIGINT;
ALTER TABLE tenant_grants ADD COLUMN why TEXT COLLATE "C";
ALTER TABLE tenant_grants ADD COLUMN granted_by TEXT COLLATE "C";
ALTER TABLE tenant_grants ADD COLUMN granted_at BIGINT;
CREATE INDEX tenant_grants_by_tenant ON tenant_grants (tenant_id, user_id);
-- The few who are admins, without the many who are not.
CREATE INDEX platform_grants_admins ON platform_grants (user_id, source) WHERE role = 'admin';

ALTER TABLE tenants ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE tenants ADD COLUMN created_at BIGINT;
ALTER TABLE tenants ADD COLUMN archived_at BIGINT;

-- Limits: without one there is none.
ALTER TABLE environments ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE environments ADD COLUMN created_at BIGINT;
ALTER TABLE environments ADD COLUMN archived_at BIGINT;
ALTER TABLE environments ADD COLUMN max_clusters BIGINT;
ALTER TABLE environments ADD COLUMN max_nodes BIGINT;
ALTER TABLE environments ADD COLUMN max_price_per_hour BIGINT;

-- Bound to whoever first signs in with the address, verified. An open one has none of the last four.
CREATE TABLE invitations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    email TEXT COLLATE "C" NOT NULL,
    -- In lower case, ASCII only, as people are looked up.
    email_folded TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    invited_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by TEXT COLLATE "C" REFERENCES users (id),
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email_folded)
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX invitations_by_email ON invitations (email_folded);
-- What is in an environment, for its limits.
CREATE INDEX clusters_by_environment ON clusters (environment_id, state, price_per_hour);
