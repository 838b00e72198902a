use crate::stand_in::{StandIn, form, header, json, refuses};
use provisioning::ports::cloud_review::{AzureAccess, CloudAccess};
use serde_json::{Value, json as body};

const DIRECTORY: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const CLIENT: &str = "11111111-2222-4333-8444-555555555555";
const SUBSCRIPTION: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const SECRET: &str = "Abc8Q~canary+canary/canary=canary.secret";

pub fn access() -> CloudAccess {
    CloudAccess::Azure(AzureAccess {
        directory_id: DIRECTORY.into(),
        client_id: CLIENT.into(),
        client_secret: SECRET.into(),
        subscription_id: SUBSCRIPTION.into(),
    })
}

async fn stand_in(status: u16, subscription: &Value) -> StandIn {
    let token = body!({
        "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "eyJ.canary.token",
    });
    StandIn::start()
        .await
        .on(
            "POST",
            &format!("/{DIRECTORY}/oauth2/v2.0/token"),
            json(200, &token),
        )
        .await
        .on(
            "GET",
            &format!("/subscriptions/{SUBSCRIPTION}"),
            json(status, subscription),
        )
        .await
}

fn subscription(state: &str) -> Value {
    body!({
        "id": format!("/subscriptions/{SUBSCRIPTION}"),
        "subscriptionId": SUBSCRIPTION,
        "tenantId": DIRECTORY,
        "displayName": "Vision",
        "state": state,
        "subscriptionPolicies": {"quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off"},
    })
}

#[tokio::test]
async fn an_application_is_known_by_its_token_and_its_subscription() {
    for state in ["Enabled", "Warned", "PastDue"] {
        let stand_in = stand_in(200, &subscription(state)).await;
        let found = stand_in.ask(&access()).await.unwrap();
        assert_eq!(found.account, Some(format!("Vision ({SUBSCRIPTION})")));
        assert!(found.identity.unwrap().contains(CLIENT));
        let requests = stand_in.requests().await;
        let form = form(&requests[0]);
        assert_eq!(form["grant_type"], "client_credentials");
        assert_eq!(form["client_id"], CLIENT);
        assert_eq!(form["client_secret"], SECRET);
        assert_eq!(form["scope"], "https://management.azure.com/.default");
        assert_eq!(requests[1].url.query(), Some("api-version=2022-12-01"));
        assert_eq!(
            header(&requests[1], "authorization"),
            "Bearer eyJ.canary.token"
        );
    }
}

#[tokio::test]
async fn errors_of_entra_say_whether_waiting_helps() {
    let error = |code: &str, text: &str| {
        body!({
            "error": code,
            "error_description": format!(
                "{text} Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: aaaa0000 Timestamp: 2026-12-02 09:30:00Z"
            ),
            "error_codes": [1], "timestamp": "2026-12-02 09:30:00Z",
        })
    };
    refuses(
        &access(),
        &[
            (
                401,
                error(
                    "invalid_client",
                    "AADSTS7000215: Invalid client secret provided.",
                ),
                false,
            ),
            (
                401,
                error(
                    "invalid_client",
                    "AADSTS7000222: The provided client secret keys are expired.",
                ),
                false,
            ),
            (
                401,
                error(
                    "unauthorized_client",
                    "AADSTS7000112: Application 'x' is disabled.",
                ),
                false,
            ),
            (
                400,
                error(
                    "unauthorized_client",
                    "AADSTS700016: Application with identifier 'x' was not found.",
                ),
                false,
            ),
            (
                400,
                error("invalid_request", "AADSTS90002: Tenant 'x' not found."),
                false,
            ),
            (
                400,
                error(
                    "invalid_grant",
                    "AADSTS53003: Access has been blocked by Conditional Access policies.",
                ),
                false,
            ),
            (
                400,
                error(
                    "temporarily_unavailable",
                    "AADSTS90033: A transient error has occurred.",
                ),
                true,
            ),
            (
                503,
                error(
                    "temporarily_unavailable",
                    "AADSTS90033: A transient error has occurred.",
                ),
                true,
            ),
            (
                429,
                error("temporarily_unavailable", "AADSTS90055: Too many requests."),
                true,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_subscription_that_cannot_be_used_is_refused() {
    let error = |code: &str, message: &str| body!({"error": {"code": code, "message": message}});
    for (status, answer, may_pass) in [
        (200, subscription("Disabled"), false),
        (200, subscription("Deleted"), false),
        (
            403,
            error(
                "AuthorizationFailed",
                "The client does not have authorization to perform action.",
            ),
            false,
        ),
        (
            404,
            error(
                "SubscriptionNotFound",
                "The subscription could not be found.",
            ),
            false,
        ),
        (
            401,
            error(
                "InvalidAuthenticationTokenTenant",
                "The access token is from the wrong issuer.",
            ),
            false,
        ),
        (
            429,
            error("TooManyRequests", "The request is being throttled."),
            true,
        ),
        (
            500,
            error("InternalServerError", "Encountered internal server error."),
            true,
        ),
    ] {
        let stand_in = stand_in(status, &answer).await;
        let refused = stand_in.ask(&access()).await.unwrap_err();
        assert_eq!(refused.may_pass, may_pass, "{refused}");
    }
}
