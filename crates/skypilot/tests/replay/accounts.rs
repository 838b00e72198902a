//! How the client parses recorded responses about workspaces, service accounts and users.

use crate::tape::Tape;
use secrecy::ExposeSecret;
use skypilot::client::{Checked, CloudSettings, Role, Workspace};
use std::{collections::BTreeMap, time::Duration};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn workspaces_are_read_as_they_would_be_written() {
    let tape = Tape::of("workspaces-of-account").await;
    let found = tape.sky.workspaces(tape.acting()).await.unwrap();
    let profile = CloudSettings {
        profile: Some("tenantA".into()),
        ..CloudSettings::default()
    };
    let private = Workspace {
        private: true,
        allowed_users: vec!["sa-baa0f85c47361792".into()],
        clouds: BTreeMap::from([("aws".into(), profile)]),
    };
    assert_eq!(found["prv-a"], private);
    assert_eq!(found["default"], Workspace::default());
    assert!(found["team-a"].clouds["gcp"].disabled);
    assert_eq!(
        serde_json::to_value(&private).unwrap(),
        serde_json::json!({
            "private": true,
            "allowed_users": ["sa-baa0f85c47361792"],
            "aws": {"profile": "tenantA"},
        })
    );
}

#[tokio::test]
async fn clouds_are_listed_by_workspace() {
    let tape = Tape::of("check").await;
    let id = tape
        .sky
        .submit_check(tape.acting().within("team-a"), None)
        .await
        .unwrap();
    let checked: Checked = tape.sky.result(&tape.identity, &id, SOON).await.unwrap();
    assert_eq!(checked["team-a"]["AWS"], ["compute", "storage"]);
    let tape = Tape::of("enabled-clouds").await;
    let clouds = tape
        .sky
        .enabled_clouds(tape.acting(), "team-a")
        .await
        .unwrap();
    assert_eq!(clouds, ["aws"]);
}

#[tokio::test]
async fn service_accounts_are_made_listed_and_renewed() {
    let tape = Tape::of("account-create").await;
    let made = tape
        .sky
        .create_service_account(tape.acting(), "tenant-a-prod", Role::User, 30)
        .await;
    let made = made.unwrap();
    assert_eq!(made.service_account_user_id, "sa-baa0f85c47361792");
    assert!(made.token.expose_secret().starts_with("sky_"));
    assert!(!format!("{made:?}").contains("sky_"));
    let tape = Tape::of("account-rotate").await;
    let renewed = tape
        .sky
        .rotate_service_account(tape.acting(), &made.token_id, 7)
        .await
        .unwrap();
    assert_eq!(renewed.token_id, made.token_id);
    assert!(renewed.expires_at < made.expires_at);
    let tape = Tape::of("accounts").await;
    let known = tape.sky.service_accounts(tape.acting()).await.unwrap();
    assert_eq!(known.len(), 3);
    assert_eq!(
        (known[2].token_name.as_str(), known[2].expires_at),
        ("tenant-b-prod", None)
    );
    assert_eq!(known[0].service_account_roles, [Role::Admin]);
    let tape = Tape::of("account-role").await;
    tape.sky
        .set_service_account_role(tape.acting(), &made.token_id, Role::Viewer)
        .await
        .unwrap();
    let tape = Tape::of("account-delete").await;
    tape.sky
        .delete_service_account(tape.acting(), &made.token_id)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_portals_user_has_an_id_and_a_role() {
    let tape = Tape::of("who-am-i").await;
    let user = tape.sky.who_am_i(&tape.identity).await.unwrap();
    assert_eq!(
        (user.id.as_str(), user.role),
        ("sa-baa0f85c47361792", Some(Role::User))
    );
}
