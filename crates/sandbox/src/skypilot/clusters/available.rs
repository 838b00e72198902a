//! Whether something can be done with a cluster now.

use super::{Cluster, Status};
use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;
use crate::skypilot::store::State;

/// The cluster, if it is up, to change it. `operation` is what is refused otherwise.
pub fn check_available_mut<'a>(
    state: &'a mut State,
    name: &str,
    operation: &str,
) -> Result<&'a mut Cluster, Exception> {
    check_available(state, name, operation)?;
    let cluster = state.clusters.get_mut(name);
    cluster.ok_or_else(|| Exception::no_cluster(name))
}

/// The cluster, if it is up. `operation` is what is refused otherwise.
pub fn check_available<'a>(
    state: &'a State,
    name: &str,
    operation: &str,
) -> Result<&'a Cluster, Exception> {
    let Some(cluster) = state.clusters.get(name) else {
        return Err(Exception::new(
            "ClusterDoesNotExist",
            format!("\u{1b}[33mCluster {} does not exist.\u{1b}[0m", repr(name)),
        ));
    };
    if cluster.status.is_usable() {
        return Ok(cluster);
    }
    let hint = if cluster.status == Status::Init {
        format!(
            "\u{1b}[0m Wait for a launch to finish, or use this command to try to transition the cluster to UP: \
             \u{1b}[1msky start {name}\u{1b}[0m"
        )
    } else {
        String::new()
    };
    Err(Exception::new(
        "ClusterNotUpError",
        format!(
            "\u{1b}[33m{}: skipped for cluster {} (status: {}). It is only allowed for UP and AUTOSTOPPING clusters.{hint}\u{1b}[0m",
            capitalized(operation),
            repr(name),
            cluster.status.name(),
        ),
    ))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
