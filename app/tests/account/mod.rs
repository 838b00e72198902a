//! The account page: API tokens.

use crate::support::TestPortal;
use axum::http::StatusCode;
use domain::access::TokenScope;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_a_token().await
}

/// A form on the account page.
const FORM: &str =
    "_page=/account&input[name]=nightly&input[expires_in_days]=90&input[tenant]=vision";

#[tokio::test]
async fn the_form_explains_each_scope_and_ticks_the_usual_ones() {
    let page = portal().await.developer().get("/account").await.text;
    for (number, scope) in TokenScope::ALL.into_iter().enumerate() {
        assert!(page.contains(scope.title()), "{scope:?}");
        let name = format!("name=\"input[scopes][{number}]\"");
        let (_, input) = page.split_once(&name).expect("a checkbox");
        let (input, _) = input.split_once('>').unwrap();
        let usual = scope != TokenScope::Admin;
        assert_eq!(input.contains("checked"), usual, "{scope:?}");
    }
    assert!(page.contains("All my tenants"));
    assert!(page.contains("in Vision team only"), "of the token listed");
}

#[tokio::test]
async fn the_secret_of_a_new_token_is_shown_once() {
    let browser = portal().await.developer();
    let form = format!("{FORM}&input[scopes][0]=read");
    let page = browser.post("/rpc/create-token", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    let (_, created) = page
        .text
        .split_once("data-testid=\"created-token\"")
        .unwrap();
    let (_, secret) = created.split_once("HANGAR_TOKEN=").unwrap();
    let secret: String = secret.chars().take_while(|c| !c.is_whitespace()).collect();
    assert!(!format!("{:?}", page.headers).contains(&secret));
    assert!(
        !page.text.contains("value=\"nightly\""),
        "the form is empty again"
    );
    let later = browser.get("/account").await.text;
    assert!(later.contains("nightly") && !later.contains(&secret));
}

#[tokio::test]
async fn a_token_without_a_scope_is_an_error_beside_the_checkboxes() {
    let browser = portal().await.developer();
    let page = browser.submit("/rpc/create-token", FORM).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, scopes) = page.text.split_once("data-field=\"scopes\"").unwrap();
    let (scopes, _) = scopes.split_once("</fieldset>").unwrap();
    assert!(scopes.contains("data-state=\"error\""));
    assert!(!scopes.contains("checked"), "none is ticked again");
    for typed in [
        "value=\"nightly\"",
        "value=\"90\" selected",
        "value=\"vision\" selected",
    ] {
        assert!(page.text.contains(typed), "{typed}");
    }
}
