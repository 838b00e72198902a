-- Indexes of clusters as those of nodes: a list of many clusters is found without the rows that it does
-- not show also where it is of some tenants only, and costs without any row. With the index of
-- operations an order no longer takes the longer the more clusters there are.

DROP INDEX clusters_by_creation;
DROP INDEX clusters_by_name;
DROP INDEX clusters_by_end;
DROP INDEX clusters_by_state;
DROP INDEX clusters_by_owner;
DROP INDEX clusters_by_tenant;
DROP INDEX clusters_searched;
CREATE INDEX clusters_by_creation ON clusters (created_at, id, state, tenant_id);
CREATE INDEX clusters_by_name ON clusters (name, id, state, tenant_id);
CREATE INDEX clusters_by_end ON clusters (ends_at, id, state, tenant_id);
CREATE INDEX clusters_by_state ON clusters (state, id, tenant_id);
CREATE INDEX clusters_by_owner ON clusters (created_by, created_at, id, state, tenant_id);
CREATE INDEX clusters_searched ON clusters (tenant_id, state, name, environment_id, created_by);
CREATE INDEX clusters_ending ON clusters (ends_at, id, state, tenant_id)
    WHERE state <> 'deleting' AND state <> 'deleted';
CREATE INDEX clusters_charged ON clusters (deleted_at, ready_at, price_per_hour, tenant_id);
CREATE UNIQUE INDEX clusters_operation ON clusters (operation_id);
