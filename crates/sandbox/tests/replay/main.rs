//! Recordings of real servers, replayed against the sandbox.

mod compare;
mod kubernetes;
mod skypilot;
