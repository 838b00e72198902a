//! Logs of a node.

/// Which log of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeLog {
    /// What SkyPilot wrote while it launched or started the machine.
    Provisioning,
    /// What a job wrote; `None`: the latest job.
    Job(Option<u64>),
}
