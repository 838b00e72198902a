//! The database: SQLite in a file by default, PostgreSQL by URL. Each statement is written once for both;
//! `dialect` holds the differences.

mod audit;
pub mod audit_records;
pub mod change;
mod changes;
mod claims;
mod cluster_tally;
mod clusters;
mod connection;
mod costs;
pub mod credential_records;
mod credentials;
mod database;
mod dialect;
mod digest;
pub mod error;
mod handles;
mod keyset;
mod limits;
mod list;
mod location;
pub mod node_records;
mod nodes;
mod open_error;
mod operations;
pub mod records;
mod resource;
mod resources;
mod rows;
mod schema;
pub mod sealed;
mod server_reports;
mod sql;
pub mod tenant_records;
mod tenants;
mod transaction;
pub mod usage;
mod usage_report;
pub mod user_records;
mod users;
mod workspaces;

pub use audit::{
    Chain, ChainHead, ChainVerdict, HeadKey, HeadKeys, NotAHead, ResignedHeads, Verification,
};
pub use claims::Leased;
pub use database::Database;
pub use handles::{
    Audit, Credentials, SealedRows, ServerReports, Table, Tenants, Tokens, Usage, Users,
};
pub use open_error::OpenError;
pub use users::sessions::Sessions;

/// A UUIDv7, so that ids sort by creation.
pub fn new_id<Id: From<uuid::Uuid>>() -> Id {
    Id::from(uuid::Uuid::now_v7())
}

/// Why something failed, for a [`error::StoreError`].
type Cause = Box<dyn std::error::Error + Send + Sync>;
