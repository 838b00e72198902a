//! The order form: one page, with a summary that stays in view.

mod draft;
mod name_field;
mod page;
mod plan_field;
mod reach_fields;
mod summary;

pub use draft::Draft;
pub use page::NewClusterPage;
