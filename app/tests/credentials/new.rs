//! Storing a credential.

use crate::support::TestPortal;
use domain::credential::{Provider, SecretFieldKind};

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const PAGE: &str = "/tenants/vision/credentials/new";

#[tokio::test]
async fn each_provider_has_its_fields_and_secrets_are_typed_unseen() {
    let browser = portal().await.tenant_admin();
    let choice = browser.get(PAGE).await.text;
    assert!(!choice.contains("<form method=\"post\" action=\"/rpc/create-credential\""));
    for provider in Provider::ALL {
        let word = provider.as_str();
        assert!(choice.contains(&format!("?provider={word}\"")), "{word}");
        let page = browser.get(&format!("{PAGE}?provider={word}")).await.text;
        assert!(page.contains(&format!("name=\"draft[provider]\" value=\"{word}\"")));
        for field in provider.fields() {
            let name = format!("name=\"draft[fields][{}]\"", field.name);
            let before = page.split(&name).next().unwrap_or_default();
            let after = page.split(&name).nth(1).expect("the field is there");
            let tag = after.split('>').next().unwrap_or_default();
            assert!(tag.contains("autocomplete=\"off\""), "{word} {name}");
            match field.kind {
                SecretFieldKind::Plain => assert!(tag.contains("type=\"text\"")),
                SecretFieldKind::Secret => assert!(tag.contains("type=\"password\"")),
                SecretFieldKind::SecretLines => {
                    let opened = before.rsplit('<').next().unwrap_or_default();
                    assert!(opened.starts_with("textarea"));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stored_one_leads_to_its_page() {
    let browser = portal().await.tenant_admin();
    let form = "draft[tenant]=vision&draft[environment]=dev&draft[provider]=aws&draft[name]=training&draft[chosen]=true&draft[fields][access_key_id]=AKIAIOSFODNN7EXAMPLE&draft[fields][secret_access_key]=plantedsecretplantedsecretplantedsecretp";
    let stored = browser.post("/rpc/create-credential", form).await;
    assert!(
        stored
            .location()
            .starts_with("/tenants/vision/credentials/0")
    );
    assert!(!format!("{:?}", stored.headers).contains("planted"));
}

#[tokio::test]
async fn a_refused_one_keeps_plain_fields_and_asks_for_the_secrets_again() {
    let mut browser = portal().await.tenant_admin();
    let form = "draft[tenant]=vision&draft[environment]=staging&draft[provider]=aws&draft[name]=&draft[chosen]=true&draft[fields][access_key_id]=AKIAIOSFODNN7EXAMPLE&draft[fields][role_arn]=planted-in-a-field-that-does-not-exist&draft[fields][secret_access_key]=planted-secret&draft[fields][private_key]=planted-secret";
    let refused = browser.post("/rpc/create-credential", form).await;
    assert!(
        refused
            .location()
            .starts_with(&format!("{PAGE}?provider=aws"))
    );
    // Cookies hold hex, so the secret is looked for in that form too.
    let hex: String = "planted-secret"
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let headers = format!("{:?}", refused.headers);
    for planted in ["planted-secret", &hex] {
        assert!(!headers.contains(planted), "{planted}");
    }
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"AKIAIOSFODNN7EXAMPLE\""));
    assert!(page.contains("value=\"staging\" selected"));
    assert!(page.contains("Type the secrets again"));
    assert!(!page.contains("planted-secret"));
}
