use crate::stand_in::{StandIn, header, json, refuses};
use provisioning::ports::cloud_review::CloudAccess;
use serde_json::{Value, json as body};
use wiremock::ResponseTemplate;

const KEY: &str = "rpa_0123456789CANARY0123456789canary";

pub fn access() -> CloudAccess {
    CloudAccess::Runpod(KEY.into())
}

#[tokio::test]
async fn a_key_is_known_by_its_account() {
    let myself = body!({"data": {"myself": {"id": "user_2abc", "email": "ada@example.com"}}});
    let stand_in = StandIn::start()
        .await
        .on("POST", "/graphql", json(200, &myself))
        .await;
    let found = stand_in.ask(&access()).await.unwrap();
    assert_eq!(found.account.as_deref(), Some("user_2abc"));
    assert_eq!(found.identity.as_deref(), Some("ada@example.com"));
    let request = &stand_in.requests().await[0];
    assert_eq!(header(request, "authorization"), format!("Bearer {KEY}"));
    // A query is sent, never a mutation.
    let query: Value = request.body_json().unwrap();
    assert!(query["query"].as_str().unwrap().starts_with("query"));
    assert!(
        request.url.query().is_none(),
        "a key in an address is logged"
    );
}

#[tokio::test]
async fn errors_of_runpod_say_whether_waiting_helps() {
    let error = |code: &str, text: &str| body!({"errors": [{"message": text, "extensions": {"code": code}}], "data": {"myself": null}});
    refuses(
        &access(),
        &[
            (
                200,
                error("UNAUTHENTICATED", "You must be logged in."),
                false,
            ),
            (200, error("FORBIDDEN", "The key may not do this."), false),
            (
                200,
                error("INTERNAL_SERVER_ERROR", "Something went wrong."),
                true,
            ),
            (
                401,
                body!({"error": "Unauthorized", "message": "Invalid API key"}),
                false,
            ),
            (429, body!({"message": "Too many requests"}), true),
        ],
    )
    .await;
    for response in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(401).set_body_string("Unauthorized"),
        json(200, &body!({"data": {"myself": null}})),
    ] {
        let stand_in = StandIn::answering(response).await;
        assert!(!stand_in.ask(&access()).await.unwrap_err().may_pass);
    }
}
