//! The order form for a node: one page, with a summary that stays in view.

mod accelerator_field;
mod asking;
mod cards;
mod controls;
mod count_field;
mod draft;
mod end_fields;
mod kept;
mod kind_field;
mod location_field;
mod machine_fields;
mod page;
#[cfg(feature = "ssr")]
mod proposal;
mod state;
mod summary;

pub use draft::Draft;
pub use page::NewNodePage;
