//! Tenants in lists, and the way to one's own.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_an_archived_tenant().await
}

#[tokio::test]
async fn admins_see_what_is_in_each_and_archived_ones_only_when_asked() {
    let browser = portal().await.admin();
    let page = browser.get("/admin/tenants").await.text;
    assert!(page.contains("href=\"/tenants/vision\"") && page.contains("dev, staging"));
    assert!(!page.contains("Old team"));
    let page = browser.get("/admin/tenants?archived=true").await.text;
    assert!(page.contains("Old team") && page.contains("Archived"));
}

#[tokio::test]
async fn a_new_tenant_leads_to_its_environments_and_a_taken_name_comes_back() {
    let mut browser = portal().await.admin();
    let form = "input[name]=Search+team&input[slug]=search";
    let created = browser.post("/rpc/create-tenant", form).await;
    assert_eq!(created.location(), "/tenants/search/environments");
    let form = "input[name]=My+vision&input[slug]=vision";
    let page = browser.submit("/rpc/create-tenant", form).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(
        page.contains("value=\"My vision\""),
        "what was typed is kept"
    );
}

#[tokio::test]
async fn the_navigation_leads_members_to_their_team() {
    let page = portal().await.developer().get("/clusters").await.text;
    assert!(page.contains("href=\"/tenants/vision\""));
    let only = portal().await.developer().get("/tenants").await;
    assert_eq!(only.status, StatusCode::FOUND);
    assert_eq!(only.location(), "/tenants/vision");
    let nowhere = portal().await.stranger().get("/tenants").await;
    assert!(nowhere.text.contains("You are not in a tenant yet"));
}

#[tokio::test]
async fn a_foreign_tenant_and_none_look_the_same() {
    let stranger = portal().await.stranger();
    let mut seen = Vec::new();
    for slug in ["vision", "nothing"] {
        for tab in ["", "/environments", "/credentials", "/settings"] {
            let answer = stranger.get(&format!("/tenants/{slug}{tab}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{slug}{tab}");
            assert!(!answer.text.contains("Vision team · Hangar"));
            let told = answer.text.split("<main").nth(1).unwrap_or_default();
            let told = told.split("</main>").next().unwrap_or_default();
            seen.push(told.replace("vision", "x").replace("nothing", "x"));
        }
    }
    assert_eq!(seen[..4], seen[4..]);
}
