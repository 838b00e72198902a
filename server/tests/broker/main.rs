//! The credential broker as API servers meet it: a portal, the program `hangar`, moto as AWS, and AWS's own libraries.

mod certificates;
mod check;
mod credentials;
mod fixture;
mod handles;
mod keys;
mod profiles;
mod rotation;
mod skypilot;
mod user_pools;
