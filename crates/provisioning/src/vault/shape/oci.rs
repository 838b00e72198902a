//! Oracle Cloud: an API signing key of a user.
//! <https://docs.oracle.com/en-us/iaas/Content/API/Concepts/apisigningkey.htm>

use super::{Faults, Fields};
use crate::pem;
use domain::credential::CredentialFact;

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    for (field, kind) in [("user_ocid", "user"), ("tenancy_ocid", "tenancy")] {
        if fields.get(field).is_some_and(|text| !is_ocid(text, kind)) {
            faults.add(
                field,
                format!("Must be the OCID of a {kind}: ocid1.{kind}.oc1.. and letters and digits."),
            );
        }
    }
    if fields
        .get("fingerprint")
        .is_some_and(|text| !is_fingerprint(text))
    {
        faults.add(
            "fingerprint",
            "Must be 16 pairs of hexadecimal digits with colons between them, as the console shows it.",
        );
    }
    if fields.get("region").is_some_and(|text| !is_region(text)) {
        faults.add("region", "Must be written like eu-frankfurt-1.");
    }
    if let Some(text) = fields.get("private_key") {
        let fault = pem::private_key(text).err();
        faults.check(
            "private_key",
            fault.map(|error| format!("The key {error}.")),
        );
    }
    Vec::new()
}

/// `ocid1.<kind>.<realm>.[region][.future].<unique id>`
fn is_ocid(text: &str, kind: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    match parts.as_slice() {
        ["ocid1", found, realm, middle @ .., unique] => {
            *found == kind
                && realm.starts_with("oc")
                && (1..=2).contains(&middle.len())
                && (20..=120).contains(&unique.len())
                && parts.iter().all(|part| word(part))
        }
        _ => false,
    }
}

fn is_fingerprint(text: &str) -> bool {
    let mut pairs = 0;
    let fits = text.split(':').all(|pair| {
        pairs += 1;
        pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    fits && pairs == 16
}

fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    match parts.as_slice() {
        [area, places @ .., number] => {
            area.len() == 2
                && !places.is_empty()
                && [*area].iter().chain(places).all(|part| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())
                })
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}
