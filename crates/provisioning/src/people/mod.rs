//! People: the use cases behind [`domain::services::People`].

use crate::ports::stores::Store;
use async_trait::async_trait;
use domain::{
    access::PlatformRole,
    caller::Caller,
    ids::UserId,
    people::{ClaimTrial, PeoplePage, PeopleQuery, PersonDetail},
    problem::{Problem, ProblemKind},
    services::People,
};
use std::sync::Arc;

/// The use cases on people.
pub struct PeopleService {
    store: Arc<dyn Store>,
}

impl PeopleService {
    /// A service over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    async fn away<T>(&self) -> Result<T, Problem> {
        self.store.tenants().await?;
        Err(Problem::new(
            ProblemKind::Unavailable,
            "People cannot be administered here yet.",
        ))
    }
}

#[async_trait]
impl People for PeopleService {
    async fn list(&self, _: &Caller, _: PeopleQuery) -> Result<PeoplePage, Problem> {
        self.away().await
    }

    async fn get(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        self.away().await
    }

    async fn set_platform_role(
        &self,
        _: &Caller,
        _: UserId,
        _: PlatformRole,
        _: i64,
    ) -> Result<PersonDetail, Problem> {
        self.away().await
    }

    async fn suspend(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        self.away().await
    }

    async fn restore(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        self.away().await
    }

    async fn sign_out_everywhere(&self, _: &Caller, _: UserId) -> Result<(), Problem> {
        self.away().await
    }

    async fn rule_providers(&self, _: &Caller) -> Result<Vec<(String, String)>, Problem> {
        self.away().await
    }

    async fn try_rules(&self, _: &Caller, _: &str, _: &str) -> Result<ClaimTrial, Problem> {
        self.away().await
    }
}
