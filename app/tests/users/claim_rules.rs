//! Trying claim rules on a token.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const TRY: &str = "/rpc/try-claim-rules";
/// `{"sub":"planted-token","groups":["devs","gone"]}`
const FORM: &str = "_page=/admin/users/claim-rules&provider=corp&token=%7B%22sub%22%3A%22planted-token%22%2C%22groups%22%3A%5B%22devs%22%2C%22gone%22%5D%7D";

fn with_token(token: &str) -> String {
    format!("_page=/admin/users/claim-rules&provider=corp&token={token}")
}

#[tokio::test]
async fn the_page_answers_with_the_roles_and_every_rule() {
    let browser = portal().await.admin();
    let answer = browser.post(TRY, FORM).await;
    assert_eq!(answer.status, StatusCode::OK);
    for expected in [
        "groups has devs",
        "developer in <code>vision</code>",
        "There is no tenant nowhere",
        "groups, sub",
    ] {
        assert!(answer.text.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn a_token_comes_back_in_no_page_address_or_cookie() {
    let browser = portal().await.admin();
    for form in [FORM, &with_token("planted-token")] {
        for function in [TRY.to_owned(), format!("{TRY}?preview")] {
            let answer = browser.post(&function, form).await;
            assert!(!answer.text.contains("planted-token"));
            assert!(!format!("{:?}", answer.headers).contains("planted-token"));
            assert_eq!(answer.cookies(), "");
        }
    }
}

#[tokio::test]
async fn an_invalid_token_has_a_message_beside_its_field() {
    let browser = portal().await.admin();
    let answer = browser.post(TRY, &with_token("hello")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn only_admins_can_try_rules() {
    let answer = portal().await.developer().post(TRY, FORM).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("groups has devs"));
    let answer = portal().await.signed_out().post(TRY, FORM).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/sign-in"));
    assert!(!answer.location().contains("planted-token"));
    assert!(!answer.text.contains("groups has devs"));
}

#[tokio::test]
async fn a_claim_that_the_provider_left_out_is_unknown() {
    let browser = portal().await.admin();
    let warning = "data-testid=\"withheld-claims\"";
    let with_groups = browser.post(TRY, FORM).await;
    assert!(!with_groups.text.contains(warning));
    let claims = r#"{"sub":"1","_claim_names":{"groups":"src1"}}"#;
    let encoded: String = claims.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = browser.post(TRY, &with_token(&encoded)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(warning));
    assert_eq!(answer.text.matches(">Unknown<").count(), 3);
}
