//! The order form: prefilled, quoted, refused, accepted.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const CHEAP: &str =
    "/nodes/new?name=trainer-2&accelerator=H100&count=8&cloud=aws&region=us-east-1&spot=true";

/// A form as a browser sends it, without a name.
const ORDER: &str = "draft[place]=vision%2Fdev&draft[kind]=&draft[accelerator]=H100&draft[other_accelerator]=&draft[count]=8&draft[location]=aws%2Fus-east-1&draft[disk_gib]=&draft[image]=&draft[setup]=pip+install+torch&draft[run]=&draft[task]=&draft[idle_minutes]=30&draft[idle_action]=take_down&draft[time_to_live_hours]=24&idempotency_key=k";

#[tokio::test]
async fn the_form_is_filled_in_with_what_the_catalogue_led_to() {
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
async fn price_places_and_task_are_there_without_a_script() {
    let page = portal().await.developer().get(CHEAP).await.text;
    assert!(page.contains("$17.60/h"), "the spot price an hour");
    assert!(page.contains("$422.40 for 24 hours"), "until its end");
    assert!(page.contains("$12,848.00"), "in a month");
    assert!(page.contains("accelerators: H100:8"), "the task");
    assert!(page.contains("AWS us-east-1"), "the cheapest place");
    assert!(page.contains("formaction=\"/rpc/check-node-price\""));
}

#[tokio::test]
async fn an_accelerator_is_known_however_it_is_capitalised() {
    let browser = portal().await.developer();
    let page = browser
        .get("/nodes/new?accelerator=h100&count=8")
        .await
        .text;
    assert!(page.contains("value=\"H100\" checked"));
    assert!(page.contains("AWS us-east-1 · $55.04/h"), "places");
}

#[tokio::test]
async fn nothing_that_costs_money_is_chosen_at_first() {
    let page = portal().await.developer().get("/nodes/new").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("value=\"H100\" checked"));
    assert!(page.text.contains("Choose an accelerator"));
    assert!(
        !page.text.contains("data-state=\"error\""),
        "what is not filled in yet is not wrong yet"
    );
}

#[tokio::test]
async fn checking_the_price_leads_back_with_everything_typed() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=trainer-2&{ORDER}");
    let answer = browser.post("/rpc/check-node-price", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let page = browser.get(answer.location()).await.text;
    assert!(page.contains("value=\"trainer-2\""));
    assert!(page.contains("pip install torch</textarea>"));
    assert!(page.contains("$55.04/h"));
}

#[tokio::test]
async fn a_refused_plain_order_comes_back_with_each_message_beside_its_field() {
    let mut browser = portal().await.developer();
    let form = format!("draft[name]=Trainer&{ORDER}")
        .replace("us-east-1", "mars-1")
        .replace("draft[disk_gib]=", "draft[disk_gib]=7")
        .replace("idle_minutes]=30", "idle_minutes]=-5");
    let refused = browser.post("/rpc/order-node", &form).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    assert!(refused.location().starts_with("/nodes/new?"));
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    for (field, says) in [
        ("name", "lower-case"),
        ("location", "Not in mars-1"),
        ("disk-gib", "between 30 and"),
        ("idle-minutes", "between 1 and"),
    ] {
        assert!(message(&page, field).contains(says), "{field}: {says}");
    }
    assert!(page.contains("value=\"Trainer\""), "the name is kept");
    assert!(page.contains("value=\"7\""), "the disk is kept");
    assert!(page.contains("pip install torch"), "the commands are kept");
}

#[tokio::test]
async fn unknown_accelerators_and_counts_are_refused_beside_their_fields() {
    let browser = portal().await.developer();
    for (query, field, says) in [
        ("accelerator=H1000", "accelerator", "did you mean H100?"),
        ("accelerator=H100&count=0", "count", "between 1 and"),
        ("accelerator=H100&count=1000", "count", "between 1 and"),
        ("accelerator=H100&count=3", "count", "1 or 8"),
    ] {
        let page = browser.get(&format!("/nodes/new?{query}")).await.text;
        assert!(message(&page, field).contains(says), "{query}: {says}");
    }
}

/// What stands beside a field.
fn message<'a>(page: &'a str, field: &str) -> &'a str {
    let id = format!("id=\"{field}-message\"");
    let from = page
        .find(&id)
        .unwrap_or_else(|| panic!("{field} has no message"));
    let rest = &page[from..];
    // The message ends where its element does.
    let end = rest
        .find("</p>")
        .into_iter()
        .chain(rest.find("</div>"))
        .min();
    &rest[..end.unwrap_or(rest.len())]
}

#[tokio::test]
async fn a_plain_order_leads_to_its_node() {
    let browser = portal().await.developer();
    let form = format!("draft[name]=trainer-2&{ORDER}");
    let answer = browser.post("/rpc/order-node", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let ordered = browser.get(answer.location()).await.text;
    assert!(ordered.contains("trainer-2"));
}

#[tokio::test]
async fn an_own_task_that_is_empty_is_not_ordered_by_the_other_fields() {
    let mut browser = portal().await.developer();
    let form = format!("draft[name]=trainer-2&{ORDER}").replace("draft[kind]=", "draft[kind]=task");
    let refused = browser.post("/rpc/order-node", &form).await;
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(message(&page, "task").contains("Paste the YAML"));
}

#[tokio::test]
async fn an_order_after_the_session_has_ended_keeps_what_fits_into_an_address() {
    let browser = portal().await.signed_out();
    let form = format!("draft[name]=trainer-2&{ORDER}");
    let answer = browser.post("/rpc/order-node", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.location();
    assert!(location.starts_with("/sign-in?return_to=%2Fnodes%2Fnew%3Fname%3Dtrainer-2"));
    assert!(!location.contains("torch"), "nobody hands on the commands");
}

#[tokio::test]
async fn commands_too_long_for_an_address_are_said_to_be() {
    let mut browser = portal().await.developer();
    let long = "x".repeat(70_000);
    let form = format!("draft[name]=Trainer&{ORDER}").replace("pip+install+torch", &long);
    let refused = browser.post("/rpc/order-node", &form).await;
    assert!(refused.location().len() < 2_000);
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("Go back in your browser"));
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
async fn stopping_is_off_with_the_reason_where_it_is_impossible() {
    let browser = portal().await.developer();
    let spot = browser.get(CHEAP).await.text;
    assert!(spot.contains("Spot machines cannot be stopped"));
    assert!(spot.contains("value=\"stop\" disabled"));
    let on_demand = browser.get("/nodes/new?accelerator=H100&cloud=aws").await;
    assert!(!on_demand.text.contains("value=\"stop\" disabled"));
}

#[tokio::test]
async fn a_viewer_is_told_why_there_is_no_form() {
    let browser = portal().await.developer();
    let browser = browser.portal.viewer();
    let page = browser.get("/nodes/new").await.text;
    assert!(page.contains("You may not order nodes yet"));
    assert!(!page.contains("<form action=\"/rpc/order-node\""));
}

#[tokio::test]
async fn prices_that_are_not_read_yet_are_said_to_be() {
    let browser = TestPortal::before_prices_are_read().await.developer();
    let page = browser.get("/nodes/new").await.text;
    assert!(page.contains("Prices are being read"));
}
