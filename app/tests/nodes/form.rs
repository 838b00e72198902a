//! The form that creates a node: what it is filled in with, its preview, what it rejects and accepts.

use crate::support::TestPortal;
use axum::http::StatusCode;
use domain::node::order::IdleAction;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const CHEAP: &str =
    "/nodes/new?name=trainer-2&accelerator=H100&count=8&cloud=aws&region=us-east-1&spot=true";

const CREATE: &str = "/rpc/create-node";
const PREVIEW: &str = "/rpc/create-node?preview";

/// The form as a browser sends it.
fn form(name: &str) -> String {
    let action = IdleAction::default().as_str();
    format!(
        "_page=/nodes/new&_keep=true&draft[name]={name}&draft[place]=vision%2Fdev&draft[kind]=machine&draft[accelerator]=H100&draft[other_accelerator]=&draft[count]=8&draft[location]=aws%2Fus-east-1&draft[spot]=false&draft[disk_gib]=&draft[image]=&draft[setup]=pip+install+torch&draft[run]=&draft[task]=&draft[idle_minutes]=30&draft[idle_action]={action}&draft[time_to_live_hours]=24&idempotency_key=k"
    )
}

#[tokio::test]
async fn the_form_is_filled_in_with_the_offer_of_the_catalogue() {
    let page = portal().await.developer().get(CHEAP).await.text;
    for filled_in in [
        "value=\"trainer-2\"",
        "value=\"H100\" checked",
        "value=\"8\" checked",
        "value=\"true\" checked",
        "<option value=\"aws/us-east-1\" selected",
    ] {
        assert!(page.contains(filled_in), "{filled_in} is missing");
    }
}

#[tokio::test]
async fn price_locations_and_task_are_there_without_a_script() {
    let page = portal().await.developer().get(CHEAP).await.text;
    assert!(page.contains("$17.60/h"), "the spot price an hour");
    assert!(page.contains("$422.40 for 24 hours"), "for its lifetime");
    assert!(page.contains("$12,848.00"), "in a month");
    assert!(page.contains("accelerators: H100:8"), "the task");
    assert!(page.contains("AWS us-east-1"), "the cheapest location");
    assert!(page.contains("formaction=\"/rpc/create-node?preview\""));
}

#[tokio::test]
async fn an_accelerator_is_found_in_any_case() {
    let browser = portal().await.developer();
    let page = browser
        .get("/nodes/new?accelerator=h100&count=8")
        .await
        .text;
    assert!(page.contains("value=\"H100\" checked"));
    assert!(page.contains("AWS us-east-1 · $55.04/h"), "locations");
}

#[tokio::test]
async fn no_accelerator_is_chosen_at_first() {
    let page = portal().await.developer().get("/nodes/new").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("value=\"H100\" checked"));
    assert!(page.text.contains("Choose an accelerator"));
    assert!(
        !page.text.contains("data-state=\"error\""),
        "an empty field is no error yet"
    );
}

#[tokio::test]
async fn a_preview_keeps_everything_typed_shows_the_price_and_creates_nothing() {
    let browser = portal().await.developer();
    let preview = browser.post(PREVIEW, &form("trainer-2")).await;
    assert_eq!(preview.status, StatusCode::OK);
    let page = preview.text;
    assert!(page.contains("value=\"trainer-2\""));
    assert!(page.contains("pip install torch</textarea>"));
    assert!(page.contains("name=\"idempotency_key\" value=\"k\""));
    assert!(page.contains("$55.04/h"));
    assert!(!page.contains("data-state=\"error\""));
    let spot = form("trainer-2").replace("draft[spot]=false", "draft[spot]=true");
    assert!(browser.post(PREVIEW, &spot).await.text.contains("$17.60/h"));
    let list = browser.get("/nodes").await.text;
    assert!(!list.contains("trainer-2"));
}

#[tokio::test]
async fn a_preview_takes_a_count_that_the_accelerator_is_offered_in() {
    let browser = portal().await.developer();
    let form = form("trainer-2").replace("accelerator]=H100", "accelerator]=L4");
    let page = browser.post(PREVIEW, &form).await.text;
    assert!(page.contains("value=\"L4\" checked"));
    assert!(page.contains("value=\"1\" checked"), "instead of 8");
}

#[tokio::test]
async fn a_rejected_form_comes_back_with_each_message_beside_its_field() {
    let browser = portal().await.developer();
    let form = form("Trainer")
        .replace("us-east-1", "mars-1")
        .replace("draft[disk_gib]=", "draft[disk_gib]=7")
        .replace("idle_minutes]=30", "idle_minutes]=-5");
    let rejected = browser.post(CREATE, &form).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = rejected.text;
    for field in ["name", "location", "disk-gib", "idle-minutes"] {
        assert!(has_error(&page, field), "{field} has no message");
    }
    assert!(!has_error(&page, "image"));
    let invalid = page.matches("aria-invalid=\"true\"").count();
    assert_eq!(invalid, 4);
    assert!(page.contains("value=\"Trainer\""), "the name is kept");
    assert!(page.contains("value=\"7\""), "the disk is kept");
    assert!(page.contains("pip install torch"), "the commands are kept");
    assert!(
        page.contains("aws/mars-1\" selected"),
        "the location is kept"
    );
}

#[tokio::test]
async fn unknown_accelerators_and_counts_are_rejected_beside_their_fields() {
    let browser = portal().await.developer();
    for (query, field, part) in [
        ("accelerator=H1000", "accelerator", "H100?"),
        ("accelerator=H100&count=0", "count", "between 1 and"),
        ("accelerator=H100&count=1000", "count", "between 1 and"),
        ("accelerator=H100&count=3", "count", "1 or 8"),
    ] {
        let page = browser.get(&format!("/nodes/new?{query}")).await.text;
        assert!(has_error(&page, field), "{query}");
        assert!(message(&page, field).contains(part), "{query}: {part}");
    }
}

/// The message beside a field.
fn message<'a>(page: &'a str, field: &str) -> &'a str {
    let id = format!("id=\"{field}-message\"");
    let (_, rest) = page
        .split_once(&id)
        .unwrap_or_else(|| panic!("{field} has no message"));
    rest.split("</div>").next().unwrap_or_default()
}

fn has_error(page: &str, field: &str) -> bool {
    message(page, field).contains("data-state=\"error\"")
}

#[tokio::test]
async fn the_form_leads_to_the_node_and_creates_it_once() {
    let browser = portal().await.developer();
    let answer = browser.post(CREATE, &form("trainer-2")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let created = browser.get(answer.location()).await.text;
    assert!(created.contains("trainer-2"));
    let again = browser.post(CREATE, &form("trainer-2")).await;
    assert_eq!(again.location(), answer.location());
}

#[tokio::test]
async fn an_own_task_without_text_creates_no_machine_from_the_other_fields() {
    let browser = portal().await.developer();
    let form = form("trainer-2").replace("draft[kind]=machine", "draft[kind]=task");
    let rejected = browser.post(CREATE, &form).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(has_error(&rejected.text, "task"));
}

#[tokio::test]
async fn a_form_after_the_session_has_ended_is_kept_as_far_as_it_fits_into_an_address() {
    let browser = portal().await.signed_out();
    let long = "x".repeat(10_000);
    let form = form("trainer-2").replace("draft[run]=", &format!("draft[run]={long}"));
    let answer = browser.post(CREATE, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = answer.location();
    assert!(location.starts_with("/sign-in?return_to=%2Fnodes%2Fnew%3Fname%3Dtrainer-2"));
    assert!(location.contains("torch") && location.contains("time_to_live_hours"));
    assert!(!location.contains("xxx"), "too long for an address");
}

#[tokio::test]
async fn commands_that_are_too_long_are_rejected_and_kept() {
    let browser = portal().await.developer();
    let long = "x".repeat(70_000);
    let form = form("trainer-2").replace("pip+install+torch", &long);
    let rejected = browser.post(CREATE, &form).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(has_error(&rejected.text, "setup"));
    assert!(rejected.text.contains(&long));
}

#[tokio::test]
async fn commands_cannot_leave_their_field() {
    let browser = portal().await.developer();
    let page = browser
        .get("/nodes/new?setup=%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await
        .text;
    assert!(!page.contains("<script>alert(1)"));
    assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"));
}

#[tokio::test]
async fn the_form_says_where_stopping_is_impossible_and_rejects_it() {
    let browser = portal().await.developer();
    let spot = browser.get(CHEAP).await.text;
    assert!(spot.contains("cannot be stopped"));
    let on_demand = browser.get("/nodes/new?accelerator=H100&cloud=aws").await;
    assert!(!on_demand.text.contains("cannot be stopped"));
    let form = form("trainer-2")
        .replace("draft[spot]=false", "draft[spot]=true")
        .replace(
            &format!("idle_action]={}", IdleAction::default().as_str()),
            "idle_action]=stop",
        );
    let rejected = browser.post(CREATE, &form).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(has_error(&rejected.text, "idle-action"));
}

#[tokio::test]
async fn a_viewer_sees_why_there_is_no_form() {
    let browser = portal().await.viewer();
    let page = browser.get("/nodes/new").await.text;
    assert!(page.contains("data-empty=\"no-permission\""));
    assert!(!page.contains(CREATE));
    let rejected = browser.post(CREATE, &form("trainer-2")).await;
    assert_eq!(rejected.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_form_says_that_prices_are_loading() {
    let browser = TestPortal::before_prices_are_read().await.developer();
    let page = browser.get("/nodes/new").await.text;
    assert!(page.contains("Prices are loading"));
}
