//! What happened to a cluster, step by step.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;
use crate::skypilot::store::State;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub reason: String,
    /// Seconds since 1970.
    pub at: i64,
}

pub fn cluster_events(
    state: &State,
    name: Option<&str>,
    hash: Option<&str>,
    types: &str,
    with_times: bool,
    limit: Option<usize>,
) -> Result<Value, Exception> {
    let mut wanted = false;
    let mut any = false;
    for kind in types
        .split(',')
        .map(str::trim)
        .filter(|kind| !kind.is_empty())
    {
        if !matches!(
            kind,
            "DEBUG" | "STATUS_CHANGE" | "TERMINAL" | "LAUNCH_PROGRESS"
        ) {
            return Err(Exception::value(format!(
                "{} is not a valid ClusterEventType",
                repr(kind)
            )));
        }
        any = true;
        // All that happens here changes the state.
        wanted |= kind == "STATUS_CHANGE";
    }
    if !any {
        return Err(Exception::value(format!(
            "No valid cluster event type in {}.",
            repr(types)
        )));
    }
    let cluster = state.clusters.values().find(|cluster| {
        name.is_none_or(|name| cluster.name == name) && hash.is_none_or(|hash| cluster.hash == hash)
    });
    let Some(cluster) = cluster else {
        return Err(Exception::value(format!(
            "Hash for cluster {} not found.",
            name.unwrap_or("None")
        )));
    };
    let events: &[Event] = if wanted { &cluster.events } else { &[] };
    let skipped = limit.map_or(0, |limit| events.len().saturating_sub(limit));
    let shown = events.iter().skip(skipped).map(|event| {
        if with_times {
            json!({"reason": event.reason, "transitioned_at": event.at})
        } else {
            json!(event.reason)
        }
    });
    Ok(shown.collect())
}
