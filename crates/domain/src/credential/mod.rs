//! Cloud credentials: what can be stored, and what may be shown of it. Secrets travel inwards only; nothing here that
//! is answered holds one.

mod input;
mod provider;
mod view;

pub use input::{CredentialInput, CredentialScope, SecretText};
pub use provider::{Provider, SecretField, SecretFieldKind};
pub use view::{CheckResult, Credential, CredentialFact, CredentialState};
