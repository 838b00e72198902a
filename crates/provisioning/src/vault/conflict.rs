//! A change of a credential that comes after another one: what is different now.

use super::{Vault, view};
use crate::errors::StaleError;
use domain::{
    credential::CredentialState,
    ids::CredentialId,
    problem::{FieldError, Problem},
};
use persistence::{credential_records::CredentialRecord, user_records::LatestChange};

impl Vault {
    /// The refusal of a change that was made to `version`.
    pub(super) async fn stale(&self, id: CredentialId, version: i64) -> Result<Problem, Problem> {
        let now = self.stored(id).await?;
        let count = u32::try_from(now.version.saturating_sub(version))
            .unwrap_or(1)
            .clamp(1, 20);
        let past = self.db.credentials().changes(id, count).await?;
        let mut fields: Vec<FieldError> = Vec::new();
        for change in past.iter().flat_map(|past| &past.changes) {
            if fields.iter().all(|known| known.field != change.field) {
                fields.push(current(&now, &change.field));
            }
        }
        let latest = past.into_iter().next().map(|last| LatestChange {
            who: last.who,
            at: last.at,
        });
        let what = "this credential";
        Ok(StaleError {
            what,
            latest,
            fields,
        }
        .into())
    }
}

/// What a field is now.
fn current(now: &CredentialRecord, field: &str) -> FieldError {
    let message = match field {
        "name" => format!("The name is “{}” now.", now.name),
        "state" => match view::state(now.suspended) {
            CredentialState::Active => "The credential is active now.".to_owned(),
            CredentialState::Suspended => "The credential is suspended now.".to_owned(),
        },
        "chosen" if now.chosen => "This credential is the default now.".to_owned(),
        "chosen" => "Another credential is the default now.".to_owned(),
        "fingerprint" => format!(
            "The secret was replaced; its fingerprint is {} now.",
            now.fingerprint
        ),
        label => match now.facts.iter().find(|fact| fact.label == label) {
            Some(fact) => format!("{label} is “{}” now.", fact.value),
            None => format!("{label} was removed."),
        },
    };
    FieldError::new(field, message)
}
