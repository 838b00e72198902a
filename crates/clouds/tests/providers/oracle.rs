use crate::{
    keys::KEY,
    stand_in::{StandIn, header, json, refuses},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use provisioning::ports::cloud_review::{CloudAccess, OciAccess};
use serde_json::{Value, json as body};
use std::collections::HashMap;

const USER: &str = "ocid1.user.oc1..aaaaaaaat5nvwcna5j6aqzjcaty5eqbb6qt2jvpkanghtgdaqedqw3rynjq";
const TENANCY: &str =
    "ocid1.tenancy.oc1..aaaaaaaaba3pv6wkcr4jqae5f15p2b2m2yt2j6rx32uzr4h25vqstifsfdsq";
const FINGERPRINT: &str = "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34";

fn oci(tenancy: &str) -> CloudAccess {
    CloudAccess::Oci(OciAccess {
        user_ocid: USER.into(),
        tenancy_ocid: tenancy.into(),
        fingerprint: FINGERPRINT.into(),
        region: "eu-frankfurt-1".into(),
        private_key_pem: KEY.pem.as_str().into(),
    })
}

pub fn access() -> CloudAccess {
    oci(TENANCY)
}

fn user(state: &str) -> Value {
    body!({
        "id": USER, "compartmentId": TENANCY, "name": "hangar", "description": "", "lifecycleState": state,
        "timeCreated": "2026-12-01T21:10:29.600Z",
    })
}

#[tokio::test]
async fn a_user_is_known_by_a_signed_request_for_its_own_record() {
    let address = format!("/20160918/users/{USER}");
    let stand_in = StandIn::start()
        .await
        .on("GET", &address, json(200, &user("ACTIVE")))
        .await;
    let found = stand_in.ask(&access()).await.unwrap();
    assert_eq!(found.account.as_deref(), Some(TENANCY));
    assert_eq!(found.identity.as_deref(), Some("hangar"));
    let request = &stand_in.requests().await[0];
    let parameters = header(request, "authorization")
        .strip_prefix("Signature ")
        .unwrap();
    let parameters: HashMap<&str, &str> = parameters
        .split(',')
        .filter_map(|one| one.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    assert_eq!(parameters["version"], "1");
    assert_eq!(parameters["algorithm"], "rsa-sha256");
    assert_eq!(
        parameters["keyId"],
        format!("{TENANCY}/{USER}/{FINGERPRINT}")
    );
    // As the server builds it from what arrived.
    let text: Vec<String> = parameters["headers"]
        .split(' ')
        .map(|name| match name {
            "(request-target)" => format!("(request-target): get {}", request.url.path()),
            name => format!("{name}: {}", header(request, name)),
        })
        .collect();
    assert_eq!(text.len(), 3);
    assert_eq!(header(request, "host"), stand_in.authority());
    let signature = STANDARD.decode(parameters["signature"]).unwrap();
    assert!(KEY.verifies(&text.join("\n"), &signature));
}

#[tokio::test]
async fn a_user_that_may_not_read_its_own_record_is_known_all_the_same() {
    let error = body!({"code": "NotAuthorizedOrNotFound", "message": "Authorization failed or requested resource not found."});
    let stand_in = StandIn::answering(json(404, &error)).await;
    let found = stand_in.ask(&access()).await.unwrap();
    assert_eq!(found.identity.as_deref(), Some(USER));
    // Of something else at the address.
    let stand_in = StandIn::answering(json(
        404,
        &body!({"code": "NotFound", "message": "no route"}),
    ))
    .await;
    assert!(stand_in.ask(&access()).await.is_err());
}

#[tokio::test]
async fn errors_of_oracle_say_whether_waiting_helps() {
    let error = |code: &str, text: &str| body!({"code": code, "message": text});
    refuses(
        &access(),
        &[
            (
                401,
                error("NotAuthenticated", "The required information to complete authentication was not provided or was incorrect."),
                false,
            ),
            (
                401,
                error("NotAuthenticated", "Date 'Thu, 01 Jan 2026 00:00:00 GMT' is not within allowed clock skew."),
                true,
            ),
            (403, error("NotAllowed", "The tenancy is suspended."), false),
            (429, error("TooManyRequests", "Too many requests for the user."), true),
            (500, error("InternalServerError", "An internal server error occurred."), true),
        ],
    )
    .await;
    let stand_in = StandIn::answering(json(200, &user("INACTIVE"))).await;
    assert!(!stand_in.ask(&access()).await.unwrap_err().may_pass);
}

#[tokio::test]
async fn a_realm_that_oracle_does_not_have_is_not_asked() {
    let stand_in = StandIn::answering(json(200, &user("ACTIVE"))).await;
    for realm in ["oc77", "oc", "oc1-evil"] {
        let tenancy = TENANCY.replace(".oc1.", &format!(".{realm}."));
        let error = stand_in.ask(&oci(&tenancy)).await.unwrap_err();
        assert!(!error.may_pass, "{error}");
    }
    assert!(stand_in.requests().await.is_empty());
}
