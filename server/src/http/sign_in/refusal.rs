//! Why somebody was not signed in. The page gets a code and says it in its own words; the details are for the log.

use super::http_client::ProviderHttpError;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A sign-in that did not work.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no provider of that name.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The provider does not answer, or not in time.
    #[error("the provider does not answer")]
    Unavailable(#[source] Cause),
    /// The provider or what is configured about it is wrong.
    #[error("the provider or its configuration is wrong")]
    Misconfigured(#[source] Cause),
    /// The provider says no; its own code for it.
    #[error("the provider refused: {0}")]
    Denied(String),
    /// No sign-in under way in this browser fits: too old, used before, or begun elsewhere.
    #[error("no sign-in under way fits the answer: {0}")]
    NotUnderWay(&'static str),
    /// The provider's statement about the person does not hold.
    #[error("the ID token is not valid: {0}")]
    InvalidToken(String),
    /// The person's address is not one of those allowed.
    #[error("the address is not in an allowed domain or not verified")]
    AddressNotAllowed,
    /// The person is suspended.
    #[error("the person is suspended")]
    Suspended,
    /// The portal failed.
    #[error("the portal failed")]
    Internal(#[source] Cause),
}

impl Refusal {
    /// The word in the sign-in page's address.
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
            Self::Internal(_) => "internal",
        }
    }

    /// A wrong provider or configuration.
    pub fn misconfigured(cause: impl Into<Cause>) -> Self {
        Self::Misconfigured(cause.into())
    }
}

impl From<ProviderHttpError> for Refusal {
    fn from(error: ProviderHttpError) -> Self {
        match error {
            ProviderHttpError::TooLarge | ProviderHttpError::Request(_) => {
                Self::Misconfigured(error.into())
            }
            ProviderHttpError::NoAnswer(_) => Self::Unavailable(error.into()),
        }
    }
}

impl From<tower_sessions::session::Error> for Refusal {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::Internal(error.into())
    }
}
