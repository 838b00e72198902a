//! Nebius: the authorized key of a service account.
//! <https://docs.nebius.com/iam/service-accounts/authorized-keys>

use super::{Faults, Fields, fact, json::Document};
use crate::pem;
use domain::credential::CredentialFact;

const FIELD: &str = "service_account_json";

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    if fields
        .get("project_id")
        .is_some_and(|text| !is_id(text, "project-"))
    {
        faults.add(
            "project_id",
            "Must be the id of a project: project- and letters and digits.",
        );
    }
    let Some(mut document) = fields
        .get(FIELD)
        .and_then(|text| Document::read(FIELD, text, faults))
    else {
        return Vec::new();
    };
    let Some(mut key) = document.object("subject-credentials", faults) else {
        return Vec::new();
    };
    document.nothing_else(faults);
    key.text("type", |text| text == "JWT", "must be “JWT”", faults);
    key.text("alg", |text| text == "RS256", "must be “RS256”", faults);
    key.text(
        "private-key",
        |text| pem::private_key(text).is_ok(),
        "must be a private key as PEM, without a passphrase",
        faults,
    );
    let id = key.text(
        "kid",
        |text| is_id(text, "publickey-"),
        "must be the id of a public key (publickey-…)",
        faults,
    );
    let account = |text: &str| is_id(text, "serviceaccount-");
    let rule = "must be the id of a service account (serviceaccount-…)";
    key.text("iss", account, rule, faults);
    let subject = key.text("sub", account, rule, faults);
    key.nothing_else(faults);
    [("Service account", subject), ("Key id", id)]
        .into_iter()
        .filter_map(|(label, value)| Some(fact(label, &value?)))
        .collect()
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (4..=64).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    })
}
