use crate::{
    keys::KEY,
    stand_in::{StandIn, form, json, refuses},
};
use jiff::Timestamp;
use provisioning::ports::cloud_review::{CloudAccess, NebiusAccess};
use serde_json::json as body;

const ACCOUNT: &str = "serviceaccount-e00abcdefgh";

pub fn access() -> CloudAccess {
    CloudAccess::Nebius(NebiusAccess {
        service_account: ACCOUNT.into(),
        key_id: "publickey-e00abcdefgh".into(),
        private_key_pem: KEY.pem.as_str().into(),
    })
}

#[tokio::test]
async fn a_service_account_is_known_by_the_token_for_its_signature() {
    let token = body!({
        "access_token": "ne1canary", "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer", "expires_in": 43_200,
    });
    let stand_in = StandIn::start()
        .await
        .on("POST", "/oauth2/token/exchange", json(200, &token))
        .await;
    let found = stand_in.ask(&access()).await.unwrap();
    assert_eq!(found.identity.as_deref(), Some(ACCOUNT));
    let form = form(&stand_in.requests().await[0]);
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:token-exchange"
    );
    assert_eq!(
        form["requested_token_type"],
        "urn:ietf:params:oauth:token-type:access_token"
    );
    assert_eq!(
        form["subject_token_type"],
        "urn:ietf:params:oauth:token-type:jwt"
    );
    let (header, claims) = KEY.read_jwt(&form["subject_token"]);
    assert_eq!(header["kid"], "publickey-e00abcdefgh");
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&ACCOUNT.into(), &ACCOUNT.into())
    );
    assert_eq!(claims["aud"], "token-service.iam.new.nebiuscloud.net");
    let now = Timestamp::now().as_second();
    assert!((now..=now + 60).contains(&claims["exp"].as_i64().unwrap()));
}

#[tokio::test]
async fn errors_of_nebius_say_whether_waiting_helps() {
    let error = |code: &str, text: &str| body!({"error": code, "error_description": text});
    refuses(
        &access(),
        &[
            (
                401,
                error("invalid_grant", "service account key revoked"),
                false,
            ),
            (
                401,
                error("invalid_client", "service account not found"),
                false,
            ),
            (
                401,
                body!({"code": 16, "message": "UNAUTHENTICATED: key expired"}),
                false,
            ),
            (
                403,
                body!({"code": 7, "message": "PERMISSION_DENIED: tenant suspended"}),
                false,
            ),
            (
                429,
                body!({"code": 8, "message": "RESOURCE_EXHAUSTED: slow down"}),
                true,
            ),
            (
                503,
                body!({"code": 14, "message": "UNAVAILABLE: try later"}),
                true,
            ),
        ],
    )
    .await;
}
