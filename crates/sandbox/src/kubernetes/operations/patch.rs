//! Patching objects, server-side apply included.

use std::sync::Arc;

use serde_json::{Value, json};

use super::update::{Proposal, Target, check_name, check_uid, expected_version};
use super::{FieldValidation, WriteOptions, Written, decoded, own_changes};
use crate::kubernetes::apply::managers::{Writer, apply};
use crate::kubernetes::object;
use crate::kubernetes::prepare;
use crate::kubernetes::resources::Resource;
use crate::kubernetes::schema::{self, Shape, normalise};
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::{FieldError, Refusal};
use crate::kubernetes::strategic;

#[derive(Debug, Clone)]
pub enum Patch {
    /// RFC 6902.
    Json(Value),
    /// RFC 7396.
    Merge(Value),
    Strategic(Value),
    Apply {
        configuration: Value,
        force: bool,
    },
}

impl ApiServer {
    pub fn patch(
        &self,
        target: &Target,
        patch: &Patch,
        options: &WriteOptions,
    ) -> Result<Written<Arc<Value>>, Refusal> {
        match patch {
            Patch::Apply {
                configuration,
                force,
            } => self.apply(target, configuration, *force, options),
            _ => self.rewrite(target, options, |live| {
                patched(target, live, patch, options)
            }),
        }
    }

    fn apply(
        &self,
        target: &Target,
        configuration: &Value,
        force: bool,
        options: &WriteOptions,
    ) -> Result<Written<Arc<Value>>, Refusal> {
        let configuration = self.checked_configuration(target, configuration)?;
        if self.store().get(&target.key()).is_none() && target.subresource.is_empty() {
            let nothing = json!({});
            let object = self.applied(target, &nothing, &configuration, force, options)?;
            if expected_version(&configuration)?.is_some() {
                return Err(Refusal::conflict(
                    target.resource.id(),
                    &target.name,
                    "StorageError: invalid object, Code: 4, the object to be patched does not exist",
                ));
            }
            let object = self.keep_new(target.resource, object, options)?;
            return Ok(Written {
                object,
                created: true,
                warnings: Vec::new(),
            });
        }
        self.rewrite(target, options, |live| {
            let mut object = self.applied(target, live, &configuration, force, options)?;
            prepare::for_update(target.resource, target.subresource, live, &mut object);
            Ok(Proposal {
                object,
                expected_version: expected_version(&configuration)?,
                warnings: Vec::new(),
            })
        })
    }

    /// The configuration, of the right kind and name and with nothing that cannot be applied.
    fn checked_configuration(
        &self,
        target: &Target,
        configuration: &Value,
    ) -> Result<Value, Refusal> {
        let resource = target.resource;
        let mut configuration = configuration.clone();
        if object::api_version(&configuration).is_empty() || object::kind(&configuration).is_empty()
        {
            return Err(Refusal::bad_request("apiVersion and kind must be set"));
        }
        super::expect_kind(
            resource.group,
            resource.version,
            resource.kind,
            &configuration,
        )?;
        if !object::name(&configuration).is_empty() {
            check_name(&configuration, &target.name)?;
        }
        object::set_metadata(&mut configuration, "managedFields", None);
        object::set_metadata(
            &mut configuration,
            "name",
            Some(target.name.as_str().into()),
        );
        super::set_namespace(resource, &mut configuration, &target.namespace)?;
        if let Value::Object(fields) = &mut configuration {
            match target.subresource {
                "status" => fields.retain(|name, _| name != "spec"),
                "" if resource.subresource("status").is_some() => {
                    fields.remove("status");
                }
                _ => {}
            }
        }
        if let Some(of) = schema::of_kind(resource.group, resource.kind) {
            let untyped = |what: String| {
                Refusal::new(
                    500,
                    None,
                    format!(
                        "failed to create typed patch object ({}/{}; {}, Kind={}): {what}",
                        target.namespace,
                        target.name,
                        resource.api_version(),
                        resource.kind
                    ),
                )
            };
            let unknown: Vec<String> = normalise(&configuration, of)
                .map_err(untyped)?
                .unknown
                .iter()
                .map(|field| format!(".{field}: field not declared in schema"))
                .collect();
            match unknown.as_slice() {
                [] => {}
                [one] => return Err(untyped(one.clone())),
                many => return Err(untyped(format!("errors:\n  {}", many.join("\n  ")))),
            }
        }
        Ok(configuration)
    }

    fn applied(
        &self,
        target: &Target,
        live: &Value,
        configuration: &Value,
        force: bool,
        options: &WriteOptions,
    ) -> Result<Value, Refusal> {
        let resource = target.resource;
        let api_version = resource.api_version();
        let writer = Writer {
            manager: &options.manager,
            api_version: &api_version,
            subresource: target.subresource,
        };
        let merged = apply(live, configuration, &writer, force)
            .map_err(|conflicts| Refusal::field_conflicts(&conflicts))?;
        let managed = merged.pointer("/metadata/managedFields").cloned();
        let (mut object, _) = decoded(resource, &merged, FieldValidation::Ignore)?;
        object::set_metadata(&mut object, "managedFields", managed);
        Ok(object)
    }
}

fn patched(
    target: &Target,
    live: &Value,
    patch: &Patch,
    options: &WriteOptions,
) -> Result<Proposal, Refusal> {
    let resource = target.resource;
    let mut patched = live.clone();
    match patch {
        Patch::Json(patch) => {
            let patch: json_patch::Patch = serde_json::from_value(patch.clone())
                .map_err(|error| Refusal::bad_request(error.to_string()))?;
            json_patch::patch(&mut patched, &patch).map_err(|_| mismatch())?;
        }
        Patch::Merge(patch) => json_patch::merge(&mut patched, patch),
        Patch::Strategic(patch) => {
            patched = strategic::merge(Shape::default(), Some(live), patch);
        }
        Patch::Apply { .. } => {}
    }
    let version = object::metadata(&patched, "resourceVersion");
    let expected_version = if version == object::metadata(live, "resourceVersion") {
        None
    } else {
        expected_version(&patched)?
    };
    check_identity(resource, live, &patched)?;
    let (mut object, warnings) = decoded(resource, &patched, options.validation)
        .map_err(|refusal| unusable_patch(refusal, patch))?;
    prepare::for_update(resource, target.subresource, live, &mut object);
    own_changes(resource, target.subresource, live, &mut object, options);
    Ok(Proposal {
        object,
        expected_version,
        warnings,
    })
}

fn check_identity(resource: &Resource, live: &Value, patched: &Value) -> Result<(), Refusal> {
    check_name(patched, object::name(live))?;
    if object::namespace(patched) != object::namespace(live) {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    check_uid(resource, live, patched)
}

/// The object is not as a JSON patch expects.
fn mismatch() -> Refusal {
    let message = "the server rejected our request due to an error in our request";
    Refusal::new(422, Some("Invalid"), message).with(json!({}))
}

/// A patch that makes an object nobody understands is itself what is invalid.
fn unusable_patch(refusal: Refusal, patch: &Patch) -> Refusal {
    let (Patch::Json(patch) | Patch::Merge(patch) | Patch::Strategic(patch)) = patch else {
        return refusal;
    };
    if refusal.code != 400 {
        return refusal;
    }
    let why = refusal
        .message
        .split_once(": ")
        .map_or(refusal.message.as_str(), |(_, why)| why);
    Refusal::invalid("", "", "", &[FieldError::invalid("patch", patch, why)])
}
