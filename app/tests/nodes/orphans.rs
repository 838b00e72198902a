//! Machines that belong to no node.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_orphans().await
}

const PAGE: &str = "/admin/orphans";
const MACHINE: &str = "hgr-3f2a77aa-forgotten";
const DELETE: &str = "/rpc/delete-orphan";

/// The form of the page of a machine.
fn form(machine: &str, confirmation: &str) -> String {
    format!("_page={PAGE}?machine={machine}&machine={machine}&confirmation={confirmation}")
}

#[tokio::test]
async fn an_admin_sees_each_machine_and_which_are_being_deleted() {
    let page = portal().await.admin().get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        MACHINE,
        "Up",
        "p5.4xlarge",
        "AWS us-east-1",
        "19 November 2026",
        "Deleting",
    ] {
        assert!(page.text.contains(part), "{part} is missing");
    }
    let links = page.text.matches("href=\"/admin/orphans?machine=").count();
    assert_eq!(links, 1, "the other one is being deleted");
}

#[tokio::test]
async fn page_and_function_look_missing_to_other_users() {
    let browser = portal().await.developer();
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("data-problem=\"not-found\""));
    assert!(!page.text.contains(MACHINE));
    assert!(!page.text.contains("href=\"/admin"), "nor a link to it");
    let nowhere = browser.get("/admin/nowhere").await;
    let strip = |text: &str| {
        text.replace("/admin/nowhere", PAGE)
            .replace("%2Fadmin%2Fnowhere", "%2Fadmin%2Forphans")
    };
    assert_eq!(strip(&nowhere.text), page.text);
    let rejected = browser.post(DELETE, &form(MACHINE, MACHINE)).await;
    assert_eq!(rejected.status, StatusCode::NOT_FOUND);
    let orphans = browser.portal.admin().get(PAGE).await.text;
    assert!(orphans.contains("?machine="), "the machine is not deleted");
}

#[tokio::test]
async fn admins_have_a_section_in_the_navigation() {
    let page = portal().await.admin().get("/nodes").await.text;
    assert!(page.contains("aria-label=\"Admin\""));
    assert!(page.contains("href=\"/admin/orphans\""));
}

#[tokio::test]
async fn deleting_a_machine_needs_its_name() {
    let browser = portal().await.admin();
    let page = browser.get(&format!("{PAGE}?machine={MACHINE}")).await.text;
    assert!(page.contains(&format!("data-confirm=\"{MACHINE}\"")));
    let rejected = browser.post(DELETE, &form(MACHINE, "hgr")).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rejected.text.contains("aria-invalid=\"true\""));
    assert!(
        rejected.text.contains("value=\"hgr\""),
        "what was typed is kept"
    );
    let accepted = browser.post(DELETE, &form(MACHINE, MACHINE)).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER);
    assert_eq!(accepted.location(), PAGE);
    let page = browser.get(PAGE).await.text;
    assert!(!page.contains("?machine="), "both are being deleted");
}

#[tokio::test]
async fn a_machine_that_is_being_deleted_or_unknown_has_no_form() {
    let browser = portal().await.admin();
    for machine in ["hgr-77aa3f2a-leaving", "nothing"] {
        let page = browser.get(&format!("{PAGE}?machine={machine}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("data-confirm"), "{machine}");
    }
}

#[tokio::test]
async fn the_problem_of_a_machine_that_no_longer_exists_stands_on_the_page() {
    let browser = portal().await.admin();
    let rejected = browser.post(DELETE, &form("nothing", "nothing")).await;
    assert_eq!(rejected.status, StatusCode::NOT_FOUND);
    assert_eq!(rejected.text.matches("data-problem=").count(), 1);
    assert!(rejected.text.contains(MACHINE), "the list is there");
}
