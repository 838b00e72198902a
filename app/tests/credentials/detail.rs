//! One credential.

use axum::http::StatusCode;

use crate::support::credentials::{ACCEPTED, UNCHECKED};
use crate::support::people::VERSION;
use crate::support::{self, Browser, UNKNOWN};

fn page_of(id: uuid::Uuid) -> String {
    format!("/tenants/vision/credentials/{id}")
}

fn of_an_admin() -> Browser {
    Browser::of(support::tenant_admin())
}

#[tokio::test]
async fn everything_but_the_secret_is_shown() {
    let page = of_an_admin().get(&page_of(ACCEPTED)).await.text;
    for says in [
        "AKIAIOSFODNN7EXAMPLE",
        "9f2c41d07be3",
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
    let mut browser = of_an_admin();
    let form = format!("tenant=vision&id={ACCEPTED}");
    let page = browser.submit("/rpc/check-credential", &form).await.text;
    assert!(page.contains("The provider does not accept it"));
    assert!(page.contains("AWS does not know this access key."));
    assert!(page.contains("Look in IAM whether the key was deleted"));
    let silent = browser.get(&page_of(UNCHECKED)).await.text;
    assert!(!silent.contains("/rpc/check-credential\""));
    assert!(silent.contains("The portal cannot ask Lambda"));
}

#[tokio::test]
async fn it_is_made_the_default_suspended_and_restored() {
    let mut browser = of_an_admin();
    let form = format!("tenant=vision&id={UNCHECKED}");
    let page = browser.submit("/rpc/choose-credential", &form).await.text;
    assert!(!page.contains("/rpc/choose-credential\""));
    let page = browser.submit("/rpc/suspend-credential", &form).await.text;
    assert!(page.contains("Suspended") && page.contains("/rpc/restore-credential\""));
    let page = browser.submit("/rpc/restore-credential", &form).await.text;
    assert!(page.contains("/rpc/suspend-credential\""));
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let mut browser = of_an_admin();
    let form = format!("tenant=vision&id={ACCEPTED}&name=lab&version=1");
    let page = browser.submit("/rpc/rename-credential", &form).await.text;
    assert!(page.contains("Maya Lindt changed this credential 12 seconds before you."));
    assert!(page.contains("It is “training” now."));
    assert!(page.contains("value=\"lab\""));
}

#[tokio::test]
async fn a_secret_is_replaced_and_a_refused_one_does_not_come_back() {
    let mut browser = of_an_admin();
    let form = format!(
        "tenant=vision&id={ACCEPTED}&provider=aws&version={VERSION}&fields[access_key_id]=AKIANEW"
    );
    let page = browser.submit("/rpc/replace-credential", &form).await.text;
    assert!(page.contains("An access key id goes with a secret access key."));
    assert!(page.contains("value=\"AKIANEW\""));
    assert!(page.contains("<details") && page.contains("open"));
    assert!(page.contains("Type the secrets again"));
    let form = format!("{form}&fields[secret_access_key]=planted-secret");
    let page = browser.submit("/rpc/replace-credential", &form).await.text;
    assert!(page.contains("Secret replaced"));
    assert!(!page.contains("planted-secret"));
}

#[tokio::test]
async fn deleting_takes_its_name() {
    let mut browser = of_an_admin();
    let wrong = format!("tenant=vision&id={ACCEPTED}&confirmation=train");
    let page = browser.submit("/rpc/delete-credential", &wrong).await.text;
    assert!(page.contains("That is not its name."));
    let right = format!("tenant=vision&id={ACCEPTED}&confirmation=training");
    let gone = browser.post("/rpc/delete-credential", &right).await;
    assert_eq!(gone.location(), "/tenants/vision/credentials");
}

#[tokio::test]
async fn an_address_of_another_tenant_or_of_nothing_leads_nowhere() {
    let browser = of_an_admin();
    for address in [
        page_of(UNKNOWN),
        format!("/tenants/search/credentials/{ACCEPTED}"),
        "/tenants/vision/credentials/not-an-id".to_owned(),
    ] {
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!answer.text.contains("9f2c41d07be3"), "{address}");
    }
}
