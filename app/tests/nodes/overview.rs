//! A node's first part: how it is, what it is, what it costs.

use crate::support::{FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn a_launch_shows_its_steps_in_words() {
    let page = portal()
        .await
        .developer()
        .get(&format!("/nodes/{LAUNCHING_NODE}"))
        .await
        .text;
    for says in [
        "Launching",
        "Requested from SkyPilot",
        "Machine found",
        "Reachable by SSH",
    ] {
        assert!(page.contains(says), "{says} is missing");
    }
    assert!(page.contains("step 4 of 7"));
}

#[tokio::test]
async fn each_place_that_was_tried_has_a_line_of_its_own() {
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
    assert!(page.contains("What to do: "));
    assert!(page.contains("Order another region"));
}

#[tokio::test]
async fn the_cost_stands_beside_what_would_save_it() {
    let browser = portal().await.developer();
    let ready = browser.get(&format!("/nodes/{READY_NODE}")).await.text;
    for says in [
        "$55.04/h",
        "$27.52",
        "Stopping saves $55.04 an hour",
        "is taken down after 30 idle minutes",
        "p5.48xlarge",
        "203.0.113.7",
    ] {
        assert!(ready.contains(says), "{says} is missing");
    }
    // 30 minutes at $55.04 are over, six hours and twelve minutes are to come.
    assert!(ready.contains("$368.77"), "what it comes to at most");
    let stopped = browser.get(&format!("/nodes/{STOPPED_NODE}")).await.text;
    assert!(stopped.contains("Its disk still costs a little"));
    assert!(!stopped.contains("Stopping saves"));
}
