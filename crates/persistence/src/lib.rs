//! Everything Hangar keeps, in one database: SQLite in a file by default, PostgreSQL by URL. Each
//! statement is written once for both; `dialect` holds what they do not share.

mod audit;
mod audit_list;
pub mod audit_records;
pub mod change;
mod changes;
mod claims;
mod cluster_tally;
mod clusters;
mod connection;
mod costs;
mod credential_changes;
pub mod credential_records;
mod credentials;
mod database;
mod dialect;
mod digest;
pub mod error;
mod handles;
mod invitations;
mod keyset;
mod latest_change;
mod limits;
mod list;
mod location;
mod members;
pub mod node_records;
mod node_usage;
mod nodes;
mod open_error;
mod operations;
pub mod records;
mod resource;
mod resources;
mod rows;
mod schema;
pub mod sealed;
mod sealed_rows;
mod server_reports;
mod sessions;
mod sign_ins;
mod sql;
mod tenancy;
mod tenant_changes;
pub mod tenant_records;
mod tenant_views;
mod tenants;
mod tokens;
mod transaction;
mod user_changes;
mod user_detail;
mod user_list;
mod user_lookup;
pub mod user_records;
mod users;
mod workspaces;

pub use audit::{Chain, ChainVerdict};
pub use claims::Leased;
pub use database::Database;
pub use handles::{Audit, Credentials, SealedRows, ServerReports, Table, Tenants, Tokens, Users};
pub use open_error::OpenError;
pub use sessions::Sessions;

/// A fresh id: uuid v7, so that ids sort by the time they were made.
pub fn new_id<Id: From<uuid::Uuid>>() -> Id {
    Id::from(uuid::Uuid::now_v7())
}

/// Why something failed, for a [`error::StoreError`].
type Cause = Box<dyn std::error::Error + Send + Sync>;
