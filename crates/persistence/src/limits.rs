//! The limits of environments, checked when a resource is created. The environment's row stays locked
//! until the transaction ends, so that of several creations at once each sees those before it.

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    error::Stored,
    handles::Tenants,
    list::push_scope,
    records::QuotaCheck,
    rows::{Row, id, number, optional_number, optional_time},
    sql::Sql,
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    ids::EnvironmentId,
    money::MicroDollars,
    quota::{QuotaRequest, QuotaUsage},
    tenancy::{EnvironmentLimits, EnvironmentUse},
};

/// The usage of the environment `r`, as columns.
pub(crate) const IN_USE: &str = "(SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) FROM tally y \
    WHERE y.kind = 'clusters' AND y.tenant_id = r.tenant_id AND y.environment_id = r.id \
    AND y.state <> 'deleted') AS clusters, \
    (SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) FROM tally y \
    WHERE y.kind = 'nodes' AND y.tenant_id = r.tenant_id AND y.environment_id = r.id \
    AND y.state <> 'deleted') AS nodes, \
    (SELECT CAST(COALESCE(SUM(y.price_per_hour), 0) AS BIGINT) FROM tally y \
    WHERE y.kind IN ('clusters', 'nodes') AND y.tenant_id = r.tenant_id \
    AND y.environment_id = r.id AND y.state <> 'deleted') AS price_per_hour";

impl Tenants<'_> {
    /// The limits and usage of the environments in `scope` that have limits and are not archived.
    pub async fn quotas(self, scope: &TenantScope) -> Stored<Vec<QuotaUsage>> {
        doing("read limits and usage", async {
            let mut sql = Sql::new(format!(
                "SELECT r.id, r.max_clusters, r.max_nodes, r.max_price_per_hour, {IN_USE} \
                 FROM environments r WHERE r.archived_at IS NULL AND (r.max_clusters IS NOT NULL \
                 OR r.max_nodes IS NOT NULL OR r.max_price_per_hour IS NOT NULL) AND "
            ));
            push_scope(&mut sql, scope, "");
            sql.push(" ORDER BY r.id");
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter()
                .map(|row| {
                    Ok(QuotaUsage {
                        environment_id: id(row, "id")?,
                        limits: limits(row)?,
                        in_use: in_use(row)?,
                    })
                })
                .collect()
        })
        .await
    }
}

/// Locks the environment and checks its quota. For an environment that does not exist the quota is
/// enough: its foreign key refuses the resource.
pub(crate) async fn quota(
    database: &Database,
    connection: &mut Transaction,
    environment: EnvironmentId,
    wanted: QuotaRequest,
) -> Result<QuotaCheck, Cause> {
    let mut sql = Sql::new(
        "SELECT archived_at, max_clusters, max_nodes, max_price_per_hour FROM environments \
         WHERE id = ",
    );
    sql.bind(environment)
        .push(database.dialect().lock_referred_rows());
    let Some(row) = sql.query().fetch_optional(&mut *connection).await? else {
        return Ok(QuotaCheck::Enough);
    };
    if optional_time(&row, "archived_at")?.is_some() {
        return Ok(QuotaCheck::Archived);
    }
    let limits = limits(&row)?;
    if limits == EnvironmentLimits::default() {
        return Ok(QuotaCheck::Enough);
    }
    // After the lock, to see what was created while waiting for it.
    let mut sql = Sql::new(format!("SELECT {IN_USE} FROM environments r WHERE r.id = "));
    sql.bind(environment);
    let used = in_use(&sql.query().fetch_one(connection).await?)?;
    Ok(match limits.reached(&used, wanted) {
        Some(reached) => QuotaCheck::LimitReached(reached),
        None => QuotaCheck::Enough,
    })
}

/// From `max_clusters`, `max_nodes` and `max_price_per_hour`.
pub(crate) fn limits(row: &Row) -> Result<EnvironmentLimits, Cause> {
    let count = |column| -> Result<Option<u32>, Cause> {
        Ok(optional_number(row, column)?
            .map(u32::try_from)
            .transpose()?)
    };
    Ok(EnvironmentLimits {
        max_clusters: count("max_clusters")?,
        max_nodes: count("max_nodes")?,
        max_price_per_hour: optional_number(row, "max_price_per_hour")?.map(MicroDollars),
    })
}

/// From the columns of [`IN_USE`].
pub(crate) fn in_use(row: &Row) -> Result<EnvironmentUse, Cause> {
    Ok(EnvironmentUse {
        clusters: u32::try_from(number(row, "clusters")?)?,
        nodes: u32::try_from(number(row, "nodes")?)?,
        price_per_hour: MicroDollars(number(row, "price_per_hour")?),
    })
}
