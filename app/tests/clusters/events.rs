//! The events of a cluster, in pages.

use crate::support::{READY, TestPortal};
use axum::http::StatusCode;
use domain::cluster::ClusterEvent;
use jiff::{SignedDuration, Timestamp};

/// A cluster with so many events; the newest is `Number 0`.
async fn portal(count: i64) -> TestPortal {
    let portal = TestPortal::start().await.with_clusters().await;
    let now = Timestamp::now();
    let event = |number| ClusterEvent {
        at: now - SignedDuration::from_secs(number),
        warning: false,
        reason: "Pulled".into(),
        message: format!("Number {number}."),
        object: "Pod/ci-0".into(),
        count: 1,
    };
    *portal.core.hosts.events.lock().unwrap() = (0..count).map(event).collect();
    portal
}

/// The numbers of the events on a page, in order.
fn numbers(page: &str) -> Vec<u32> {
    let numbers = page.split("Number ").skip(1);
    numbers
        .map(|rest| rest.split('.').next().unwrap().parse().unwrap())
        .collect()
}

/// The address behind a link of the paging.
fn link<'a>(page: &'a str, rel: &str) -> Option<&'a str> {
    let (before, _) = page.split_once(&format!("rel=\"{rel}\""))?;
    let (_, address) = before.rsplit_once("href=\"")?;
    address.split('"').next()
}

#[tokio::test]
async fn events_are_shown_in_pages_newest_first() {
    let browser = portal(120).await.developer();
    let first = format!("/clusters/{READY}/events");
    let page = browser.get(&first).await.text;
    assert_eq!(numbers(&page), Vec::from_iter(0..50));
    assert_eq!(link(&page, "prev"), None);
    let next = link(&page, "next").unwrap().to_owned();
    let page = browser.get(&next).await.text;
    assert_eq!(numbers(&page), Vec::from_iter(50..100));
    assert!(link(&page, "prev").is_some());
    let last = browser.get(&format!("{first}?before=end")).await.text;
    assert_eq!(numbers(&last), Vec::from_iter(100..120));
    assert_eq!(link(&last, "next"), None);
}

#[tokio::test]
async fn a_page_of_events_that_cannot_be_is_refused() {
    let browser = portal(3).await.developer();
    for query in ["after=x", "per_page=0", "per_page=many"] {
        let address = format!("/clusters/{READY}/events?{query}");
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}
