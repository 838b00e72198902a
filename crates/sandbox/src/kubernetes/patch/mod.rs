//! The three kinds of patches besides server-side apply.

pub mod json;
pub mod merge;
pub mod strategic;
