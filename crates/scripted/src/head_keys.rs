//! A known key for the heads of the audit log.

use persistence::{HeadKey, HeadKeys};
use std::sync::Arc;

struct KnownKey;

impl HeadKeys for KnownKey {
    fn current(&self) -> &str {
        "test"
    }

    fn get(&self, id: &str) -> Option<HeadKey> {
        (id == self.current()).then(|| [7; 32].into())
    }
}

pub fn head_keys() -> Option<Arc<dyn HeadKeys>> {
    Some(Arc::new(KnownKey))
}
