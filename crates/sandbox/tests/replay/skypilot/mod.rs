//! Replays recordings of a real SkyPilot API server 0.14.1 against the sandbox's, and compares every answer, field by field.
//!
//! What must differ between two servers is compared by meaning: ids have to map one to one, moments have to be moments,
//! pickles pickles. The recorded server was driven in three ways (without accounts, without clouds, with accounts); here
//! everything is asked with a service account's token.

mod accounts;
mod api;
mod compare;
mod life;
mod refusals;
