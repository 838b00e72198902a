//! Trying claim rules on a token.

use axum::http::StatusCode;

use crate::support::{self, Browser};

const PAGE: &str = "/admin/users/claim-rules";
/// `{"sub":"planted-token"}`
const FORM: &str = "provider=sandbox&token=%7B%22sub%22%3A%22planted-token%22%7D";

#[tokio::test]
async fn a_plain_form_is_answered_by_the_page_itself_rule_by_rule() {
    let browser = Browser::of(support::admin());
    let answer = browser.post(PAGE, FORM).await;
    assert_eq!(answer.status, StatusCode::OK);
    for says in [
        "groups has vision-dev",
        "gives ",
        "developer in vision",
        "There is no tenant “moon”.",
        "Claims it has: groups, sub.",
    ] {
        assert!(answer.text.contains(says), "{says} is missing");
    }
    assert!(!answer.text.contains("class=\"shimmer"), "it is whole");
}

#[tokio::test]
async fn a_token_comes_back_in_no_page_address_or_cookie() {
    let browser = Browser::of(support::admin());
    for form in [FORM, "provider=sandbox&token=planted-token"] {
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
    let browser = Browser::of(support::admin());
    let answer = browser.post(PAGE, "provider=sandbox&token=hello").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("This is neither a token nor JSON."));
    assert!(answer.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn others_can_try_nothing() {
    let developer = Browser::of_a_developer();
    let answer = developer.post(PAGE, FORM).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("vision-dev"));
    let nobody = Browser {
        caller: None,
        ..Browser::of_a_developer()
    };
    let answer = nobody.post(PAGE, FORM).await;
    assert!(!answer.text.contains("vision-dev"));
}
