//! The pages as a browser without JavaScript gets them: content, status, and what their forms do.

mod account;
mod audit;
mod clusters;
mod credentials;
mod forms;
mod markup;
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
        "/usage",
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

/// The pages that only admins see.
async fn admin_pages(portal: &TestPortal) -> Vec<String> {
    let credentials = "/tenants/vision/credentials";
    let mut pages: Vec<String> = [
        "/admin/users",
        "/admin/users?search=zzz",
        "/admin/users/claim-rules",
        "/admin/users/invite",
        "/admin/users/sessions",
        "/admin/tenants",
        "/admin/audit",
        "/admin/host-clusters",
        "/admin/identity-provider",
        "/admin/identity-provider/corp/grace",
        "/admin/orphans",
        "/admin/permissions",
        "/admin/plans",
        "/tenants/vision",
        "/tenants/vision/invitations",
        "/tenants/vision/environments",
        "/tenants/vision/environments?environment=dev",
        "/tenants/vision/audit",
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
    let portal = portal().await.with_credentials().await.with_orphans().await;
    pages_and_browsers_of(&portal).await
}

async fn pages_and_browsers_of(portal: &TestPortal) -> Vec<(Browser, String)> {
    let admin_pages = admin_pages(portal).await;
    let of_developers = pages().into_iter().map(|page| (portal.developer(), page));
    let of_admins = admin_pages.into_iter().map(|page| (portal.admin(), page));
    // A user with one tenant is redirected to its page.
    let tenants = (portal.stranger(), "/tenants".to_owned());
    of_developers.chain(of_admins).chain([tenants]).collect()
}

/// Whether `page` is at an address of the route.
fn is_at(page: &str, route: &str) -> bool {
    let path = page.split('?').next().unwrap_or_default();
    let (parts, of_route): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), route.split('/').collect());
    let mut pairs = parts.iter().zip(&of_route);
    parts.len() == of_route.len()
        && pairs.all(|(part, of_route)| part == of_route || of_route.starts_with('{'))
}

#[tokio::test]
async fn every_route_is_among_the_tested_pages() {
    let pages = pages_and_browsers().await;
    for route in app::page_paths() {
        let is_tested = pages.iter().any(|(_, page)| is_at(page, route));
        assert!(is_tested, "{route}");
    }
}

/// The ids on a page. Labels and messages refer to them, so each must be unique.
fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[tokio::test]
async fn every_page_is_complete_without_javascript() {
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
async fn no_page_has_inline_styles_or_scripts() {
    for (browser, page) in pages_and_browsers().await {
        let html = browser.get(&page).await.text;
        assert!(!html.contains(" style=\""), "{page} has an inline style");
        for handler in [" onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!html.contains(handler), "{page} has {handler}");
        }
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains("src=\"/pkg/"), "{page} has <script{tag}>");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_has_a_page_and_its_status() {
    let browser = portal().await.developer();
    let unknown = format!("/clusters/{UNKNOWN}");
    let no_tab = format!("/clusters/{READY}/nonsense");
    let no_node = format!("/nodes/{UNKNOWN}");
    let no_part = format!("/nodes/{READY_NODE}/nonsense");
    for page in [
        "/nowhere",
        "/nowhere/at/all",
        "/clusters/not-an-id",
        "/nodes/not-an-id",
        &unknown,
        &no_tab,
        &no_node,
        &no_part,
    ] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.text.contains("data-problem=\"not-found\""), "{page}");
    }
    for list in ["/clusters", "/nodes"] {
        let bad_filter = browser.get(&format!("{list}?state=purple")).await;
        assert_eq!(bad_filter.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn without_a_session_a_page_redirects_to_the_sign_in_page_and_back() {
    let browser = portal().await.signed_out();
    let answer = browser.get("/clusters?search=pay").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.location(),
        "/sign-in?return_to=%2Fclusters%3Fsearch%3Dpay"
    );
    let sign_in = browser.get(answer.location()).await;
    assert_eq!(sign_in.status, StatusCode::OK);
    let provider = "/sign-in/sandbox?return_to=%2Fclusters%3Fsearch%3Dpay";
    assert!(sign_in.text.contains(provider), "{}", sign_in.text);
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
    assert!(none.contains("data-empty=\"no-match\""));
}

const CREATE: &str = "_page=%2Fclusters%2Fnew&_keep=true&draft[place]=vision%2Fdev&draft[plan]=medium&draft[kubernetes_version]=v1.35.0&draft[exposure]=load_balancer&draft[ingress_host]=&draft[time_to_live_hours]=72&idempotency_key=k";

#[tokio::test]
async fn a_form_leads_to_what_it_created() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=brand-new&{CREATE}");
    let answer = browser.post("/rpc/create-cluster", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let created = browser.get(answer.location()).await.text;
    assert!(created.contains("brand-new"));
}

#[tokio::test]
async fn a_rejected_form_is_shown_again_with_everything_typed_and_the_message_beside_the_field() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=payments-ci&{CREATE}");
    let refused = browser.post("/rpc/create-cluster", &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = refused.text;
    assert!(page.contains("value=\"payments-ci\""), "the name is kept");
    assert!(
        page.contains("value=\"medium\" checked"),
        "the plan is kept"
    );
    assert!(
        page.contains("value=\"k\""),
        "a second try is the same request"
    );
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("data-problem=\"conflict\""));
    assert!(page.contains("data-state=\"error\""));
}

#[tokio::test]
async fn a_preview_shows_what_is_typed_and_creates_nothing() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=brand-new&{CREATE}");
    let preview = browser.post("/rpc/create-cluster?preview", &form).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(
        preview.text.contains("data-state=\"ok\""),
        "the name is available"
    );
    assert!(preview.text.contains("Namespace vcluster-brand-new"));
    let taken = form.replace("brand-new", "payments-ci");
    let taken = browser
        .post("/rpc/create-cluster?preview", &taken)
        .await
        .text;
    assert!(
        taken.contains("name=\"draft[name]\" value=\"payments-ci-2\""),
        "a free name is offered"
    );
    let list = browser.get("/clusters?search=brand-new").await.text;
    assert!(list.contains("data-empty=\"no-match\""));
}

#[tokio::test]
async fn a_form_after_the_session_has_ended_is_not_lost() {
    let browser = portal().await.signed_out();
    let form = format!("draft[name]=brand-new&{CREATE}");
    let answer = browser.post("/rpc/create-cluster", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(
        answer
            .location()
            .starts_with("/sign-in?return_to=%2Fclusters%2Fnew%3Fname%3Dbrand-new")
    );
}

#[tokio::test]
async fn a_form_of_another_version_of_the_portal_is_shown_again_with_what_to_do() {
    let browser = portal().await.developer();
    for function in ["/rpc/former-function", "/rpc/delete-cluster"] {
        let form = format!("_page=/clusters/{READY}/settings&former=field");
        let rejected = browser.post(function, &form).await;
        assert_eq!(rejected.status, StatusCode::BAD_REQUEST, "{function}");
        assert!(
            rejected.text.contains("data-problem=\"bad-request\""),
            "{function}"
        );
    }
}

#[tokio::test]
async fn deleting_needs_the_name() {
    let browser = portal().await.developer();
    let form = |confirmation: &str| {
        format!("_page=%2Fclusters%2F{READY}%2Fsettings&id={READY}&confirmation={confirmation}")
    };
    let refused = browser.post("/rpc/delete-cluster", &form("checkout")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("aria-invalid=\"true\""));
    let accepted = browser
        .post("/rpc/delete-cluster", &form("checkout-preview"))
        .await;
    assert_eq!(accepted.location(), format!("/clusters/{READY}"));
}

#[tokio::test]
async fn changes_on_the_host_are_shown_to_all_and_restored_by_those_who_may() {
    let portal = portal().await;
    let page = format!("/clusters/{READY}");
    let (developer, viewer) = (portal.developer(), portal.viewer());
    let (may, may_not) = (
        developer.get(&page).await.text,
        viewer.get(&page).await.text,
    );
    for part in ["found", "restored"] {
        let part = format!("data-drift=\"{part}\"");
        assert!(may.contains(&part) && may_not.contains(&part), "{part}");
    }
    let form = "data-drift=\"restore\"";
    assert!(may.contains(form) && !may_not.contains(form));
    let form = format!("_page=%2Fclusters%2F{READY}&id={READY}");
    let refused = viewer.post("/rpc/restore-cluster", &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let accepted = developer.post("/rpc/restore-cluster", &form).await;
    assert_eq!(accepted.location(), page);
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let browser = portal().await.developer();
    let page = format!("/clusters/{READY}/settings");
    let first = browser.get(&page).await;
    let tag = first.headers["etag"].to_str().unwrap();
    let again = browser.get_unless(&page, tag).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.text.is_empty());
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
async fn limits_show_before_they_are_reached() {
    let browser = portal().await.developer();
    let overview = browser.get("/").await.text;
    for part in ["Limits", "Vision team / dev", "4 of 5"] {
        assert!(overview.contains(part), "{part} is missing");
    }
    let form = browser.get("/clusters/new").await.text;
    for part in ["In use: 4 of 5 clusters", "Usage after", "5 of 5 clusters"] {
        assert!(form.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once() {
    let browser = portal().await.developer();
    let form = "_page=%2Faccount&input[name]=nightly&input[expires_in_days]=30&input[scopes][0]=read&input[scopes][3]=admin";
    let made = browser.post("/rpc/create-token", form).await;
    assert_eq!(made.status, StatusCode::OK);
    let secret = made
        .text
        .split(['"', '<', '>', ' '])
        .find(|text| text.starts_with("hgr_") && text.len() > 40);
    let secret = secret.expect("the page shows it").to_owned();
    assert!(made.headers.get("set-cookie").is_none());
    assert!(!browser.get("/account").await.text.contains(&secret));
}

#[tokio::test]
async fn the_theme_is_a_cookie_that_the_next_page_follows() {
    let mut browser = portal().await.developer();
    let set = browser.post("/rpc/set-theme", "theme=dark").await;
    browser.cookies = set.cookies();
    assert!(
        browser
            .get("/")
            .await
            .text
            .contains("<html lang=\"en\" data-theme=\"dark\"")
    );
    // The second is what another subdomain can plant.
    for other in ["__Host-theme=purple", "theme=dark", "xtheme=dark", ""] {
        browser.cookies = other.into();
        let page = browser.get("/").await.text;
        assert!(page.contains("<html lang=\"en\">"), "{other}");
    }
}

#[tokio::test]
async fn no_server_function_answers_a_get() {
    // Mounting the pages registers the functions; they are found by their addresses.
    let _portal = TestPortal::start().await;
    let functions = app::function_paths();
    assert!(functions.len() >= 15, "only {functions:?}");
    for (method, path) in functions {
        assert_eq!(method, Method::POST, "{path}");
        assert!(
            path.starts_with("/rpc/"),
            "{path} has an address of its own"
        );
        assert!(!path.contains(char::is_numeric), "{path} is not pinned");
    }
}
