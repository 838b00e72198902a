//! STS as moto plays it over HTTP, and as its documented refusals.

mod moto;
mod refusals;
mod sessions;
