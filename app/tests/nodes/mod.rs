//! The pages of nodes.

mod catalogue;
mod order;
