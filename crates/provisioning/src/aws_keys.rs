//! What an AWS credential must look like to be stored. Whether AWS accepts it is another question.
//! Shapes: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html> and
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use crate::ports::cloud_credentials::AwsKeys;
use domain::problem::FieldError;
use secrecy::ExposeSecret;

/// Everything that is wrong with the keys, by field: `access_key_id`, `secret_access_key`, `region`,
/// `role_arn`, `external_id`. Says nothing of the secret key but its length.
pub fn faults(keys: &AwsKeys) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut check = |field: &str, fault: Option<String>| {
        faults.extend(fault.map(|message| FieldError::new(field, message)));
    };
    check("access_key_id", access_key_id(&keys.access_key_id));
    check(
        "secret_access_key",
        secret_access_key(keys.secret_access_key.expose_secret()),
    );
    if let Some(text) = &keys.region {
        check("region", region(text));
    }
    if let Some(role) = &keys.role {
        check("role_arn", role_arn(&role.arn));
        if let Some(text) = &role.external_id {
            check("external_id", external_id(text));
        }
    }
    faults
}

fn access_key_id(text: &str) -> Option<String> {
    if text.starts_with("ASIA") {
        return Some(
            "is that of temporary keys, which end by themselves; store the keys of a user (AKIA…), and let a role be \
             assumed if they are not to do more than that"
                .to_owned(),
        );
    }
    let fits = text.starts_with("AKIA")
        && (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (!fits).then(|| "must be AKIA and at least 12 more capital letters and digits".to_owned())
}

fn secret_access_key(text: &str) -> Option<String> {
    if text.len() != 40 {
        return Some(format!(
            "must have 40 characters, and has {}; was it copied whole?",
            text.chars().count()
        ));
    }
    let fits = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='));
    (!fits).then(|| "must be of letters, digits, /, + and = only".to_owned())
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
    (!fits).then(|| "must be written like eu-central-1".to_owned())
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
        "must be the ARN of a role, such as arn:aws:iam::123456789012:role/hangar".to_owned()
    })
}

fn external_id(text: &str) -> Option<String> {
    let fits = (2..=1224).contains(&text.len())
        && text
            .bytes()
            .all(|byte| is_word(byte) || matches!(byte, b':' | b'/'));
    (!fits).then(|| "must be 2 to 1224 letters, digits and any of _+=,.@:/-".to_owned())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::cloud_credentials::AwsRole;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn keys() -> AwsKeys {
        AwsKeys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: SECRET.into(),
            region: Some("us-gov-west-1".into()),
            role: Some(AwsRole {
                arn: "arn:aws-us-gov:iam::123456789012:role/teams/hangar".into(),
                external_id: Some("hangar:vision/1".into()),
            }),
        }
    }

    fn fields(keys: &AwsKeys) -> Vec<String> {
        faults(keys).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_aws_issues_has_no_fault() {
        assert_eq!(fields(&keys()), [""; 0]);
        for region in ["eu-central-1", "cn-north-1", "us-iso-east-1"] {
            let keys = AwsKeys {
                region: Some(region.into()),
                ..keys()
            };
            assert_eq!(fields(&keys), [""; 0], "{region}");
        }
    }

    #[test]
    fn each_fault_is_at_its_field() {
        for id in [
            "",
            "AKIA",
            "ASIAIOSFODNN7EXAMPLE",
            "akiaiosfodnn7example",
            "AKIAIOSFODNN7 EXAMPLE",
        ] {
            let keys = AwsKeys {
                access_key_id: id.into(),
                ..keys()
            };
            assert_eq!(fields(&keys), ["access_key_id"], "{id}");
        }
        for secret in ["", &SECRET[1..], &SECRET.replace('/', "\n")] {
            let keys = AwsKeys {
                secret_access_key: secret.into(),
                ..keys()
            };
            assert_eq!(fields(&keys), ["secret_access_key"], "{secret}");
        }
        for region in [
            "",
            "Frankfurt",
            "eu-1",
            "eu-central",
            "eu-central-1a",
            "eu--1",
        ] {
            let keys = AwsKeys {
                region: Some(region.into()),
                ..keys()
            };
            assert_eq!(fields(&keys), ["region"], "{region}");
        }
        let role = |arn: &str, external_id: &str| AwsKeys {
            role: Some(AwsRole {
                arn: arn.into(),
                external_id: Some(external_id.into()),
            }),
            ..keys()
        };
        for arn in [
            "",
            "hangar",
            "arn:aws:iam::123456789012:user/hangar",
            "arn:aws:iam::12345678901:role/hangar",
            "arn:aws:sts::123456789012:role/hangar",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a b",
        ] {
            assert_eq!(fields(&role(arn, "ab")), ["role_arn"], "{arn}");
        }
        for id in ["", "a", "a b"] {
            let arn = "arn:aws:iam::123456789012:role/hangar";
            assert_eq!(fields(&role(arn, id)), ["external_id"], "{id}");
        }
    }

    #[test]
    fn a_fault_does_not_show_the_secret() {
        let keys = AwsKeys {
            secret_access_key: "canary-secret".into(),
            ..keys()
        };
        assert!(!format!("{:?}", faults(&keys)).contains("canary"));
    }
}
