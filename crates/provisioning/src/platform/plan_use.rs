//! Which plans there are, and how many clusters have them.

use domain::{plan::Plan, platform::PlanUse};
use persistence::records::ClusterTally;
use std::collections::BTreeSet;

const HOURS_IN_30_DAYS: i64 = 30 * 24;

/// Those that are offered in their order, then the others by name.
pub(super) fn of_all(offered: &[Plan], tallies: &[ClusterTally]) -> Vec<PlanUse> {
    let names: BTreeSet<&str> = tallies
        .iter()
        .map(|tally| tally.plan.name.as_str())
        .collect();
    let gone = names
        .into_iter()
        .filter(|name| !offered.iter().any(|plan| plan.name == *name))
        .filter_map(|name| most_used(name, tallies));
    let there = offered.iter().map(|plan| plan_use(plan, true, tallies));
    there
        .chain(gone.map(|plan| plan_use(plan, false, tallies)))
        .collect()
}

/// The plan of this name as most clusters have it: it may have been configured in several ways one after another.
fn most_used<'a>(name: &str, tallies: &'a [ClusterTally]) -> Option<&'a Plan> {
    let mut ways: Vec<(&Plan, u64)> = Vec::new();
    for tally in tallies.iter().filter(|tally| tally.plan.name == name) {
        match ways.iter_mut().find(|(plan, _)| **plan == tally.plan) {
            Some((_, clusters)) => *clusters += tally.clusters,
            None => ways.push((&tally.plan, tally.clusters)),
        }
    }
    ways.into_iter()
        .max_by_key(|(_, clusters)| *clusters)
        .map(|(plan, _)| plan)
}

fn plan_use(plan: &Plan, offered: bool, tallies: &[ClusterTally]) -> PlanUse {
    let of_it = || tallies.iter().filter(|tally| tally.plan.name == plan.name);
    PlanUse {
        plan: plan.clone(),
        offered,
        price_in_30_days: plan.price_per_hour.times_hours(HOURS_IN_30_DAYS),
        clusters: of_it().map(|tally| tally.clusters).sum(),
        clusters_as_before: of_it()
            .filter(|tally| !same_terms(&tally.plan, plan))
            .map(|tally| tally.clusters)
            .sum(),
    }
}

/// Whether limits and price are the same; what it is called is no term of it.
fn same_terms(one: &Plan, other: &Plan) -> bool {
    let terms = |plan: &Plan| {
        (
            plan.cpu_millis,
            plan.memory_mib,
            plan.storage_gib,
            plan.pods,
            plan.price_per_hour,
            plan.paused_price_per_hour,
            plan.max_lifetime_hours,
        )
    };
    terms(one) == terms(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MicroDollars;

    fn tally(host: &str, plan: &Plan, clusters: u64) -> ClusterTally {
        ClusterTally {
            host: host.into(),
            plan: plan.clone(),
            clusters,
            need_attention: 0,
            price_per_hour: plan.price_per_hour,
        }
    }

    #[test]
    fn plans_are_counted_over_all_hosts_and_by_name_whatever_they_once_cost() {
        let offered = Plan::defaults();
        let cheaper = Plan {
            title: "Little".into(),
            price_per_hour: MicroDollars(10_000),
            ..offered[0].clone()
        };
        let renamed = Plan {
            title: "Mid".into(),
            ..offered[1].clone()
        };
        let tallies = [
            tally("a", &offered[0], 3),
            tally("b", &offered[0], 2),
            tally("b", &cheaper, 4),
            tally("b", &renamed, 1),
        ];
        let uses = of_all(&offered, &tallies);
        let counts: Vec<_> = uses
            .iter()
            .map(|used| {
                let name = used.plan.name.as_str();
                (name, used.clusters, used.clusters_as_before)
            })
            .collect();
        assert_eq!(counts, [("small", 9, 4), ("medium", 1, 0), ("large", 0, 0)]);
        assert!(uses.iter().all(|used| used.offered));
        assert_eq!(uses[0].price_in_30_days, MicroDollars(57_600_000));
    }

    #[test]
    fn a_plan_that_is_gone_is_shown_as_most_of_its_clusters_have_it() {
        let old = Plan::defaults().remove(2);
        let older = Plan {
            pods: 5,
            ..old.clone()
        };
        let tallies = [
            tally("a", &older, 3),
            tally("a", &old, 2),
            tally("b", &old, 2),
        ];
        let uses = of_all(&Plan::defaults()[..2], &tallies);
        assert_eq!(uses.len(), 3);
        let gone = &uses[2];
        assert!(!gone.offered);
        assert_eq!((gone.clusters, gone.clusters_as_before), (7, 3));
        assert_eq!(gone.plan, old);
    }
}
