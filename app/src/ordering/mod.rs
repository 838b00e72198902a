//! What the order forms of clusters and nodes have in common.

pub mod curl;
mod life_time;
mod place_field;

pub use life_time::{hours, life_times};
pub use place_field::{PlaceField, first_place, quota_at, split_place};
