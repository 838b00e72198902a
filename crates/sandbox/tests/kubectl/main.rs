//! The real `kubectl`, against the host cluster and against vClusters on it.

mod host;
mod kubectl;
mod vcluster;
mod vcluster_life;
