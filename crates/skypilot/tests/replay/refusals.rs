//! How the client parses recorded errors: a kind for the portal, and a message for users.

use crate::tape::Tape;
use serde::de::IgnoredAny;
use skypilot::client::{
    ErrorKind, Launch, RequestId, Role, SkyPilotError, StatusQuery, TriedPlace, Workspace,
};
use std::time::Duration;

const TASK: &str = "resources:\n  accelerators: H100:1\nrun: nvidia-smi\n";

/// The outcome of a submitted request.
async fn failed(name: &str, submit: impl AsyncFn(&Tape) -> RequestId) -> SkyPilotError {
    let tape = Tape::of(name).await;
    let id = submit(&tape).await;
    let limit = Duration::from_secs(10);
    let result = tape
        .sky
        .result::<IgnoredAny>(&tape.identity, &id, limit)
        .await;
    for_users(name, result.err())
}

/// The outcome of a call that is refused immediately.
async fn refused<T>(
    name: &str,
    ask: impl AsyncFn(&Tape) -> Result<T, SkyPilotError>,
) -> SkyPilotError {
    let tape = Tape::of(name).await;
    for_users(name, ask(&tape).await.err())
}

fn for_users(name: &str, error: Option<SkyPilotError>) -> SkyPilotError {
    let error = error.unwrap_or_else(|| panic!("{name} was accepted"));
    for odd in ["\u{1b}", "pickle", "Traceback", "..", "\n\n"] {
        let odd = error.message.contains(odd) && !error.message.contains("...");
        assert!(!odd, "{name}: {}", error.message);
    }
    error
}

async fn launch(tape: &Tape) -> RequestId {
    let launch = Launch {
        cluster_name: "fail-1",
        task: TASK,
        dryrun: false,
        no_setup: false,
    };
    tape.sky
        .submit_launch(tape.acting(), &launch)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_failed_launch_has_its_reason() {
    let none = failed("launch-no-cloud-access", launch).await;
    assert_eq!(none.kind, ErrorKind::NoCloudAccess);
    assert_eq!(none.error_type.as_deref(), Some("NoCloudAccessError"));
    assert_eq!(none.http_status, Some(500));

    let full = failed("launch-no-capacity", launch).await;
    let place = TriedPlace {
        cloud: "AWS".into(),
        region: Some("us-east-1".into()),
        offer: "gpus=H100:1, p5.4xlarge, ...".into(),
        reason: "Failed to acquire resources in all zones in us-east-1 for {AWS({'H100': 1})}."
            .into(),
    };
    assert_eq!(full.kind, ErrorKind::NoCapacity { tried: vec![place] });
    assert!(
        full.message
            .contains("Tried: AWS (us-east-1): Failed to acquire"),
        "{full}"
    );

    let yaml = failed("launch-bad-yaml", launch).await;
    assert_eq!(yaml.kind, ErrorKind::InvalidTask);
    assert!(yaml.message.contains("line 2, column 1"), "{yaml}");
    let name = failed("launch-bad-name", launch).await;
    assert_eq!(name.kind, ErrorKind::InvalidName);
    let file = failed("launch-server-file", launch).await;
    assert_eq!(file.kind, ErrorKind::Rejected);
    assert!(file.message.contains("'/nonexistent'"), "{file}");
}

#[tokio::test]
async fn a_lost_request_is_distinguished_from_a_failed_one() {
    for name in ["request-after-restart", "request-unknown"] {
        let tape = Tape::of(name).await;
        let id = "7855c6ef-7b15-4336-997b-eed68ab93bce".parse().unwrap();
        let limit = Duration::from_secs(10);
        let result = tape
            .sky
            .result::<IgnoredAny>(&tape.identity, &id, limit)
            .await;
        assert_eq!(result.unwrap_err().kind, ErrorKind::RequestLost, "{name}");
    }
    let tape = Tape::of("launch-cancelled").await;
    let id = "81143e2d-01b9-4cc6-8724-9d367a75feca".parse().unwrap();
    let limit = Duration::from_secs(10);
    let result = tape
        .sky
        .result::<IgnoredAny>(&tape.identity, &id, limit)
        .await;
    assert_eq!(result.unwrap_err().kind, ErrorKind::Cancelled);
}

#[tokio::test]
async fn failed_cluster_operations_have_their_reason() {
    let down = async |tape: &Tape| tape.sky.submit_down(tape.acting(), "cb").await.unwrap();
    let missing = failed("down-missing", down).await;
    assert_eq!(missing.kind, ErrorKind::NotFound);
    let other = failed("down-other-account", down).await;
    assert_eq!(other.kind, ErrorKind::OtherCloudAccount);
    let without = failed("down-without-credentials", down).await;
    assert_eq!(without.kind, ErrorKind::NoCloudAccess);
    assert_eq!(
        without.error_type.as_deref(),
        Some("CloudUserIdentityError")
    );
    let stopped = failed("exec-on-stopped", async |tape| {
        tape.sky
            .submit_exec(tape.acting(), "dev-a", TASK)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(stopped.kind, ErrorKind::NotUp);
    assert!(
        stopped.message.contains("'dev-a' (status: STOPPED)"),
        "{stopped}"
    );
}

#[tokio::test]
async fn a_task_that_is_not_valid_is_refused_with_the_field() {
    let error = refused("validate-bad", async |t| {
        t.sky.validate(t.acting(), TASK).await
    })
    .await;
    assert_eq!(error.kind, ErrorKind::InvalidTask);
    assert_eq!(
        error.said.as_deref(),
        Some("Invalid resources YAML: Found unsupported field 'foo'.")
    );
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_not_repeated() {
    let launch = Launch {
        cluster_name: "bad1",
        task: TASK,
        dryrun: false,
        no_setup: false,
    };
    let error = refused("launch-422", async |t| {
        t.sky.submit_launch(t.acting(), &launch).await
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(!format!("{error:?}").contains("one-time-A"), "{error:?}");
}

#[tokio::test]
async fn a_crash_of_the_server_is_reported_with_its_last_line() {
    let query = StatusQuery::default();
    let error = refused("status-crash", async |t| {
        t.sky.status(t.acting(), &query).await
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Server);
    assert_eq!(error.said.as_deref(), Some("KeyError: 'SKYPILOT_USER_ID'"));
}

#[tokio::test]
async fn missing_permissions_are_reported() {
    for name in ["bad-token", "revoked"] {
        let error = refused(name, async |t| t.sky.who_am_i(&t.identity).await).await;
        assert_eq!(error.kind, ErrorKind::Unauthorized, "{name}");
    }
    let query = StatusQuery::default();
    let error = refused("accounts-disabled", async |t| {
        t.sky.status(t.acting(), &query).await
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Unauthorized);
    assert!(
        error
            .message
            .contains("Service account authentication disabled"),
        "{error}"
    );
    let create = async |t: &Tape| {
        t.sky
            .create_service_account(t.acting(), "a", Role::User, 0)
            .await
    };
    assert_eq!(
        refused("unauthorized", create).await.kind,
        ErrorKind::Unauthorized
    );
    assert_eq!(
        refused("account-exists", create).await.kind,
        ErrorKind::AlreadyExists
    );
    let some = Workspace::default();
    let forbidden = refused("forbidden", async |t| {
        t.sky.submit_create_workspace(t.acting(), "x", &some).await
    })
    .await;
    assert_eq!(forbidden.kind, ErrorKind::PermissionDenied);
    let others = failed("check-others-workspace", async |t| {
        t.sky
            .submit_check(t.acting().within("prv-b"), None)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(others.kind, ErrorKind::PermissionDenied);
    assert!(others.message.contains("workspace 'prv-b'"), "{others}");
}

#[tokio::test]
async fn workspaces_say_why_they_are_not_as_wanted() {
    let some = Workspace::default();
    let bad = failed("workspace-create-bad", async |t| {
        t.sky
            .submit_create_workspace(t.acting(), "team-c", &some)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(bad.kind, ErrorKind::Rejected);
    assert!(bad.message.contains("unsupported field 'nope'"), "{bad}");
    let default = failed("workspace-delete-default", async |t| {
        t.sky
            .submit_delete_workspace(t.acting(), "default")
            .await
            .unwrap()
    })
    .await;
    assert_eq!(default.kind, ErrorKind::Rejected);
    let missing = failed("workspace-missing", async |t| {
        t.sky
            .submit_check(t.acting().within("team-a"), None)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(missing.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_server_that_requires_a_newer_client_is_reported() {
    let error = refused("health-client-too-old", async |t| {
        t.sky.health(&t.identity).await
    })
    .await;
    assert_eq!(error.kind, ErrorKind::VersionMismatch);
    assert!(
        error.message.contains("minimum compatible version"),
        "{error}"
    );
}
