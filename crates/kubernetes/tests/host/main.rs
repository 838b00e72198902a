//! The adapter against the sandbox's host cluster, which speaks the real protocol.

mod conflicts;
mod drift;
mod exposures;
mod life;
mod load;
mod place;
mod proxies;
mod review;
mod rights;
mod troubles;
mod watching;
