//! The stores' contracts, told once and held on SQLite and on PostgreSQL.

#[macro_use]
mod backend;
mod administration;
mod audit;
mod audit_list;
mod audit_repeats;
mod changes;
mod claimed_roles;
mod cluster_tally;
mod clusters;
mod contract;
mod credentials;
mod fixtures;
mod nodes;
mod opening;
mod read_only;
mod schema;
mod server_reports;
mod sessions;
mod tally;
mod ten_thousand;
mod tenants;
mod tokens;
mod unavailable;
mod usage;
mod users;
mod workspaces;
