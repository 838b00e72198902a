//! One credential.

use crate::support::{SECRET_KEY, TestPortal, UNKNOWN};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_credentials().await
}

fn page_of(id: impl std::fmt::Display) -> String {
    format!("/tenants/vision/credentials/{id}")
}

fn form_of(id: impl std::fmt::Display, fields: &str) -> String {
    format!("_page={}&id={id}&{fields}", page_of(&id))
}

#[tokio::test]
async fn everything_but_the_secret_is_shown() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let page = portal.tenant_admin().get(&page_of(accepted.id)).await.text;
    for expected in [
        "AKIAIOSFODNN7EXAMPLE",
        &accepted.fingerprint,
        "by Ada Keller",
        "12 times",
        "data-testid=\"check-result\" data-state=\"accepted\"",
        "123456789012",
        "arn:aws:iam::123456789012:user/hangar",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(
        !page.contains("/rpc/choose-credential"),
        "it is the default"
    );
    assert!(!page.contains(SECRET_KEY));
}

#[tokio::test]
async fn a_check_that_fails_says_what_to_do() {
    let portal = portal().await;
    let browser = portal.tenant_admin();
    *portal.core.providers.refuses.lock().unwrap() = Some(false);
    for name in ["training", "spare"] {
        let form = form_of(portal.credential(name).await.id, "");
        let page = browser.submit("/rpc/check-credential", &form).await.text;
        let (_, result) = page.split_once("data-state=\"rejected\"").unwrap();
        assert!(result.contains("replace the secret"));
    }
}

#[tokio::test]
async fn a_credential_is_made_the_default_suspended_and_restored() {
    let portal = portal().await;
    let unchecked = portal.credential("spare").await.id;
    let browser = portal.tenant_admin();
    let form = form_of(unchecked, "");
    let before = browser.get(&page_of(unchecked)).await.text;
    assert!(before.contains("\"/rpc/choose-credential\""));
    let page = browser.submit("/rpc/choose-credential", &form).await.text;
    assert!(!page.contains("/rpc/choose-credential"));
    let page = browser.submit("/rpc/suspend-credential", &form).await.text;
    assert!(page.contains("Suspended") && page.contains("\"/rpc/restore-credential\""));
    let page = browser.submit("/rpc/restore-credential", &form).await.text;
    assert!(page.contains("\"/rpc/suspend-credential\""));
}

#[tokio::test]
async fn the_second_of_two_changes_shows_the_first_and_keeps_what_was_typed() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let (id, version) = (accepted.id, accepted.version);
    let maya = portal.maya();
    let credentials = &portal.core.credentials;
    let renamed = credentials.rename(&maya, id, "shared", version);
    renamed.await.unwrap();
    let form = form_of(id, &format!("name=lab&version={version}"));
    let page = portal
        .tenant_admin()
        .submit("/rpc/rename-credential", &form)
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("data-problem=\"conflict\""));
    assert!(page.text.contains("Maya Lindt") && page.text.contains("shared"));
    assert!(page.text.contains("value=\"lab\""));
}

#[tokio::test]
async fn a_secret_is_replaced_and_one_with_an_error_does_not_come_back() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let browser = portal.tenant_admin();
    let secret = "plantedsecretplantedsecretplantedsecretp";
    let fields = format!(
        "version={}&fields[access_key_id]=wrong&fields[secret_access_key]={secret}",
        accepted.version
    );
    let form = form_of(accepted.id, &fields);
    let page = browser.submit("/rpc/replace-credential", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    assert!(page.text.contains("value=\"wrong\""));
    assert!(page.text.contains("data-testid=\"secrets-lost\""));
    let (before, _) = page
        .text
        .split_once("data-testid=\"secrets-lost\"")
        .unwrap();
    let (_, details) = before.rsplit_once("<details").unwrap();
    let (attributes, _) = details.split_once('>').unwrap();
    assert!(attributes.contains(" open"), "the form is not folded");
    assert!(!page.text.contains(secret));
    let form = form.replace("=wrong", "=AKIAI44QH8DHBEXAMPLE");
    let page = browser.submit("/rpc/replace-credential", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("AKIAI44QH8DHBEXAMPLE"));
    assert!(
        !page.text.contains(&accepted.fingerprint),
        "the fingerprint is of the new secret"
    );
    assert!(!page.text.contains(secret));
}

#[tokio::test]
async fn a_credential_is_deleted_by_typing_its_name() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let browser = portal.tenant_admin();
    let wrong = form_of(accepted.id, "tenant=vision&confirmation=train");
    let page = browser.submit("/rpc/delete-credential", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    let right = form_of(accepted.id, "tenant=vision&confirmation=training");
    let deleted = browser.post("/rpc/delete-credential", &right).await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER);
    assert_eq!(deleted.location(), "/tenants/vision/credentials");
}

#[tokio::test]
async fn an_address_of_another_tenant_or_of_no_credential_is_not_found() {
    let portal = portal().await;
    let accepted = portal.credential("training").await;
    let browser = portal.tenant_admin();
    for address in [
        page_of(UNKNOWN),
        format!("/tenants/search/credentials/{}", accepted.id),
        page_of("not-an-id"),
    ] {
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!answer.text.contains(&accepted.fingerprint), "{address}");
    }
}
