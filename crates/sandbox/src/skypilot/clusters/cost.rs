//! What clusters have cost, those that are gone too. As with the real server, everybody sees everybody's.

use serde_json::{Value, json};

use super::{Cluster, PastCluster};
use crate::skypilot::clock::now;
use crate::skypilot::python;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::store::State;

const SECONDS_PER_DAY: i64 = 24 * 3600;
const SECONDS_PER_HOUR: f64 = 3600.0;

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub days: i64,
    pub hashes: Option<Vec<String>>,
    pub names: Option<Vec<String>>,
    /// Only what a list needs, which leaves out the cost.
    pub summary: bool,
}

impl Report {
    fn wants(&self, past: &PastCluster) -> bool {
        let listed = |list: &Option<Vec<String>>, one: &str| {
            list.as_ref()
                .is_some_and(|list| list.iter().any(|listed| listed == one))
        };
        (self.hashes.is_none() && self.names.is_none())
            || listed(&self.hashes, &past.hash)
            || listed(&self.names, &past.name)
    }
}

pub fn cost_report(state: &State, report: &Report) -> Value {
    let since = now() - report.days * SECONDS_PER_DAY;
    let living = state
        .clusters
        .values()
        .filter(|cluster| !cluster.usage.is_empty())
        .map(|cluster| (Some(cluster), past_of(cluster)));
    let gone = state
        .history
        .iter()
        .filter(|past| {
            let last = past.usage.last().and_then(|(_, until)| *until);
            last.is_none_or(|last| last >= since)
        })
        .map(|past| (None, past.clone()));
    let mut rows: Vec<_> = living
        .chain(gone)
        .filter(|(_, past)| report.wants(past))
        .collect();
    rows.sort_by_key(|(_, past)| std::cmp::Reverse(past.launched_at));
    rows.iter()
        .map(|(living, past)| row(state, *living, past, report))
        .collect()
}

fn past_of(cluster: &Cluster) -> PastCluster {
    let mut past = cluster.clone().into_past();
    // It still runs.
    past.usage.clone_from(&cluster.usage);
    past
}

fn row(state: &State, living: Option<&Cluster>, past: &PastCluster, report: &Report) -> Value {
    let resources = &past.resources;
    let duration: i64 = past
        .usage
        .iter()
        .map(|(from, until)| until.unwrap_or_else(now) - from)
        .sum();
    let mut row = json!({
        "name": past.name,
        "launched_at": past.launched_at,
        "duration": duration,
        "num_nodes": 1,
        "priority": null,
        "priority_class": null,
        "cluster_hash": past.hash,
        "status": living.map(|cluster| cluster.status),
        "user_name": state.user(&past.user_id).map(|user| &user.name),
        "workspace": past.workspace,
        "last_event": past.last_event,
        "node_names": past.node_name,
        "cloud": resources.cloud.name(),
        "resources_str": format!("1x{}", resources.short()),
        "resources_str_full": format!("1x{}", resources.full()),
    });
    if !report.summary {
        // Seconds fit exactly until long after the last of them.
        #[expect(clippy::cast_precision_loss)]
        let hours = duration as f64 / SECONDS_PER_HOUR;
        row["resources"] = json!(PICKLED_NONE);
        row["usage_intervals"] = json!(past.usage);
        row["user_hash"] = json!(past.user_id);
        row["last_creation_yaml"] = Value::Null;
        row["last_creation_command"] = Value::Null;
        row["total_cost"] = json!(hours * resources.price);
        row["region"] = json!(resources.region);
        row["cpus"] = json!(python::float(resources.vcpus));
        row["memory"] = json!(python::float(resources.memory));
        row["accelerators"] = json!(
            resources
                .accelerators()
                .unwrap_or_else(|| "None".to_owned())
        );
    }
    row
}
