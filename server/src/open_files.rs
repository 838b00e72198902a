//! How many files this process may have open: every connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept for the database, for requests to other systems, and for the files of the site.
const RESERVED: u64 = 256;

/// Raises the limit as far as the system allows, and answers how many connections it leaves.
pub fn for_connections() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::debug!(%error, "cannot raise the limit of open files");
            current
        }
    };
    let left = limit.unwrap_or(u64::MAX).saturating_sub(RESERVED).max(2);
    usize::try_from(left).unwrap_or(usize::MAX)
}
