//! Somebody was quicker: what they changed, said so that nothing typed is lost.

use super::{Vault, view};
use domain::{
    ids::CredentialId,
    problem::{FieldError, Problem, ProblemKind},
};
use persistence::credential_records::CredentialRecord;

impl Vault {
    /// Why a change to what was seen as `version` is not made.
    pub(super) async fn conflict(
        &self,
        id: CredentialId,
        version: i64,
    ) -> Result<Problem, Problem> {
        let now = self.stored(id).await?;
        let count = u32::try_from(now.version - version)
            .unwrap_or(1)
            .clamp(1, 20);
        let past = self.db.credentials().changes(id, count).await?;
        let who = match past.first() {
            Some(last) => format!(
                "{} changed it at {}",
                last.who,
                last.at.strftime("%H:%M UTC on %-d %B %Y")
            ),
            None => "It was changed".to_owned(),
        };
        let mut fields: Vec<FieldError> = Vec::new();
        for change in past.iter().flat_map(|past| &past.changes) {
            if fields.iter().all(|known| known.field != change.field) {
                fields.extend(is_now(&now, &change.field));
            }
        }
        let mut problem = Problem::new(
            ProblemKind::Conflict,
            format!("{who}, after you had opened it. Nothing of yours was stored."),
        )
        .next("Look at what is different, and send yours again if it still fits.");
        problem.fields = fields;
        Ok(problem)
    }
}

/// What a field is now, in words.
fn is_now(now: &CredentialRecord, field: &str) -> Option<FieldError> {
    let message = match field {
        "name" => format!("It is called “{}” now.", now.name),
        "state" => match view::state(now.suspended) {
            domain::credential::CredentialState::Active => "It is active now.".to_owned(),
            domain::credential::CredentialState::Suspended => "It is suspended now.".to_owned(),
        },
        "chosen" if now.chosen => "It is the one that is taken now.".to_owned(),
        "chosen" => "Another is taken now.".to_owned(),
        "fingerprint" => format!(
            "Its secret was replaced; the fingerprint is {} now.",
            now.fingerprint
        ),
        label => {
            let fact = now.facts.iter().find(|fact| fact.label == label);
            match fact {
                Some(fact) => format!("{label} is “{}” now.", fact.value),
                None => format!("{label} is not there any more."),
            }
        }
    };
    Some(FieldError::new(field, message))
}
