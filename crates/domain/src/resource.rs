//! What clusters and nodes have in common: a header with the same fields, states of the same kind, and the rules that
//! the core applies to each of them in the same way.

use crate::{
    access::Action,
    audit::AuditAction,
    cluster::UserRef,
    failure::Failure,
    listing::Sort,
    operation::{Operation, OperationKind},
    problem::FieldError,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fmt,
    hash::Hash,
    ops::{Deref, DerefMut},
    str::FromStr,
};
use uuid::Uuid;

/// A kind of resource: what sets it apart from the others.
pub trait Kind: Copy + fmt::Debug + Eq + Send + Sync + 'static {
    /// What one is called in messages and audit targets, in lower case.
    const NOUN: &'static str;
    /// What lists can be sorted by.
    const SORTS: &'static [Sort];
    /// Who may read it.
    const READ: Action;
    /// Who may delete it.
    const DELETE: Action;
    /// How a deletion is recorded.
    const DELETED: AuditAction;
    /// The operation that deletes it.
    const DELETION: OperationKind;
    /// How it is recorded that it can be used for the first time, and that nothing is left of it.
    const READY: AuditAction;
    const GONE: AuditAction;

    type Id: Copy
        + Ord
        + Hash
        + fmt::Debug
        + fmt::Display
        + FromStr
        + From<Uuid>
        + Into<Uuid>
        + Wire;
    type Name: Clone + Eq + fmt::Debug + fmt::Display + FromStr<Err = FieldError> + Wire;
    type State: State;
    /// The fields of its own that callers see.
    type Details: Clone + PartialEq + fmt::Debug + Wire;
}

/// A value in requests and responses.
pub trait Wire: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Wire for T {}

/// The states of a kind of resource.
pub trait State: Copy + Eq + Hash + fmt::Debug + FromStr<Err = String> + Wire {
    const EVERY: &'static [Self];
    /// The first state.
    const PENDING: Self;
    const DELETING: Self;
    const DELETED: Self;

    /// The word in requests and in the database.
    fn word(self) -> &'static str;
    /// Whether it can be used.
    fn is_up(self) -> bool;
    /// Whether it is on its way to another state.
    fn is_moving(self) -> bool;
    /// Whether it may stay as it is until a user acts.
    fn needs_attention(self) -> bool;
}

/// Declares the states of a kind of resource, with their words and titles.
macro_rules! states {
    (
        $(#[$meta:meta])* $name:ident of a $noun:literal:
        $($(#[$doc:meta])* $state:ident, $word:literal, $title:literal;)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $state,)+
        }

        impl $name {
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$state),+];

            /// The word in requests and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$state => $word,)+
                }
            }

            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$state => $title,)+
                }
            }

            /// Whether it can be used.
            pub fn is_up(self) -> bool {
                matches!(self, Self::Ready | Self::Degraded)
            }

            /// Whether it may stay as it is until a user acts.
            pub fn needs_attention(self) -> bool {
                matches!(self, Self::Failed | Self::Degraded)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL
                    .into_iter()
                    .find(|state| state.as_str() == text)
                    .ok_or_else(|| format!(concat!("“{}” is not a ", $noun, " state."), text))
            }
        }

        impl $crate::resource::State for $name {
            const EVERY: &'static [Self] = &Self::ALL;
            const PENDING: Self = Self::Pending;
            const DELETING: Self = Self::Deleting;
            const DELETED: Self = Self::Deleted;

            fn word(self) -> &'static str {
                self.as_str()
            }
            fn is_up(self) -> bool {
                self.is_up()
            }
            fn is_moving(self) -> bool {
                self.is_moving()
            }
            fn needs_attention(self) -> bool {
                self.needs_attention()
            }
        }
    };
}
pub(crate) use states;

/// A resource: the header that all kinds share, and the details of its kind. Callers see `K::Details`; the database
/// keeps other details under the same header. Details are fields of the resource, as they are in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "D: Serialize", deserialize = "D: Deserialize<'de>"))]
pub struct Resource<K: Kind, D = <K as Kind>::Details> {
    pub id: K::Id,
    pub name: K::Name,
    pub tenant: TenantRef,
    pub environment: EnvironmentRef,
    pub state: K::State,
    /// Why it is not as it should be.
    pub failure: Option<Failure>,
    pub created_by: UserRef,
    pub created_at: Timestamp,
    /// When it could first be used.
    pub ready_at: Option<Timestamp>,
    /// When it is deleted unless a user deletes it before.
    pub ends_at: Option<Timestamp>,
    /// When it was deleted; callers are shown no deleted resource.
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    /// The newest operation.
    pub operation: Operation,
    /// Counts up with every change that a caller can see.
    pub version: i64,
    #[serde(flatten)]
    pub details: D,
}

impl<K: Kind, D> Resource<K, D> {
    /// The same resource with other details.
    pub fn with_details<E>(self, details: E) -> Resource<K, E> {
        Resource {
            id: self.id,
            name: self.name,
            tenant: self.tenant,
            environment: self.environment,
            state: self.state,
            failure: self.failure,
            created_by: self.created_by,
            created_at: self.created_at,
            ready_at: self.ready_at,
            ends_at: self.ends_at,
            deleted_at: self.deleted_at,
            operation: self.operation,
            version: self.version,
            details,
        }
    }
}

impl<K: Kind, D> Deref for Resource<K, D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.details
    }
}

impl<K: Kind, D> DerefMut for Resource<K, D> {
    fn deref_mut(&mut self) -> &mut D {
        &mut self.details
    }
}
