//! One tenant in memory with two environments, two members and an invitation.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::access::{Action, PlatformAction, TenantRole};
use domain::caller::Caller;
use domain::ids::{EnvironmentId, InvitationId, TenantId, UserId};
use domain::money::MicroDollars;
use domain::people::GrantSource;
use domain::problem::{FieldError, Problem, ProblemKind};
use domain::services::Tenancy;
use domain::tenancy::{
    EnvironmentDetail, EnvironmentInput, EnvironmentLimits, EnvironmentRef, Invitation,
    InvitationInput, Member, Obstacle, TenantDetail, TenantInput, TenantRef, TenantSummary,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::people::{GRACE, VERSION};
use super::sample;

/// The environment with limits.
pub const DEV: Uuid = Uuid::from_u128(20);
/// The open invitation.
pub const INVITATION: Uuid = Uuid::from_u128(40);

pub struct TenancyInMemory {
    tenant: Mutex<TenantDetail>,
}

fn environment(id: Uuid, slug: &str, limits: EnvironmentLimits) -> EnvironmentDetail {
    EnvironmentDetail {
        environment: EnvironmentRef {
            id: id.into(),
            slug: slug.into(),
            name: slug.into(),
        },
        limits,
        clusters: 3,
        nodes: 1,
        price_per_hour: MicroDollars(9_250_000),
        archived_at: None,
        version: VERSION,
    }
}

fn by_ada() -> GrantSource {
    GrantSource::Person {
        by: Some("Ada Keller".into()),
        at: Some(sample::now() - SignedDuration::from_hours(50)),
    }
}

fn member(id: Uuid, name: &str, role: TenantRole, source: GrantSource) -> Member {
    let granted = matches!(source, GrantSource::Person { .. }).then_some(role);
    Member {
        user_id: id.into(),
        name: name.into(),
        email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
        role,
        source,
        granted,
        suspended: false,
        last_seen_at: Some(sample::now() - SignedDuration::from_mins(8)),
    }
}

fn invitation(email: &str, role: TenantRole) -> Invitation {
    Invitation {
        id: INVITATION.into(),
        email: email.into(),
        role,
        invited_by: "Ada Keller".into(),
        created_at: sample::now() - SignedDuration::from_hours(5),
        expires_at: sample::now() + SignedDuration::from_hours(24 * 14),
    }
}

impl Default for TenancyInMemory {
    fn default() -> Self {
        let limits = EnvironmentLimits {
            max_clusters: Some(4),
            max_nodes: None,
            max_price_per_hour: Some(MicroDollars(12_500_000)),
        };
        let by_claim = GrantSource::Claim {
            why: Some("groups has vision-dev".into()),
        };
        let staging = Uuid::from_u128(21);
        Self {
            tenant: Mutex::new(TenantDetail {
                tenant: sample::tenant(),
                environments: vec![
                    environment(DEV, "dev", limits),
                    environment(staging, "staging", EnvironmentLimits::default()),
                ],
                members: vec![
                    member(sample::ADA, "Ada Keller", TenantRole::Admin, by_ada()),
                    member(GRACE, "Grace Okafor", TenantRole::Developer, by_claim),
                ],
                invitations: vec![invitation("new@example.com", TenantRole::Viewer)],
                archived_at: None,
                my_role: None,
                version: VERSION,
                now: sample::now(),
            }),
        }
    }
}

fn stale(field: &str, now: &str) -> Problem {
    Problem {
        fields: vec![FieldError::new(field, format!("It is “{now}” now."))],
        ..Problem::new(
            ProblemKind::Conflict,
            "Maya Lindt changed this 12 seconds before you.",
        )
    }
}

fn platform(caller: &Caller) -> Result<(), Problem> {
    if caller.may_on_platform(PlatformAction::ManageTenants) {
        Ok(())
    } else {
        Err(Problem::forbidden(PlatformAction::ManageTenants.words()))
    }
}

impl TenancyInMemory {
    /// What the caller sees of the tenant, if they may do `action` in it.
    fn change(
        &self,
        caller: &Caller,
        action: Action,
        change: impl FnOnce(&mut TenantDetail) -> Result<(), Problem>,
    ) -> Result<TenantDetail, Problem> {
        let mut tenant = self.tenant.lock().expect("no test panics with it");
        let id = tenant.tenant.id;
        if !caller.may(Action::ReadTenant, id) {
            return Err(Problem::not_found("tenant"));
        }
        if !caller.may(action, id) {
            return Err(Problem::forbidden(action.words()));
        }
        change(&mut tenant)?;
        let mut seen = tenant.clone();
        seen.my_role = caller.role_in(id);
        if !caller.may(Action::ManageMembers, id) {
            seen.invitations.clear();
        }
        Ok(seen)
    }

    fn change_environment(
        &self,
        caller: &Caller,
        id: EnvironmentId,
        change: impl FnOnce(&mut EnvironmentDetail) -> Result<(), Problem>,
    ) -> Result<TenantDetail, Problem> {
        self.change(caller, Action::ManageEnvironments, |tenant| {
            let mut environments = tenant.environments.iter_mut();
            let found = environments.find(|found| found.environment.id == id);
            change(found.ok_or_else(|| Problem::not_found("environment"))?)
        })
    }
}

#[async_trait]
impl Tenancy for TenancyInMemory {
    async fn list(&self, caller: &Caller, archived: bool) -> Result<Vec<TenantSummary>, Problem> {
        let Ok(detail) = self.change(caller, Action::ReadTenant, |_| Ok(())) else {
            return Ok(Vec::new());
        };
        let vision = TenantSummary {
            tenant: detail.tenant,
            members: 2,
            environments: detail
                .environments
                .into_iter()
                .map(|environment| environment.environment)
                .collect(),
            clusters: 6,
            nodes: 2,
            archived_at: None,
        };
        let old = TenantSummary {
            tenant: TenantRef {
                id: Uuid::from_u128(11).into(),
                slug: "old".into(),
                name: "Old team".into(),
            },
            members: 0,
            environments: Vec::new(),
            clusters: 0,
            nodes: 0,
            archived_at: Some(sample::now() - SignedDuration::from_hours(99)),
        };
        Ok(if archived {
            vec![old, vision]
        } else {
            vec![vision]
        })
    }

    async fn get(&self, caller: &Caller, slug: &str) -> Result<TenantDetail, Problem> {
        if slug == "vision" {
            self.change(caller, Action::ReadTenant, |_| Ok(()))
        } else {
            Err(Problem::not_found("tenant"))
        }
    }

    async fn create(&self, caller: &Caller, input: TenantInput) -> Result<TenantDetail, Problem> {
        platform(caller)?;
        if input.slug == "vision" {
            let error = FieldError::new("slug", "There is a tenant “vision” already.");
            return Err(Problem::invalid(vec![error]));
        }
        let mut created = self.tenant.lock().expect("no test panics with it").clone();
        created.tenant.slug = input.slug;
        Ok(created)
    }

    async fn rename(
        &self,
        caller: &Caller,
        _: TenantId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        platform(caller)?;
        self.change(caller, Action::ReadTenant, |tenant| {
            if version != tenant.version {
                return Err(stale("name", &tenant.tenant.name));
            }
            tenant.tenant.name = name.into();
            tenant.version += 1;
            Ok(())
        })
    }

    async fn obstacles(
        &self,
        _: &Caller,
        _: TenantId,
        _: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem> {
        Ok(vec![Obstacle {
            kind: "cluster".into(),
            name: "checkout-preview".into(),
            environment: "dev".into(),
        }])
    }

    async fn archive(&self, caller: &Caller, _: TenantId, typed: &str) -> Result<(), Problem> {
        platform(caller)?;
        if typed == "vision" {
            Ok(())
        } else {
            let error = FieldError::new("confirmation", "That is not its short name.");
            Err(Problem::invalid(vec![error]))
        }
    }

    async fn create_environment(
        &self,
        caller: &Caller,
        _: TenantId,
        input: EnvironmentInput,
    ) -> Result<TenantDetail, Problem> {
        self.change(caller, Action::ManageEnvironments, |tenant| {
            if input.slug.is_empty() {
                let error = FieldError::new("slug", "Give it a short name.");
                return Err(Problem::invalid(vec![error]));
            }
            let id = Uuid::from_u128(22);
            let limits = EnvironmentLimits::default();
            tenant
                .environments
                .push(environment(id, &input.slug, limits));
            Ok(())
        })
    }

    async fn rename_environment(
        &self,
        caller: &Caller,
        _: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        self.change_environment(caller, id, |found| {
            if version != found.version {
                return Err(stale("name", &found.environment.name));
            }
            found.environment.name = name.into();
            Ok(())
        })
    }

    async fn set_limits(
        &self,
        caller: &Caller,
        _: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
    ) -> Result<TenantDetail, Problem> {
        platform(caller)?;
        self.change_environment(caller, id, |found| {
            if version != found.version {
                return Err(stale("max_clusters", "4"));
            }
            found.limits = limits;
            Ok(())
        })
    }

    async fn archive_environment(
        &self,
        caller: &Caller,
        _: TenantId,
        id: EnvironmentId,
        typed: &str,
    ) -> Result<TenantDetail, Problem> {
        self.change_environment(caller, id, |found| {
            if typed != found.environment.slug {
                let error = FieldError::new("confirmation", "That is not its short name.");
                return Err(Problem::invalid(vec![error]));
            }
            found.archived_at = Some(sample::now());
            Ok(())
        })
    }

    async fn set_member(
        &self,
        caller: &Caller,
        _: TenantId,
        user: UserId,
        role: TenantRole,
    ) -> Result<TenantDetail, Problem> {
        self.change(caller, Action::ManageMembers, |tenant| {
            for member in &mut tenant.members {
                if member.user_id == user {
                    (member.role, member.granted) = (role, Some(role));
                    member.source = by_ada();
                }
            }
            Ok(())
        })
    }

    async fn remove_member(
        &self,
        caller: &Caller,
        _: TenantId,
        user: UserId,
    ) -> Result<TenantDetail, Problem> {
        self.change(caller, Action::ManageMembers, |tenant| {
            tenant.members.retain(|member| member.user_id != user);
            Ok(())
        })
    }

    async fn invite(
        &self,
        caller: &Caller,
        _: TenantId,
        input: InvitationInput,
    ) -> Result<Option<Invitation>, Problem> {
        if !input.email.contains('@') {
            let error = FieldError::new("email", "This is no e-mail address.");
            return Err(Problem::invalid(vec![error]));
        }
        let invited = invitation(&input.email, input.role);
        self.change(caller, Action::ManageMembers, |tenant| {
            tenant.invitations.insert(0, invited.clone());
            Ok(())
        })?;
        Ok(Some(invited))
    }

    async fn withdraw_invitation(
        &self,
        caller: &Caller,
        _: TenantId,
        id: InvitationId,
    ) -> Result<(), Problem> {
        self.change(caller, Action::ManageMembers, |tenant| {
            tenant.invitations.retain(|invitation| invitation.id != id);
            Ok(())
        })
        .map(|_| ())
    }
}
