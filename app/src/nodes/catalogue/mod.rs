//! The catalogue: what can be launched, where and for how much.

mod page;

pub use page::CataloguePage;
