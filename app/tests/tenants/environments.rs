//! Environments: usage, limits, names and archiving.

use crate::support::{self, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start()
        .await
        .with_limits()
        .await
        .with_clusters()
        .await
}

const PAGE: &str = "/tenants/vision/environments";

/// A form on the page of an environment.
fn form_of(portal: &TestPortal, slug: &str, id: impl std::fmt::Display, fields: &str) -> String {
    let tenant = portal.tenant;
    format!("_page={PAGE}?environment={slug}&tenant={tenant}&id={id}&{fields}")
}

fn form_of_dev(portal: &TestPortal, fields: &str) -> String {
    form_of(portal, "dev", portal.dev, fields)
}

#[tokio::test]
async fn usage_stands_beside_its_limit() {
    let page = portal().await.developer().get(PAGE).await.text;
    for expected in ["4 of 5", " of $1,000.00", ", no limit", "role=\"meter\""] {
        assert!(page.contains(expected), "{expected}");
    }
    let link = format!("{PAGE}?environment=dev");
    assert!(!page.contains(&link), "nothing to change");
}

#[tokio::test]
async fn limits_are_for_platform_admins_only() {
    let address = format!("{PAGE}?environment=dev");
    let portal = portal().await;
    for (browser, rename, limits) in [
        (portal.viewer(), false, false),
        (portal.tenant_admin(), true, false),
        (portal.admin(), true, true),
    ] {
        let page = browser.get(&address).await.text;
        assert_eq!(page.contains("\"/rpc/rename-environment\""), rename);
        assert_eq!(page.contains("\"/rpc/set-environment-limits\""), limits);
        assert_eq!(page.contains("\"/rpc/archive-environment\""), rename);
    }
}

#[tokio::test]
async fn invalid_limits_come_back_as_typed_with_a_message_beside_each() {
    let portal = portal().await;
    let (_, version) = portal.versions().await;
    let fields = format!(
        "limits[max_clusters]=-1&limits[max_nodes]=2&limits[max_price_per_hour]=much&version={version}"
    );
    let form = form_of_dev(&portal, &fields);
    let page = portal
        .admin()
        .submit("/rpc/set-environment-limits", &form)
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 2);
    for typed in ["value=\"-1\"", "value=\"2\"", "value=\"much\""] {
        assert!(page.text.contains(typed), "{typed}");
    }
}

#[tokio::test]
async fn an_empty_field_is_no_limit() {
    let portal = portal().await;
    let (_, version) = portal.versions().await;
    let fields = format!(
        "limits[max_clusters]=&limits[max_nodes]=7&limits[max_price_per_hour]=&version={version}"
    );
    let form = form_of_dev(&portal, &fields);
    let page = portal
        .admin()
        .submit("/rpc/set-environment-limits", &form)
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-state=\"saved\""));
    assert!(page.text.contains("0 of 7") && !page.text.contains(" of $"));
}

#[tokio::test]
async fn the_second_of_two_changes_shows_the_first_and_keeps_what_was_typed() {
    let portal = portal().await;
    let (_, version) = portal.versions().await;
    let maya = portal.maya();
    let tenants = &portal.core.tenants;
    let renamed = tenants.rename_environment(&maya, portal.tenant, portal.dev, "Shared", version);
    renamed.await.unwrap();
    let form = form_of_dev(&portal, &format!("name=Playground&version={version}"));
    let page = portal
        .admin()
        .submit("/rpc/rename-environment", &form)
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("data-problem=\"conflict\""));
    assert!(page.text.contains("Maya Lindt") && page.text.contains("“Shared”"));
    assert!(page.text.contains("value=\"Playground\""));
    let (_, version) = portal.versions().await;
    let version = format!("name=\"version\" value=\"{version}\"");
    assert!(
        page.text.contains(&version),
        "the next try is about the current version"
    );
}

#[tokio::test]
async fn only_an_empty_environment_is_archived_by_typing_its_short_name() {
    let portal = portal().await;
    let browser = portal.tenant_admin();
    let page = browser.get(&format!("{PAGE}?environment=dev")).await.text;
    let (_, obstacles) = page.split_once("id=\"obstacles\"").unwrap();
    assert!(obstacles.contains("checkout-preview"));
    assert!(support::is_off(&page, "Archive environment"));
    let wrong = form_of_dev(&portal, "confirmation=prod");
    let page = browser.submit("/rpc/archive-environment", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    let staging = portal.core.environment("vision", "staging").await;
    let right = form_of(&portal, "staging", staging, "confirmation=staging");
    let page = browser.submit("/rpc/archive-environment", &right).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-state=\"archived\""));
    assert!(!page.text.contains("/rpc/archive-environment"));
}

#[tokio::test]
async fn a_short_name_is_proposed_but_required() {
    let portal = portal().await;
    let browser = portal.tenant_admin();
    let form = format!("_page={PAGE}&tenant={}&name=Production", portal.tenant);
    let preview = browser
        .post("/rpc/create-environment?preview", &format!("{form}&slug="))
        .await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(
        preview
            .text
            .contains("name=\"proposed_slug\" value=\"production\"")
    );
    assert!(preview.text.contains("2 environments"));
    let page = browser
        .submit("/rpc/create-environment", &format!("{form}&slug="))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    assert!(page.text.contains("value=\"Production\""));
    let form = format!("{form}&proposed_slug=production&slug=prod");
    let created = browser.post("/rpc/create-environment", &form).await;
    assert_eq!(created.location(), PAGE);
    let page = browser.get(PAGE).await.text;
    assert!(page.contains("3 environments") && page.contains(">prod<"));
}

#[tokio::test]
async fn an_environment_that_does_not_exist_is_not_found() {
    let browser = portal().await.developer();
    let answer = browser.get(&format!("{PAGE}?environment=moon")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = browser.get("/tenants/vision/nonsense").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
