//! The catalogue: search, filters, order, and what is shown when there are no offers.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

#[tokio::test]
async fn the_cheapest_offer_comes_first_with_location_and_both_prices() {
    let browser = portal().await.developer();
    let page = browser.get("/nodes/catalogue?accelerator=H100").await.text;
    let cheapest = page.find("$2.99/h").expect("the cheapest is there");
    let dearer = page.find("$6.88/h").expect("another one is there");
    assert!(cheapest < dearer);
    for says in ["Lambda", "us-south-1", "$2.20/h", "80 GiB", "12 min ago"] {
        assert!(page.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn each_price_links_to_the_filled_in_form() {
    let browser = portal().await.developer();
    let page = browser.get("/nodes/catalogue?count=8").await.text;
    let on_demand = "/nodes/new?accelerator=H100&amp;count=8&amp;cloud=aws&amp;region=us-east-1\"";
    let spot = "/nodes/new?accelerator=H100&amp;count=8&amp;cloud=aws&amp;region=us-east-1&amp;spot=true\"";
    assert!(page.contains(on_demand), "on demand");
    assert!(page.contains(spot), "spot");
}

#[tokio::test]
async fn search_filters_and_order_are_in_the_address() {
    let browser = portal().await.developer();
    let page = browser
        .get("/nodes/catalogue?search=h1&cloud=aws&count=1&sort=-price&tenant=vision")
        .await
        .text;
    assert!(page.contains("$6.88/h") && !page.contains("$55.04/h"));
    assert!(page.contains("value=\"h1\""), "the search stays in the box");
    assert!(page.contains("<option value=\"aws\" selected"));
    assert!(page.contains("aria-sort=\"descending\""));
    assert!(
        page.contains("name=\"tenant\" value=\"vision\""),
        "a new search keeps the tenant"
    );
    assert!(
        page.contains("/nodes/catalogue?tenant=vision"),
        "the switcher stays in the catalogue"
    );
}

#[tokio::test]
async fn no_prices_no_match_and_no_permission_differ() {
    let browser = portal().await.developer();
    let no_match = browser.get("/nodes/catalogue?search=zzz").await;
    assert_eq!(no_match.status, StatusCode::OK);
    assert!(no_match.text.contains("data-empty=\"no-match\""));

    let browser = browser.portal.stranger();
    let no_tenant = browser.get("/nodes/catalogue").await.text;
    assert!(no_tenant.contains("data-empty=\"no-permission\""));

    let browser = TestPortal::before_prices_are_read().await.developer();
    let not_yet = browser.get("/nodes/catalogue").await.text;
    assert!(not_yet.contains("data-empty=\"nothing-yet\""));
    assert!(
        not_yet.contains("<noscript><meta http-equiv=\"refresh\""),
        "the page loads again by itself"
    );
}

#[tokio::test]
async fn a_viewer_sees_prices_without_links() {
    let browser = portal().await.developer();
    let browser = browser.portal.viewer();
    let page = browser.get("/nodes/catalogue").await.text;
    assert!(page.contains("$2.99/h"));
    assert!(!page.contains("/nodes/new?"));
}

#[tokio::test]
async fn an_invalid_filter_is_rejected_with_its_status() {
    let browser = portal().await.developer();
    let answer = browser.get("/nodes/catalogue?count=many").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}
