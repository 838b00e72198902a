//! The core over a real database, with scripted outside systems.

mod account;
mod audit;
mod broker;
mod clusters;
mod crashes;
mod drift;
mod node_crashes;
mod nodes;
mod platform;
mod power;
mod tenants;
mod user_pools;
mod users;
mod vault;
