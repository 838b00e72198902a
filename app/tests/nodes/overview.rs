//! The overview of a node: progress, failure, cost.

use crate::support::{FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn a_launch_shows_its_steps() {
    let page = portal()
        .await
        .developer()
        .get(&format!("/nodes/{LAUNCHING_NODE}"))
        .await
        .text;
    for part in [
        "Launching",
        "Requested from SkyPilot",
        "Machine found",
        "Reachable by SSH",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(page.contains("step 4 of 7"));
}

#[tokio::test]
async fn each_location_that_was_tried_has_its_own_line() {
    let page = portal()
        .await
        .developer()
        .get(&format!("/nodes/{FAILED_NODE}"))
        .await
        .text;
    for place in ["us-east-1", "us-west-2"] {
        let line = format!("<li>AWS ({place}): no capacity for p5.48xlarge</li>");
        assert!(page.contains(&line), "{line} is missing");
    }
    assert!(page.contains("data-failure=\"no_capacity\""));
    assert!(page.contains("Choose another region"), "the next step");
}

#[tokio::test]
async fn the_cost_comes_with_what_would_reduce_it() {
    let browser = portal().await.developer();
    let ready = browser.get(&format!("/nodes/{READY_NODE}")).await.text;
    for part in [
        "$55.04/h",
        "$27.52",
        "saves $55.04 an hour",
        "after 30 idle minutes",
        "p5.48xlarge",
        "203.0.113.7",
    ] {
        assert!(ready.contains(part), "{part} is missing");
    }
    // 30 minutes at $55.04 have passed, six hours and twelve minutes are left.
    assert!(ready.contains("$368.77"), "the most it can cost");
    let stopped = browser.get(&format!("/nodes/{STOPPED_NODE}")).await.text;
    assert!(stopped.contains("running costs $55.04 an hour"));
    assert!(!stopped.contains("saves $55.04 an hour"));
}
