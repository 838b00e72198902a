//! A vault in memory: one credential that its provider accepts and one that nobody has checked.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use domain::access::Action;
use domain::caller::Caller;
use domain::credential::{
    CheckResult, Credential, CredentialFact, CredentialInput, CredentialState, Provider, SecretText,
};
use domain::ids::CredentialId;
use domain::problem::{FieldError, Problem, ProblemKind};
use domain::services::Credentials;
use jiff::SignedDuration;
use uuid::Uuid;

use super::people::VERSION;
use super::sample;

/// The one that is accepted.
pub const ACCEPTED: Uuid = Uuid::from_u128(60);
/// One whose provider cannot be asked.
pub const UNCHECKED: Uuid = Uuid::from_u128(61);

pub struct VaultInMemory {
    credentials: Mutex<Vec<Credential>>,
}

fn credential(id: Uuid, provider: Provider, name: &str) -> Credential {
    Credential {
        id: id.into(),
        tenant: sample::tenant(),
        environment: None,
        provider,
        name: name.into(),
        chosen: true,
        state: CredentialState::Active,
        facts: Vec::new(),
        fingerprint: "9f2c41d07be3".into(),
        created_by: "Ada Keller".into(),
        created_at: sample::now() - SignedDuration::from_hours(30),
        replaced_at: None,
        uses: 0,
        last_used_at: None,
        last_checked_at: None,
        check: None,
        can_be_checked: true,
        version: VERSION,
    }
}

impl Default for VaultInMemory {
    fn default() -> Self {
        let mut accepted = credential(ACCEPTED, Provider::Aws, "training");
        accepted.environment = Some(sample::environment("dev"));
        accepted.facts = vec![CredentialFact {
            label: "Access key id".into(),
            value: "AKIAIOSFODNN7EXAMPLE".into(),
        }];
        accepted.uses = 12;
        accepted.last_used_at = Some(sample::now() - SignedDuration::from_mins(40));
        accepted.last_checked_at = Some(sample::now() - SignedDuration::from_hours(2));
        accepted.check = Some(CheckResult {
            accepted: true,
            account: Some("123456789012".into()),
            identity: Some("arn:aws:iam::123456789012:user/hangar".into()),
            message: "AWS knows these keys.".into(),
            next_step: None,
        });
        let mut unchecked = credential(UNCHECKED, Provider::Lambda, "spare");
        unchecked.can_be_checked = false;
        unchecked.chosen = false;
        Self {
            credentials: Mutex::new(vec![accepted, unchecked]),
        }
    }
}

impl VaultInMemory {
    fn change(
        &self,
        caller: &Caller,
        action: Action,
        id: CredentialId,
        change: impl FnOnce(&mut Credential) -> Result<(), Problem>,
    ) -> Result<Credential, Problem> {
        if !caller.may(action, sample::tenant().id) {
            return Err(Problem::forbidden(action.words()));
        }
        let mut credentials = self.credentials.lock().expect("no test panics with it");
        let found = credentials.iter_mut().find(|found| found.id == id);
        let found = found.ok_or_else(|| Problem::not_found("credential"))?;
        change(found)?;
        Ok(found.clone())
    }
}

fn stale(name: &str) -> Problem {
    Problem {
        fields: vec![FieldError::new("name", format!("It is “{name}” now."))],
        ..Problem::new(
            ProblemKind::Conflict,
            "Maya Lindt changed this credential 12 seconds before you.",
        )
    }
}

#[async_trait]
impl Credentials for VaultInMemory {
    async fn list(&self, caller: &Caller, tenant: &str) -> Result<Vec<Credential>, Problem> {
        if tenant != "vision" || !caller.may(Action::ReadCredentials, sample::tenant().id) {
            return Err(Problem::not_found("tenant"));
        }
        let credentials = self.credentials.lock().expect("no test panics with it");
        Ok(credentials.clone())
    }

    async fn get(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.change(caller, Action::ReadCredentials, id, |_| Ok(()))
    }

    async fn create(&self, caller: &Caller, input: CredentialInput) -> Result<Credential, Problem> {
        if !caller.may(Action::ManageCredentials, sample::tenant().id) {
            return Err(Problem::forbidden(Action::ManageCredentials.words()));
        }
        let mut errors = Vec::new();
        if input.name.is_empty() {
            errors.push(FieldError::new("name", "Give it a name."));
        }
        if !input.fields.contains_key("secret_access_key") {
            let message = "An access key id goes with a secret access key.";
            errors.push(FieldError::new("secret_access_key", message));
        }
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        Ok(credential(ACCEPTED, input.provider, &input.name))
    }

    async fn replace(
        &self,
        caller: &Caller,
        id: CredentialId,
        fields: BTreeMap<String, SecretText>,
        version: i64,
    ) -> Result<Credential, Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            if version != found.version {
                return Err(stale(&found.name));
            }
            if !fields.contains_key("secret_access_key") {
                let message = "An access key id goes with a secret access key.";
                let error = FieldError::new("secret_access_key", message);
                return Err(Problem::invalid(vec![error]));
            }
            found.replaced_at = Some(sample::now());
            Ok(())
        })
    }

    async fn rename(
        &self,
        caller: &Caller,
        id: CredentialId,
        name: &str,
        version: i64,
    ) -> Result<Credential, Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            if version != found.version {
                return Err(stale(&found.name));
            }
            found.name = name.into();
            Ok(())
        })
    }

    async fn choose(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            found.chosen = true;
            Ok(())
        })
    }

    async fn suspend(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            found.state = CredentialState::Suspended;
            Ok(())
        })
    }

    async fn restore(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            found.state = CredentialState::Active;
            Ok(())
        })
    }

    async fn delete(
        &self,
        caller: &Caller,
        id: CredentialId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        self.change(caller, Action::ManageCredentials, id, |found| {
            if found.name == confirmation {
                Ok(())
            } else {
                let error = FieldError::new("confirmation", "That is not its name.");
                Err(Problem::invalid(vec![error]))
            }
        })
        .map(|_| ())
    }

    async fn check(&self, caller: &Caller, id: CredentialId) -> Result<CheckResult, Problem> {
        let result = CheckResult {
            accepted: false,
            account: None,
            identity: None,
            message: "AWS does not know this access key.".into(),
            next_step: Some("Look in IAM whether the key was deleted, and replace it here.".into()),
        };
        self.change(caller, Action::ManageCredentials, id, |found| {
            found.check = Some(result.clone());
            found.last_checked_at = Some(sample::now());
            Ok(())
        })?;
        Ok(result)
    }
}
