//! The portal's pages: the design system, the features, and the server functions between them and the core.
//!
//! The crate is compiled twice: with `ssr` for the server, which renders every page to HTML first, and with `hydrate` for
//! the browser, where `frontend` brings the same pages alive.

mod access;
mod account;
mod api_reference;
mod app;
mod audit;
mod clusters;
mod credentials;
mod dashboard;
mod host_clusters;
mod layout;
mod listing;
mod live;
mod nodes;
mod operation;
mod ordering;
mod permissions;
mod plain_form;
mod plans;
#[cfg(feature = "ssr")]
mod posted;
mod problem_page;
mod refusal;
mod routes;
mod secret_text;
pub mod server_context;
#[cfg(feature = "ssr")]
mod shell;
mod sign_in;
mod tenants;
mod theme;
mod transport;
mod ui;
mod user_pools;
mod users;

pub use app::App;
#[cfg(feature = "ssr")]
pub use posted::{POSTED_PAGES, posted_pages};
#[cfg(feature = "ssr")]
pub use shell::shell;
