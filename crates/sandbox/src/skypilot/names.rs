//! Names that SkyPilot accepts.

/// `[a-zA-Z]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?`, which holds for clusters and service accounts.
pub const CLUSTER_NAME_PATTERN: &str = "[a-zA-Z]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?";

pub fn is_cluster_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
