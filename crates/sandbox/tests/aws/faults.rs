//! Each fault of AWS does what its name says, and nothing else.

use std::time::{Duration, Instant};

use sandbox::faults::{AwsFaults, FaultSettings, Scope};

use super::client::{KEY, Sts};

const ROLE: &str = "arn:aws:iam::123456789012:role/hangar";
const OTHER: &str = "AKIAI44QH8DHBEXAMPLE";

fn set(sts: &Sts, aws: AwsFaults) {
    sts.faults.replace(FaultSettings {
        aws,
        ..FaultSettings::default()
    });
}

fn assume(role: &'static str) -> [(&'static str, &'static str); 2] {
    [("RoleArn", role), ("RoleSessionName", "hgr-a")]
}

#[tokio::test]
async fn a_key_that_was_deleted_is_not_known_and_its_sessions_end() {
    let sts = Sts::start().await;
    let session = sts.ask(KEY, "GetSessionToken", &[]).await.session();
    let role = sts.ask(KEY, "AssumeRole", &assume(ROLE)).await.session();
    set(
        &sts,
        AwsFaults {
            unknown_keys: Scope::namespace(KEY),
            ..AwsFaults::default()
        },
    );
    for action in ["GetCallerIdentity", "GetSessionToken"] {
        sts.ask(KEY, action, &[])
            .await
            .assert_refused(403, "InvalidClientTokenId");
    }
    sts.ask_with(&session, "GetCallerIdentity", &[])
        .await
        .assert_refused(403, "InvalidClientTokenId");
    // That of a role is the role's.
    let told = sts.ask_with(&role, "GetCallerIdentity", &[]).await;
    assert_eq!(told.status, 200);
    let told = sts.ask(OTHER, "GetCallerIdentity", &[]).await;
    assert_eq!(told.status, 200);
}

#[tokio::test]
async fn a_role_that_refuses_is_not_assumed_and_another_is() {
    let sts = Sts::start().await;
    set(
        &sts,
        AwsFaults {
            refuse_roles: Scope::namespace(ROLE),
            ..AwsFaults::default()
        },
    );
    let refused = sts.ask(KEY, "AssumeRole", &assume(ROLE)).await;
    refused.assert_refused(403, "AccessDenied");
    let message = refused.text("Message");
    assert!(
        message.contains("user/sandbox-")
            && message.contains("sts:AssumeRole")
            && message.contains(ROLE),
        "{message}"
    );
    let other = assume("arn:aws:iam::123456789012:role/other");
    assert_eq!(sts.ask(KEY, "AssumeRole", &other).await.status, 200);
}

#[tokio::test]
async fn nobody_answers_until_it_is_healed_also_on_connections_that_are_open() {
    let sts = Sts::start().await;
    assert_eq!(sts.ask(KEY, "GetCallerIdentity", &[]).await.status, 200);
    set(
        &sts,
        AwsFaults {
            unreachable: true,
            ..AwsFaults::default()
        },
    );
    let lost = sts.try_ask(KEY, None, "GetCallerIdentity", &[]).await;
    assert!(lost.is_err());
    set(&sts, AwsFaults::default());
    assert_eq!(sts.ask(KEY, "GetCallerIdentity", &[]).await.status, 200);
}

#[tokio::test]
async fn slow_answers_late_and_right() {
    let sts = Sts::start().await;
    set(
        &sts,
        AwsFaults {
            latency_ms: 120,
            ..AwsFaults::default()
        },
    );
    let asked = Instant::now();
    assert_eq!(sts.ask(KEY, "GetCallerIdentity", &[]).await.status, 200);
    assert!(asked.elapsed() >= Duration::from_millis(120));
}
