//! Environments: limits, use, names, and their end.

use axum::http::StatusCode;

use crate::support::people::VERSION;
use crate::support::tenancy::DEV;
use crate::support::{self, Browser};

const PAGE: &str = "/tenants/vision/environments";

fn about_dev() -> String {
    format!("tenant=00000000-0000-0000-0000-00000000000a&slug=vision&id={DEV}&environment=dev")
}

#[tokio::test]
async fn use_stands_beside_its_limit() {
    let page = Browser::of_a_developer().get(PAGE).await.text;
    for says in ["3 of 4", "$9.25 of $12.50", ", no limit", "role=\"meter\""] {
        assert!(page.contains(says), "{says} is missing");
    }
    assert!(!page.contains("?environment=dev"), "nothing to change");
}

#[tokio::test]
async fn limits_are_for_platform_admins_only() {
    let address = format!("{PAGE}?environment=dev");
    for (caller, rename, limits) in [
        (support::viewer(), false, false),
        (support::tenant_admin(), true, false),
        (support::admin(), true, true),
    ] {
        let page = Browser::of(caller).get(&address).await.text;
        assert_eq!(page.contains("/rpc/rename-environment\""), rename);
        assert_eq!(page.contains("/rpc/set-environment-limits\""), limits);
        assert_eq!(page.contains("/rpc/archive-environment\""), rename);
    }
}

#[tokio::test]
async fn bad_limits_come_back_beside_their_fields_as_they_were_typed() {
    let mut browser = Browser::of(support::admin());
    let form = format!(
        "{}&limits[max_clusters]=-1&limits[max_nodes]=2&limits[max_price_per_hour]=much&version={VERSION}",
        about_dev()
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
    let mut browser = Browser::of(support::admin());
    let form = format!(
        "{}&limits[max_clusters]=&limits[max_nodes]=7&limits[max_price_per_hour]=&version={VERSION}",
        about_dev()
    );
    let page = browser
        .submit("/rpc/set-environment-limits", &form)
        .await
        .text;
    assert!(page.contains("1 of 7"));
    assert!(page.contains("$9.25") && !page.contains("$9.25 of"));
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let mut browser = Browser::of(support::admin());
    let form = format!("{}&name=Playground&version=1", about_dev());
    let page = browser.submit("/rpc/rename-environment", &form).await.text;
    assert!(page.contains("Maya Lindt changed this 12 seconds before you."));
    assert!(page.contains("It is “dev” now."));
    assert!(page.contains("value=\"Playground\""));
    let version = format!("name=\"version\" value=\"{VERSION}\"");
    assert!(
        page.contains(&version),
        "the next try is about what there is now"
    );
}

#[tokio::test]
async fn what_stands_in_the_way_of_archiving_is_listed_and_its_name_is_typed() {
    let mut browser = Browser::of(support::tenant_admin());
    let page = browser.get(&format!("{PAGE}?environment=dev")).await.text;
    assert!(page.contains("Delete this first:") && page.contains("checkout-preview"));
    let wrong = format!("{}&confirmation=prod", about_dev());
    let page = browser
        .submit("/rpc/archive-environment", &wrong)
        .await
        .text;
    assert!(page.contains("That is not its short name."));
    let right = format!("{}&confirmation=dev", about_dev());
    let page = browser
        .submit("/rpc/archive-environment", &right)
        .await
        .text;
    assert!(page.contains("This environment is archived"));
}

#[tokio::test]
async fn a_new_environment_needs_a_short_name() {
    let mut browser = Browser::of(support::tenant_admin());
    let tenant = "tenant=00000000-0000-0000-0000-00000000000a&slug=vision";
    let form = format!("{tenant}&input[name]=Production&input[slug]=");
    let page = browser.submit("/rpc/create-environment", &form).await.text;
    assert!(page.contains("Give it a short name."));
    assert!(page.contains("value=\"Production\""));
    let form = format!("{tenant}&input[name]=Production&input[slug]=prod");
    let page = browser.submit("/rpc/create-environment", &form).await.text;
    assert!(page.contains("3 environments"));
}

#[tokio::test]
async fn an_environment_that_is_not_there_says_so() {
    let browser = Browser::of_a_developer();
    let answer = browser.get(&format!("{PAGE}?environment=moon")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = browser.get("/tenants/vision/nonsense").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
