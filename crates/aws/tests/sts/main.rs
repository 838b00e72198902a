//! STS as simulated by moto and the sandbox over HTTP, and its documented errors.

mod moto;
mod refusals;
mod sessions;
mod stand_in;
