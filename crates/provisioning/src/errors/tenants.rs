//! Errors of tenants, environments and memberships.

use super::{CHANGE_CLAIM, conflict};
use domain::{
    access::TenantRole,
    problem::{Problem, ProblemKind},
    tenancy::Obstacle,
};

/// Why a tenant or environment is not changed.
#[derive(Debug)]
pub(crate) enum TenancyError {
    SlugTaken { slug: String },
    NameTaken { name: String },
    Archived { name: String },
    NotEmpty { name: String, left: Vec<Obstacle> },
}

impl From<TenancyError> for Problem {
    fn from(error: TenancyError) -> Self {
        match error {
            TenancyError::SlugTaken { slug } => conflict(
                "slug_taken",
                format!("The slug {slug} is in use or was used before. Slugs are never reused."),
            )
            .next("Choose another slug.")
            .on_field("slug"),
            TenancyError::NameTaken { name } => conflict(
                "name_taken",
                format!("The name “{name}” is that of another tenant or looks like it."),
            )
            .next("Choose another name.")
            .on_field("name"),
            TenancyError::Archived { name } => conflict(
                "archived",
                format!("{name} is archived and cannot be changed."),
            ),
            TenancyError::NotEmpty { name, left } => {
                const SHOWN: usize = 10;
                let mut items: Vec<String> = left
                    .iter()
                    .take(SHOWN)
                    .map(|obstacle| format!("{} {}", obstacle.kind, obstacle.name))
                    .collect();
                if left.len() > SHOWN {
                    items.push(format!("{} more", left.len() - SHOWN));
                }
                conflict(
                    "not_empty",
                    format!("{name} is not empty: {}.", items.join(", ")),
                )
                .next("Delete these first, wait until they are gone, then archive it.")
            }
        }
    }
}

/// Why a user does not become a member, or a role is not changed. `rule` is the claim rule that
/// gives the role.
#[derive(Debug)]
pub(crate) enum MembershipError {
    AlreadyMember {
        name: String,
        role: TenantRole,
    },
    AlreadyInvited {
        email: String,
        role: TenantRole,
        invited_by: String,
    },
    BelowClaim {
        name: String,
        role: TenantRole,
        rule: String,
    },
    FromClaim {
        name: String,
        role: TenantRole,
        rule: String,
    },
}

impl From<MembershipError> for Problem {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::AlreadyMember { name, role } => conflict(
                "already_member",
                format!(
                    "{name} is already a member with the role {}.",
                    role.as_str()
                ),
            )
            .next("Change the role in the list of members.")
            .on_field("email"),
            MembershipError::AlreadyInvited {
                email,
                role,
                invited_by,
            } => conflict(
                "already_invited",
                format!(
                    "{email} was already invited as {} by {invited_by}.",
                    role.as_str()
                ),
            )
            .next("Cancel the existing invitation first.")
            .on_field("email"),
            MembershipError::BelowClaim { name, role, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is {} by the claim rule “{rule}”. A lower role has no effect.",
                    role.as_str()
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("role"),
            MembershipError::FromClaim { name, role, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is {} by the claim rule “{rule}”. The role cannot be removed here.",
                    role.as_str()
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("user_id"),
        }
    }
}
