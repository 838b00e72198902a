//! AWS: the keys of a user, a role to assume, or both.
//! Shapes: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html> and
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use super::{Faults, Fields, Surroundings};
use domain::credential::CredentialFact;

pub(super) fn check(
    fields: &Fields,
    surroundings: &Surroundings,
    faults: &mut Faults,
) -> Vec<CredentialFact> {
    let mut check = |field: &str, rule: fn(&str) -> Option<String>| {
        faults.check(field, fields.get(field).and_then(|text| rule(text)));
    };
    check("access_key_id", access_key_id);
    check("secret_access_key", secret_access_key);
    check("role_arn", role_arn);
    check("external_id", external_id);
    check("region", region);
    match (
        fields.contains_key("access_key_id"),
        fields.contains_key("secret_access_key"),
    ) {
        (true, true) => {}
        (true, false) => faults.add("secret_access_key", "Goes with the access key id."),
        (false, true) => faults.add("access_key_id", "Goes with the secret access key."),
        (false, false) => check_role_without_keys(fields, surroundings, faults),
    }
    if fields.contains_key("external_id") && !fields.contains_key("role_arn") {
        faults.add("role_arn", "An external id goes with a role.");
    }
    Vec::new()
}

/// The portal's own identity assumes the roles of several tenants. One tenant must not get at the role of another by its
/// ARN, so the external id tells them apart.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
fn check_role_without_keys(fields: &Fields, surroundings: &Surroundings, faults: &mut Faults) {
    if !fields.contains_key("role_arn") {
        faults.add(
            "access_key_id",
            "Give the keys of a user, a role to assume, or both.",
        );
        return;
    }
    if !surroundings.portal_has_aws_identity {
        faults.add(
            "access_key_id",
            "This portal has no AWS identity of its own to assume the role with. Give the keys of a user that may, or \
             let the platform team configure [aws].",
        );
    }
    let needed = &surroundings.external_id;
    let fits = fields.get("external_id").is_some_and(|given| {
        given
            .strip_prefix(needed.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    if !fits {
        faults.add(
            "external_id",
            format!(
                "A role that the portal itself assumes needs the external id {needed} of this tenant (a colon and more \
                 may follow). Name it here and in the role's trust policy."
            ),
        );
    }
}

fn access_key_id(text: &str) -> Option<String> {
    if text.starts_with("ASIA") {
        return Some(
            "This is the id of temporary keys, which end by themselves. Store the keys of a user (AKIA…), and let a role \
             be assumed if they are not to do more than that."
                .to_owned(),
        );
    }
    let fits = text.starts_with("AKIA")
        && (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (!fits).then(|| "Must be AKIA and at least 12 more capital letters and digits.".to_owned())
}

fn secret_access_key(text: &str) -> Option<String> {
    if text.len() != 40 {
        return Some(format!(
            "Must have 40 characters, and has {}. Was it copied whole?",
            text.chars().count()
        ));
    }
    let fits = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='));
    (!fits).then(|| "Must be of letters, digits, /, + and = only.".to_owned())
}

fn region(text: &str) -> Option<String> {
    let parts: Vec<_> = text.split('-').collect();
    let fits = match parts.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && !middle.is_empty()
                && [*area].iter().chain(middle).all(|part| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())
                })
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    (!fits).then(|| "Must be written like eu-central-1.".to_owned())
}

fn role_arn(text: &str) -> Option<String> {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let fits = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            partition.starts_with("aws")
                && partition
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && resource.strip_prefix("role/").is_some_and(|name| {
                    !name.is_empty()
                        && !name.ends_with('/')
                        && name.len() <= 512 + 64
                        && name.bytes().all(|byte| is_word(byte) || byte == b'/')
                })
        }
        _ => false,
    };
    (!fits).then(|| {
        "Must be the ARN of a role, such as arn:aws:iam::123456789012:role/hangar.".to_owned()
    })
}

fn external_id(text: &str) -> Option<String> {
    let fits = (2..=1224).contains(&text.len())
        && text
            .bytes()
            .all(|byte| is_word(byte) || matches!(byte, b':' | b'/'));
    (!fits).then(|| "Must be 2 to 1224 letters, digits and any of _+=,.@:/-.".to_owned())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-')
}
