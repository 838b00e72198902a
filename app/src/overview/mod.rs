//! `/`.

mod figures;
mod show;

pub use show::show;
