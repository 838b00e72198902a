//! AWS: the keys of a user, a role to assume, or both.
//! Shapes: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html> and
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use super::{Faults, Fields, Surroundings};
use crate::errors::sentence;
use domain::{
    aws::{Arn, Partition, Region},
    credential::CredentialFact,
    problem::FieldError,
};

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
    check("external_id", external_id);
    let field = |name: &str| fields.get(name).map(String::as_str);
    if let Err(found) = region(field, surroundings.portal_region.as_ref()) {
        faults.0.extend(found);
    }
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

/// The region to call STS in: that of the credential, else of the portal's own identity if that assumes the role, else the
/// default of the role's partition. Keys are known in their own partition only, so everything must be in the same one.
///
/// # Errors
/// Each field at fault, the rule and what to enter.
pub(in crate::vault) fn region<'a>(
    field: impl Fn(&str) -> Option<&'a str>,
    portal: Option<&Region>,
) -> Result<Region, Vec<FieldError>> {
    let fault = |field: &str, rule: &str| FieldError::new(field, format!("{}.", sentence(rule)));
    let role = field("role_arn").map(role_partition).transpose();
    let given = field("region").map(str::parse::<Region>).transpose();
    let (role, given) = match (role, given) {
        (Ok(role), Ok(given)) => (role, given),
        (role, given) => {
            let role = role.err().map(|rule| fault("role_arn", &rule));
            let given = given.err().map(|rule| fault("region", rule));
            return Err(role.into_iter().chain(given).collect());
        }
    };
    let portal = portal.filter(|_| field("access_key_id").is_none());
    if let (Some(role), Some(portal)) = (role, portal)
        && portal.partition() != role
    {
        let rule = format!(
            "must be a role in the partition {} of this portal's own identity: keys of {role} are needed to assume a \
             role there. Enter those keys as well",
            portal.partition(),
        );
        return Err(vec![fault("role_arn", &rule)]);
    }
    if let (Some(role), Some(given)) = (role, &given)
        && given.partition() != role
    {
        let rule = format!(
            "must be a region of the role's partition {role}, such as {}. Leave it empty to use that one",
            role.default_region().as_str(),
        );
        return Err(vec![fault("region", &rule)]);
    }
    Ok(given
        .or_else(|| portal.cloned())
        .or_else(|| role.map(Partition::default_region))
        .unwrap_or_default())
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
    if surroundings.portal_region.is_none() {
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

/// The partition that a role is in.
fn role_partition(arn: &str) -> Result<Partition, String> {
    let rule = "must be the ARN of a role, such as arn:aws:iam::123456789012:role/hangar";
    let parsed = Arn::parse(arn).map_err(|error| error.message(rule))?;
    let is_role = parsed.service == "iam"
        && parsed.region.is_empty()
        && parsed
            .resource
            .strip_prefix("role")
            .is_some_and(is_path_and_name);
    is_role
        .then_some(parsed.partition)
        .ok_or_else(|| rule.to_owned())
}

/// `/NAME` or `/PATH/NAME`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>
fn is_path_and_name(text: &str) -> bool {
    text.starts_with('/')
        && text.rsplit_once('/').is_some_and(|(path, name)| {
            path.len() < 512
                && path.bytes().all(|byte| matches!(byte, 0x21..=0x7e))
                && (1..=64).contains(&name.len())
                && name.bytes().all(is_word)
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
