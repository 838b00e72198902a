//! The dashboard: figures about clusters, nodes and limits.

use crate::{
    Core,
    resources::{ManagedKind, Resources, view},
};
use domain::{
    access::Action,
    caller::{Caller, TenantScope},
    listing::ListQuery,
    overview::Overview,
    problem::Problem,
    quota::{LimitedEnvironment, QuotaUsage},
    resource::{Kind, Resource, State},
    tenancy::Tenant,
    usage_report::{day_of, start_of},
};
use jiff::{SignedDuration, Timestamp};
use persistence::records::Costs;

const SHOWN: u32 = 8;

impl Core {
    /// The dashboard.
    ///
    /// # Errors
    /// The database fails.
    pub async fn overview(&self, caller: &Caller) -> Result<Overview, Problem> {
        let now = Timestamp::now();
        let scope = caller.extent(Action::ReadCluster);
        let recent = async { Ok(self.db.audit().recent(&scope, SHOWN).await?) };
        let (clusters, nodes, limited, recent) = tokio::try_join!(
            figures(&self.clusters, caller, now),
            figures(&self.nodes, caller, now),
            self.limited(caller),
            recent,
        )?;
        Ok(Overview {
            running: clusters.up,
            moving: clusters.moving,
            need_attention: clusters.need_attention,
            ends_soon: clusters.end_soon,
            mine: clusters.mine,
            nodes_running: nodes.up,
            nodes_moving: nodes.moving,
            nodes_need_attention: nodes.need_attention,
            nodes_end_soon: nodes.end_soon,
            my_nodes: nodes.mine,
            price_per_hour: clusters.costs.price_per_hour + nodes.costs.price_per_hour,
            spent_this_month: clusters.costs.spent + nodes.costs.spent,
            limited,
            recent,
            now,
        })
    }

    /// Of one's own tenants only: platform admins see what all have on the page of tenants.
    async fn limited(&self, caller: &Caller) -> Result<Vec<LimitedEnvironment>, Problem> {
        let memberships = caller.memberships.iter();
        let own: Vec<_> = memberships
            .map(|membership| membership.tenant_id)
            .filter(|tenant| caller.may(Action::ReadTenant, *tenant))
            .collect();
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let own = TenantScope::Only(own);
        let quotas = self.db.tenants().quotas(&own).await?;
        if quotas.is_empty() {
            return Ok(Vec::new());
        }
        Ok(named(&self.db.tenants().active_in(&own).await?, &quotas))
    }
}

/// By the names of tenants and environments.
fn named(tenants: &[Tenant], quotas: &[QuotaUsage]) -> Vec<LimitedEnvironment> {
    let environments = tenants.iter().flat_map(|tenant| {
        let environments = tenant.environments.iter();
        environments.map(|environment| (&tenant.tenant, environment))
    });
    environments
        .filter_map(|(tenant, environment)| {
            let mut quotas = quotas.iter();
            let quota = quotas.find(|quota| quota.environment_id == environment.id)?;
            Some(LimitedEnvironment {
                tenant: tenant.clone(),
                environment: environment.clone(),
                quota: *quota,
            })
        })
        .collect()
}

/// What the dashboard shows of a kind of resource.
struct Figures<K: Kind> {
    /// How many can be used.
    up: u64,
    moving: u64,
    need_attention: Vec<Resource<K>>,
    end_soon: Vec<Resource<K>>,
    mine: Vec<Resource<K>>,
    costs: Costs,
}

async fn figures<K: ManagedKind>(
    resources: &Resources<K>,
    caller: &Caller,
    now: Timestamp,
) -> Result<Figures<K>, Problem> {
    let scope = caller.extent(K::READ);
    let table = resources.table();
    let states = K::State::EVERY.iter().copied();
    let need_attention = ListQuery {
        states: states.filter(|state| state.needs_attention()).collect(),
        per_page: SHOWN,
        ..ListQuery::default()
    };
    let mine = async {
        match caller.user_id {
            Some(user) => table.newest_of(&scope, user, SHOWN).await,
            None => Ok(Vec::new()),
        }
    };
    let tomorrow = now + SignedDuration::from_hours(24);
    let (need_attention, mine, end_soon, costs) = tokio::try_join!(
        table.list(&scope, caller.user_id, &need_attention),
        mine,
        table.ending_before(&scope, tomorrow, SHOWN),
        table.costs(&scope, month_start(now), now),
    )?;
    let counts = &need_attention.counts;
    let count = |is: fn(K::State) -> bool| {
        let counts = counts.iter().filter(|count| is(count.state));
        counts.map(|count| count.count).sum()
    };
    let views = |records: Vec<_>| -> Vec<Resource<K>> {
        let views = records.into_iter().map(|record| view(record, caller, now));
        views.collect()
    };
    Ok(Figures {
        up: count(K::State::is_up),
        moving: count(K::State::is_moving),
        need_attention: views(need_attention.items),
        end_soon: views(end_soon),
        mine: views(mine),
        costs,
    })
}

/// The first moment of the month of `now`, in UTC.
pub(crate) fn month_start(now: Timestamp) -> Timestamp {
    start_of(day_of(now).first_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_begins_at_its_first_midnight_in_utc() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            month_start(at("2026-11-21T10:00:00Z")),
            at("2026-11-01T00:00:00Z")
        );
    }
}
