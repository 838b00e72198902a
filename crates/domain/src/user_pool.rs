//! The people of an AWS Cognito user pool, where that is the identity provider.

use crate::problem::FieldError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A pool that can be administered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolRef {
    /// The slug of the provider that people sign in with.
    pub provider: String,
    /// The provider's title.
    pub title: String,
    /// The pool's id: `eu-central-1_AbCdEfGhI`.
    pub pool_id: String,
}

/// What Cognito says of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolUserStatus {
    /// Has signed in, or could.
    Confirmed,
    /// Was invited and has not chosen a password yet.
    Invited,
    /// Signed up and has not confirmed the address.
    Unconfirmed,
    /// Has to choose a new password.
    PasswordReset,
    /// Signs in with another provider behind Cognito.
    External,
    /// Something else, in Cognito's word.
    Other(String),
}

impl PoolUserStatus {
    /// In words, for a badge.
    pub fn words(&self) -> &str {
        match self {
            Self::Confirmed => "Confirmed",
            Self::Invited => "Invited",
            Self::Unconfirmed => "Address not confirmed",
            Self::PasswordReset => "Has to choose a password",
            Self::External => "From another provider",
            Self::Other(word) => word,
        }
    }
}

/// A person of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolUser {
    /// Cognito's name for the account, which requests use.
    pub username: String,
    /// The subject that tokens carry, by which the portal knows somebody who has signed in.
    pub subject: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// Whether it is verified.
    pub email_verified: bool,
    /// The name, if the pool knows one.
    pub name: String,
    /// What Cognito says of the account.
    pub status: PoolUserStatus,
    /// Disabled people cannot sign in.
    pub enabled: bool,
    /// When the account was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
}

/// A group of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolGroup {
    /// Its name, as the claim `cognito:groups` has it.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A person of a pool with their groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolUserDetail {
    /// The pool.
    pub pool: PoolRef,
    /// The person.
    pub user: PoolUser,
    /// The names of the groups they are in.
    pub groups: Vec<String>,
    /// Every group of the pool.
    pub all_groups: Vec<PoolGroup>,
}

/// A question for a pool's people.
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

/// A page of a pool's people. Cognito counts nobody and pages forwards only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolPage {
    /// The pool.
    pub pool: PoolRef,
    /// The people.
    pub items: Vec<PoolUser>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<String>,
}

/// Somebody to be invited. Cognito sends them a password for the first sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoolInvitation {
    /// The e-mail address.
    pub email: String,
    /// The name; may be left empty.
    #[serde(default)]
    pub name: String,
}

impl PoolInvitation {
    /// Checks both fields.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
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
                .any(|c| c.is_whitespace() || c.is_control());
        if !fits {
            errors.push(FieldError::new(
                "email",
                "Give an e-mail address, such as grace@example.com.",
            ));
        }
        if self.name.chars().count() > 100 || self.name.chars().any(char::is_control) {
            errors.push(FieldError::new("name", "At most 100 printable characters."));
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
