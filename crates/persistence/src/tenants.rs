//! Tenants and their environments.

use crate::{
    Cause,
    connection::Transaction,
    error::Stored,
    handles::Tenants,
    new_id,
    records::TenantSeed,
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
    /// Makes sure these exist; what exists is left as it is, and what was archived stays so.
    pub async fn seed(self, seeds: &[TenantSeed]) -> Stored<()> {
        doing("make sure that the configured tenants exist", async {
            let mut writing = self.0.write().await?;
            for seed in seeds {
                write_seed(writing.connection(), seed).await?;
            }
            writing.commit().await
        })
        .await
    }

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

    /// One tenant that is not archived, with its environments that are not.
    pub async fn find(self, key: TenantKey<'_>) -> Stored<Option<Tenant>> {
        doing("find a tenant", async {
            let mut sql = Sql::new(ACTIVE);
            match key {
                TenantKey::Id(id) => sql.push(" AND t.id = ").bind(id),
                // Nothing stored holds one, and PostgreSQL refuses to be asked.
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

/// From rows in which those of a tenant come one after the other.
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

async fn write_seed(connection: &mut Transaction, seed: &TenantSeed) -> Result<(), Cause> {
    query(
        "INSERT INTO tenants (id, slug, name, name_folded) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (slug) DO NOTHING",
    )
    .bind(new_id::<TenantId>())
    .bind(seed.slug.clone())
    .bind(seed.name.clone())
    .bind(seed.name.to_lowercase())
    .execute(&mut *connection)
    .await?;
    let row = query("SELECT id, archived_at FROM tenants WHERE slug = $1")
        .bind(seed.slug.clone())
        .fetch_one(&mut *connection)
        .await?;
    if optional_time(&row, "archived_at")?.is_some() {
        // The configuration still names it; whoever archived it knew more.
        return Ok(());
    }
    let tenant: TenantId = id(&row, "id")?;
    for (slug, name) in &seed.environments {
        query(
            "INSERT INTO environments (id, tenant_id, slug, name, name_folded) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, slug) DO NOTHING",
        )
        .bind(new_id::<EnvironmentId>())
        .bind(tenant)
        .bind(slug.clone())
        .bind(name.clone())
        .bind(name.to_lowercase())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
