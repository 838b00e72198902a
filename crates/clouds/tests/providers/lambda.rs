use crate::stand_in::{StandIn, header, json, refuses};
use provisioning::ports::cloud_review::CloudAccess;
use serde_json::json as body;

const KEY: &str = "secret_hangar_0123456789canary.0123456789canary";

pub fn access() -> CloudAccess {
    CloudAccess::Lambda(KEY.into())
}

#[tokio::test]
async fn a_key_is_accepted_without_a_name() {
    let stand_in = StandIn::start()
        .await
        .on(
            "GET",
            "/api/v1/file-systems",
            json(200, &body!({"data": []})),
        )
        .await;
    let found = stand_in.ask(&access()).await.unwrap();
    assert_eq!((found.account, found.identity), (None, None));
    let request = &stand_in.requests().await[0];
    assert_eq!(header(request, "authorization"), format!("Bearer {KEY}"));
    assert!(header(request, "user-agent").starts_with("hangar/"));
}

#[tokio::test]
async fn errors_of_lambda_say_whether_waiting_helps() {
    let error = |code: &str, text: &str| body!({"error": {"code": code, "message": text, "suggestion": "Try it."}});
    refuses(
        &access(),
        &[
            (
                401,
                error(
                    "global/invalid-api-key",
                    "API key was invalid, expired, or deleted.",
                ),
                false,
            ),
            (
                403,
                error("global/account-inactive", "Your account is inactive."),
                false,
            ),
            (
                429,
                error("global/rate-limited", "Too many requests."),
                true,
            ),
            (
                500,
                error("global/unknown", "An unknown error occurred."),
                true,
            ),
        ],
    )
    .await;
}
