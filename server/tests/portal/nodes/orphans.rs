//! Machines on the SkyPilot API server that nobody ordered here.

use super::{delete_node, ready_node};
use crate::{
    fixture::{ADMIN, Browser, DEVELOPER, PATIENCE, TestPortal},
    skypilot_calls::{clusters, launch},
};
use domain::node::machine_name::machine_name;
use reqwest::Method;
use serde_json::Value;
use std::time::{Duration, Instant};

#[tokio::test]
async fn an_orphan_is_listed_to_admins_who_take_it_down() {
    let portal = TestPortal::start().await;
    let token = portal.token_of(DEVELOPER).await;
    let developer = Browser::with_token(portal.origin(), &token);
    let ordered = ready_node(&developer, "ordered").await;
    let tenants = portal.database().tenants().active().await.unwrap();
    let lost = machine_name(tenants[0].tenant.id, &"lost".parse().unwrap());
    let foreign = "hgr-00000000-lost";
    launch(portal.sandbox(), foreign).await;
    launch(portal.sandbox(), &lost).await;
    // A portal looks for them right after its start, and then every minute.
    let portal = TestPortal::start_in(portal.stop().await, |_| {}).await;
    let developer = Browser::with_token(portal.origin(), &token);
    let admin = portal.program_of(ADMIN).await;
    let orphan = until_orphans(&admin, |orphans| !orphans.is_empty())
        .await
        .remove(0);
    assert_eq!(orphan["machine"], lost);
    assert_eq!(orphan["going"], false);

    let path = format!("/api/v1/orphans/{lost}");
    let right = format!("{path}?confirmation={lost}");
    for answer in [
        developer.get("/api/v1/orphans").await,
        developer
            .send(developer.request(Method::DELETE, &right))
            .await,
    ] {
        answer.assert_problem(403, "forbidden");
    }
    let wrong = format!("{path}?confirmation=lost");
    let refused = admin.send(admin.request(Method::DELETE, &wrong)).await;
    refused.assert_problem(422, "invalid");
    let unknown = format!("/api/v1/orphans/{foreign}?confirmation={foreign}");
    let refused = admin.send(admin.request(Method::DELETE, &unknown)).await;
    refused.assert_problem(404, "not-found");
    let taken = admin.send(admin.request(Method::DELETE, &right)).await;
    assert_eq!(taken.status, 202, "{}", taken.body);
    until_orphans(&admin, |orphans| orphans.is_empty()).await;
    let left = clusters(portal.sandbox()).await;
    assert!(left.iter().any(|(name, _)| name == foreign));
    assert_eq!(developer.get(&ordered).await.body_json()["state"], "ready");
    delete_node(&developer, &ordered, "ordered").await;
    portal.stop().await;
}

/// Looks until the orphans are as wanted.
async fn until_orphans(admin: &Browser, wanted: impl Fn(&Vec<Value>) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let orphans = admin.get("/api/v1/orphans").await.body_json();
        let orphans = orphans.as_array().expect("a list").clone();
        if wanted(&orphans) {
            return orphans;
        }
        assert!(begun.elapsed() < 2 * PATIENCE, "still {orphans:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
