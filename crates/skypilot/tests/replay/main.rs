//! The client against recordings of a real SkyPilot 0.14.1 API server, and against servers that fail.

mod accounts;
mod answers;
mod refusals;
mod sent;
mod streams;
mod tape;
mod trouble;
