//! The identity provider as its clients see it.

mod faults;
mod protocol;
mod relying_party;
