//! The dashboard: figures about clusters, nodes and limits.

use crate::{Core, clusters, nodes};
use domain::{
    access::Action,
    caller::{Caller, TenantScope},
    cluster::{Cluster, ClusterState},
    listing::ClusterQuery,
    node::{
        listing::NodeQuery,
        view::{Node, NodeState},
    },
    overview::Overview,
    problem::Problem,
    quota::{LimitedEnvironment, QuotaUsage},
    tenancy::Tenant,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

const SHOWN: u32 = 8;

impl Core {
    /// The dashboard.
    ///
    /// # Errors
    /// The database fails.
    pub async fn overview(&self, caller: &Caller) -> Result<Overview, Problem> {
        let now = Timestamp::now();
        let scope = caller.extent(Action::ReadCluster);
        let everything = ClusterQuery {
            states: vec![ClusterState::Failed, ClusterState::Degraded],
            per_page: SHOWN,
            ..ClusterQuery::default()
        };
        let mine = ClusterQuery {
            mine: true,
            per_page: SHOWN,
            ..ClusterQuery::default()
        };
        let needs_you = self
            .db
            .clusters()
            .list(&scope, caller.user_id, &everything)
            .await?;
        let mine = self
            .db
            .clusters()
            .list(&scope, caller.user_id, &mine)
            .await?;
        let ends_soon = self
            .db
            .clusters()
            .ending_before(&scope, now + SignedDuration::from_hours(24), SHOWN)
            .await?;
        let nodes_need_you = NodeQuery {
            states: vec![NodeState::Failed, NodeState::Degraded],
            per_page: SHOWN,
            ..NodeQuery::default()
        };
        let my_nodes = NodeQuery {
            mine: true,
            per_page: SHOWN,
            ..NodeQuery::default()
        };
        let node_scope = caller.extent(Action::ReadNode);
        let nodes_need_you = self
            .db
            .nodes()
            .list(&node_scope, caller.user_id, &nodes_need_you)
            .await?;
        let my_nodes = self
            .db
            .nodes()
            .list(&node_scope, caller.user_id, &my_nodes)
            .await?;
        let nodes_end_soon = self
            .db
            .nodes()
            .ending_before(&node_scope, now + SignedDuration::from_hours(24), SHOWN)
            .await?;
        let node_costs = self
            .db
            .nodes()
            .costs(&node_scope, month_start(now), now)
            .await?;
        let node_count = |wanted: fn(NodeState) -> bool| {
            nodes_need_you
                .counts
                .iter()
                .filter(|entry| wanted(entry.state))
                .map(|entry| entry.count)
                .sum()
        };
        let node_views = |records: Vec<_>| -> Vec<Node> {
            records
                .into_iter()
                .map(|record| nodes::view::node(record, caller, now))
                .collect()
        };
        let costs = self
            .db
            .clusters()
            .costs(&scope, month_start(now), now)
            .await?;
        let count = |wanted: fn(ClusterState) -> bool| {
            needs_you
                .counts
                .iter()
                .filter(|entry| wanted(entry.state))
                .map(|entry| entry.count)
                .sum()
        };
        let views = |records: Vec<_>| -> Vec<Cluster> {
            records
                .into_iter()
                .map(|record| clusters::view::cluster(record, caller))
                .collect()
        };
        Ok(Overview {
            running: count(|state| matches!(state, ClusterState::Ready | ClusterState::Degraded)),
            moving: count(ClusterState::is_moving),
            nodes_running: node_count(NodeState::is_up),
            nodes_moving: node_count(NodeState::is_moving),
            nodes_need_you: node_views(nodes_need_you.items),
            nodes_end_soon: node_views(nodes_end_soon),
            my_nodes: node_views(my_nodes.items),
            needs_you: views(needs_you.items),
            ends_soon: views(ends_soon),
            mine: views(mine.items),
            price_per_hour: costs.price_per_hour + node_costs.price_per_hour,
            spent_this_month: costs.spent + node_costs.spent,
            limited: self.limited(caller).await?,
            lately: self.db.audit().recent(&scope, SHOWN).await?,
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

/// The first moment of the month of `now`, in UTC.
fn month_start(now: Timestamp) -> Timestamp {
    let date = now.to_zoned(TimeZone::UTC).date().first_of_month();
    date.to_zoned(TimeZone::UTC)
        .map_or(now, |zoned| zoned.timestamp())
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
