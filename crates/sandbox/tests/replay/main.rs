//! Recordings of real servers, replayed against the sandbox.

mod kubernetes;
mod skypilot;
