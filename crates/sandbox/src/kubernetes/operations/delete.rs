//! Deleting objects.

use std::sync::Arc;

use serde_json::Value;

use super::update::Target;
use crate::kubernetes::admission::quotas;
use crate::kubernetes::deletion::{Delete, Deletion};
use crate::kubernetes::object;
use crate::kubernetes::resources::NAMESPACES;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::Refusal;

/// Namespaces that the cluster cannot be without.
const PERMANENT: [&str; 3] = ["default", "kube-public", "kube-system"];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds for running parts to end.
    pub grace_seconds: Option<i64>,
    /// Only this object, not another of the same name.
    pub uid: Option<String>,
    /// Only this state of the object.
    pub resource_version: Option<String>,
    /// What becomes of what the object owns: `Foreground`, `Background` or `Orphan`.
    pub propagation: Option<String>,
}

impl DeleteOptions {
    pub fn from_object(options: &Value) -> Self {
        let text = |pointer: &str| {
            options
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let orphan = options.get("orphanDependents").and_then(Value::as_bool);
        Self {
            grace_seconds: options.get("gracePeriodSeconds").and_then(Value::as_i64),
            uid: text("/preconditions/uid"),
            resource_version: text("/preconditions/resourceVersion"),
            propagation: text("/propagationPolicy")
                .or_else(|| orphan.map(|o| if o { "Orphan" } else { "Background" }.to_owned())),
        }
    }

    fn finalizer(&self) -> Option<&'static str> {
        match self.propagation.as_deref() {
            Some("Foreground") => Some("foregroundDeletion"),
            Some("Orphan") => Some("orphan"),
            _ => None,
        }
    }
}

impl ApiServer {
    pub fn delete(&self, target: &Target, options: &DeleteOptions) -> Result<Deletion, Refusal> {
        let key = target.key();
        let resource = target.resource;
        let live = self
            .store()
            .get(&key)
            .ok_or_else(|| Refusal::not_found(key.resource, &key.name))?;
        if key.resource == NAMESPACES && PERMANENT.contains(&key.name.as_str()) {
            return Err(Refusal::forbidden(
                NAMESPACES,
                &key.name,
                "this namespace may not be deleted",
            ));
        }
        check_precondition(target, &live, options)?;
        let how = Delete {
            grace_seconds: options.grace_seconds,
            finalizer: options.finalizer(),
            // What was checked must still be so.
            expected_version: (options.uid.is_some() || options.resource_version.is_some())
                .then(|| object::resource_version(&live)),
        };
        let deletion = self.store().delete(&key, &how)?;
        if resource.namespaced && matches!(deletion, Deletion::Gone(_)) {
            quotas::refresh(self.store(), &target.namespace);
        }
        Ok(deletion)
    }
}

fn check_precondition(
    target: &Target,
    live: &Arc<Value>,
    options: &DeleteOptions,
) -> Result<(), Refusal> {
    let refuse = |what: &str, wanted: &str, found: &str| {
        Err(Refusal::conflict_in(
            target.resource.group,
            target.resource.kind,
            &target.name,
            &format!(
                "the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). The object might have been {}",
                if what == "UID" {
                    "deleted and then recreated"
                } else {
                    "modified"
                }
            ),
        ))
    };
    if let Some(uid) = &options.uid
        && uid != object::uid(live)
    {
        return refuse("UID", uid, object::uid(live));
    }
    let version = object::metadata(live, "resourceVersion");
    match &options.resource_version {
        Some(wanted) if wanted != version => refuse("ResourceVersion", wanted, version),
        _ => Ok(()),
    }
}
