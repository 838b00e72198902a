//! Users of an AWS Cognito user pool that is the identity provider.

use crate::{
    display_name::{check_user_name, is_hidden},
    problem::FieldError,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolRef {
    /// The slug of the identity provider.
    pub provider: String,
    pub title: String,
    /// For example `eu-central-1_AbCdEfGhI`.
    pub pool_id: String,
}

/// The status of an account in Cognito.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolUserStatus {
    /// Can sign in.
    Confirmed,
    /// Invited, and has not chosen a password yet.
    Invited,
    /// Signed up, and has not confirmed the address.
    Unconfirmed,
    /// Must choose a new password.
    PasswordReset,
    /// Signs in with another provider behind Cognito.
    External,
    /// Another status, with Cognito's name.
    Other(String),
}

impl PoolUserStatus {
    /// For a badge.
    pub fn title(&self) -> &str {
        match self {
            Self::Confirmed => "Confirmed",
            Self::Invited => "Invited",
            Self::Unconfirmed => "Address not confirmed",
            Self::PasswordReset => "Password reset required",
            Self::External => "External provider",
            Self::Other(word) => word,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolUser {
    /// Cognito's name for the account, as used in requests.
    pub username: String,
    /// The subject of the account's tokens, which identifies a user of the portal.
    pub subject: Option<String>,
    pub email: String,
    pub email_verified: bool,
    /// Empty if the pool has none.
    pub name: String,
    /// The status of the account in Cognito.
    pub status: PoolUserStatus,
    /// Disabled users cannot sign in.
    pub enabled: bool,
    /// When the account was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolGroup {
    /// As in the claim `cognito:groups`.
    pub name: String,
    pub description: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolUserDetail {
    pub pool: PoolRef,
    pub user: PoolUser,
    /// The names of the user's groups.
    pub groups: Vec<String>,
    /// All groups of the pool.
    pub all_groups: Vec<PoolGroup>,
}

/// A query of a pool's users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct PoolQuery {
    /// Start of the email address.
    #[serde(default)]
    pub email: String,
    /// `next` of the previous page.
    #[serde(default)]
    pub after: Option<String>,
}

/// A page of a pool's users. Cognito returns no totals and pages forwards only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolPage {
    pub pool: PoolRef,
    pub items: Vec<PoolUser>,
    /// The cursor of the next page; `None`: this page is the last.
    pub next: Option<String>,
}

/// A request to invite a user. Cognito sends a password for the first sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolInvitation {
    pub email: String,
    /// May be empty.
    #[serde(default)]
    pub name: String,
}

impl PoolInvitation {
    /// Checks both fields; one [`FieldError`] per invalid field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        let (account, host) = self.email.split_once('@').unwrap_or_default();
        let fits = !account.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && self.email.len() <= 254
            && !self
                .email
                .chars()
                .any(|c| c.is_whitespace() || is_hidden(c));
        if !fits {
            errors.push(FieldError::new(
                "email",
                "Use an email address such as grace@example.com.",
            ));
        }
        // The name is optional.
        if !self.name.trim().is_empty()
            && let Err(message) = check_user_name(&self.name)
        {
            errors.push(FieldError::new("name", message));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(email: &str) -> PoolInvitation {
        PoolInvitation {
            email: email.into(),
            name: String::new(),
        }
    }

    #[test]
    fn what_is_no_address_is_refused_at_its_field() {
        invitation("grace@example.com").validate().unwrap();
        for wrong in [
            "",
            "grace",
            "@example.com",
            "grace@",
            "grace@localhost",
            "a@b@corp.com",
            "grace hopper@example.com",
            "grace@example.com\n",
            "grace@.com",
        ] {
            let errors = invitation(wrong).validate().unwrap_err();
            assert_eq!(errors[0].field, "email", "{wrong:?}");
        }
    }

    #[test]
    fn a_name_may_be_left_out_but_not_be_odd() {
        let odd = PoolInvitation {
            name: "a\u{7}".into(),
            ..invitation("grace@example.com")
        };
        assert_eq!(odd.validate().unwrap_err()[0].field, "name");
    }
}
