//! A Cognito user pool, played by moto, administered through the portal's adapter.

use crate::fixture::Moto;
use aws::http_client::ReqwestClient;
use cognito::{CognitoPool, PoolConfig};
use domain::user_pool::{PoolInvitation, PoolQuery, PoolUserStatus};
use provisioning::ports::user_pool::{PoolErrorKind, UserPool as _};
use secrecy::SecretString;
use serde_json::json;

async fn pool(moto: &Moto, id: &str) -> CognitoPool {
    let http = ReqwestClient::new().unwrap();
    let keys = moto.secrets(&format!("portal-of-{id}")).await;
    let config = PoolConfig {
        pool_id: id.to_owned(),
        access_key_id: keys.access_key_id,
        secret_access_key: keys.secret_access_key,
        endpoint: Some(moto.url.clone()),
    };
    CognitoPool::new(config, http)
}

async fn pool_with_groups(moto: &Moto) -> (String, CognitoPool) {
    let made = moto
        .cognito("CreateUserPool", json!({"PoolName": "corp"}))
        .await;
    let id = made["UserPool"]["Id"].as_str().unwrap().to_owned();
    for group in ["admins", "developers"] {
        let body = json!({"UserPoolId": id, "GroupName": group, "Description": "of tests"});
        moto.cognito("CreateGroup", body).await;
    }
    let people = pool(moto, &id).await;
    (id, people)
}

fn invitation(email: &str) -> PoolInvitation {
    PoolInvitation {
        email: email.into(),
        name: "Grace Hopper".into(),
    }
}

#[tokio::test]
async fn somebody_is_invited_found_grouped_disabled_and_enabled() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let moto = Moto::start().await;
    let (id, people) = pool_with_groups(&moto).await;

    let invited = people
        .invite(&invitation("grace@example.com"))
        .await
        .unwrap();
    assert_eq!(invited.email, "grace@example.com");
    assert_eq!(invited.name, "Grace Hopper");
    assert_eq!(invited.status, PoolUserStatus::Invited);
    assert!(invited.enabled && invited.email_verified && invited.subject.is_some());
    people
        .invite(&invitation("linus@example.com"))
        .await
        .unwrap();

    let query = |email: &str| PoolQuery {
        email: email.into(),
        after: None,
    };
    let (all, next) = people.users(&query("")).await.unwrap();
    assert_eq!((all.len(), next), (2, None));
    let (found, _) = people.users(&query("gra")).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].username, invited.username);

    let name = &invited.username;
    let groups = people.groups().await.unwrap();
    let mut names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admins", "developers"]);
    for _ in 0..2 {
        people.join_group(name, "developers").await.unwrap();
    }
    assert_eq!(people.groups_of(name).await.unwrap(), ["developers"]);
    people.leave_group(name, "developers").await.unwrap();
    assert!(people.groups_of(name).await.unwrap().is_empty());

    for _ in 0..2 {
        people.set_enabled(name, false).await.unwrap();
    }
    assert!(!people.user(name).await.unwrap().enabled);
    people.set_enabled(name, true).await.unwrap();
    assert!(people.user(name).await.unwrap().enabled);
    let too_early = people.reset_password(name).await.unwrap_err();
    assert_eq!(too_early.kind, PoolErrorKind::WrongState);
    let password =
        json!({"UserPoolId": id, "Username": name, "Password": "Long-enough-1", "Permanent": true});
    moto.cognito("AdminSetUserPassword", password).await;
    people.reset_password(name).await.unwrap();
    let status = people.user(name).await.unwrap().status;
    assert_eq!(status, PoolUserStatus::PasswordReset);
}

#[tokio::test]
async fn what_a_pool_refuses_says_why() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let moto = Moto::start().await;
    let (id, people) = pool_with_groups(&moto).await;
    let grace = people
        .invite(&invitation("grace@example.com"))
        .await
        .unwrap();

    let taken = people.invite(&invitation("grace@example.com")).await;
    assert_eq!(taken.unwrap_err().kind, PoolErrorKind::Taken);
    let nobody = people.user("nobody@example.com").await.unwrap_err();
    assert_eq!(nobody.kind, PoolErrorKind::NotFound);
    let no_group = people.join_group(&grace.username, "nothing").await;
    assert_eq!(no_group.unwrap_err().kind, PoolErrorKind::NotFound);

    moto.cognito("DeleteUserPool", json!({"UserPoolId": id}))
        .await;
    let gone = people.users(&PoolQuery::default()).await.unwrap_err();
    assert_eq!(gone.kind, PoolErrorKind::Gone);
    assert!(gone.message.contains(&id), "{}", gone.message);
    assert!(gone.next_step.unwrap().contains("user_pool"));
}

#[tokio::test]
async fn a_pool_that_cannot_be_reached_says_so_and_shows_no_key() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = PoolConfig {
        pool_id: "eu-central-1_Nowhere".into(),
        access_key_id: "AKIACANARYCANARYCANA".into(),
        secret_access_key: SecretString::from("canary-of-the-secret-key".to_owned()),
        endpoint: Some("http://127.0.0.1:9".parse().unwrap()),
    };
    assert!(!format!("{config:?}").contains("canary-of"));
    let people = CognitoPool::new(config, ReqwestClient::new().unwrap());
    let error = people.users(&PoolQuery::default()).await.unwrap_err();
    assert_eq!(error.kind, PoolErrorKind::Unreachable);
    assert!(!format!("{error:?}").contains("canary-of"), "{error:?}");
}
