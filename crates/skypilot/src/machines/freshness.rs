//! Queries the clouds instead of the server's database.
//!
//! If a cloud cannot be queried, for example without the right credentials, SkyPilot returns the old state and says
//! so only in the request's log. Such a state does not count as fresh.

use super::{
    SkyPilotMachines, Within,
    errors::{found, machine_error, repeatable},
};
use crate::client::{Cluster, LogLength, Refresh, StatusQuery};
use futures::StreamExt;
use provisioning::ports::machines::{MachineErrorKind, Served};

/// Starts the list of clusters that could not be queried, in `get_clusters` of `sky/backends/backend_utils.py`.
const NOT_ASKED: &str = "Failed to refresh status for";
/// The maximum number of log bytes that are read.
const ENOUGH: usize = 256 * 1024;

impl SkyPilotMachines {
    /// The clusters, after querying the cloud about each.
    pub(super) async fn refreshed_clusters(&self, within: &Within<'_>) -> Served<Vec<Cluster>> {
        let acting = within.acting();
        // Only our own clusters: querying others with our credentials would fail.
        let known = self.sky.status(acting, &StatusQuery::default()).await;
        let known = known.map_err(machine_error)?;
        let ours: Vec<&str> = known
            .iter()
            .filter(|cluster| cluster.workspace == within.name)
            .map(|cluster| cluster.name.as_str())
            .collect();
        if ours.is_empty() {
            return Ok(Vec::new());
        }
        let query = StatusQuery {
            names: Some(&ours),
            refresh: Refresh::Force,
            ..StatusQuery::default()
        };
        let request = self.sky.submit_status(acting, &query).await;
        let request = request.map_err(repeatable)?;
        let limit = self.config.timeouts.check;
        let clusters = self.sky.result(&within.identity, &request, limit).await;
        let clusters: Vec<Cluster> = clusters.map_err(repeatable)?;
        let log = self
            .sky
            .request_log(&within.identity, &request, LogLength::ALL);
        let mut log = log.await.map_err(repeatable)?;
        let mut text = String::new();
        while let Some(lines) = log.next().await {
            text.push_str(&lines.map_err(repeatable)?);
            if text.len() > ENOUGH {
                break;
            }
        }
        match not_asked(&text) {
            None => Ok(clusters),
            Some(why) => Err(found(
                MachineErrorKind::CloudCredential,
                format!(
                    "SkyPilot could not query the cloud, so the state of machines may be outdated: {why}. \
                     Check the credentials of the tenant's environment."
                ),
            )),
        }
    }
}

/// The clusters that could not be queried, with the reasons, from the log.
fn not_asked(log: &str) -> Option<String> {
    let mut lines = log.lines().skip_while(|line| !line.contains(NOT_ASKED));
    lines.next()?;
    let listed: Vec<&str> = lines
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.trim().trim_end_matches('.'))
        .collect();
    Some(if listed.is_empty() {
        "no reason given".to_owned()
    } else {
        listed.join("; ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_were_not_asked_about_are_found_in_the_log() {
        let log = "Refreshing status for 2 clusters\nFailed to refresh status for 1 cluster:\n  \
                   hgr-456789ab-trainer: AWS credentials are not set.\nDone\n";
        assert_eq!(
            not_asked(log).as_deref(),
            Some("hgr-456789ab-trainer: AWS credentials are not set")
        );
        assert_eq!(not_asked("Refreshing status for 1 cluster\n"), None);
    }
}
