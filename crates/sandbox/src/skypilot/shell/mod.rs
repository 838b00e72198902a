//! The machines' shell. There are no machines, so scripts are followed by a small interpreter: it knows variables, loops,
//! conditions and a few commands, and says of every other command that it was not run. What a script prints, and when, is
//! worked out at its start.

mod commands;
mod expand;
mod node;
mod parse;
mod run;

pub use node::Node;
pub use run::{Trace, run};
