//! Creating, renaming, limiting and archiving environments.

use super::{lock_tenant, unless_archived, views::obstacles};
use crate::{
    Cause,
    audit_records::AuditEntry,
    connection::Transaction,
    database::Database,
    error::Stored,
    handles::Tenants,
    limits,
    rows::{Row, number, text},
    sql::{Sql, query},
    tenant_records::TenancyChanged,
    transaction::doing,
    workspaces,
};
use domain::{
    audit::AuditChange,
    ids::{EnvironmentId, TenantId},
    tenancy::{EnvironmentInput, EnvironmentLimits},
};

impl Tenants<'_> {
    /// Creates an environment with its workspace, on which work is due; announces it.
    pub async fn create_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        input: &EnvironmentInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("create an environment", async {
            let mut writing = self.0.write().await?;
            if !lock_tenant(self.0, writing.connection(), tenant).await? {
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
            workspaces::create_missing(&mut writing).await?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }

    /// Renames an environment that still has this `version`.
    pub async fn rename_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("rename an environment", async {
            let mut writing = self.0.write().await?;
            let found = locked_environment(self.0, writing.connection(), tenant, id).await?;
            let Some(row) = found else {
                return Ok(TenancyChanged::Missing);
            };
            if number(&row, "version")? != version {
                return Ok(TenancyChanged::Stale);
            }
            query(
                "UPDATE environments SET name = $2, name_folded = $3, version = version + 1 \
                 WHERE id = $1",
            )
            .bind(id)
            .bind(name.to_owned())
            .bind(name.to_lowercase())
            .execute(writing.connection())
            .await?;
            let change = AuditChange::new("name", Some(text(&row, "name")?), Some(name));
            writing.append(&audit.with_changes([change])).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }

    /// Sets the limits of an environment that still has this `version`.
    pub async fn set_limits(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("set the limits of an environment", async {
            let mut writing = self.0.write().await?;
            let found = locked_environment(self.0, writing.connection(), tenant, id).await?;
            let Some(row) = found else {
                return Ok(TenancyChanged::Missing);
            };
            if number(&row, "version")? != version {
                return Ok(TenancyChanged::Stale);
            }
            query(
                "UPDATE environments SET max_clusters = $2, max_nodes = $3, max_price_per_hour = \
                 $4, \
                 version = version + 1 WHERE id = $1",
            )
            .bind(id)
            .bind(limits.max_clusters.map(i64::from))
            .bind(limits.max_nodes.map(i64::from))
            .bind(limits.max_price_per_hour.map(|price| price.0))
            .execute(writing.connection())
            .await?;
            let audit = audit.with_changes(changes(&limits::limits(&row)?, &limits));
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }

    /// Archives an empty environment.
    pub async fn archive_environment(
        self,
        tenant: TenantId,
        id: EnvironmentId,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("archive an environment", async {
            let mut writing = self.0.write().await?;
            let found = locked_environment(self.0, writing.connection(), tenant, id).await?;
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
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }
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
