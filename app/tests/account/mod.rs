//! Making API tokens as a browser without JavaScript does.

use crate::support::TestPortal;
use domain::access::TokenScope;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_a_token().await
}

#[tokio::test]
async fn the_form_says_what_each_scope_gives_and_ticks_the_usual_ones() {
    let page = portal().await.developer().get("/account").await.text;
    for (number, scope) in TokenScope::ALL.into_iter().enumerate() {
        assert!(page.contains(scope.title()), "{scope:?}");
        let name = format!("name=\"input[scopes][{number}]\"");
        let (_, input) = page.split_once(&name).expect("a box to tick");
        let (input, _) = input.split_once('>').expect("its end");
        let usual = scope != TokenScope::Admin;
        assert_eq!(input.contains("checked"), usual, "{scope:?}");
    }
    assert!(page.contains("All my tenants"));
    assert!(page.contains("in Vision team only"), "of the token listed");
}

#[tokio::test]
async fn a_token_without_a_scope_is_refused_beside_the_boxes() {
    let mut browser = portal().await.developer();
    let form = "input[name]=nightly&input[expires_in_days]=30&input[tenant]=";
    let refused = browser.post("/rpc/create-token", form).await;
    assert_eq!(refused.location(), "/account");
    browser.cookies = refused.cookies();
    let page = browser.get("/account").await.text;
    assert!(page.contains("Tick at least one."));
}
