//! Measures a release build of the portal as a process: latency, throughput, speed of provisioning, memory. Prints rows
//! of a table; `cargo xtask bench` runs it with the binary and the site it has built.

#[path = "../../tests/portal_process/mod.rs"]
mod portal_process;

mod aborts;
mod administration;
mod first_pages;
mod host_load;
mod load;
mod log_readers;
mod memory;
mod nodes;
mod population;
mod provisioning_speed;
mod skypilot_server;
mod streams;
mod viewers;

use clap::{Parser, ValueEnum as _};
use portal_process::Outside;
use sandbox::Pace;
use std::{path::PathBuf, time::Duration, time::Instant};

#[derive(Parser)]
struct Options {
    /// The binary `hangar`.
    #[arg(long)]
    binary: PathBuf,
    /// The folder of the site.
    #[arg(long)]
    site: PathBuf,
    /// Only this part.
    #[arg(long)]
    part: Option<Part>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One row of the table.
pub fn row(what: &str, figure: impl std::fmt::Display) {
    println!("| {what} | {figure} |");
}

/// What is measured together, on one portal; a part may be asked for by its name.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What a browser transfers for its first page.
    FirstPages,
    /// Lists and pages with many nodes, and the SkyPilot server asked the same.
    Nodes,
    /// Orders, logs, streams and memory, on hosts that need no time.
    Work,
    /// What is asked of a host cluster, and many orders, deletions and an outage.
    HostLoad,
    /// People, audit log and rotation.
    Administration,
    /// Lists and pages with many clusters.
    Clusters,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let parts = match options.part {
        Some(part) => vec![part],
        None => Part::value_variants().to_vec(),
    };
    for part in parts {
        match part {
            Part::FirstPages => first_pages(&options).await,
            Part::Nodes => many_nodes(&options).await,
            Part::Work => work(&options).await,
            Part::HostLoad => host_load::measure(&options).await,
            Part::Administration => many_users(&options).await,
            Part::Clusters => many_clusters(&options).await,
        }
    }
}

async fn first_pages(options: &Options) {
    let outside = start(options, Pace::of_unit(Duration::from_millis(1))).await;
    let portal = outside.start_portal().await;
    let client = outside.client();
    let cluster = created(client.order("first")).await;
    let node = created(client.order_node("first-node")).await;
    first_pages::measure(&outside, &cluster, &node).await;
    portal.kill();
}

/// The id of what a request creates.
async fn created(request: reqwest::RequestBuilder) -> String {
    let answer = request.send().await.expect("an answer");
    let created: serde_json::Value = answer.json().await.expect("JSON");
    created["id"].as_str().expect("an id").to_owned()
}

async fn many_nodes(options: &Options) {
    let outside = start(options, Pace::default()).await;
    nodes::store(&outside, 10_000).await;
    let portal = outside.start_portal().await;
    nodes::measure_lists(&outside, 10_000).await;
    portal.kill();
    skypilot_server::measure().await;
}

/// On a host cluster that does each thing at once, so that what is measured is the portal.
async fn work(options: &Options) {
    let outside = start(options, Pace::of_unit(Duration::from_millis(1))).await;
    let portal = outside.start_portal().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    row("memory, idle", memory::of(portal.id()));
    provisioning_speed::measure(&outside).await;
    nodes::measure_orders(&outside).await;
    log_readers::measure(&outside, &portal).await;
    viewers::measure(&outside, &portal).await;
    aborts::measure(&outside, &portal).await;
    streams::measure(&outside, &portal).await;
    portal.kill();
}

async fn many_users(options: &Options) {
    let outside = start(options, Pace::default()).await;
    administration::store(&outside).await;
    administration::measure_rotation(&outside).await;
    let portal = outside.start_portal().await;
    administration::measure_lists(&outside).await;
    portal.kill();
}

async fn many_clusters(options: &Options) {
    for clusters in [100, 10_000] {
        let outside = start(options, Pace::default()).await;
        population::store(&outside, clusters).await;
        let began = Instant::now();
        let portal = outside.start_portal().await;
        row(
            &format!("start until ready, {clusters} clusters stored"),
            format!("{} ms", began.elapsed().as_millis()),
        );
        load::measure(&outside, clusters).await;
        portal.kill();
    }
}

async fn start(options: &Options, pace: Pace) -> Outside {
    Outside::start(&options.binary, &options.site, None, pace).await
}
