//! Why a user was not signed in. The page gets a code and chooses its own text; the details are logged.

use super::{http_client::ProviderHttpError, id_token::TokenError};
use domain::problem::Problem;
use persistence::error::internal;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failed sign-in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("unknown provider")]
    UnknownProvider,
    /// The provider did not respond, or not in time.
    #[error("the provider did not respond")]
    Unavailable(#[source] Cause),
    /// The provider or its configuration is wrong.
    #[error("the provider or its configuration is wrong")]
    Misconfigured(#[source] Cause),
    /// The provider's error code.
    #[error("the provider refused: {0}")]
    Denied(String),
    /// No open attempt of this browser matches: too old, already used, or started elsewhere.
    #[error("no open sign-in matches the response: {0}")]
    NotUnderWay(&'static str),
    /// The ID token is not valid.
    #[error("the ID token is not valid: {0}")]
    InvalidToken(String),
    /// The user's email address is not in an allowed domain or not verified.
    #[error("the address is not in an allowed domain or not verified")]
    AddressNotAllowed,
    #[error("the user is suspended")]
    Suspended,
    /// The portal itself failed; the cause is in the log.
    #[error("the portal failed: {0}")]
    Portal(Problem),
}

impl Refusal {
    /// The value in the sign-in page's URL.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownProvider => "unknown_provider",
            Self::Unavailable(_) => "provider_unreachable",
            Self::Misconfigured(_) => "provider_misconfigured",
            Self::Denied(_) => "denied",
            Self::NotUnderWay(_) => "expired",
            Self::InvalidToken(_) => "invalid_token",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::Suspended => "suspended",
            Self::Portal(_) => "internal",
        }
    }

    pub fn misconfigured(cause: impl Into<Cause>) -> Self {
        Self::Misconfigured(cause.into())
    }
}

impl From<ProviderHttpError> for Refusal {
    fn from(error: ProviderHttpError) -> Self {
        match error {
            ProviderHttpError::NotAllowed(_)
            | ProviderHttpError::TooLarge
            | ProviderHttpError::Request(_) => Self::Misconfigured(error.into()),
            ProviderHttpError::NoAnswer(_) => Self::Unavailable(error.into()),
        }
    }
}

impl From<tower_sessions::session::Error> for Refusal {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::Portal(internal(&error))
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self::InvalidToken(error.to_string())
    }
}
