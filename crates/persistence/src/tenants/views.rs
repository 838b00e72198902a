//! Tenants as admins see them: with their environments, members, invitations and resources.

use super::{invitations, members};
use crate::{
    Cause,
    connection::Transaction,
    error::Stored,
    handles::Tenants,
    limits,
    list::push_scope,
    rows::{self, id, number, optional_time, text},
    sql::Sql,
    tenant_records::{TenantKey, TenantRecord},
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    ids::{EnvironmentId, TenantId},
    tenancy::{EnvironmentDetail, EnvironmentRef, Obstacle, TenantSummary},
};
use jiff::Timestamp;
use std::collections::HashMap;

/// How many obstacles are listed at most.
const LISTED: i64 = 100;

impl Tenants<'_> {
    /// The tenants in `scope`, by name; with archived ones if `archived`.
    pub async fn list(self, scope: &TenantScope, archived: bool) -> Stored<Vec<TenantSummary>> {
        doing("list tenants with their resources", async {
            let mut reading = self.0.read().await?;
            let count = |kind: &str| {
                format!(
                    "(SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) FROM tally y \
                     WHERE y.kind = '{kind}' AND y.tenant_id = r.tenant_id \
                     AND y.state <> 'deleted') AS {kind}"
                )
            };
            let mut sql = Sql::new(format!(
                "SELECT r.tenant_id, r.tenant_slug, r.tenant_name, r.archived_at, \
                 (SELECT COUNT(DISTINCT g.user_id) FROM tenant_grants g \
                 WHERE g.tenant_id = r.tenant_id) AS members, {}, {} \
                 FROM (SELECT id AS tenant_id, slug AS tenant_slug, name AS tenant_name, \
                 name_folded, archived_at FROM tenants) r WHERE ",
                count("clusters"),
                count("nodes"),
            ));
            push_scope(&mut sql, scope, "");
            if !archived {
                sql.push(" AND r.archived_at IS NULL");
            }
            sql.push(" ORDER BY r.name_folded, r.tenant_id");
            let rows = sql.query().fetch_all(&mut reading).await?;
            let mut environments = environments_by_tenant(&mut reading, scope).await?;
            reading.commit().await?;
            rows.iter()
                .map(|row| {
                    let tenant = rows::tenant(row)?;
                    Ok(TenantSummary {
                        environments: environments.remove(&tenant.id).unwrap_or_default(),
                        tenant,
                        members: u32::try_from(number(row, "members")?)?,
                        clusters: u32::try_from(number(row, "clusters")?)?,
                        nodes: u32::try_from(number(row, "nodes")?)?,
                        archived_at: optional_time(row, "archived_at")?,
                    })
                })
                .collect()
        })
        .await
    }

    /// One tenant, also an archived one, with the invitations that expire after `now`.
    pub async fn get(self, key: TenantKey<'_>, now: Timestamp) -> Stored<Option<TenantRecord>> {
        doing("read a tenant", async {
            let mut reading = self.0.read().await?;
            let mut sql = Sql::new(
                "SELECT id AS tenant_id, slug AS tenant_slug, name AS tenant_name, archived_at, \
                 version FROM tenants WHERE ",
            );
            match key {
                TenantKey::Id(id) => sql.push("id = ").bind(id),
                // No slug contains it, and PostgreSQL refuses it.
                TenantKey::Slug(slug) if slug.contains('\0') => return Ok(None),
                TenantKey::Slug(slug) => sql.push("slug = ").bind(slug),
            };
            let Some(row) = sql.query().fetch_optional(&mut reading).await? else {
                return Ok(None);
            };
            let tenant = rows::tenant(&row)?;
            let record = TenantRecord {
                environments: environments(&mut reading, tenant.id).await?,
                members: members::of_tenant(&mut reading, tenant.id).await?,
                invitations: invitations::of_tenant(&mut reading, tenant.id, now).await?,
                archived_at: optional_time(&row, "archived_at")?,
                version: number(&row, "version")?,
                tenant,
            };
            reading.commit().await?;
            Ok(Some(record))
        })
        .await
    }

    /// What has to be deleted before the tenant (or only its environment) can be archived, at most 100.
    pub async fn obstacles(
        self,
        tenant: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Stored<Vec<Obstacle>> {
        doing("list what keeps a tenant from being archived", async {
            let mut reading = self.0.read().await?;
            let found = obstacles(&mut reading, tenant, environment).await?;
            reading.commit().await?;
            Ok(found)
        })
        .await
    }
}

/// Environments that are not archived, by name.
async fn environments_by_tenant(
    connection: &mut Transaction,
    scope: &TenantScope,
) -> Result<HashMap<TenantId, Vec<EnvironmentRef>>, Cause> {
    let mut sql = Sql::new(
        "SELECT r.tenant_id, r.id AS environment_id, r.slug AS environment_slug, \
         r.name AS environment_name FROM environments r WHERE r.archived_at IS NULL AND ",
    );
    push_scope(&mut sql, scope, "");
    sql.push(" ORDER BY r.name_folded, r.id");
    let rows = sql.query().fetch_all(connection).await?;
    let mut found: HashMap<TenantId, Vec<EnvironmentRef>> = HashMap::new();
    for row in &rows {
        found
            .entry(id(row, "tenant_id")?)
            .or_default()
            .push(rows::environment(row)?);
    }
    Ok(found)
}

/// By name, archived ones last.
async fn environments(
    connection: &mut Transaction,
    tenant: TenantId,
) -> Result<Vec<EnvironmentDetail>, Cause> {
    let mut sql = Sql::new(format!(
        "SELECT r.id AS environment_id, r.slug AS environment_slug, r.name AS environment_name, \
         r.archived_at, r.version, r.max_clusters, r.max_nodes, r.max_price_per_hour, {} \
         FROM environments r WHERE r.tenant_id = ",
        limits::IN_USE
    ));
    sql.bind(tenant)
        .push(" ORDER BY CASE WHEN r.archived_at IS NULL THEN 0 ELSE 1 END, r.name_folded, r.id");
    let rows = sql.query().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let used = limits::in_use(row)?;
            Ok(EnvironmentDetail {
                environment: rows::environment(row)?,
                limits: limits::limits(row)?,
                clusters: used.clusters,
                nodes: used.nodes,
                price_per_hour: used.price_per_hour,
                archived_at: optional_time(row, "archived_at")?,
                version: number(row, "version")?,
            })
        })
        .collect()
}

/// What is left in a tenant, or only in its environment.
pub(crate) async fn obstacles(
    connection: &mut Transaction,
    tenant: TenantId,
    environment: Option<EnvironmentId>,
) -> Result<Vec<Obstacle>, Cause> {
    let mut found = Vec::new();
    for (kind, table, there) in [
        ("cluster", "clusters", "r.state <> 'deleted'"),
        ("node", "nodes", "r.state <> 'deleted'"),
        ("credential", "credentials", "r.deleted_at IS NULL"),
    ] {
        let mut sql = Sql::new(format!(
            "SELECT r.name, COALESCE(e.name, '') AS environment FROM {table} r \
             LEFT JOIN environments e ON e.id = r.environment_id WHERE {there} AND r.tenant_id = "
        ));
        sql.bind(tenant);
        if let Some(environment) = environment {
            sql.push(" AND r.environment_id = ").bind(environment);
        }
        sql.push(" ORDER BY r.name, r.id LIMIT ").bind(LISTED);
        for row in &sql.query().fetch_all(&mut *connection).await? {
            found.push(Obstacle {
                kind: kind.to_owned(),
                name: text(row, "name")?,
                environment: text(row, "environment")?,
            });
        }
    }
    found.truncate(usize::try_from(LISTED)?);
    Ok(found)
}
