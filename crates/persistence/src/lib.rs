//! Everything Hangar keeps, in one database: SQLite in a file by default, PostgreSQL by URL. Each
//! statement is written once for both; `dialect` holds what they do not share.
#![warn(missing_docs)]

mod audit;
mod changes;
mod claims;
mod cluster_list;
mod clusters;
mod database;
mod dialect;
mod digest;
mod location;
mod open_error;
mod orders;
mod people;
mod rows;
mod schema;
mod sessions;
mod sql;
mod tenants;
mod tokens;
mod transaction;
mod users;

pub use audit::ChainVerdict;
pub use database::Database;
pub use open_error::OpenError;
pub use sessions::Sessions;

/// Why something failed, for a [`provisioning::error::StoreError`].
type Cause = Box<dyn std::error::Error + Send + Sync>;
