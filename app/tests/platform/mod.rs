//! Host clusters and plans.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_hosts().await
}

const HOSTS: &str = "/admin/host-clusters";
/// It lets the portal work.
const GOOD: &str = "eu-1";
/// It does not respond.
const SILENT: &str = "eu-3";
/// It was removed from the configuration.
const GONE: &str = "us-1";
const PLANS: &str = "/admin/plans";

fn assert_says(page: &str, words: &[&str]) {
    for says in words {
        assert!(page.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn each_host_tells_how_it_is_reached_and_what_is_on_it() {
    let page = portal().await.admin().get(HOSTS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_says(
        &page.text,
        &[
            GOOD,
            "New clusters go here",
            "LoadBalancer",
            "clusters.example.com",
            GONE,
            "Not in the configuration any more",
        ],
    );
    // The one that is gone cannot be asked.
    assert_eq!(page.text.matches("Check now").count(), 3);
    assert!(!page.text.contains("The portal has"), "nothing was asked");
}

#[tokio::test]
async fn a_plain_form_is_answered_by_the_page_with_what_the_host_says() {
    let browser = portal().await.admin();
    let good = browser.post(HOSTS, &format!("host={GOOD}")).await;
    assert_eq!(good.status, StatusCode::OK);
    assert_says(&good.text, &["The portal has all 2 permissions"]);
    assert!(!good.text.contains("class=\"shimmer"), "it is whole");

    *browser.portal.core.hosts.withheld.lock().unwrap() = Some("create namespaces");
    let lacking = browser.post(HOSTS, "host=eu-2").await;
    assert_eq!(lacking.status, StatusCode::OK);
    assert_says(
        &lacking.text,
        &[
            "1 of 2 permissions is missing",
            "create namespaces",
            "no RBAC policy matched",
            "k8s/rbac.yaml",
        ],
    );

    let silent = browser.post(HOSTS, &format!("host={SILENT}")).await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_says(&silent.text, &["eu-3"]);
    assert_eq!(silent.text.matches("role=\"alert\"").count(), 1);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_said_to_be_missing() {
    let browser = portal().await.admin();
    for form in ["host=nowhere", ""] {
        let answer = browser.post(HOSTS, form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_says(&answer.text, &["There is no such host cluster", GOOD]);
    }
}

#[tokio::test]
async fn plans_tell_their_limits_prices_and_who_has_them() {
    let page = portal().await.admin().get(PLANS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_says(
        &page.text,
        &[
            "[[plans]]",
            "Medium",
            "8 GiB",
            "20 GiB",
            "$0.21",
            "$151.20",
            "Huge",
            "Not offered any more",
        ],
    );
}

#[tokio::test]
async fn to_others_there_are_no_such_pages_and_nothing_to_ask() {
    let browser = portal().await.developer();
    for answer in [
        browser.get(HOSTS).await,
        browser.get(PLANS).await,
        browser.post(HOSTS, &format!("host={GOOD}")).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_says(&answer.text, &["There is no page at this address."]);
        assert!(!answer.text.contains(GOOD));
        assert!(!answer.text.contains("2 permissions"));
    }
}

#[tokio::test]
async fn admins_find_both_in_the_navigation() {
    let page = portal().await.admin().get("/nodes").await.text;
    for (href, label) in [(HOSTS, "Host clusters"), (PLANS, "Plans")] {
        assert!(page.contains(&format!("href=\"{href}\"")));
        assert!(page.contains(label));
    }
}
