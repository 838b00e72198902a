//! Nodes under kills: some stay, some are stopped, some are taken down.

use crate::{
    PATIENCE, answer,
    portal_process::{ApiClient, Outside},
    skypilot_calls::{clusters, launches},
};
use reqwest::StatusCode;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const ORDERS: usize = 6;

/// What becomes of a node once it has been ready.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    IsStopped,
    IsTakenDown,
}

fn fate(number: usize) -> Fate {
    match number % 3 {
        0 => Fate::Stays,
        1 => Fate::IsStopped,
        _ => Fate::IsTakenDown,
    }
}

fn name(number: usize) -> String {
    format!("killed-node-{number:02}")
}

/// Everybody who orders nodes.
pub async fn customers(client: &ApiClient) {
    let customers = (0..ORDERS).map(|number| customer(client.clone(), number));
    futures::future::join_all(customers).await;
}

/// Orders a node, waits until it is ready and does with it what is its fate, as a script would that does not give up.
async fn customer(client: ApiClient, number: usize) {
    let name = name(number);
    let deadline = Instant::now() + PATIENCE;
    let created = answer(deadline, || client.order_node(&name)).await;
    let id = created["id"].as_str().expect("an id").to_owned();
    let path = client.url(&format!("/api/v1/nodes/{id}"));
    until_state(&client, &path, "ready", deadline).await;
    match fate(number) {
        Fate::Stays => {}
        Fate::IsStopped => {
            let stop = format!("{path}/stop");
            answer(deadline, || client.http.post(&stop)).await;
            until_state(&client, &path, "stopped", deadline).await;
        }
        Fate::IsTakenDown => loop {
            let delete_node = client.http.delete(&path).query(&[("confirmation", &name)]);
            match delete_node.send().await.map(|response| response.status()) {
                Ok(StatusCode::GONE) => return,
                Ok(status) if !status.is_success() && !status.is_server_error() => {
                    panic!("taking down {name} is answered with {status}")
                }
                _ => {}
            }
            assert!(Instant::now() < deadline, "{name} is never gone");
            tokio::time::sleep(Duration::from_millis(100)).await;
        },
    }
}

async fn until_state(client: &ApiClient, path: &str, wanted: &str, deadline: Instant) {
    loop {
        let node = answer(deadline, || client.http.get(path)).await;
        if node["state"] == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "never {wanted}: {node:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// That the server has exactly the machines that are wanted, and has launched each once.
pub async fn assert_right(outside: &Outside) {
    let machine = |number| format!("-{}", name(number));
    let found = clusters(&outside.sandbox).await;
    let states: BTreeMap<usize, &str> = (0..ORDERS)
        .filter_map(|number| {
            let (_, state) = found
                .iter()
                .find(|(name, _)| name.ends_with(&machine(number)))?;
            Some((number, state.as_str()))
        })
        .collect();
    let wanted: BTreeMap<usize, &str> = (0..ORDERS)
        .filter_map(|number| match fate(number) {
            Fate::Stays => Some((number, "UP")),
            Fate::IsStopped => Some((number, "STOPPED")),
            Fate::IsTakenDown => None,
        })
        .collect();
    assert_eq!(states, wanted);
    assert_eq!(found.len(), wanted.len(), "no others: {found:?}");

    let launched = launches(&outside.sandbox).await;
    for number in 0..ORDERS {
        let count = launched
            .iter()
            .filter(|name| name.ends_with(&machine(number)))
            .count();
        assert_eq!(count, 1, "{} was launched so often", name(number));
    }
    assert_eq!(launched.len(), ORDERS, "{launched:?}");
}
