//! Replacing objects.

use std::sync::Arc;

use serde_json::Value;

use super::{WriteOptions, Written, decoded, expect_kind, own_changes, set_namespace};
use crate::kubernetes::admission::quotas;
use crate::kubernetes::authorization::escalation;
use crate::kubernetes::deletion;
use crate::kubernetes::object;
use crate::kubernetes::prepare;
use crate::kubernetes::resources::{PERSISTENT_VOLUME_CLAIMS, Resource, SERVICES};
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::service_addresses;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::{Key, StoreError};
use crate::kubernetes::validation;

/// How often a write without a version is tried again when others get in between.
const ATTEMPTS: usize = 8;

#[derive(Debug, Clone)]
pub struct Target {
    pub resource: &'static Resource,
    pub subresource: &'static str,
    /// Namespace; empty for objects without one.
    pub namespace: String,
    pub name: String,
}

impl Target {
    pub fn key(&self) -> Key {
        Key::new(self.resource.id(), &self.namespace, &self.name)
    }
}

pub(super) struct Proposal {
    pub object: Value,
    /// The version that the present state must have; `None` when any will do.
    pub expected_version: Option<u64>,
    pub warnings: Vec<String>,
}

/// The version that a client expects an object to have, when it says so.
pub(super) fn expected_version(sent: &Value) -> Result<Option<u64>, Refusal> {
    match object::metadata(sent, "resourceVersion") {
        "" | "0" => Ok(None),
        version => version.parse().map(Some).map_err(|_| {
            Refusal::bad_request(format!(
                "invalid resource version \"{version}\": it is no number"
            ))
        }),
    }
}

pub(super) fn check_name(sent: &Value, name: &str) -> Result<(), Refusal> {
    let sent = object::name(sent);
    if sent == name {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "the name of the object ({sent}) does not match the name on the URL ({name})"
    )))
}

/// An object that was deleted and created again is another one.
pub(super) fn check_uid(resource: &Resource, live: &Value, sent: &Value) -> Result<(), Refusal> {
    let (sent, uid) = (object::uid(sent), object::uid(live));
    if sent.is_empty() || sent == uid {
        return Ok(());
    }
    let why =
        format!("Precondition failed: UID in precondition: {sent}, UID in object meta: {uid}");
    let name = object::name(live);
    Err(Refusal::conflict(resource.id(), name, &why))
}

impl ApiServer {
    pub fn update(
        &self,
        target: &Target,
        mut sent: Value,
        options: &WriteOptions,
    ) -> Result<Written<Arc<Value>>, Refusal> {
        let resource = target.resource;
        expect_kind(resource.group, resource.version, resource.kind, &sent)?;
        set_namespace(resource, &mut sent, &target.namespace)?;
        check_name(&sent, &target.name)?;
        let expected_version = expected_version(&sent)?;
        let (new, warnings) = decoded(resource, &sent, options.validation)?;
        self.rewrite(target, options, |live| {
            check_uid(resource, live, &new)?;
            let mut object = new.clone();
            prepare::for_update(resource, target.subresource, live, &mut object);
            own_changes(resource, target.subresource, live, &mut object, options);
            Ok(Proposal {
                object,
                expected_version,
                warnings: warnings.clone(),
            })
        })
    }

    /// Changes an object by a proposal made from its present state; tries again when others changed it
    /// meanwhile and the client did not say which version it expects.
    pub(super) fn rewrite(
        &self,
        target: &Target,
        options: &WriteOptions,
        propose: impl Fn(&Value) -> Result<Proposal, Refusal>,
    ) -> Result<Written<Arc<Value>>, Refusal> {
        let key = target.key();
        for _ in 0..ATTEMPTS {
            let live = self
                .store()
                .get(&key)
                .ok_or_else(|| Refusal::not_found(key.resource, &key.name))?;
            let version = object::resource_version(&live);
            let proposal = propose(&live)?;
            if proposal.expected_version.is_some_and(|v| v != version) {
                return Err(Refusal::modified(key.resource, &key.name));
            }
            let object = self.checked(target, &live, proposal.object, options)?;
            let outcome = self.store().replace(&key, object, Some(version));
            match outcome {
                Ok(object) => {
                    if matches!(target.resource.id(), SERVICES | PERSISTENT_VOLUME_CLAIMS) {
                        quotas::refresh(self.store(), &target.namespace);
                    }
                    return Ok(Written {
                        object,
                        created: false,
                        warnings: proposal.warnings,
                    });
                }
                Err(StoreError::Conflict(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(Refusal::modified(key.resource, &key.name))
    }

    fn checked(
        &self,
        target: &Target,
        live: &Value,
        mut object: Value,
        options: &WriteOptions,
    ) -> Result<Value, Refusal> {
        let resource = target.resource;
        let invalid =
            |errors: &[_]| Refusal::invalid(resource.group, resource.kind, &target.name, errors);
        if target.subresource == "status" {
            return Ok(object);
        }
        if resource.id() == SERVICES {
            service_addresses::allocate(self.store(), Some(live), &mut object)
                .map_err(|e| invalid(&[e]))?;
        }
        let errors = validation::changed_object(resource, live, &object);
        if !errors.is_empty() {
            return Err(invalid(&errors));
        }
        if deletion::wants_something_else(live, &object) {
            escalation::check(
                self.store(),
                self.authorizer(),
                &options.user,
                resource,
                &object,
            )?;
        }
        if matches!(resource.id(), SERVICES | PERSISTENT_VOLUME_CLAIMS) {
            quotas::check(self.store(), resource, Some(live), &object)?;
        }
        Ok(object)
    }
}
