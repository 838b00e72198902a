//! Environments: limits, use, names, and their end.

use crate::support::TestPortal;
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

fn about_dev(portal: &TestPortal) -> String {
    let (tenant, dev) = (portal.tenant, portal.dev);
    format!("tenant={tenant}&slug=vision&id={dev}&environment=dev")
}

#[tokio::test]
async fn use_stands_beside_its_limit() {
    let page = portal().await.developer().get(PAGE).await.text;
    for says in ["4 of 5", " of $1,000.00", ", no limit", "role=\"meter\""] {
        assert!(page.contains(says), "{says} is missing");
    }
    assert!(!page.contains("?environment=dev"), "nothing to change");
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
        assert_eq!(page.contains("/rpc/rename-environment\""), rename);
        assert_eq!(page.contains("/rpc/set-environment-limits\""), limits);
        assert_eq!(page.contains("/rpc/archive-environment\""), rename);
    }
}

#[tokio::test]
async fn bad_limits_come_back_beside_their_fields_as_they_were_typed() {
    let mut browser = portal().await.admin();
    let (_, version) = browser.portal.versions().await;
    let form = format!(
        "{}&limits[max_clusters]=-1&limits[max_nodes]=2&limits[max_price_per_hour]=much&version={version}",
        about_dev(&browser.portal)
    );
    let page = browser
        .submit("/rpc/set-environment-limits", &form)
        .await
        .text;
    assert!(page.contains("A whole number from 0 on"));
    assert!(page.contains("Dollars an hour, such as 12.50"));
    for typed in ["value=\"-1\"", "value=\"2\"", "value=\"much\""] {
        assert!(page.contains(typed), "{typed}");
    }
}

#[tokio::test]
async fn limits_that_are_left_empty_are_none() {
    let mut browser = portal().await.admin();
    let (_, version) = browser.portal.versions().await;
    let form = format!(
        "{}&limits[max_clusters]=&limits[max_nodes]=7&limits[max_price_per_hour]=&version={version}",
        about_dev(&browser.portal)
    );
    let page = browser
        .submit("/rpc/set-environment-limits", &form)
        .await
        .text;
    assert!(page.contains("0 of 7") && !page.contains(" of $"));
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let mut browser = portal().await.admin();
    let portal = browser.portal.clone();
    let (_, version) = portal.versions().await;
    let maya = portal.maya();
    let tenants = &portal.core.tenants;
    let renamed = tenants.rename_environment(&maya, portal.tenant, portal.dev, "Shared", version);
    renamed.await.unwrap();
    let form = format!("{}&name=Playground&version={version}", about_dev(&portal));
    let page = browser.submit("/rpc/rename-environment", &form).await.text;
    assert!(page.contains("Maya Lindt") && page.contains("“Shared”"));
    assert!(page.contains("value=\"Playground\""));
    let (_, version) = browser.portal.versions().await;
    let version = format!("name=\"version\" value=\"{version}\"");
    assert!(
        page.contains(&version),
        "the next try is about what there is now"
    );
}

#[tokio::test]
async fn what_stands_in_the_way_of_archiving_is_listed_and_its_name_is_typed() {
    let mut browser = portal().await.tenant_admin();
    let page = browser.get(&format!("{PAGE}?environment=dev")).await.text;
    assert!(page.contains("Delete this first:") && page.contains("checkout-preview"));
    let wrong = format!("{}&confirmation=prod", about_dev(&browser.portal));
    let page = browser
        .submit("/rpc/archive-environment", &wrong)
        .await
        .text;
    assert!(page.contains("aria-invalid=\"true\""));
    let (tenant, staging) = (
        browser.portal.tenant,
        browser.portal.core.environment("vision", "staging").await,
    );
    let right = format!(
        "tenant={tenant}&slug=vision&id={staging}&environment=staging&confirmation=staging"
    );
    let page = browser
        .submit("/rpc/archive-environment", &right)
        .await
        .text;
    assert!(page.contains("This environment is archived"));
}

#[tokio::test]
async fn a_new_environment_needs_a_short_name() {
    let mut browser = portal().await.tenant_admin();
    let tenant = format!("tenant={}&slug=vision", browser.portal.tenant);
    let form = format!("{tenant}&input[name]=Production&input[slug]=");
    let page = browser.submit("/rpc/create-environment", &form).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"Production\""));
    let form = format!("{tenant}&input[name]=Production&input[slug]=prod");
    let page = browser.submit("/rpc/create-environment", &form).await.text;
    assert!(page.contains("3 environments"));
}

#[tokio::test]
async fn an_environment_that_is_not_there_says_so() {
    let browser = portal().await.developer();
    let answer = browser.get(&format!("{PAGE}?environment=moon")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = browser.get("/tenants/vision/nonsense").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
