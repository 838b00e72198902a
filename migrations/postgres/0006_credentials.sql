-- The vault of cloud credentials. Ids, times, truth and JSON are as in 0001.

CREATE TABLE credentials (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    -- Without one it goes for every environment of the tenant that has none of its own.
    environment_id TEXT COLLATE "C",
    provider TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    -- The one that is taken for its provider, of those with the same tenant and environment.
    chosen BIGINT NOT NULL CHECK (chosen IN (0, 1)),
    suspended BIGINT NOT NULL CHECK (suspended IN (0, 1)),
    -- What may be shown of it, as JSON, and a digest of the whole to tell it by.
    facts TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    secret_key_id TEXT COLLATE "C" NOT NULL,
    secret_wrapped_key TEXT COLLATE "C" NOT NULL,
    secret_ciphertext TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" REFERENCES users (id),
    created_by_name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    replaced_at BIGINT,
    uses BIGINT NOT NULL,
    last_used_at BIGINT,
    last_checked_at BIGINT,
    -- What the provider said then, as JSON.
    check_result TEXT COLLATE "C",
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE UNIQUE INDEX credentials_name ON credentials (tenant_id, provider, name_folded)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX credentials_chosen_of_tenant ON credentials (tenant_id, provider)
    WHERE chosen = 1 AND environment_id IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX credentials_chosen_of_environment ON credentials (environment_id, provider)
    WHERE chosen = 1 AND environment_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX credentials_by_tenant ON credentials (tenant_id, provider, environment_id);
-- A rotation goes from row to row by this.
CREATE INDEX credentials_by_key ON credentials (secret_key_id, id);
