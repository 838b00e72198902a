//! A portal of whom nobody said where the SkyPilot API server is.

use super::{MISSING, node_order};
use crate::fixture::{ADMIN, DEVELOPER, TestPortal};
use reqwest::Method;

#[tokio::test]
async fn nodes_are_switched_off_and_everything_says_so() {
    let portal = TestPortal::start_with(|settings| settings.skypilot = None).await;
    let program = portal.program_of(DEVELOPER).await;
    for answer in [
        program.get("/api/v1/nodes/catalogue").await,
        program
            .json(Method::POST, "/api/v1/nodes", &node_order("none"))
            .await,
        program
            .json(Method::POST, "/api/v1/nodes/quote", &node_order("none"))
            .await,
    ] {
        answer.assert_problem(503, "unavailable");
        assert!(
            answer.body.contains("No SkyPilot API server is configured"),
            "{}",
            answer.body
        );
    }
    let browser = portal.browser_of(DEVELOPER).await;
    for path in ["/nodes/new", "/nodes/catalogue"] {
        let page = browser.page(path).await;
        assert!(
            page.body.contains("No SkyPilot API server is configured"),
            "{path}: {}",
            page.body
        );
    }
    assert_eq!(browser.page("/nodes").await.status, 200);
    program.get(MISSING).await.assert_problem(404, "not-found");
    let list = program.get("/api/v1/nodes").await.body_json();
    assert_eq!(list["total"], 0);
    let admin = portal.program_of(ADMIN).await;
    let orphans = admin.get("/api/v1/orphans").await;
    assert_eq!(orphans.body, "[]");
    // Clusters go on as ever.
    let clusters = program.get("/api/v1/clusters").await;
    assert_eq!(clusters.status, 200);
    portal.stop().await;
}
