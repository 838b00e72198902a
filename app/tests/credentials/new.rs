//! Creating a credential.

use crate::support::TestPortal;
use axum::http::StatusCode;
use domain::credential::{Provider, SecretFieldKind};

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const PAGE: &str = "/tenants/vision/credentials/new";

#[tokio::test]
async fn each_provider_has_its_fields_and_secrets_are_typed_unseen() {
    let browser = portal().await.tenant_admin();
    let choice = browser.get(PAGE).await.text;
    assert!(!choice.contains("name=\"name\""));
    for provider in Provider::ALL {
        let word = provider.as_str();
        assert!(choice.contains(&format!("name=\"provider\" value=\"{word}\"")));
        let page = browser.get(&format!("{PAGE}?provider={word}")).await.text;
        assert!(page.contains(&format!("name=\"provider\" value=\"{word}\" checked")));
        for field in provider.fields() {
            let name = format!("name=\"fields[{}]\"", field.name);
            let (before, after) = page.split_once(&name).expect("the field");
            let (_, element) = before.rsplit_once('<').unwrap();
            let (attributes, _) = after.split_once('>').unwrap();
            assert!(attributes.contains("autocomplete=\"off\""), "{word} {name}");
            match field.kind {
                SecretFieldKind::Plain => assert!(attributes.contains("type=\"text\"")),
                SecretFieldKind::Secret => assert!(attributes.contains("type=\"password\"")),
                SecretFieldKind::SecretLines => {
                    assert!(element.starts_with("textarea"));
                    assert!(attributes.contains("data-secret"));
                }
            }
        }
    }
}

#[tokio::test]
async fn another_provider_is_shown_by_a_preview_that_keeps_the_rest_but_no_secret() {
    let browser = portal().await.tenant_admin();
    let form = format!(
        "_page={PAGE}&tenant=vision&environment=staging&provider=lambda&name=spare&chosen=true&fields[secret_access_key]=planted-secret&fields[api_key]=planted-secret"
    );
    let preview = browser.post("/rpc/create-credential?preview", &form).await;
    assert_eq!(preview.status, StatusCode::OK);
    let page = preview.text;
    assert!(
        page.contains("name=\"fields[api_key]\"")
            && !page.contains("name=\"fields[access_key_id]\"")
    );
    for typed in [
        "value=\"spare\"",
        "value=\"staging\" selected",
        "value=\"true\" checked",
    ] {
        assert!(page.contains(typed), "{typed}");
    }
    assert!(!page.contains("planted-secret"));
    let list = browser.get("/tenants/vision/credentials").await.text;
    assert!(
        list.contains("data-empty=\"nothing-yet\""),
        "nothing is created"
    );
}

#[tokio::test]
async fn a_new_credential_leads_to_its_page() {
    let browser = portal().await.tenant_admin();
    let form = format!(
        "_page={PAGE}&tenant=vision&environment=dev&provider=aws&name=training&chosen=true&fields[access_key_id]=AKIAIOSFODNN7EXAMPLE&fields[secret_access_key]=plantedsecretplantedsecretplantedsecretp"
    );
    let created = browser.post("/rpc/create-credential", &form).await;
    assert_eq!(created.status, StatusCode::SEE_OTHER);
    assert!(
        created
            .location()
            .starts_with("/tenants/vision/credentials/0")
    );
    assert!(!format!("{:?}", created.headers).contains("planted"));
}

#[tokio::test]
async fn a_form_with_an_error_keeps_plain_fields_and_requires_the_secrets_again() {
    let browser = portal().await.tenant_admin();
    let form = format!(
        "_page={PAGE}?provider=aws&tenant=vision&environment=staging&provider=aws&name=&chosen=true&fields[access_key_id]=AKIAIOSFODNN7EXAMPLE&fields[role_arn]=planted-in-a-field-that-does-not-exist&fields[secret_access_key]=planted-secret&fields[private_key]=planted-secret"
    );
    let page = browser.submit("/rpc/create-credential", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    assert!(page.text.contains("value=\"AKIAIOSFODNN7EXAMPLE\""));
    assert!(page.text.contains("value=\"staging\" selected"));
    assert!(page.text.contains("data-testid=\"secrets-lost\""));
    assert!(!page.text.contains("planted-secret"));
    assert!(!format!("{:?}", page.headers).contains("planted"));
    assert_eq!(page.cookies(), "");
}
