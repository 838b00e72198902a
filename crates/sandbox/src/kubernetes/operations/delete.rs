//! Deleting objects.

use serde_json::Value;

use super::update::Target;
use crate::kubernetes::admission::quotas;
use crate::kubernetes::deletion::{Delete, Deletion};
use crate::kubernetes::object;
use crate::kubernetes::resources::{NAMESPACES, Resource};
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
    /// The object stays until what it owns is deleted.
    pub foreground: bool,
}

impl DeleteOptions {
    pub fn from_object(options: &Value) -> Self {
        let uid = options.pointer("/preconditions/uid");
        Self {
            grace_seconds: options.get("gracePeriodSeconds").and_then(Value::as_i64),
            uid: uid.and_then(Value::as_str).map(str::to_owned),
            foreground: options["propagationPolicy"] == FOREGROUND,
        }
    }
}

/// The propagation policy of deletions that wait for the dependents.
pub const FOREGROUND: &str = "Foreground";

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
        let uid = object::uid(&live);
        if let Some(wanted) = &options.uid
            && wanted != uid
        {
            let why = format!(
                "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
            );
            let Resource { group, kind, .. } = resource;
            return Err(Refusal::conflict_in(group, kind, &target.name, &why));
        }
        let how = Delete {
            grace_seconds: options.grace_seconds,
            foreground: options.foreground,
            // What was checked must still be so.
            expected_version: (options.uid.is_some()).then(|| object::resource_version(&live)),
        };
        let deletion = self.store().delete(&key, &how)?;
        if resource.namespaced && matches!(deletion, Deletion::Gone(_)) {
            quotas::refresh(self.store(), &target.namespace);
        }
        Ok(deletion)
    }
}
