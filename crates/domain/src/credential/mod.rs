//! Cloud credentials: what can be stored, and what may be shown. Secrets only travel inwards; no response type here
//! contains one.

mod input;
mod provider;
mod view;

pub use input::{CredentialInput, CredentialScope, SecretText};
pub use provider::{Provider, SecretField, SecretFieldKind};
pub use view::{CheckResult, Credential, CredentialFact, CredentialState};
