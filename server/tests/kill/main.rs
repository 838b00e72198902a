//! The portal is killed at random moments of orders and deletions of clusters, and of nodes that are ordered, stopped and
//! taken down among them, and started again each time. Every one ends right; nothing is left over and nothing is doubled
//! on the host cluster and on the SkyPilot API server. Each call's own moments are in provisioning's `crashes` and
//! `node_crashes`.

mod nodes;
#[path = "../portal_process/mod.rs"]
mod portal_process;
#[path = "../skypilot_calls/mod.rs"]
mod skypilot_calls;

use portal_process::{ApiClient, Outside};
use reqwest::StatusCode;
use sandbox::{
    Pace,
    kubernetes::{object, resources},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const ORDERS: usize = 20;
/// Every second cluster is deleted again.
const DELETED_EVERY: usize = 2;
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_nothing_is_lost_or_doubled() {
    survives(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_nothing_is_lost_or_doubled() {
    survives(Some(postgres_database())).await;
}

async fn survives(database: Option<String>) {
    let site = empty_site();
    let binary = Path::new(env!("CARGO_BIN_EXE_hangar"));
    let pace = Pace::of_unit(Duration::from_millis(20));
    let outside = Outside::start(binary, site.path(), database, pace).await;

    let done = AtomicBool::new(false);
    let client = outside.client();
    let kills = tokio::join!(kill_again_and_again(&outside, &done), async {
        let customers = (0..ORDERS).map(|number| customer(client.clone(), number));
        tokio::join!(
            futures::future::join_all(customers),
            nodes::customers(&client)
        );
        done.store(true, Ordering::SeqCst);
    })
    .0;
    assert!(kills > 3, "the portal was killed {kills} times only");
    // Those of the last kill may be left.
    let faults = outside.sandbox.faults();
    faults.change(|faults| faults.skypilot.drop_answers = 0);

    let wanted: BTreeSet<String> = (0..ORDERS)
        .filter(|number| number % DELETED_EVERY != 0)
        .map(|number| format!("vcluster-{}", name(number)))
        .collect();
    let store = outside.sandbox.host_store();
    let (namespaces, _) = store.list(resources::NAMESPACES, None);
    let found: BTreeSet<String> = namespaces
        .iter()
        .map(|namespace| object::name(namespace).to_owned())
        .filter(|name| name.starts_with("vcluster-"))
        .collect();
    assert_eq!(found, wanted);
    let (sets, _) = store.list(resources::STATEFUL_SETS, None);
    let sets: Vec<String> = sets
        .iter()
        .map(|set| object::namespace(set).to_owned())
        .collect();
    assert_eq!(sets.len(), wanted.len(), "one StatefulSet in each");
    assert_eq!(sets.into_iter().collect::<BTreeSet<_>>(), wanted);

    nodes::assert_right(&outside).await;

    let database = outside.open_database().await;
    let verification = database.verify_chains(&[]).await.expect("the log is read");
    assert!(verification.is_intact(), "{verification:?}");
}

/// Starts the portal and kills it after a random time, until `done`. Answers how often.
async fn kill_again_and_again(outside: &Outside, done: &AtomicBool) -> usize {
    let mut kills = 0;
    loop {
        let portal = outside.start_portal().await;
        // Later ones live longer, so that the end comes however slow the machine is.
        let life = rand::random_range(50..600) + 200 * kills as u64;
        let end = Instant::now() + Duration::from_millis(life);
        while Instant::now() < end {
            if done.load(Ordering::SeqCst) {
                return kills;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        portal.kill();
        kills += 1;
        // The next life begins with answers that get lost on their way.
        let faults = outside.sandbox.faults();
        faults.change(|faults| faults.skypilot.drop_answers = 2);
    }
}

/// Orders a cluster, waits until it is ready and deletes every second one, as a script would that does not give up.
async fn customer(client: ApiClient, number: usize) {
    let name = name(number);
    let deadline = Instant::now() + PATIENCE;
    let created = answer(deadline, || client.order(&name)).await;
    let id = created["id"].as_str().expect("an id").to_owned();
    let path = client.url(&format!("/api/v1/clusters/{id}"));
    let state = |cluster: &Value| cluster["state"].as_str().unwrap_or_default().to_owned();
    loop {
        let cluster = answer(deadline, || client.http.get(&path)).await;
        if state(&cluster) == "ready" {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "{name} is never ready: {cluster:#}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    if !number.is_multiple_of(DELETED_EVERY) {
        return;
    }
    loop {
        let deletion = client.http.delete(&path).query(&[("confirmation", &name)]);
        match deletion.send().await.map(|response| response.status()) {
            Ok(StatusCode::GONE) => return,
            Ok(status) if !status.is_success() && !status.is_server_error() => {
                panic!("deleting {name} is answered with {status}")
            }
            _ => {}
        }
        assert!(Instant::now() < deadline, "{name} is never gone");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sends a request until the portal answers it.
async fn answer(deadline: Instant, request: impl Fn() -> reqwest::RequestBuilder) -> Value {
    loop {
        if let Ok(response) = request().send().await {
            let status = response.status();
            if let Ok(body) = response.json::<Value>().await {
                assert!(!status.is_client_error(), "{status}: {body:#}");
                if status.is_success() {
                    return body;
                }
            }
        }
        assert!(Instant::now() < deadline, "no answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A site whose files are empty: no browser comes here.
fn empty_site() -> TempDir {
    let site = tempfile::tempdir().expect("a folder");
    let files = site.path().join("pkg");
    std::fs::create_dir(&files).expect("a folder");
    for name in ["a.js", "a.wasm", "a.css"] {
        std::fs::write(files.join(name), "").expect("a file");
    }
    let manifest = r#"{"script":"a.js","islands":"a.js","wasm":"a.wasm","css":"a.css"}"#;
    std::fs::write(files.join("manifest.json"), manifest).expect("a manifest");
    site
}

fn name(number: usize) -> String {
    format!("killed-{number:02}")
}

/// A database of its own on the PostgreSQL server that `cargo xtask test` starts.
fn postgres_database() -> String {
    let server = std::env::var("HANGAR_TEST_POSTGRES_URL").expect(
        "HANGAR_TEST_POSTGRES_URL names a PostgreSQL server; `./dev test` starts one and sets it",
    );
    let name = format!("kill_{}", std::process::id());
    let created = std::process::Command::new("psql")
        .args([
            &server,
            "--quiet",
            "--command",
            &format!("CREATE DATABASE {name}"),
        ])
        .status()
        .expect("psql runs");
    assert!(created.success());
    let mut url = url::Url::parse(&server).expect("HANGAR_TEST_POSTGRES_URL is a URL");
    url.set_path(&name);
    url.into()
}
