//! The catalogue: what can be launched, where and for how much.

mod address;
mod filters;
mod page;
mod rows;

pub use page::CataloguePage;
