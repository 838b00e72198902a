//! How the client parses recorded responses.

use crate::tape::Tape;
use futures::TryStreamExt;
use serde::de::IgnoredAny;
use skypilot::client::{
    AcceleratorQuery, Autostop, Cluster, ClusterState, InitKind, JobState, Launched, LogLength,
    LogStream, RequestId, RequestState, StatusQuery, Workspace,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

async fn text(log: LogStream) -> String {
    let lines: Vec<String> = log.try_collect().await.unwrap();
    lines.concat()
}

#[tokio::test]
async fn health_tells_versions_and_ways_to_sign_in() {
    let tape = Tape::of("health").await;
    let health = tape.sky.health(&tape.identity).await.unwrap();
    assert_eq!(
        (health.api_version.as_str(), health.version.as_deref()),
        ("62", Some("0.14.1"))
    );
    assert!(!health.service_account_token_enabled && !health.needs_sign_in());
    assert!(health.external_proxy_auth_enabled);
    let tape = Tape::of("health-needs-auth").await;
    let health = tape.sky.health(&tape.identity).await.unwrap();
    assert!(health.service_account_token_enabled && health.basic_auth_enabled);
}

#[tokio::test]
async fn accelerators_have_prices_by_machine_and_region() {
    let tape = Tape::of("accelerators").await;
    let query = AcceleratorQuery::default();
    let offers = tape
        .sky
        .list_accelerators(tape.acting(), &query)
        .await
        .unwrap();
    let offers = &offers["H100"];
    assert_eq!(offers.len(), 4);
    assert_eq!(offers[2].instance_type.as_deref(), Some("p5.48xlarge"));
    assert_eq!(
        (offers[2].count, offers[2].price, offers[2].spot_price),
        (8.0, Some(55.04), Some(20.0))
    );
    assert_eq!(offers[1].region.as_deref(), Some("us-west-2"));
    assert_eq!(
        (offers[0].device_memory_gib, offers[0].memory_gib),
        (Some(80.0), Some(256.0))
    );
}

async fn clusters(name: &str) -> Vec<Cluster> {
    let tape = Tape::of(name).await;
    let query = StatusQuery::default();
    tape.sky.status(tape.acting(), &query).await.unwrap()
}

#[tokio::test]
async fn clusters_tell_state_place_and_reason_and_their_pickles_are_not_read() {
    let launching = clusters("status-launching").await;
    let cluster = &launching[0];
    assert_eq!(
        (cluster.status, cluster.init_kind),
        (ClusterState::Init, Some(InitKind::Launching))
    );
    assert_eq!(
        cluster.init_status_reason.as_deref(),
        Some("Instances launched on aws in us-east-1")
    );
    assert_eq!(
        (cluster.cloud.as_deref(), cluster.region.as_deref()),
        (Some("AWS"), Some("us-east-1"))
    );
    assert!(cluster.autostop < 0 && !cluster.cluster_ever_up && cluster.credentials.is_none());

    let up = clusters("status-up").await;
    assert_eq!(
        (up[0].status, up[0].autostop, up[0].to_down),
        (ClusterState::Up, 30, true)
    );
    assert_eq!(
        (up[0].workspace.as_str(), up[0].status_updated_at),
        ("env-a", None)
    );
    let stopped = clusters("status-stopped").await;
    assert_eq!(
        (stopped[0].status, stopped[0].cluster_ever_up),
        (ClusterState::Stopped, true)
    );
}

#[tokio::test]
async fn jobs_tell_how_they_went_and_when() {
    let tape = Tape::of("queue").await;
    let jobs = tape.sky.queue(tape.acting(), "dev-a").await.unwrap();
    let states: Vec<_> = jobs.iter().map(|job| (job.job_id, job.status)).collect();
    assert_eq!(
        states,
        [
            (3, JobState::Cancelled),
            (2, JobState::Succeeded),
            (1, JobState::FailedDriver)
        ]
    );
    assert_eq!(jobs[2].start_at, None);
    let took = jobs[1]
        .end_at
        .unwrap()
        .duration_since(jobs[1].start_at.unwrap());
    assert_eq!(took.as_secs(), 17);
}

#[tokio::test]
async fn events_are_listed_oldest_first_with_their_time() {
    let tape = Tape::of("events").await;
    let events = tape
        .sky
        .cluster_events(tape.acting(), "dev-a")
        .await
        .unwrap();
    assert_eq!(events.len(), 6);
    assert_eq!(events[0].reason, "Provisioning on aws in us-east-1");
    assert_eq!(
        events[3].transitioned_at.unwrap().as_second(),
        1_795_217_957
    );
}

#[tokio::test]
async fn logs_are_plain_lines() {
    let tape = Tape::of("job-log").await;
    let log = tape
        .sky
        .job_log(tape.acting(), "dev-a", None, LogLength::FOLLOW)
        .await;
    let log = text(log.unwrap()).await;
    assert!(log.contains("\n(hello, pid=861) hello 6\n"), "{log}");
    assert!(
        log.ends_with("✓ Job finished (status: SUCCEEDED).\n"),
        "{log}"
    );
    let tape = Tape::of("job-log-failed").await;
    let log = tape
        .sky
        .job_log(tape.acting(), "dev-a", Some(4), LogLength::FOLLOW)
        .await;
    let log = text(log.unwrap()).await;
    assert!(log.starts_with("├── Waiting for task resources"), "{log}");
    let tape = Tape::of("provision-log").await;
    let log = tape
        .sky
        .provision_log(tape.acting(), "dev-a", LogLength::ALL)
        .await;
    let log = text(log.unwrap()).await;
    assert!(
        log.contains("✓ Cluster launched: dev-a.  View logs: sky logs"),
        "{log}"
    );
    assert!(!log.contains('\u{1b}') && !log.contains('\r'));
    let tape = Tape::of("request-log").await;
    let id = "a0accbe2-66d8-4899-b9a8-0754117cd116".parse().unwrap();
    let log = tape
        .sky
        .request_log(&tape.identity, &id, LogLength::FOLLOW)
        .await;
    assert_eq!(
        text(log.unwrap()).await,
        "Failed to fetch common catalog common/accelerators.csv. Please check your internet connection.\n"
    );
}

async fn nothing(name: &str, submit: impl AsyncFn(&Tape) -> RequestId) {
    let tape = Tape::of(name).await;
    let id = submit(&tape).await;
    let result = tape
        .sky
        .result::<IgnoredAny>(&tape.identity, &id, SOON)
        .await;
    result.unwrap_or_else(|error| panic!("{name}: {error:?}"));
}

#[tokio::test]
async fn what_is_done_to_clusters_succeeds_whatever_its_result_is() {
    let thirty = Autostop {
        idle_minutes: Some(30),
        down: true,
    };
    nothing("down", async |t| {
        t.sky.submit_down(t.acting(), "ca").await.unwrap()
    })
    .await;
    nothing("stop", async |t| {
        t.sky.submit_stop(t.acting(), "dev-a").await.unwrap()
    })
    .await;
    nothing("start", async |t| {
        t.sky
            .submit_start(t.acting(), "dev-a", Some(thirty))
            .await
            .unwrap()
    })
    .await;
    nothing("autostop", async |t| {
        t.sky
            .submit_autostop(t.acting(), "dev-a", thirty)
            .await
            .unwrap()
    })
    .await;
    nothing("cancel-job", async |t| {
        t.sky
            .submit_cancel(t.acting(), "dev-a", &[3])
            .await
            .unwrap()
    })
    .await;
    let some = Workspace::default();
    nothing("workspace-create", async |t| {
        t.sky
            .submit_create_workspace(t.acting(), "team-a", &some)
            .await
            .unwrap()
    })
    .await;
    nothing("workspace-update", async |t| {
        t.sky
            .submit_update_workspace(t.acting(), "prv-b", &some)
            .await
            .unwrap()
    })
    .await;
    nothing("workspace-delete", async |t| {
        t.sky
            .submit_delete_workspace(t.acting(), "prv-a")
            .await
            .unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_exec_returns_its_job_and_not_its_handle() {
    let tape = Tape::of("exec").await;
    let id = tape
        .sky
        .submit_exec(tape.acting(), "dev-a", "run: true\n")
        .await
        .unwrap();
    let launched = tape.sky.launched(&tape.identity, &id, SOON).await.unwrap();
    assert_eq!(launched, Launched { job_id: Some(2) });
}

#[tokio::test]
async fn requests_are_listed_with_their_state_and_the_servers_clock() {
    let tape = Tape::of("requests").await;
    let list = tape
        .sky
        .requests_about(&tape.identity, "dev-a", true)
        .await
        .unwrap();
    let states: Vec<_> = list.requests.iter().map(|record| record.status).collect();
    assert_eq!(states, [RequestState::Failed, RequestState::Succeeded]);
    assert_eq!(
        list.server_time.unwrap().to_string(),
        "2026-11-20T23:57:52Z"
    );
    let tape = Tape::of("request-record").await;
    let id = "a0accbe2-66d8-4899-b9a8-0754117cd116".parse().unwrap();
    let record = tape.sky.request(&tape.identity, &id).await.unwrap();
    assert_eq!(
        (record.name.as_str(), record.status),
        ("sky.launch", RequestState::Failed)
    );
    assert_eq!(record.cluster_name.as_deref(), Some("fail-1"));
    let tape = Tape::of("cancel-requests").await;
    let cancelled = tape
        .sky
        .cancel_requests(tape.acting(), &[id])
        .await
        .unwrap();
    assert_eq!(cancelled.len(), 2);
}

#[tokio::test]
async fn a_task_that_is_valid_is_accepted() {
    let tape = Tape::of("validate-ok").await;
    tape.sky
        .validate(tape.acting(), "run: hostname\n")
        .await
        .unwrap();
}
