//! What writes do, whether they come over HTTP or from a controller inside the process.

pub mod create;
pub mod delete;
pub mod patch;
pub mod update;

use serde_json::Value;

use super::apply::managers::{Writer, record_update};
use super::authentication::User;
use super::defaults;
use super::object;
use super::resources::Resource;
use super::schema::{self, normalise};
use super::status::Refusal;

/// What to do with fields that a kind does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldValidation {
    Ignore,
    #[default]
    Warn,
    Strict,
}

#[derive(Debug, Clone)]
pub struct WriteOptions {
    pub user: User,
    pub manager: String,
    pub validation: FieldValidation,
}

impl WriteOptions {
    pub fn controller(name: &str) -> Self {
        Self {
            user: User::known(format!("system:{name}"), &["system:masters"]),
            manager: name.to_owned(),
            validation: FieldValidation::Strict,
        }
    }
}

/// An object on its way into the store, and what the client should be told about it.
#[derive(Debug)]
pub struct Written<T> {
    pub object: T,
    pub created: bool,
    pub warnings: Vec<String>,
}

/// An object as the API keeps it: known fields, defaults, kind. Returns warnings too.
pub(super) fn decoded(
    resource: &Resource,
    sent: &Value,
    validation: FieldValidation,
) -> Result<(Value, Vec<String>), Refusal> {
    decoded_as(
        resource.group,
        resource.version,
        resource.kind,
        sent,
        validation,
    )
}

/// The same for a kind that is no resource of its own, such as a Binding.
pub(super) fn decoded_as(
    group: &str,
    version: &str,
    kind: &str,
    sent: &Value,
    validation: FieldValidation,
) -> Result<(Value, Vec<String>), Refusal> {
    let of = schema::of_kind(group, kind)
        .ok_or_else(|| Refusal::internal(format!("{kind} has no schema")))?;
    let unusable = |why: &dyn std::fmt::Display| {
        Refusal::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"
        ))
    };
    let normalised = normalise(sent, of).map_err(|misfit| unusable(&misfit))?;
    let mut object = normalised.object;
    if let Value::Object(fields) = &mut object {
        let api_version = super::resources::group_version(group, version);
        fields.insert("kind".to_owned(), kind.into());
        fields.insert("apiVersion".to_owned(), api_version.into());
    }
    let unknown: Vec<String> = normalised
        .unknown
        .iter()
        .map(|field| format!("unknown field \"{field}\""))
        .collect();
    if validation == FieldValidation::Strict && !unknown.is_empty() {
        return Err(unusable(&format!(
            "strict decoding error: {}",
            unknown.join(", ")
        )));
    }
    defaults::fill(group, kind, &mut object);
    let warnings = match validation {
        FieldValidation::Warn => unknown,
        _ => Vec::new(),
    };
    Ok((object, warnings))
}

pub(super) fn expect_kind(
    group: &str,
    version: &str,
    kind: &str,
    sent: &Value,
) -> Result<(), Refusal> {
    if !sent.is_object() {
        return Err(Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: the body is no JSON object"
        )));
    }
    let (sent_version, sent_kind) = (object::api_version(sent), object::kind(sent));
    let expected = super::resources::group_version(group, version);
    if !sent_version.is_empty() && sent_version != expected {
        return Err(Refusal::bad_request(format!(
            "the API version in the data ({sent_version}) does not match the expected API version ({expected})"
        )));
    }
    if !sent_kind.is_empty() && sent_kind != kind {
        return Err(Refusal::bad_request(format!(
            "{sent_kind} in version \"{version}\" cannot be handled as a {kind}: converting ({version}.{sent_kind}) to ({version}.{kind}): unknown conversion"
        )));
    }
    Ok(())
}

pub(super) fn set_namespace(
    resource: &Resource,
    sent: &mut Value,
    namespace: &str,
) -> Result<(), Refusal> {
    if !resource.namespaced {
        object::set_metadata(sent, "namespace", None);
        return Ok(());
    }
    let own = object::namespace(sent);
    if !own.is_empty() && own != namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    object::set_metadata(sent, "namespace", Some(namespace.into()));
    Ok(())
}

pub(super) fn own_changes(
    resource: &Resource,
    subresource: &str,
    before: &Value,
    after: &mut Value,
    options: &WriteOptions,
) {
    let api_version = resource.api_version();
    let writer = Writer {
        manager: &options.manager,
        api_version: &api_version,
        subresource,
    };
    record_update(before, after, &writer);
}
