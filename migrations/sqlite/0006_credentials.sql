-- The vault of cloud credentials. Ids, times, truth and JSON are as in 0001.

CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    -- Without one it goes for every environment of the tenant that has none of its own.
    environment_id TEXT,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    -- The one that is taken for its provider, of those with the same tenant and environment.
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
    WHERE chosen = 1 AND environment_id IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX credentials_chosen_of_environment ON credentials (environment_id, provider)
    WHERE chosen = 1 AND environment_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX credentials_by_tenant ON credentials (tenant_id, provider, environment_id);
-- A rotation goes from row to row by this.
CREATE INDEX credentials_by_key ON credentials (secret_key_id, id);
