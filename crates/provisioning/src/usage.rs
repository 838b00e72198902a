//! What was used and what it cost.

use crate::{
    Core,
    authorization::{authorize, authorize_listing},
    overview::month_start,
};
use domain::{
    access::Action,
    caller::{Caller, TenantScope},
    problem::Problem,
    usage_report::{UsageQuery, UsageReport, report},
};
use jiff::Timestamp;
use persistence::tenant_records::TenantKey;

impl Core {
    /// A report of what the tenants used whose costs the caller may see.
    ///
    /// # Errors
    /// Not found for a tenant the caller may not see, or forbidden.
    pub async fn usage(&self, caller: &Caller, query: &UsageQuery) -> Result<UsageReport, Problem> {
        let now = Timestamp::now();
        let scope = self.usage_scope(caller, query.tenant.as_deref()).await?;
        let period = query.period(now);
        let changes = self.db.usage().changes(&scope, period, query.by).await?;
        let (lines, days) = report(&changes, period, query.by);
        let month = month_start(now);
        let (clusters, nodes) = tokio::try_join!(
            self.db.clusters().costs(&scope, month, now),
            self.db.nodes().costs(&scope, month, now),
        )?;
        let price_per_hour = clusters.price_per_hour + nodes.price_per_hour;
        let cost = lines.iter().map(|line| line.cost).sum();
        let left = query.end().duration_since(now).as_secs();
        let is_open = period.until == now && left > 0;
        Ok(UsageReport {
            from: period.from,
            until: period.until,
            by: query.by,
            lines,
            days,
            cost,
            price_per_hour,
            forecast: is_open.then(|| cost + price_per_hour.times_seconds(left)),
        })
    }

    async fn usage_scope(
        &self,
        caller: &Caller,
        tenant: Option<&str>,
    ) -> Result<TenantScope, Problem> {
        authorize_listing(caller, Action::ReadTenant)?;
        let Some(slug) = tenant else {
            return Ok(caller.extent(Action::ReadTenant));
        };
        let found = self.db.tenants().find(TenantKey::Slug(slug)).await?;
        let found = found.ok_or_else(|| Problem::not_found("tenant"))?;
        authorize(caller, Action::ReadTenant, found.tenant.id, "tenant")?;
        Ok(TenantScope::Only(vec![found.tenant.id]))
    }
}
