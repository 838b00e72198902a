//! People and tenants of a portal without a core: nobody and nothing yet.

use async_trait::async_trait;
use domain::access::{PlatformRole, TenantRole};
use domain::caller::Caller;
use domain::ids::{EnvironmentId, InvitationId, TenantId, UserId};
use domain::people::{ClaimTrial, PeoplePage, PeopleQuery, PersonDetail};
use domain::problem::Problem;
use domain::services::{People, Tenancy};
use domain::tenancy::{
    EnvironmentInput, EnvironmentLimits, Invitation, InvitationInput, Obstacle, TenantDetail,
    TenantInput, TenantSummary,
};

use super::sample;

/// Answers that there is nobody and nothing.
pub struct Empty;

fn nobody<T>() -> Result<T, Problem> {
    Err(Problem::not_found("person"))
}

fn nothing<T>() -> Result<T, Problem> {
    Err(Problem::not_found("tenant"))
}

#[async_trait]
impl People for Empty {
    async fn list(&self, _: &Caller, query: PeopleQuery) -> Result<PeoplePage, Problem> {
        Ok(PeoplePage {
            items: Vec::new(),
            total: 0,
            counts: Vec::new(),
            page: query.page,
            per_page: query.per_page,
            now: sample::now(),
        })
    }

    async fn get(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        nobody()
    }

    async fn set_platform_role(
        &self,
        _: &Caller,
        _: UserId,
        _: PlatformRole,
        _: i64,
    ) -> Result<PersonDetail, Problem> {
        nobody()
    }

    async fn suspend(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        nobody()
    }

    async fn restore(&self, _: &Caller, _: UserId) -> Result<PersonDetail, Problem> {
        nobody()
    }

    async fn sign_out_everywhere(&self, _: &Caller, _: UserId) -> Result<(), Problem> {
        nobody()
    }

    async fn rule_providers(&self, _: &Caller) -> Result<Vec<(String, String)>, Problem> {
        Ok(Vec::new())
    }

    async fn try_rules(&self, _: &Caller, _: &str, _: &str) -> Result<ClaimTrial, Problem> {
        Err(Problem::not_found("identity provider"))
    }
}

#[async_trait]
impl Tenancy for Empty {
    async fn list(&self, _: &Caller, _: bool) -> Result<Vec<TenantSummary>, Problem> {
        Ok(Vec::new())
    }

    async fn get(&self, _: &Caller, _: &str) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn create(&self, _: &Caller, _: TenantInput) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn rename(
        &self,
        _: &Caller,
        _: TenantId,
        _: &str,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn obstacles(
        &self,
        _: &Caller,
        _: TenantId,
        _: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem> {
        nothing()
    }

    async fn archive(&self, _: &Caller, _: TenantId, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn create_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentInput,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn rename_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: &str,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn set_limits(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: EnvironmentLimits,
        _: i64,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn archive_environment(
        &self,
        _: &Caller,
        _: TenantId,
        _: EnvironmentId,
        _: &str,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn set_member(
        &self,
        _: &Caller,
        _: TenantId,
        _: UserId,
        _: TenantRole,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn remove_member(
        &self,
        _: &Caller,
        _: TenantId,
        _: UserId,
    ) -> Result<TenantDetail, Problem> {
        nothing()
    }

    async fn invite(
        &self,
        _: &Caller,
        _: TenantId,
        _: InvitationInput,
    ) -> Result<Option<Invitation>, Problem> {
        nothing()
    }

    async fn withdraw_invitation(
        &self,
        _: &Caller,
        _: TenantId,
        _: InvitationId,
    ) -> Result<(), Problem> {
        nothing()
    }
}
