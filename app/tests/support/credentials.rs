//! A vault with nothing in it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::caller::Caller;
use domain::credential::{CheckResult, Credential, CredentialInput, SecretText};
use domain::ids::CredentialId;
use domain::problem::Problem;
use domain::services::Credentials;

/// Answers that there is nothing.
pub struct EmptyVault;

fn nothing<T>() -> Result<T, Problem> {
    Err(Problem::not_found("credential"))
}

#[async_trait]
impl Credentials for EmptyVault {
    async fn list(&self, _: &Caller, _: &str) -> Result<Vec<Credential>, Problem> {
        Ok(Vec::new())
    }

    async fn get(&self, _: &Caller, _: CredentialId) -> Result<Credential, Problem> {
        nothing()
    }

    async fn create(&self, _: &Caller, _: CredentialInput) -> Result<Credential, Problem> {
        nothing()
    }

    async fn replace(
        &self,
        _: &Caller,
        _: CredentialId,
        _: BTreeMap<String, SecretText>,
        _: i64,
    ) -> Result<Credential, Problem> {
        nothing()
    }

    async fn rename(
        &self,
        _: &Caller,
        _: CredentialId,
        _: &str,
        _: i64,
    ) -> Result<Credential, Problem> {
        nothing()
    }

    async fn choose(&self, _: &Caller, _: CredentialId) -> Result<Credential, Problem> {
        nothing()
    }

    async fn suspend(&self, _: &Caller, _: CredentialId) -> Result<Credential, Problem> {
        nothing()
    }

    async fn restore(&self, _: &Caller, _: CredentialId) -> Result<Credential, Problem> {
        nothing()
    }

    async fn delete(&self, _: &Caller, _: CredentialId, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn check(&self, _: &Caller, _: CredentialId) -> Result<CheckResult, Problem> {
        nothing()
    }
}
