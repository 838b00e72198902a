use crate::{
    keys::KEY,
    stand_in::{StandIn, form, json, refuses},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use provisioning::ports::cloud_review::{CloudAccess, GcpAccess};
use serde_json::json as body;

const ACCOUNT: &str = "hangar@vision-prod.iam.gserviceaccount.com";

pub fn access() -> CloudAccess {
    CloudAccess::Gcp(GcpAccess {
        service_account: ACCOUNT.into(),
        key_id: Some("0123456789abcdef".into()),
        private_key_pem: KEY.pem.as_str().into(),
    })
}

#[tokio::test]
async fn a_service_account_is_known_by_the_id_token_for_its_signature() {
    for (email, project) in [
        (ACCOUNT, Some("vision-prod")),
        ("123-compute@developer.gserviceaccount.com", None),
    ] {
        let claims = body!({"iss": "https://accounts.google.com", "sub": "1", "email": email, "email_verified": true});
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let stand_in = StandIn::start()
            .await
            .on("POST", "/token", json(200, &body!({"id_token": token})))
            .await;
        let found = stand_in.ask(&access()).await.unwrap();
        assert_eq!(found.account.as_deref(), project);
        assert_eq!(found.identity.as_deref(), Some(email));
        let form = form(&stand_in.requests().await[0]);
        assert_eq!(
            form["grant_type"],
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
        );
        let (header, claims) = KEY.read_jwt(&form["assertion"]);
        assert_eq!(header["alg"], "RS256");
        assert_eq!(header["kid"], "0123456789abcdef");
        assert_eq!(claims["iss"], ACCOUNT);
        // Google's, whatever the stand-in's address is.
        assert_eq!(claims["aud"], "https://oauth2.googleapis.com/token");
        // No scope: what comes back gives access to nothing.
        assert!(claims["target_audience"].is_string() && claims["scope"].is_null());
        let now = Timestamp::now().as_second();
        assert!((now - 60..=now).contains(&claims["iat"].as_i64().unwrap()));
        assert!(claims["exp"].as_i64().unwrap() <= now + 3600);
    }
}

#[tokio::test]
async fn errors_of_google_say_whether_waiting_helps() {
    let error = |text: &str| body!({"error": "invalid_grant", "error_description": text});
    refuses(
        &access(),
        &[
            (400, error("Invalid JWT Signature."), false),
            (400, error("Invalid grant: account not found"), false),
            (400, error("The service account is disabled."), false),
            (
                400,
                error(
                    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                     your iat and exp values in the JWT claim.",
                ),
                true,
            ),
            (401, body!({"error": "invalid_client", "error_description": "The OAuth client was not found."}), false),
            (500, body!({"error": "internal_failure", "error_description": "Backend error."}), true),
        ],
    )
    .await;
}
