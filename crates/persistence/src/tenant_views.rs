//! Tenants as admins see them: with what is in them.

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    invitations, limits,
    list::push_scope,
    members,
    rows::{self, id, number, optional_time, text},
    sql::{Sql, query},
    tenant_records::{TenantKey, TenantRecord},
};
use domain::{
    caller::TenantScope,
    ids::{EnvironmentId, TenantId},
    tenancy::{EnvironmentDetail, EnvironmentRef, Obstacle, TenantSummary},
};
use jiff::Timestamp;
use std::collections::HashMap;

/// How many obstacles are named at most: whoever has more has enough to begin with.
const NAMED: i64 = 100;

/// Those in `scope`, by name.
pub(crate) async fn summaries(
    database: &Database,
    scope: &TenantScope,
    archived: bool,
) -> Result<Vec<TenantSummary>, Cause> {
    let mut reading = database.read().await?;
    let mut sql = Sql::new(
        "SELECT r.tenant_id, r.tenant_slug, r.tenant_name, r.archived_at, \
         (SELECT COUNT(DISTINCT g.user_id) FROM tenant_grants g \
         WHERE g.tenant_id = r.tenant_id) AS members, \
         (SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) FROM tally y \
         WHERE y.kind = 'clusters' AND y.tenant_id = r.tenant_id AND y.state <> 'deleted') AS clusters, \
         (SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) FROM tally y \
         WHERE y.kind = 'nodes' AND y.tenant_id = r.tenant_id AND y.state <> 'deleted') AS nodes \
         FROM (SELECT id AS tenant_id, slug AS tenant_slug, name AS tenant_name, name_folded, \
         archived_at FROM tenants) r WHERE ",
    );
    push_scope(&mut sql, scope, "");
    if !archived {
        sql.push(" AND r.archived_at IS NULL");
    }
    sql.push(" ORDER BY r.name_folded, r.tenant_id");
    let rows = sql.query().fetch_all(&mut reading).await?;
    let mut environments = environments_by_tenant(&mut reading).await?;
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
}

/// Those that are not archived, by name.
async fn environments_by_tenant(
    connection: &mut Transaction,
) -> Result<HashMap<TenantId, Vec<EnvironmentRef>>, Cause> {
    let rows = query(
        "SELECT tenant_id, id AS environment_id, slug AS environment_slug, \
         name AS environment_name FROM environments WHERE archived_at IS NULL \
         ORDER BY name_folded, id",
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<TenantId, Vec<EnvironmentRef>> = HashMap::new();
    for row in &rows {
        found
            .entry(id(row, "tenant_id")?)
            .or_default()
            .push(rows::environment(row)?);
    }
    Ok(found)
}

pub(crate) async fn one(
    database: &Database,
    key: TenantKey<'_>,
    now: Timestamp,
) -> Result<Option<TenantRecord>, Cause> {
    let mut reading = database.read().await?;
    let mut sql = Sql::new(
        "SELECT id AS tenant_id, slug AS tenant_slug, name AS tenant_name, archived_at, version \
         FROM tenants WHERE ",
    );
    match key {
        TenantKey::Id(id) => sql.push("id = ").bind(id),
        // Nothing stored holds one, and PostgreSQL refuses to be asked.
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

/// What is in a tenant, or only in its environment, and would be left behind.
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
        sql.push(" ORDER BY r.name, r.id LIMIT ").bind(NAMED);
        for row in &sql.query().fetch_all(&mut *connection).await? {
            found.push(Obstacle {
                kind: kind.to_owned(),
                name: text(row, "name")?,
                environment: text(row, "environment")?,
            });
        }
    }
    found.truncate(usize::try_from(NAMED)?);
    Ok(found)
}
