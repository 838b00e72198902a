//! STS as moto and the sandbox play it over HTTP, and as its documented refusals.

mod moto;
mod refusals;
mod sessions;
mod stand_in;
