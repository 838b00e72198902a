//! What admins do to tenants and their environments. Whatever depends on a tenant being there locks
//! its row first, so that it is not archived meanwhile.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    database::Database,
    invitations,
    rows::{Row, number, optional_time, text},
    sql::{Sql, query},
    tenant_records::TenancyChanged,
    tenant_views::obstacles,
    workspaces,
};
use domain::{
    audit::AuditChange,
    ids::{EnvironmentId, TenantId, UserId},
    tenancy::{EnvironmentInput, EnvironmentLimits, TenantInput},
};

/// Keeps a tenant as it is until the transaction ends. `false`: there is none, or it is archived.
pub(crate) async fn lock_tenant(
    database: &Database,
    connection: &mut Transaction,
    id: TenantId,
) -> Result<bool, Cause> {
    Ok(locked_tenant(database, connection, id).await?.is_some())
}

async fn locked_tenant(
    database: &Database,
    connection: &mut Transaction,
    id: TenantId,
) -> Result<Option<Row>, Cause> {
    let mut sql = Sql::new("SELECT name, version, archived_at FROM tenants WHERE id = ");
    sql.bind(id).push(database.dialect().lock_referred_rows());
    unless_archived(sql.query().fetch_optional(connection).await?)
}

async fn locked_environment(
    database: &Database,
    connection: &mut Transaction,
    tenant: TenantId,
    id: EnvironmentId,
) -> Result<Option<Row>, Cause> {
    let mut sql = Sql::new(
        "SELECT name, version, archived_at, max_clusters, max_nodes, max_price_per_hour \
         FROM environments WHERE id = ",
    );
    sql.bind(id)
        .push(" AND tenant_id = ")
        .bind(tenant)
        .push(database.dialect().lock_referred_rows());
    unless_archived(sql.query().fetch_optional(connection).await?)
}

fn unless_archived(row: Option<Row>) -> Result<Option<Row>, Cause> {
    match row {
        Some(row) if optional_time(&row, "archived_at")?.is_none() => Ok(Some(row)),
        _ => Ok(None),
    }
}

pub(crate) async fn create_tenant(
    database: &Database,
    id: TenantId,
    input: &TenantInput,
    audit: &AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    let inserted = query(
        "INSERT INTO tenants (id, slug, name, name_folded, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (slug) DO NOTHING",
    )
    .bind(id)
    .bind(input.slug.clone())
    .bind(input.name.clone())
    .bind(input.name.to_lowercase())
    .bind(audit.at)
    .execute(writing.connection())
    .await?;
    if inserted == 0 {
        return Ok(TenancyChanged::SlugTaken);
    }
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

pub(crate) async fn rename_tenant(
    database: &Database,
    id: TenantId,
    name: &str,
    version: i64,
    audit: AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    let Some(row) = locked_tenant(database, writing.connection(), id).await? else {
        return Ok(TenancyChanged::Missing);
    };
    if number(&row, "version")? != version {
        return Ok(TenancyChanged::Stale);
    }
    query("UPDATE tenants SET name = $2, name_folded = $3, version = version + 1 WHERE id = $1")
        .bind(id)
        .bind(name.to_owned())
        .bind(name.to_lowercase())
        .execute(writing.connection())
        .await?;
    let change = AuditChange::new("name", Some(text(&row, "name")?), Some(name));
    audit::append(writing.connection(), &audit.with_changes([change])).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

pub(crate) async fn archive_tenant(
    database: &Database,
    id: TenantId,
    audit: &AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    if !lock_tenant(database, writing.connection(), id).await? {
        return Ok(TenancyChanged::Missing);
    }
    // Orders lock their environment: from here on none is put into any of these.
    let mut sql = Sql::new("SELECT id FROM environments WHERE tenant_id = ");
    sql.bind(id)
        .push(" ORDER BY id")
        .push(database.dialect().lock_referred_rows());
    sql.query().fetch_all(writing.connection()).await?;
    let left = obstacles(writing.connection(), id, None).await?;
    if !left.is_empty() {
        return Ok(TenancyChanged::NotEmpty(left));
    }
    for statement in [
        "UPDATE environments SET archived_at = $2, version = version + 1 \
         WHERE tenant_id = $1 AND archived_at IS NULL",
        "UPDATE tenants SET archived_at = $2, version = version + 1 WHERE id = $1",
    ] {
        query(statement)
            .bind(id)
            .bind(audit.at)
            .execute(writing.connection())
            .await?;
    }
    invitations::cancel_all(writing.connection(), id, None, audit.at).await?;
    let members = query("SELECT DISTINCT user_id FROM tenant_grants WHERE tenant_id = $1")
        .bind(id)
        .fetch_all(writing.connection())
        .await?;
    audit::append(writing.connection(), audit).await?;
    for member in &members {
        let user_id: UserId = crate::rows::id(member, "user_id")?;
        writing.announce(Change::Access { user_id });
    }
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

pub(crate) async fn create_environment(
    database: &Database,
    tenant: TenantId,
    id: EnvironmentId,
    input: &EnvironmentInput,
    audit: &AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    if !lock_tenant(database, writing.connection(), tenant).await? {
        return Ok(TenancyChanged::Missing);
    }
    let inserted = query(
        "INSERT INTO environments (id, tenant_id, slug, name, name_folded, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, slug) DO NOTHING",
    )
    .bind(id)
    .bind(tenant)
    .bind(input.slug.clone())
    .bind(input.name.clone())
    .bind(input.name.to_lowercase())
    .bind(audit.at)
    .execute(writing.connection())
    .await?;
    if inserted == 0 {
        return Ok(TenancyChanged::SlugTaken);
    }
    workspaces::make_missing(&mut writing).await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

pub(crate) async fn rename_environment(
    database: &Database,
    tenant: TenantId,
    id: EnvironmentId,
    name: &str,
    version: i64,
    audit: AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    let found = locked_environment(database, writing.connection(), tenant, id).await?;
    let Some(row) = found else {
        return Ok(TenancyChanged::Missing);
    };
    if number(&row, "version")? != version {
        return Ok(TenancyChanged::Stale);
    }
    query(
        "UPDATE environments SET name = $2, name_folded = $3, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(name.to_owned())
    .bind(name.to_lowercase())
    .execute(writing.connection())
    .await?;
    let change = AuditChange::new("name", Some(text(&row, "name")?), Some(name));
    audit::append(writing.connection(), &audit.with_changes([change])).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

pub(crate) async fn set_limits(
    database: &Database,
    tenant: TenantId,
    id: EnvironmentId,
    limits: EnvironmentLimits,
    version: i64,
    audit: AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    let found = locked_environment(database, writing.connection(), tenant, id).await?;
    let Some(row) = found else {
        return Ok(TenancyChanged::Missing);
    };
    if number(&row, "version")? != version {
        return Ok(TenancyChanged::Stale);
    }
    query(
        "UPDATE environments SET max_clusters = $2, max_nodes = $3, max_price_per_hour = $4, \
         version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(limits.max_clusters.map(i64::from))
    .bind(limits.max_nodes.map(i64::from))
    .bind(limits.max_price_per_hour.map(|price| price.0))
    .execute(writing.connection())
    .await?;
    let audit = audit.with_changes(changes(&crate::limits::limits(&row)?, &limits));
    audit::append(writing.connection(), &audit).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}

fn changes(before: &EnvironmentLimits, after: &EnvironmentLimits) -> [AuditChange; 3] {
    let count = |limit: Option<u32>| limit.map(|limit| limit.to_string());
    let price = |limits: &EnvironmentLimits| limits.max_price_per_hour.map(|it| it.to_string());
    [
        AuditChange::new(
            "max_clusters",
            count(before.max_clusters),
            count(after.max_clusters),
        ),
        AuditChange::new("max_nodes", count(before.max_nodes), count(after.max_nodes)),
        AuditChange::new("max_price_per_hour", price(before), price(after)),
    ]
}

pub(crate) async fn archive_environment(
    database: &Database,
    tenant: TenantId,
    id: EnvironmentId,
    audit: &AuditEntry,
) -> Result<TenancyChanged, Cause> {
    let mut writing = database.write().await?;
    let found = locked_environment(database, writing.connection(), tenant, id).await?;
    if found.is_none() {
        return Ok(TenancyChanged::Missing);
    }
    let left = obstacles(writing.connection(), tenant, Some(id)).await?;
    if !left.is_empty() {
        return Ok(TenancyChanged::NotEmpty(left));
    }
    query("UPDATE environments SET archived_at = $2, version = version + 1 WHERE id = $1")
        .bind(id)
        .bind(audit.at)
        .execute(writing.connection())
        .await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(TenancyChanged::Done)
}
