//! Lists of tenants, and links to the caller's own.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_an_archived_tenant().await
}

#[tokio::test]
async fn admins_see_what_each_has_and_archived_ones_only_with_the_filter() {
    let browser = portal().await.admin();
    let page = browser.get("/admin/tenants").await.text;
    assert!(page.contains("href=\"/tenants/vision\"") && page.contains("dev, staging"));
    assert!(!page.contains("Old team"));
    let page = browser.get("/admin/tenants?archived=true").await.text;
    assert!(page.contains("Old team") && page.contains("Archived"));
}

#[tokio::test]
async fn a_new_tenant_leads_to_its_environments_and_a_name_in_use_comes_back() {
    let browser = portal().await.admin();
    let form = "_page=/admin/tenants&name=Search+team&proposed_slug=search-team&slug=search";
    let created = browser.post("/rpc/create-tenant", form).await;
    assert_eq!(created.status, StatusCode::SEE_OTHER);
    assert_eq!(created.location(), "/tenants/search/environments");
    let form = "_page=/admin/tenants&name=My+vision&slug=vision";
    let page = browser.submit("/rpc/create-tenant", form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("aria-invalid=\"true\""));
    for typed in ["value=\"My vision\"", "value=\"vision\""] {
        assert!(page.text.contains(typed), "{typed}");
    }
}

#[tokio::test]
async fn the_navigation_leads_members_to_their_tenant() {
    let page = portal().await.developer().get("/clusters").await.text;
    assert!(page.contains("href=\"/tenants/vision\""));
    let only = portal().await.developer().get("/tenants").await;
    assert_eq!(only.status, StatusCode::SEE_OTHER);
    assert_eq!(only.location(), "/tenants/vision");
    let none = portal().await.stranger().get("/tenants").await;
    assert!(none.text.contains("data-empty=\"no-permission\""));
}

#[tokio::test]
async fn a_foreign_tenant_and_a_missing_one_look_the_same() {
    let stranger = portal().await.stranger();
    let mut seen = Vec::new();
    for slug in ["vision", "nothing"] {
        for tab in ["", "/environments", "/credentials", "/settings"] {
            let answer = stranger.get(&format!("/tenants/{slug}{tab}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{slug}{tab}");
            assert!(!answer.text.contains("Vision team"));
            let (_, main) = answer.text.split_once("<main").unwrap();
            let (main, _) = main.split_once("</main>").unwrap();
            seen.push(main.replace(slug, "x"));
        }
    }
    assert_eq!(seen[..4], seen[4..]);
}
