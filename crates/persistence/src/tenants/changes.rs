//! Creating, renaming and archiving tenants.

use super::{invitations::cancel_all, lock_tenant, locked_tenant, views::obstacles};
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    error::Stored,
    handles::Tenants,
    new_id,
    records::TenantSeed,
    rows::{id, number, optional_time, text},
    sql::{Sql, query},
    tenant_records::TenancyChanged,
    transaction::doing,
};
use domain::{
    audit::AuditChange,
    display_name::name_key,
    ids::{EnvironmentId, TenantId, UserId},
    tenancy::TenantInput,
};

impl Tenants<'_> {
    /// Creates the tenants and environments that do not exist. Existing ones are not changed, and
    /// archived ones stay archived.
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

    pub async fn create(
        self,
        id: TenantId,
        input: &TenantInput,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("create a tenant", async {
            let mut writing = self.0.write().await?;
            let inserted = query(
                "INSERT INTO tenants (id, slug, name, name_folded, name_key, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            )
            .bind(id)
            .bind(input.slug.clone())
            .bind(input.name.clone())
            .bind(input.name.to_lowercase())
            .bind(name_key(&input.name))
            .bind(audit.at)
            .execute(writing.connection())
            .await?;
            if inserted == 0 {
                let with_slug = query("SELECT id FROM tenants WHERE slug = $1")
                    .bind(input.slug.clone())
                    .fetch_optional(writing.connection())
                    .await?;
                return Ok(match with_slug {
                    Some(_) => TenancyChanged::SlugTaken,
                    None => TenancyChanged::NameTaken,
                });
            }
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }

    /// Renames a tenant that still has this `version`.
    pub async fn rename(
        self,
        id: TenantId,
        name: &str,
        version: i64,
        audit: AuditEntry,
    ) -> Stored<TenancyChanged> {
        doing("rename a tenant", async {
            let mut writing = self.0.write().await?;
            let Some(row) = locked_tenant(self.0, writing.connection(), id).await? else {
                return Ok(TenancyChanged::Missing);
            };
            if number(&row, "version")? != version {
                return Ok(TenancyChanged::Stale);
            }
            let renamed = query(
                "UPDATE tenants SET name = $2, name_folded = $3, name_key = $4, \
                 version = version + 1 WHERE id = $1",
            )
            .bind(id)
            .bind(name.to_owned())
            .bind(name.to_lowercase())
            .bind(name_key(name))
            .execute(writing.connection())
            .await;
            if renamed.as_ref().is_err_and(is_not_unique) {
                return Ok(TenancyChanged::NameTaken);
            }
            renamed?;
            let change = AuditChange::new("name", Some(text(&row, "name")?), Some(name));
            writing.append(&audit.with_changes([change])).await?;
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }

    /// Archives an empty tenant with its environments, cancels its open invitations, and announces to
    /// its members that their access changed.
    pub async fn archive(self, id: TenantId, audit: AuditEntry) -> Stored<TenancyChanged> {
        doing("archive a tenant", async {
            let mut writing = self.0.write().await?;
            if !lock_tenant(self.0, writing.connection(), id).await? {
                return Ok(TenancyChanged::Missing);
            }
            // Creating a resource locks its environment: from here on none is created in any of these.
            let mut sql = Sql::new("SELECT id FROM environments WHERE tenant_id = ");
            sql.bind(id)
                .push(" ORDER BY id")
                .push(self.0.dialect().lock_referred_rows());
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
            cancel_all(writing.connection(), id, None, audit.at).await?;
            let members = query("SELECT DISTINCT user_id FROM tenant_grants WHERE tenant_id = $1")
                .bind(id)
                .fetch_all(writing.connection())
                .await?;
            writing.append(&audit).await?;
            for member in &members {
                let user_id: UserId = crate::rows::id(member, "user_id")?;
                writing.announce(Change::Access { user_id });
            }
            writing.commit().await?;
            Ok(TenancyChanged::Done)
        })
        .await
    }
}

fn is_not_unique(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}

async fn write_seed(connection: &mut Transaction, seed: &TenantSeed) -> Result<(), Cause> {
    query(
        "INSERT INTO tenants (id, slug, name, name_folded, name_key) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(new_id::<TenantId>())
    .bind(seed.slug.clone())
    .bind(seed.name.clone())
    .bind(seed.name.to_lowercase())
    .bind(name_key(&seed.name))
    .execute(&mut *connection)
    .await?;
    let row = query("SELECT id, archived_at FROM tenants WHERE slug = $1")
        .bind(seed.slug.clone())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| {
            format!(
                "the name “{}” of tenants.{} looks like the name of another tenant: configure another name",
                seed.name, seed.slug
            )
        })?;
    if optional_time(&row, "archived_at")?.is_some() {
        // The configuration still names it, but an admin archived it.
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
