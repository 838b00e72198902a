//! Trying claim rules on a token.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const PAGE: &str = "/admin/users/claim-rules";
/// `{"sub":"planted-token","groups":["devs","gone"]}`
const FORM: &str = "provider=corp&token=%7B%22sub%22%3A%22planted-token%22%2C%22groups%22%3A%5B%22devs%22%2C%22gone%22%5D%7D";

#[tokio::test]
async fn a_plain_form_is_answered_by_the_page_itself_rule_by_rule() {
    let browser = portal().await.admin();
    let answer = browser.post(PAGE, FORM).await;
    assert_eq!(answer.status, StatusCode::OK);
    for says in [
        "groups has devs",
        "gives ",
        "developer in vision",
        "There is no tenant nowhere",
        "Claims it has: groups, sub.",
    ] {
        assert!(answer.text.contains(says), "{says} is missing");
    }
    assert!(!answer.text.contains("class=\"shimmer"), "it is whole");
}

#[tokio::test]
async fn a_token_comes_back_in_no_page_address_or_cookie() {
    let browser = portal().await.admin();
    for form in [FORM, "provider=corp&token=planted-token"] {
        let answer = browser.post(PAGE, form).await;
        assert!(!answer.text.contains("planted-token"));
        assert!(!format!("{:?}", answer.headers).contains("planted-token"));
        assert_eq!(answer.cookies(), "");
        let function = browser.post("/rpc/try-claim-rules", form).await;
        assert!(!format!("{:?}", function.headers).contains("planted-token"));
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused_beside_the_field() {
    let browser = portal().await.admin();
    let answer = browser.post(PAGE, "provider=corp&token=hello").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn others_can_try_nothing() {
    let developer = portal().await.developer();
    let answer = developer.post(PAGE, FORM).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("groups has devs"));
    let nobody = portal().await.signed_out();
    let answer = nobody.post(PAGE, FORM).await;
    assert!(!answer.text.contains("groups has devs"));
}
