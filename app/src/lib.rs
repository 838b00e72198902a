//! The portal's pages. They are rendered on the server only: a page asks the core and shows HTML, a form posts to a
//! server function. What happens in the browser is in `frontend`.

mod account;
mod address;
mod admin;
mod api;
mod audit;
mod clusters;
pub mod cookie;
mod document;
mod form;
mod form_error;
mod layout;
mod nodes;
mod overview;
mod page;
mod problem_page;
mod resource;
mod router;
mod routes;
mod sign_in;
pub mod site;
mod tenants;
mod theme;
mod ui;
mod usage;

pub use document::not_found;
pub use router::{function_paths, page_paths, routes};
