//! Launches each node exactly once, even if responses are lost.

use super::{
    SkyPilotMachines, Within,
    errors::{machine_error, repeatable},
};
use crate::client::{
    self, ErrorKind, Identity, Launch, RequestList, RequestRecord, RequestState as Stands,
};
use jiff::{SignedDuration, Timestamp};
use provisioning::ports::machines::{RequestId, RequestState, Served};
use serde::de::IgnoredAny;

/// SkyPilot's name for launch requests.
const LAUNCH: &str = "sky.launch";
/// SkyPilot's name for deletions.
const DOWN: &str = "sky.down";
/// Tolerance for comparing the two clocks: the server's time has whole seconds and was read a while before.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

impl SkyPilotMachines {
    /// Launches a machine, unless the server has accepted a launch of it since then that has not failed.
    pub(super) async fn launch_once(
        &self,
        within: &Within<'_>,
        machine: &str,
        task: &str,
        since: Timestamp,
    ) -> Served<client::RequestId> {
        let known = self.sky.requests_about(&within.identity, machine, true);
        let known = known.await.map_err(machine_error)?;
        if let Some(launch) = launch_since(known, since, Timestamp::now()) {
            return Ok(launch.request_id);
        }
        let launch = Launch {
            cluster_name: machine,
            task,
            dryrun: false,
            no_setup: false,
        };
        let launched = self.sky.submit_launch(within.acting(), &launch).await;
        launched.map_err(machine_error)
    }

    /// Cancels open launches of a machine. A deletion does so itself, but not for a launch that is still queued: the
    /// server would respond that the cluster does not exist, and create it afterwards.
    pub(super) async fn cancel_launches(&self, within: &Within<'_>, machine: &str) -> Served<()> {
        let known = self.sky.requests_about(&within.identity, machine, false);
        let open: Vec<client::RequestId> = known
            .await
            .map_err(machine_error)?
            .requests
            .into_iter()
            .filter(|record| record.name == LAUNCH && record.status.is_open())
            .map(|record| record.request_id)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let cancelled = self.sky.cancel_requests(within.acting(), &open).await;
        cancelled.map(|_| ()).map_err(repeatable)
    }

    /// The state of a request, in the port's terms.
    pub(super) async fn request_state(
        &self,
        identity: &Identity,
        request: &RequestId,
    ) -> Served<RequestState> {
        let Ok(id) = request.0.parse::<client::RequestId>() else {
            return Ok(RequestState::Unknown);
        };
        let record = match self.sky.request(identity, &id).await {
            Err(error) if error.kind == ErrorKind::RequestLost => return Ok(RequestState::Unknown),
            other => other.map_err(machine_error)?,
        };
        if record.status.is_open() {
            return Ok(RequestState::Open);
        }
        // Ended: only its result contains the reason of a failure.
        let limit = self.config.timeouts.answer;
        match self.sky.result::<IgnoredAny>(identity, &id, limit).await {
            Ok(_) => Ok(RequestState::Succeeded),
            Err(error) => match error.kind {
                ErrorKind::Cancelled => Ok(RequestState::Cancelled),
                // A restart that interrupted the request is like one that forgot it.
                ErrorKind::RequestLost => Ok(RequestState::Unknown),
                ErrorKind::StillRunning => Ok(RequestState::Open),
                ErrorKind::NotFound if record.name == DOWN => Ok(RequestState::Succeeded),
                ErrorKind::Unreachable | ErrorKind::Unauthorized if error.error_type.is_none() => {
                    Err(machine_error(error))
                }
                _ => Ok(RequestState::Failed(machine_error(error))),
            },
        }
    }
}

/// The newest launch that the server accepted at or after `since` and that has not failed, been cancelled or been
/// followed by a deletion. `since` and `now` are the portal's times; the server's clock may differ.
fn launch_since(known: RequestList, since: Timestamp, now: Timestamp) -> Option<RequestRecord> {
    let ahead = known
        .server_time
        .map_or(SignedDuration::ZERO, |server| server.duration_since(now));
    let since = since.saturating_add(ahead).unwrap_or(since);
    let since = since.saturating_sub(TOLERANCE).unwrap_or(since);
    let counts = |record: &&RequestRecord| {
        (record.status.is_open() || record.status == Stands::Succeeded)
            && record.created_at.is_some_and(|created| created >= since)
            && [LAUNCH, DOWN].contains(&record.name.as_str())
    };
    let last = known.requests.iter().filter(counts);
    let last = last.max_by_key(|record| record.created_at)?;
    (last.name == LAUNCH).then(|| last.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_795_217_000;

    fn list(server_ahead: i64, launches: &[(&str, &str, i64)]) -> RequestList {
        let record = |(index, (name, status, ago)): (usize, &(&str, &str, i64))| {
            let created = NOW + server_ahead - ago;
            let id = format!("0198e1b2-7c1d-7a54-9d5c-{index:012x}");
            let fields =
                json!({"request_id": id, "name": name, "status": status, "created_at": created});
            serde_json::from_value(fields).unwrap()
        };
        RequestList {
            requests: launches.iter().enumerate().map(record).collect(),
            server_time: Timestamp::from_second(NOW + server_ahead).ok(),
        }
    }

    fn found(list: RequestList, ago: i64) -> Option<usize> {
        let now = Timestamp::from_second(NOW).unwrap();
        let since = Timestamp::from_second(NOW - ago).unwrap();
        let id = launch_since(list, since, now)?.request_id.to_string();
        usize::from_str_radix(&id[24..], 16).ok()
    }

    #[test]
    fn a_launch_that_runs_or_ran_well_is_found_again() {
        for status in ["PENDING", "WAITING", "RUNNING", "SUCCEEDED"] {
            let known = list(0, &[("sky.launch", status, 10)]);
            assert_eq!(found(known, 20), Some(0), "{status}");
        }
    }

    #[test]
    fn what_failed_was_cancelled_is_older_or_is_no_launch_is_not_taken_for_it() {
        for other in [
            ("sky.launch", "FAILED", 10),
            ("sky.launch", "CANCELLED", 10),
            ("sky.launch", "SUCCEEDED", 600),
            ("sky.down", "RUNNING", 10),
        ] {
            assert_eq!(found(list(0, &[other]), 20), None, "{other:?}");
        }
    }

    #[test]
    fn a_launch_that_was_undone_since_is_not_taken_for_the_next_one() {
        let undone = [
            ("sky.down", "SUCCEEDED", 5),
            ("sky.launch", "SUCCEEDED", 10),
        ];
        assert_eq!(found(list(0, &undone), 20), None);
        let again = [("sky.launch", "RUNNING", 2), undone[0], undone[1]];
        assert_eq!(found(list(0, &again), 20), Some(0));
    }

    #[test]
    fn the_servers_clock_may_be_wrong() {
        for ahead in [-3600, 3600] {
            let ours = list(ahead, &[("sky.launch", "RUNNING", 10)]);
            assert_eq!(found(ours, 20), Some(0), "{ahead}");
            let older = list(ahead, &[("sky.launch", "SUCCEEDED", 600)]);
            assert_eq!(found(older, 20), None, "{ahead}");
        }
    }
}
