//! Machines that nobody ordered here.

use crate::support::{Browser, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_orphans().await
}

const PAGE: &str = "/admin/orphans";
const MACHINE: &str = "hgr-3f2a77aa-forgotten";

async fn of_an_admin() -> Browser {
    portal().await.admin()
}

#[tokio::test]
async fn an_admin_sees_each_machine_and_which_are_going() {
    let page = of_an_admin().await.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for says in [
        MACHINE,
        "Up",
        "p5.4xlarge",
        "AWS us-east-1",
        "19 November 2026",
        "Taking down",
    ] {
        assert!(page.text.contains(says), "{says} is missing");
    }
    assert_eq!(
        page.text.matches("?machine=").count(),
        1,
        "one is left to take down"
    );
}

#[tokio::test]
async fn to_others_there_is_no_such_page_and_no_such_action() {
    let browser = portal().await.developer();
    let nowhere = browser.get("/nowhere").await;
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, nowhere.status);
    assert!(page.text.contains("There is no page at this address."));
    assert!(!page.text.contains(MACHINE));
    assert!(!page.text.contains("href=\"/admin"), "nor a link to it");
    let form = format!("machine={MACHINE}&confirmation={MACHINE}");
    let mut browser = browser;
    let refused = browser.post("/rpc/take-down-orphan", &form).await;
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn admins_have_a_section_of_their_own_in_the_navigation() {
    let page = of_an_admin().await.get("/nodes").await.text;
    assert!(page.contains("aria-label=\"Admin\""));
    assert!(page.contains("href=\"/admin/orphans\""));
}

#[tokio::test]
async fn taking_one_down_takes_its_name() {
    let mut browser = of_an_admin().await;
    let asked = format!("{PAGE}?machine={MACHINE}");
    let page = browser.get(&asked).await.text;
    assert!(page.contains(&format!("Type {MACHINE} to confirm")));
    let wrong = format!("machine={MACHINE}&confirmation=hgr");
    let refused = browser.post("/rpc/take-down-orphan", &wrong).await;
    assert_eq!(refused.location(), asked);
    browser.cookies = refused.cookies();
    let page = browser.get(&asked).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    let right = format!("machine={MACHINE}&confirmation={MACHINE}");
    let accepted = browser.post("/rpc/take-down-orphan", &right).await;
    assert_eq!(accepted.location(), PAGE);
}

#[tokio::test]
async fn a_machine_that_is_going_or_unknown_is_not_asked_about() {
    let browser = of_an_admin().await;
    for machine in ["hgr-77aa3f2a-leaving", "nothing"] {
        let page = browser.get(&format!("{PAGE}?machine={machine}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("to confirm"), "{machine}");
    }
}
