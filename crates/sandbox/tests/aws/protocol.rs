//! What is answered when all is well, and what is refused.

use jiff::{SignedDuration, Timestamp};
use sandbox::aws::SecurityTokenServer;
use sandbox::faults::Faults;

use super::client::{ACCOUNT, KEY, Session, Sts};

const ROLE: &str = "arn:aws:iam::123456789012:role/teams/hangar";

fn lasts(session: &Session, seconds: i64) -> bool {
    let left = session.expiration.duration_since(Timestamp::now());
    (left - SignedDuration::from_secs(seconds)).abs() < SignedDuration::from_mins(1)
}

#[tokio::test]
async fn a_key_is_of_a_user_in_the_account_that_its_id_names() {
    let sts = Sts::start().await;
    let answer = sts.ask(KEY, "GetCallerIdentity", &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text("Account"), ACCOUNT);
    assert_eq!(
        answer.text("Arn"),
        format!("arn:aws:iam::{ACCOUNT}:user/sandbox-mple")
    );
    assert!(answer.text("UserId").starts_with("AIDA"));
    assert!(
        answer.xml.starts_with(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        ),
        "{}",
        answer.xml
    );
    assert_eq!(
        sts.ask(KEY, "GetCallerIdentity", &[]).await.text("Arn"),
        answer.text("Arn")
    );
}

#[tokio::test]
async fn a_users_session_is_the_user_and_makes_no_other() {
    let sts = Sts::start().await;
    let user = sts.ask(KEY, "GetCallerIdentity", &[]).await;
    let session = sts
        .ask(KEY, "GetSessionToken", &[("DurationSeconds", "900")])
        .await
        .session();
    assert!(session.key.starts_with("ASIA"));
    assert!(lasts(&session, 900), "{}", session.expiration);
    let told = sts.ask_with(&session, "GetCallerIdentity", &[]).await;
    assert_eq!(told.text("Arn"), user.text("Arn"));
    sts.ask_with(&session, "GetSessionToken", &[])
        .await
        .assert_refused(403, "AccessDenied");
    let usual = sts.ask(KEY, "GetSessionToken", &[]).await.session();
    assert!(lasts(&usual, 12 * 3600), "{}", usual.expiration);
}

#[tokio::test]
async fn a_role_is_assumed_under_the_sessions_name() {
    let sts = Sts::start().await;
    let asked = [("RoleArn", ROLE), ("RoleSessionName", "hgr-vision-dev")];
    let answer = sts.ask(KEY, "AssumeRole", &asked).await;
    let arn = "arn:aws:sts::123456789012:assumed-role/hangar/hgr-vision-dev";
    assert_eq!(answer.text("Arn"), arn);
    let session = answer.session();
    assert!(lasts(&session, 3600), "{}", session.expiration);
    let told = sts.ask_with(&session, "GetCallerIdentity", &[]).await;
    assert_eq!(told.text("Arn"), arn);
    assert_eq!(told.text("Account"), "123456789012");
    assert_eq!(told.text("UserId"), answer.text("AssumedRoleId"));
    // A role may assume another.
    let next = [
        ("RoleArn", "arn:aws:iam::123456789012:role/other"),
        ("RoleSessionName", "hgr-a"),
    ];
    let answer = sts.ask_with(&session, "AssumeRole", &next).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn who_shows_nothing_or_what_nobody_gave_out_is_not_known() {
    let sts = Sts::start().await;
    sts.ask_unsigned(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")])
        .await
        .assert_refused(403, "MissingAuthenticationToken");
    let session = sts.ask(KEY, "GetSessionToken", &[]).await.session();
    let other = sts.ask(KEY, "GetSessionToken", &[]).await.session();
    for (key, token) in [
        ("test", None),
        (session.key.as_str(), None),
        (session.key.as_str(), Some(other.token.as_str())),
        (KEY, Some(session.token.as_str())),
        (KEY, Some("abc")),
    ] {
        sts.try_ask(key, token, "GetCallerIdentity", &[])
            .await
            .unwrap()
            .assert_refused(403, "InvalidClientTokenId");
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_rule() {
    let sts = Sts::start().await;
    let name = ("RoleSessionName", "hgr-a");
    let long = "x".repeat(65);
    for (action, more, words) in [
        ("AssumeRole", vec![name], "'roleArn' failed"),
        (
            "AssumeRole",
            vec![name, ("RoleArn", "role")],
            "greater than or equal to 20",
        ),
        (
            "AssumeRole",
            vec![name, ("RoleArn", "arn:aws:iam::1:user/hangar")],
            "is invalid",
        ),
        (
            "AssumeRole",
            vec![("RoleArn", ROLE)],
            "'roleSessionName' failed",
        ),
        (
            "AssumeRole",
            vec![("RoleArn", ROLE), ("RoleSessionName", "a b")],
            "[\\w+=,.@-]{2,64}",
        ),
        (
            "AssumeRole",
            vec![("RoleArn", ROLE), ("RoleSessionName", &long)],
            "[\\w+=,.@-]{2,64}",
        ),
        (
            "AssumeRole",
            vec![("RoleArn", ROLE), name, ("DurationSeconds", "3601")],
            "MaxSessionDuration",
        ),
        (
            "GetSessionToken",
            vec![("DurationSeconds", "899")],
            "greater than or equal to 900",
        ),
        (
            "GetSessionToken",
            vec![("DurationSeconds", "129601")],
            "less than or equal to 129600",
        ),
        (
            "GetSessionToken",
            vec![("DurationSeconds", "<b>")],
            "'&lt;b&gt;'",
        ),
    ] {
        let answer = sts.ask(KEY, action, &more).await;
        answer.assert_refused(400, "ValidationError");
        assert!(answer.text("Message").contains(words), "{}", answer.xml);
    }
    sts.ask(KEY, "GetFederationToken", &[])
        .await
        .assert_refused(400, "InvalidAction");
    let answer = sts.ask_unsigned(&[("Action", "GetCallerIdentity")]).await;
    answer.assert_refused(400, "InvalidAction");
    assert!(answer.text("Message").contains("NO_VERSION_SPECIFIED"));
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let anywhere = ([0, 0, 0, 0], 0).into();
    let refused = SecurityTokenServer::start(anywhere, Faults::default()).await;
    assert!(refused.is_err());
}
