//! One credential.

use crate::support::{TestPortal, UNKNOWN};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_credentials().await
}

fn page_of(id: impl std::fmt::Display) -> String {
    format!("/tenants/vision/credentials/{id}")
}

#[tokio::test]
async fn everything_but_the_secret_is_shown() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let page = portal.tenant_admin().get(&page_of(accepted.id)).await.text;
    for says in [
        "AKIAIOSFODNN7EXAMPLE",
        &accepted.fingerprint,
        "by Ada Keller",
        "12 times",
        "The provider accepts it",
        "123456789012",
        "arn:aws:iam::123456789012:user/hangar",
        "This is the one that is taken for AWS in dev.",
    ] {
        assert!(page.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn a_check_that_fails_says_what_to_do() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let unchecked = portal.credential("spare").await.id;
    let mut browser = portal.tenant_admin();
    *portal.core.providers.refuses.lock().unwrap() = Some(false);
    let form = format!("tenant=vision&id={}", accepted.id);
    let page = browser.submit("/rpc/check-credential", &form).await.text;
    assert!(page.contains("The provider does not accept it"));
    assert!(page.contains("replace the secret"));
    let silent = browser.get(&page_of(unchecked)).await.text;
    assert!(!silent.contains("/rpc/check-credential\""));
    assert!(silent.contains("The portal cannot ask Lambda"));
}

#[tokio::test]
async fn it_is_made_the_default_suspended_and_restored() {
    let portal = portal().await;
    let unchecked = portal.credential("spare").await.id;
    let mut browser = portal.tenant_admin();
    let form = format!("tenant=vision&id={unchecked}");
    let page = browser.submit("/rpc/choose-credential", &form).await.text;
    assert!(!page.contains("/rpc/choose-credential\""));
    let page = browser.submit("/rpc/suspend-credential", &form).await.text;
    assert!(page.contains("Suspended") && page.contains("/rpc/restore-credential\""));
    let page = browser.submit("/rpc/restore-credential", &form).await.text;
    assert!(page.contains("/rpc/suspend-credential\""));
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let mut browser = portal.tenant_admin();
    let (id, version) = (accepted.id, accepted.version);
    let maya = portal.maya();
    let credentials = &portal.core.credentials;
    let renamed = credentials.rename(&maya, id, "shared", version);
    renamed.await.unwrap();
    let form = format!("tenant=vision&id={id}&name=lab&version={version}");
    let page = browser.submit("/rpc/rename-credential", &form).await.text;
    assert!(page.contains("Maya Lindt") && page.contains("shared"));
    assert!(page.contains("value=\"lab\""));
}

#[tokio::test]
async fn a_secret_is_replaced_and_a_refused_one_does_not_come_back() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let mut browser = portal.tenant_admin();
    let form = format!(
        "tenant=vision&id={}&provider=aws&version={}&fields[access_key_id]=AKIAI44QH8DHBEXAMPLE",
        accepted.id, accepted.version
    );
    let page = browser.submit("/rpc/replace-credential", &form).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"AKIAI44QH8DHBEXAMPLE\""));
    assert!(page.contains("<details") && page.contains("open"));
    assert!(page.contains("Type the secrets again"));
    let form = format!("{form}&fields[secret_access_key]=plantedsecretplantedsecretplantedsecretp");
    let page = browser.submit("/rpc/replace-credential", &form).await.text;
    assert!(page.contains("Secret replaced"));
    assert!(!page.contains("plantedsecret"));
}

#[tokio::test]
async fn deleting_takes_its_name() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let mut browser = portal.tenant_admin();
    let wrong = format!("tenant=vision&id={}&confirmation=train", accepted.id);
    let page = browser.submit("/rpc/delete-credential", &wrong).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    let right = format!("tenant=vision&id={}&confirmation=training", accepted.id);
    let gone = browser.post("/rpc/delete-credential", &right).await;
    assert_eq!(gone.location(), "/tenants/vision/credentials");
}

#[tokio::test]
async fn an_address_of_another_tenant_or_of_nothing_leads_nowhere() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let browser = portal.tenant_admin();
    for address in [
        page_of(UNKNOWN),
        format!("/tenants/search/credentials/{}", accepted.id),
        "/tenants/vision/credentials/not-an-id".to_owned(),
    ] {
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!answer.text.contains(&accepted.fingerprint), "{address}");
    }
}
