//! Everything Hangar keeps, in one database: SQLite in a file by default, PostgreSQL by URL. Each
//! statement is written once for both; `dialect` holds what they do not share.
#![warn(missing_docs)]

mod audit;
mod audit_list;
mod changes;
mod claims;
mod cluster_list;
mod cluster_orders;
mod cluster_progress;
mod cluster_tally;
mod clusters;
mod connection;
mod costs;
mod credential_changes;
mod credentials;
mod database;
mod dialect;
mod digest;
mod invitations;
mod latest_change;
mod limits;
mod list;
mod location;
mod members;
mod node_list;
mod node_orders;
mod node_progress;
mod node_usage;
mod nodes;
mod open_error;
mod operations;
mod orders;
mod people;
mod people_list;
mod person;
mod person_changes;
mod resource;
mod rows;
mod schema;
mod sealed_rows;
mod server_reports;
mod sessions;
mod sign_ins;
mod sql;
mod tenancy;
mod tenant_changes;
mod tenant_views;
mod tenants;
mod tokens;
mod transaction;
mod users;
mod workspaces;

pub use audit::ChainVerdict;
pub use database::Database;
pub use open_error::OpenError;
pub use sessions::Sessions;

/// Why something failed, for a [`provisioning::error::StoreError`].
type Cause = Box<dyn std::error::Error + Send + Sync>;
