//! The sign-in page: the only one without a frame.

mod api;
mod page;

pub use page::SignInPage;
