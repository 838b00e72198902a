-- How far an API token reaches: its scopes, and one tenant or all of its owner's. Those from before
-- reached as far as their owners.

ALTER TABLE api_tokens ADD COLUMN scopes TEXT COLLATE "C" NOT NULL DEFAULT 'read clusters nodes admin';
ALTER TABLE api_tokens ADD COLUMN tenant_id TEXT COLLATE "C" REFERENCES tenants (id);
