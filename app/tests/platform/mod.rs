//! Host clusters and plans.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_hosts().await
}

const HOSTS: &str = "/admin/host-clusters";
/// The portal has all permissions there.
const GOOD: &str = "eu-1";
/// Does not respond.
const SILENT: &str = "eu-3";
/// Removed from the configuration.
const GONE: &str = "us-1";
const PLANS: &str = "/admin/plans";

const CHECK: &str = "/rpc/check-host-cluster";

fn check(host: &str) -> String {
    format!("_page={HOSTS}&_key={host}&host={host}")
}

fn assert_contains(page: &str, expected: &[&str]) {
    for expected in expected {
        assert!(page.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn each_host_has_its_exposures_and_clusters() {
    let page = portal().await.admin().get(HOSTS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            GOOD,
            "Used for new clusters",
            "LoadBalancer",
            "clusters.example.com",
            GONE,
            "Removed from the configuration",
        ],
    );
    let checks = page.text.matches(&format!("action=\"{CHECK}\"")).count();
    assert_eq!(checks, 3, "a host that was removed cannot be checked");
    assert!(!page.text.contains("data-testid=\"host-check\""));
}

#[tokio::test]
async fn the_page_answers_with_the_result_of_a_check() {
    let browser = portal().await.admin();
    let good = browser.post(CHECK, &check(GOOD)).await;
    assert_eq!(good.status, StatusCode::OK);
    assert_contains(
        &good.text,
        &[
            "data-testid=\"host-check\" data-state=\"ok\"",
            "all 2 permissions",
        ],
    );
    assert_eq!(good.text.matches("data-testid=\"host-check\"").count(), 1);

    *browser.portal.core.hosts.withheld.lock().unwrap() = Some("create namespaces");
    let lacking = browser.post(CHECK, &check("eu-2")).await;
    assert_eq!(lacking.status, StatusCode::OK);
    assert_contains(
        &lacking.text,
        &[
            "data-testid=\"host-check\" data-state=\"missing\"",
            "1 of 2 permissions",
            "create namespaces",
            "no RBAC policy matched",
            "k8s/rbac.yaml",
        ],
    );

    let silent = browser.post(CHECK, &check(SILENT)).await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    let problems = silent.text.matches("data-problem=").count();
    assert_eq!(problems, 1);
    let (_, problem) = silent
        .text
        .split_once("data-problem=\"unavailable\"")
        .unwrap();
    let (problem, _) = problem.split_once("</form>").unwrap();
    assert!(
        problem.contains(&format!("name=\"host\" value=\"{SILENT}\"")),
        "on its card"
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_found() {
    let browser = portal().await.admin();
    let answer = browser.post(CHECK, &check("nowhere")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_contains(&answer.text, &["data-problem=\"not-found\"", GOOD]);
    let answer = browser.post(CHECK, &format!("_page={HOSTS}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_contains(&answer.text, &["data-problem=\"bad-request\"", GOOD]);
}

#[tokio::test]
async fn plans_have_limits_prices_and_usage() {
    let page = portal().await.admin().get(PLANS).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            "[[plans]]",
            "Medium",
            "8 GiB",
            "20 GiB",
            "$0.21",
            "$151.20",
            "Huge",
            "No longer offered",
        ],
    );
}

#[tokio::test]
async fn for_others_these_pages_and_the_check_do_not_exist() {
    let browser = portal().await.developer();
    for answer in [
        browser.get(HOSTS).await,
        browser.get(PLANS).await,
        browser.post(CHECK, &check(GOOD)).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_contains(&answer.text, &["data-problem=\"not-found\""]);
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
