//! Server-side apply: who owns which fields, what an apply changes and what it may not.

pub mod compare;
pub mod field_set;
pub mod managers;
pub mod merge;
