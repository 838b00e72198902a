//! AWS's Security Token Service as its clients see it.

mod client;
mod faults;
mod protocol;
