//! Azure: a service principal with a client secret.
//! <https://learn.microsoft.com/en-us/entra/identity-platform/howto-create-service-principal-portal>

use super::{Faults, Fields, is_uuid};
use domain::credential::CredentialFact;

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    for field in ["directory_id", "client_id", "subscription_id"] {
        if fields.get(field).is_some_and(|text| !is_uuid(text)) {
            faults.add(
                field,
                "Must be a UUID, such as 72f988bf-86f1-41af-91ab-2d7cd011db47.",
            );
        }
    }
    if let Some(secret) = fields.get("client_secret") {
        faults.check("client_secret", client_secret(secret));
    }
    Vec::new()
}

fn client_secret(text: &str) -> Option<String> {
    if is_uuid(text) {
        return Some(
            "This is the secret's id. Paste its value; Azure shows it only once, so you may have to make another."
                .to_owned(),
        );
    }
    let fits = (16..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    (!fits).then(|| {
        "Must be the value of a client secret: 16 to 256 characters without spaces.".to_owned()
    })
}
