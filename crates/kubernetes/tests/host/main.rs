//! The adapter against a host cluster that speaks the real protocol: the sandbox's.

mod conflicts;
mod exposures;
mod life;
mod place;
mod review;
mod rights;
mod troubles;
mod watching;
