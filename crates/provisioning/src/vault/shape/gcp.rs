//! Google Cloud: the key of a service account.
//! <https://cloud.google.com/iam/docs/keys-create-delete>

use super::{Faults, Fields, fact, json::Document};
use crate::pem;
use domain::credential::CredentialFact;

const FIELD: &str = "service_account_json";

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    let Some(mut key) = fields
        .get(FIELD)
        .and_then(|text| Document::read(FIELD, text, faults))
    else {
        return Vec::new();
    };
    // Other types name programs, files and addresses to fetch credentials from.
    let kind = key.text(
        "type",
        |text| text == "service_account",
        "must be “service_account”; other kinds of credentials cannot be stored",
        faults,
    );
    if kind.is_none() {
        return Vec::new();
    }
    let project = key.text(
        "project_id",
        is_project,
        "must be the id of a project",
        faults,
    );
    let account = key.text(
        "client_email",
        is_service_account,
        "must be the address of a service account (…gserviceaccount.com)",
        faults,
    );
    let key_id = key.optional_text(
        "private_key_id",
        |text| (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "must be hexadecimal digits",
        faults,
    );
    key.text(
        "private_key",
        |text| pem::private_key(text).is_ok(),
        "must be a private key as PEM, without a passphrase",
        faults,
    );
    // Where the key would be sent.
    key.optional_text(
        "token_uri",
        |text| {
            matches!(
                text,
                "https://oauth2.googleapis.com/token"
                    | "https://accounts.google.com/o/oauth2/token"
                    | "https://www.googleapis.com/oauth2/v4/token"
            )
        },
        "must be Google's: https://oauth2.googleapis.com/token",
        faults,
    );
    key.optional_text(
        "universe_domain",
        |text| text == "googleapis.com",
        "must be googleapis.com",
        faults,
    );
    for name in [
        "client_id",
        "auth_uri",
        "auth_provider_x509_cert_url",
        "client_x509_cert_url",
    ] {
        key.optional_text(name, |text| text.len() <= 1024, "is too long", faults);
    }
    key.nothing_else(faults);
    [
        ("Project", project),
        ("Service account", account),
        ("Key id", key_id),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some(fact(label, &value?)))
    .collect()
}

/// 6 to 30 of a–z, 0–9 and hyphens; older ones have a domain and a colon before that.
fn is_project(text: &str) -> bool {
    let (domain, id) = text.rsplit_once(':').unwrap_or(("a", text));
    (1..=100).contains(&domain.len())
        && domain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && (6..=30).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && !id.ends_with('-')
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_service_account(text: &str) -> bool {
    text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.ends_with("gserviceaccount.com")
                && (name.bytes().chain(host.bytes()))
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        })
}
