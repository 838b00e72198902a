//! Pages of clusters beyond what `pages.rs` shows of each.

mod events;
