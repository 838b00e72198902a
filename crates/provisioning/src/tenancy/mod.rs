//! Tenants: the use cases behind [`domain::services::Tenancy`].

use crate::ports::stores::Store;
use async_trait::async_trait;
use domain::{
    access::TenantRole,
    caller::Caller,
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    problem::{Problem, ProblemKind},
    services::Tenancy,
    tenancy::{
        EnvironmentInput, EnvironmentLimits, Invitation, InvitationInput, Obstacle, TenantDetail,
        TenantInput, TenantSummary,
    },
};
use std::sync::Arc;

/// The use cases on tenants.
pub struct TenancyService {
    store: Arc<dyn Store>,
}

impl TenancyService {
    /// A service over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    async fn away<T>(&self) -> Result<T, Problem> {
        self.store.tenants().await?;
        Err(Problem::new(
            ProblemKind::Unavailable,
            "Tenants cannot be administered here yet.",
        ))
    }
}

#[async_trait]
impl Tenancy for TenancyService {
    async fn list(&self, _: &Caller, _: bool) -> Result<Vec<TenantSummary>, Problem> {
        self.away().await
    }
    async fn get(&self, _: &Caller, _: &str) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn create(&self, _: &Caller, _: TenantInput) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn rename(
        &self,
        _: &Caller,
        _: TenantId,
        _: &str,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn obstacles(
        &self,
        _: &Caller,
        _: TenantId,
        _: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem> {
        self.away().await
    }
    async fn archive(&self, _: &Caller, _: TenantId, _: &str) -> Result<(), Problem> {
        self.away().await
    }
    async fn create_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentInput,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn rename_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: &str,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn set_limits(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: EnvironmentLimits,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn archive_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: &str,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn set_member(
        &self,
        _: &Caller,
        _: TenantId,
        _: UserId,
        _: TenantRole,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn remove_member(
        &self,
        _: &Caller,
        _: TenantId,
        _: UserId,
    ) -> Result<TenantDetail, Problem> {
        self.away().await
    }
    async fn invite(
        &self,
        _: &Caller,
        _: TenantId,
        _: InvitationInput,
    ) -> Result<Option<Invitation>, Problem> {
        self.away().await
    }
    async fn withdraw_invitation(
        &self,
        _: &Caller,
        _: TenantId,
        _: InvitationId,
    ) -> Result<(), Problem> {
        self.away().await
    }
}
