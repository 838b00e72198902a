//! Host clusters and plans.

use axum::http::StatusCode;

use crate::support::platform::{GONE, GOOD, LACKING, SILENT};
use crate::support::{self, Browser};

const HOSTS: &str = "/admin/host-clusters";
const PLANS: &str = "/admin/plans";

fn assert_says(page: &str, words: &[&str]) {
    for says in words {
        assert!(page.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn each_host_tells_how_it_is_reached_and_what_is_on_it() {
    let page = Browser::of(support::admin()).get(HOSTS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_says(
        &page.text,
        &[
            GOOD,
            "New clusters go here",
            "LoadBalancer, Ingress host",
            "clusters.example.com",
            "$2.52",
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
    let browser = Browser::of(support::admin());
    let good = browser.post(HOSTS, &format!("host={GOOD}")).await;
    assert_eq!(good.status, StatusCode::OK);
    assert_says(&good.text, &["The portal has all 125 permissions"]);
    assert!(!good.text.contains("class=\"shimmer"), "it is whole");

    let lacking = browser.post(HOSTS, &format!("host={LACKING}")).await;
    assert_eq!(lacking.status, StatusCode::OK);
    assert_says(
        &lacking.text,
        &[
            "1 of 125 permissions is missing",
            "create namespaces",
            "no RBAC policy matched",
            "Apply k8s/rbac.yaml.",
        ],
    );

    let silent = browser.post(HOSTS, &format!("host={SILENT}")).await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_says(
        &silent.text,
        &["eu-3 does not answer.", "See whether its API server runs."],
    );
    assert_eq!(silent.text.matches("role=\"alert\"").count(), 1);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_said_to_be_missing() {
    let browser = Browser::of(support::admin());
    for form in ["host=nowhere", ""] {
        let answer = browser.post(HOSTS, form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_says(&answer.text, &["There is no such host cluster", GOOD]);
    }
}

#[tokio::test]
async fn plans_tell_their_limits_prices_and_who_has_them() {
    let page = Browser::of(support::admin()).get(PLANS).await;
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
            "17",
            "4 as it was before",
            "Huge",
            "Not offered any more",
        ],
    );
}

#[tokio::test]
async fn to_others_there_are_no_such_pages_and_nothing_to_ask() {
    let browser = Browser::of_a_developer();
    for answer in [
        browser.get(HOSTS).await,
        browser.get(PLANS).await,
        browser.post(HOSTS, &format!("host={GOOD}")).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_says(&answer.text, &["There is no page at this address."]);
        assert!(!answer.text.contains(GOOD));
        assert!(!answer.text.contains("125 permissions"));
    }
}

#[tokio::test]
async fn admins_find_both_in_the_navigation() {
    let page = Browser::of(support::admin()).get("/nodes").await.text;
    for (href, label) in [(HOSTS, "Host clusters"), (PLANS, "Plans")] {
        assert!(page.contains(&format!("href=\"{href}\"")));
        assert!(page.contains(label));
    }
}
