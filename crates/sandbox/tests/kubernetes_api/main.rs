//! The sandbox's Kubernetes API as clients meet it: the `kube` client on a socket, and single requests.

mod access;
mod admission;
mod hooks;
mod kube_client;
mod lists;
mod server;
mod watches;
mod writes;
