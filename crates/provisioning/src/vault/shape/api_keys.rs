//! Lambda and RunPod: one API key each.

use super::{Faults, Fields};
use domain::credential::CredentialFact;

/// As Lambda's console shows them: `secret_NAME_….…`.
/// <https://docs.lambda.ai/public-cloud/cloud-api/>
pub(super) fn check_lambda(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    let fits = |text: &String| {
        (20..=256).contains(&text.len())
            && text.starts_with("secret_")
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    if fields.get("api_key").is_some_and(|text| !fits(text)) {
        faults.add(
            "api_key",
            "Must be an API key of Lambda: it begins with secret_, and has at least 20 letters, digits, dots, hyphens \
             and underscores.",
        );
    }
    Vec::new()
}

/// `rpa_` and letters and digits; keys from before November 2024 are 40 capital letters and digits.
/// <https://docs.runpod.io/get-started/api-keys>
pub(super) fn check_runpod(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    let fits = |text: &String| match text.strip_prefix("rpa_") {
        Some(rest) => {
            (16..=128).contains(&rest.len())
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        None => {
            text.len() == 40
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
    };
    if fields.get("api_key").is_some_and(|text| !fits(text)) {
        faults.add(
            "api_key",
            "Must be an API key of RunPod: rpa_ and at least 16 letters and digits.",
        );
    }
    Vec::new()
}
