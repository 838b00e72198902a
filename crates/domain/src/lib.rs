//! What browser and server share: ids, validated names, states, roles, the permission table, and wire types. No I/O.

pub mod access;
pub mod account;
pub mod audit;
pub mod caller;
pub mod cluster;
pub mod cluster_name;
pub mod credential;
pub mod display_name;
mod dns_label;
pub mod drift;
pub mod error;
pub mod exposure;
pub mod failure;
pub mod ids;
pub mod kubernetes_version;
pub mod listing;
pub mod money;
pub mod node;
pub mod operation;
pub mod order;
pub mod outside_text;
pub mod overview;
pub mod permissions;
pub mod plan;
pub mod platform;
pub mod problem;
pub mod quota;
pub mod resource;
#[cfg(feature = "openapi")]
mod resource_schema;
pub mod tenancy;
pub mod tenancy_rules;
pub mod time_to_live;
pub mod user_pool;
pub mod user_query;
pub mod users;
pub mod yaml;
