//! The pages as a browser without JavaScript gets them: what they say, with which status, and what their forms do.
#![cfg(feature = "ssr")]

mod account;
mod audit;
mod credentials;
mod nodes;
mod platform;
mod support;
mod tenants;
mod user_pools;
mod users;

use axum::http::{Method, StatusCode};
use support::{
    Browser, FAILED_NODE, LAUNCHING_NODE, READY, READY_NODE, STOPPED_NODE, TestPortal, UNKNOWN,
    WORKING,
};

/// With a resource in each state.
async fn portal() -> TestPortal {
    TestPortal::start()
        .await
        .with_limits()
        .await
        .with_clusters()
        .await
        .with_nodes()
        .await
}

fn pages() -> Vec<String> {
    let cluster = format!("/clusters/{READY}");
    let mut pages: Vec<String> = [
        "/",
        "/clusters",
        "/clusters/new",
        "/nodes",
        "/nodes/catalogue",
        "/nodes/new",
        "/account",
        "/api",
        "/sign-in",
    ]
    .map(String::from)
    .into();
    pages.extend(["", "/connect", "/events", "/settings"].map(|tab| format!("{cluster}{tab}")));
    for node in [READY_NODE, LAUNCHING_NODE, FAILED_NODE, STOPPED_NODE] {
        let parts = ["", "/connect", "/logs", "/jobs", "/settings"];
        pages.extend(parts.map(|tab| format!("/nodes/{node}{tab}")));
    }
    pages.push(format!("/nodes/{READY_NODE}/logs?show=events"));
    pages
}

/// The pages of administration, which an admin sees.
async fn admin_pages(portal: &TestPortal) -> Vec<String> {
    let credentials = "/tenants/vision/credentials";
    let mut pages: Vec<String> = [
        "/admin/users",
        "/admin/users?search=nobody",
        "/admin/users/claim-rules",
        "/admin/users/invite",
        "/admin/tenants",
        "/admin/host-clusters",
        "/admin/plans",
        "/tenants/vision",
        "/tenants/vision/invitations",
        "/tenants/vision/environments",
        "/tenants/vision/environments?environment=dev",
        "/tenants/vision/settings",
        credentials,
    ]
    .map(String::from)
    .into();
    let users = [portal.paula, portal.grace, portal.linus];
    pages.extend(users.map(|user| format!("/admin/users/{user}")));
    for name in ["training", "spare"] {
        pages.push(format!(
            "{credentials}/{}",
            portal.credential(name).await.id
        ));
    }
    pages.extend(["", "?provider=aws", "?provider=gcp"].map(|of| format!("{credentials}/new{of}")));
    pages
}

/// Every page, and a browser that may see it.
async fn pages_and_browsers() -> Vec<(Browser, String)> {
    let portal = portal().await.with_credentials().await;
    let admin_pages = admin_pages(&portal).await;
    let of_developers = pages().into_iter().map(|page| (portal.developer(), page));
    let of_admins = admin_pages.into_iter().map(|page| (portal.admin(), page));
    of_developers.chain(of_admins).collect()
}

/// The ids of a page, of which none may be there twice: labels and messages lead to them.
fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[tokio::test]
async fn every_page_is_whole_without_javascript() {
    for (browser, page) in pages_and_browsers().await {
        let answer = browser.get(&page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        let html = answer.text;
        assert_eq!(html.matches("<h1").count(), 1, "{page} has one heading");
        assert!(html.contains("<html lang=\"en\""), "{page}");
        assert!(html.contains(" · Hangar</title>"), "{page} has a title");
        assert!(!html.contains("class=\"shimmer"), "{page} is still waiting");
        let mut found = ids(&html);
        found.sort_unstable();
        let count = found.len();
        found.dedup();
        assert_eq!(found.len(), count, "{page} has an id twice: {found:?}");
        for label in html.split("<label for=\"").skip(1) {
            let leads_to = label.split('"').next().unwrap_or_default();
            assert!(found.binary_search(&leads_to).is_ok(), "{page}: {leads_to}");
        }
    }
}

#[tokio::test]
async fn nothing_inline_gets_past_a_content_security_policy() {
    for (browser, page) in pages_and_browsers().await {
        let html = browser.get(&page).await.text;
        assert!(!html.contains(" style=\""), "{page} has an inline style");
        for handler in [" onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!html.contains(handler), "{page} has {handler}");
        }
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains("nonce=\""), "{page} has <script{tag}>");
        }
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so_with_its_status() {
    let browser = portal().await.developer();
    let unknown = format!("/clusters/{UNKNOWN}");
    let no_tab = format!("/clusters/{READY}/nonsense");
    let no_node = format!("/nodes/{UNKNOWN}");
    let no_part = format!("/nodes/{READY_NODE}/nonsense");
    for page in [
        "/nowhere",
        "/clusters/not-an-id",
        "/nodes/not-an-id",
        &unknown,
        &no_tab,
        &no_node,
        &no_part,
    ] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.text.contains("Not found"), "{page}");
    }
    for list in ["/clusters", "/nodes"] {
        let bad_filter = browser.get(&format!("{list}?state=purple")).await;
        assert_eq!(bad_filter.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_there_and_back() {
    let browser = portal().await.signed_out();
    let answer = browser.get("/clusters?search=pay").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(
        answer.location(),
        "/sign-in?return_to=%2Fclusters%3Fsearch%3Dpay"
    );
    let sign_in = browser.get(answer.location()).await;
    assert_eq!(sign_in.status, StatusCode::OK);
    let onwards = "/sign-in/sandbox?return_to=%2Fclusters%3Fsearch%3Dpay";
    assert!(sign_in.text.contains(onwards), "{}", sign_in.text);
}

#[tokio::test]
async fn a_list_is_searched_filtered_and_sorted_by_its_address() {
    let browser = portal().await.developer();
    let found = browser.get("/clusters?search=pay").await.text;
    assert!(found.contains("payments-ci") && !found.contains("search-load"));
    assert!(
        found.contains("value=\"pay\""),
        "the search stays in the box"
    );
    let failed = browser.get("/clusters?state=failed,degraded").await.text;
    assert!(failed.contains("search-load") && !failed.contains("payments-ci"));
    assert!(failed.contains("image cannot be pulled"));
    let none = browser.get("/clusters?search=zzz").await.text;
    assert!(none.contains("No cluster matches"));
}

const ORDER: &str = "draft[place]=vision%2Fdev&draft[plan]=medium&draft[kubernetes_version]=v1.35.0&draft[exposure]=load_balancer&draft[ingress_host]=&draft[time_to_live_hours]=72&idempotency_key=k";

#[tokio::test]
async fn a_plain_order_leads_to_its_cluster() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=brand-new&{ORDER}");
    let answer = browser.post("/rpc/order-cluster", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let ordered = browser.get(answer.location()).await.text;
    assert!(ordered.contains("brand-new"));
}

#[tokio::test]
async fn a_refused_plain_order_comes_back_filled_in_with_the_message_beside_the_field() {
    let mut browser = portal().await.developer();
    let form = format!("draft[name]=payments-ci&{ORDER}");
    let refused = browser.post("/rpc/order-cluster", &form).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    assert!(refused.location().starts_with("/clusters/new?"));
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("value=\"payments-ci\""), "the name is kept");
    assert!(
        page.contains("value=\"medium\" checked"),
        "the plan is kept"
    );
    assert!(page.contains("is taken"), "the message is there");
    assert!(page.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn an_order_after_the_session_has_ended_is_not_lost() {
    let browser = portal().await.signed_out();
    let form = format!("draft[name]=brand-new&{ORDER}");
    let answer = browser.post("/rpc/order-cluster", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert!(
        answer
            .location()
            .starts_with("/sign-in?return_to=%2Fclusters%2Fnew%3Fname%3Dbrand-new")
    );
}

#[tokio::test]
async fn deleting_takes_the_name() {
    let mut browser = portal().await.developer();
    let wrong = format!("id={READY}&confirmation=checkout");
    let refused = browser.post("/rpc/delete-cluster", &wrong).await;
    assert_eq!(refused.location(), format!("/clusters/{READY}/settings"));
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    let right = format!("id={READY}&confirmation=checkout-preview");
    let accepted = browser.post("/rpc/delete-cluster", &right).await;
    assert_eq!(accepted.location(), format!("/clusters/{READY}"));
}

#[tokio::test]
async fn only_a_page_that_will_change_loads_itself_again_without_a_script() {
    let browser = portal().await.developer();
    let refresh = "<noscript><meta http-equiv=\"refresh\"";
    let working = browser.get(&format!("/clusters/{WORKING}")).await.text;
    assert!(working.contains(refresh));
    let ready = browser.get(&format!("/clusters/{READY}")).await.text;
    assert!(!ready.contains(refresh));
    let launching = browser.get(&format!("/nodes/{LAUNCHING_NODE}")).await.text;
    assert!(launching.contains(refresh));
    let settings = format!("/nodes/{LAUNCHING_NODE}/settings");
    let typing = browser.get(&settings).await.text;
    assert!(!typing.contains(refresh), "what is typed would be lost");
}

#[tokio::test]
async fn a_viewer_is_not_offered_what_they_may_not_do() {
    let browser = portal().await.developer();
    let offer = "href=\"/clusters/new\"";
    for page in ["/", "/clusters"] {
        assert!(browser.get(page).await.text.contains(offer), "{page}");
    }
    let browser = browser.portal.viewer();
    for page in ["/", "/clusters"] {
        assert!(!browser.get(page).await.text.contains(offer), "{page}");
    }
}

#[tokio::test]
async fn limits_show_before_they_are_met() {
    let browser = portal().await.developer();
    let overview = browser.get("/").await.text;
    for says in ["Limits", "Vision team / dev", "4 of 5"] {
        assert!(overview.contains(says), "{says} is missing");
    }
    let form = browser.get("/clusters/new").await.text;
    for says in ["In use: 4 of 5 clusters", "After this", "5 of 5 clusters"] {
        assert!(form.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once() {
    let mut browser = portal().await.developer();
    let form = "input[name]=nightly&input[expires_in_days]=30&input[scopes][0]=read&input[scopes][3]=admin";
    let made = browser.post("/rpc/create-token", form).await;
    assert_eq!(made.location(), "/account");
    assert!(!made.location().contains("hgr_"));
    browser.cookies = made.cookies();
    let page = browser.get("/account").await;
    let secret = page
        .text
        .split(['"', '<', '>', ' '])
        .find(|text| text.starts_with("hgr_") && text.len() > 40);
    let secret = secret.expect("the page shows it").to_owned();
    browser.cookies = page.cookies();
    assert!(!browser.get("/account").await.text.contains(&secret));
}

#[tokio::test]
async fn the_theme_is_a_cookie_that_the_next_page_follows() {
    let mut browser = portal().await.developer();
    let set = browser.post("/rpc/set-theme", "theme=dark").await;
    browser.cookies = set.cookies();
    assert!(browser.get("/").await.text.contains("data-theme=\"dark\""));
    browser.cookies = "theme=purple".into();
    assert!(!browser.get("/").await.text.contains("data-theme"));
}

#[tokio::test]
async fn no_server_function_answers_a_get() {
    // Mounting the pages registers the functions; they are found by their addresses.
    let _portal = TestPortal::start().await;
    let functions: Vec<_> = server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 15, "only {functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}");
        assert!(
            path.starts_with("/rpc/"),
            "{path} has an address of its own"
        );
        assert!(!path.contains(char::is_numeric), "{path} is not pinned");
    }
}
