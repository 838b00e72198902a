//! What things of a vCluster are called on the host.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kubernetes::object;

pub const MANAGED_BY: &str = "vcluster.loft.sh/managed-by";
pub const NAMESPACE: &str = "vcluster.loft.sh/namespace";
pub const OBJECT_NAME: &str = "vcluster.loft.sh/object-name";
pub const OBJECT_NAMESPACE: &str = "vcluster.loft.sh/object-namespace";

const LONGEST: usize = 63;

/// The host name of something inside a vCluster: `<name>-x-<namespace>-x-<vcluster>`, cut and hashed where too long.
pub fn on_host(name: &str, namespace: &str, vcluster: &str) -> String {
    let full = format!("{name}-x-{namespace}-x-{vcluster}");
    if full.len() <= LONGEST {
        return full;
    }
    let hash = Sha256::digest(&full);
    let hash: String = hash
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut end = LONGEST - hash.len() - 1;
    while !full.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{hash}", full[..end].trim_end_matches(['-', '.']))
}

/// Name and namespace inside, of something on the host that a syncer made.
pub fn inside(host_object: &Value) -> Option<(&str, &str)> {
    Some((
        object::annotation(host_object, OBJECT_NAMESPACE)?,
        object::annotation(host_object, OBJECT_NAME)?,
    ))
}
