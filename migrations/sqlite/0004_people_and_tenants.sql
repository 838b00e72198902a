-- What admins of the platform and of tenants change: people, tenants, environments, invitations.
-- Ids, times, truth and JSON are as in 0001.

ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_last_seen ON users (last_seen_at, id);

-- Why a role is held: the rule that a claim matched, or who granted it and when.
ALTER TABLE platform_grants ADD COLUMN why TEXT;
ALTER TABLE platform_grants ADD COLUMN granted_by TEXT;
ALTER TABLE platform_grants ADD COLUMN granted_at INTEGER;
ALTER TABLE tenant_grants ADD COLUMN why TEXT;
ALTER TABLE tenant_grants ADD COLUMN granted_by TEXT;
ALTER TABLE tenant_grants ADD COLUMN granted_at INTEGER;
CREATE INDEX tenant_grants_by_tenant ON tenant_grants (tenant_id, user_id);
-- The few who are admins, without the many who are not.
CREATE INDEX platform_grants_admins ON platform_grants (user_id, source) WHERE role = 'admin';

ALTER TABLE tenants ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tenants ADD COLUMN created_at INTEGER;
ALTER TABLE tenants ADD COLUMN archived_at INTEGER;

-- Limits: without one there is none.
ALTER TABLE environments ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE environments ADD COLUMN created_at INTEGER;
ALTER TABLE environments ADD COLUMN archived_at INTEGER;
ALTER TABLE environments ADD COLUMN max_clusters INTEGER;
ALTER TABLE environments ADD COLUMN max_nodes INTEGER;
ALTER TABLE environments ADD COLUMN max_price_per_hour INTEGER;

-- Bound to whoever first signs in with the address, verified. An open one has none of the last four.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    -- In lower case, ASCII only, as people are looked up.
    email_folded TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),
    invited_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    accepted_by TEXT REFERENCES users (id),
    withdrawn_at INTEGER
) STRICT;
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email_folded)
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX invitations_by_email ON invitations (email_folded);
-- What is in an environment, for its limits.
CREATE INDEX clusters_by_environment ON clusters (environment_id, state, price_per_hour);
