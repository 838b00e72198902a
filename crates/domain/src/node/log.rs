//! Logs of a node.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeLog {
    /// SkyPilot's output while it launches or starts the machine.
    Provisioning,
    /// The output of a job; `None`: the latest job.
    Job(Option<u64>),
}
