//! Tenants with their environments, members and invitations. A change that depends on a tenant locks the
//! tenant's row first, so that the tenant is not archived meanwhile.

mod changes;
mod environments;
pub(crate) mod invitations;
mod members;
mod views;

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    error::Stored,
    handles::Tenants,
    rows::{self, Row, id, optional_id, optional_time},
    sql::{Sql, query},
    tenant_records::TenantKey,
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    ids::{EnvironmentId, TenantId},
    tenancy::Tenant,
};
use uuid::Uuid;

impl Tenants<'_> {
    /// Every tenant that is not archived, with its environments that are not, by name.
    pub async fn active(self) -> Stored<Vec<Tenant>> {
        self.active_in(&TenantScope::All).await
    }

    /// As [`active`](Self::active), of the tenants in `scope` only.
    pub async fn active_in(self, scope: &TenantScope) -> Stored<Vec<Tenant>> {
        doing("list tenants", async {
            let mut sql = Sql::new(ACTIVE);
            if let TenantScope::Only(tenants) = scope {
                sql.push(" AND t.id IN ").bind_list(tenants.iter().copied());
            }
            sql.push(" ORDER BY t.name_folded, t.id, e.name_folded, e.id");
            tenants_of(&sql.query().fetch_all(self.0.readers()).await?)
        })
        .await
    }

    /// The ids of all tenants and environments, also of archived ones.
    pub async fn ids(self) -> Stored<(Vec<TenantId>, Vec<EnvironmentId>)> {
        doing("list the ids of tenants", async {
            let tenants = query("SELECT id FROM tenants")
                .fetch_all(self.0.readers())
                .await?;
            let environments = query("SELECT id FROM environments")
                .fetch_all(self.0.readers())
                .await?;
            let tenants = tenants.iter().map(|row| id(row, "id"));
            let environments = environments.iter().map(|row| id(row, "id"));
            Ok((
                tenants.collect::<Result<_, Cause>>()?,
                environments.collect::<Result<_, Cause>>()?,
            ))
        })
        .await
    }

    /// One tenant that is not archived, with its environments that are not.
    pub async fn find(self, key: TenantKey<'_>) -> Stored<Option<Tenant>> {
        doing("find a tenant", async {
            let mut sql = Sql::new(ACTIVE);
            match key {
                TenantKey::Id(id) => sql.push(" AND t.id = ").bind(id),
                // No slug contains it, and PostgreSQL refuses it.
                TenantKey::Slug(slug) if slug.contains('\0') => return Ok(None),
                TenantKey::Slug(slug) => sql.push(" AND t.slug = ").bind(slug),
            };
            sql.push(" ORDER BY e.name_folded, e.id");
            Ok(tenants_of(&sql.query().fetch_all(self.0.readers()).await?)?.pop())
        })
        .await
    }
}

const ACTIVE: &str = "SELECT t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, \
    e.id AS environment_id, e.slug AS environment_slug, e.name AS environment_name \
    FROM tenants t LEFT JOIN environments e ON e.tenant_id = t.id AND e.archived_at IS NULL \
    WHERE t.archived_at IS NULL";

/// From rows in the order of tenants.
fn tenants_of(rows: &[Row]) -> Result<Vec<Tenant>, Cause> {
    let mut tenants: Vec<Tenant> = Vec::new();
    for row in rows {
        let tenant = rows::tenant(row)?;
        if tenants.last().is_none_or(|last| last.tenant != tenant) {
            tenants.push(Tenant {
                tenant,
                environments: Vec::new(),
            });
        }
        if let (Some(last), Some(_)) = (
            tenants.last_mut(),
            optional_id::<Uuid>(row, "environment_id")?,
        ) {
            last.environments.push(rows::environment(row)?);
        }
    }
    Ok(tenants)
}

/// Locks a tenant until the transaction ends. `false`: the tenant does not exist or is archived.
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

fn unless_archived(row: Option<Row>) -> Result<Option<Row>, Cause> {
    match row {
        Some(row) if optional_time(&row, "archived_at")?.is_none() => Ok(Some(row)),
        _ => Ok(None),
    }
}
