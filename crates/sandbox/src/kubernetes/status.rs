//! Refusals, as the API answers them: a `Status` object with a code, a reason and what caused it.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::authorization::Attributes;
pub use super::field_error::FieldError;
use super::history::Forgotten;
use super::resources::{GroupResource, Resource};
use super::store::{Key, StoreError};

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub code: u16,
    pub reason: Option<&'static str>,
    pub message: String,
    pub details: Option<Value>,
}

/// What the details of a refusal say: name, group where there is one, and resource or kind.
fn about(name: &str, group: &str, kind: &str) -> Value {
    let mut details = json!({"kind": kind});
    if !name.is_empty() {
        details["name"] = name.into();
    }
    if !group.is_empty() {
        details["group"] = group.into();
    }
    details
}

impl Refusal {
    pub fn new(code: u16, reason: Option<&'static str>, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: None,
        }
    }

    fn on(mut self, resource: GroupResource, name: &str) -> Self {
        self.details = Some(about(name, resource.group, resource.plural));
        self
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, Some("BadRequest"), message)
    }

    pub fn unauthorized() -> Self {
        Self::new(401, Some("Unauthorized"), "Unauthorized")
    }

    pub fn forbidden(resource: GroupResource, name: &str, why: &str) -> Self {
        let what = if name.is_empty() {
            format!("{resource}")
        } else {
            format!("{resource} \"{name}\"")
        };
        Self::new(
            403,
            Some("Forbidden"),
            format!("{what} is forbidden: {why}"),
        )
        .on(resource, name)
    }

    pub fn forbidden_wish(wish: &Attributes, why: &str) -> Self {
        let resource = kind_with_group(&wish.group, &wish.resource);
        let what = if wish.name.is_empty() {
            resource
        } else {
            format!("{resource} \"{}\"", wish.name)
        };
        let mut refusal = Self::new(
            403,
            Some("Forbidden"),
            format!("{what} is forbidden: {why}"),
        );
        refusal.details = Some(about(&wish.name, &wish.group, &wish.resource));
        refusal
    }

    pub fn namespace_terminating(resource: GroupResource, name: &str, namespace: &str) -> Self {
        let mut refusal = Self::forbidden(
            resource,
            name,
            &format!(
                "unable to create new content in namespace {namespace} because it is being terminated"
            ),
        );
        if let Some(details) = &mut refusal.details {
            details["causes"] = json!([{
                "reason": "NamespaceTerminating",
                "message": format!("namespace {namespace} is being terminated"),
                "field": "metadata.namespace",
            }]);
        }
        refusal
    }

    pub fn not_found(resource: GroupResource, name: &str) -> Self {
        Self::new(
            404,
            Some("NotFound"),
            format!("{resource} \"{name}\" not found"),
        )
        .on(resource, name)
    }

    pub fn no_such_resource() -> Self {
        let mut refusal = Self::new(
            404,
            Some("NotFound"),
            "the server could not find the requested resource",
        );
        refusal.details = Some(json!({}));
        refusal
    }

    pub fn method_not_allowed() -> Self {
        let mut refusal = Self::new(
            405,
            Some("MethodNotAllowed"),
            "the server does not allow this method on the requested resource",
        );
        refusal.details = Some(json!({}));
        refusal
    }

    pub fn not_acceptable() -> Self {
        Self::new(
            406,
            Some("NotAcceptable"),
            "only the following media types are accepted: application/json",
        )
    }

    pub fn already_exists(resource: GroupResource, name: &str) -> Self {
        Self::new(
            409,
            Some("AlreadyExists"),
            format!("{resource} \"{name}\" already exists"),
        )
        .on(resource, name)
    }

    pub fn modified(resource: GroupResource, name: &str) -> Self {
        Self::conflict(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        )
    }

    /// 409: the object is not as the request expects.
    pub fn conflict(resource: GroupResource, name: &str, why: &str) -> Self {
        Self::new(
            409,
            Some("Conflict"),
            format!("Operation cannot be fulfilled on {resource} \"{name}\": {why}"),
        )
        .on(resource, name)
    }

    pub fn conflict_in(subresource: &str, name: &str, why: &str) -> Self {
        let mut refusal = Self::new(
            409,
            Some("Conflict"),
            format!("Operation cannot be fulfilled on {subresource} \"{name}\": {why}"),
        );
        refusal.details = Some(about(name, "", subresource));
        refusal
    }

    /// 409: a precondition of a deletion does not hold. Unlike other conflicts it names the kind.
    pub fn precondition(resource: &Resource, name: &str, why: &str) -> Self {
        let mut refusal = Self::new(
            409,
            Some("Conflict"),
            format!(
                "Operation cannot be fulfilled on {} \"{name}\": {why}",
                kind_with_group(resource.group, resource.kind)
            ),
        );
        refusal.details = Some(about(name, resource.group, resource.kind));
        refusal
    }

    /// 409: other managers own fields that an apply sets; pairs of manager and path.
    pub fn field_conflicts(conflicts: &[(String, String)]) -> Self {
        let message = match conflicts {
            [(who, field)] => format!("Apply failed with 1 conflict: conflict with {who}: {field}"),
            _ => {
                let mut message = format!("Apply failed with {} conflicts: ", conflicts.len());
                let mut owners: Vec<&String> = conflicts.iter().map(|(who, _)| who).collect();
                owners.dedup();
                let parts: Vec<String> = owners
                    .iter()
                    .map(|owner| {
                        let fields: Vec<String> = conflicts
                            .iter()
                            .filter(|(who, _)| who == *owner)
                            .map(|(_, field)| format!("- {field}"))
                            .collect();
                        format!("conflicts with {owner}:\n{}", fields.join("\n"))
                    })
                    .collect();
                message.push_str(&parts.join("\n"));
                message
            }
        };
        let mut refusal = Self::new(409, Some("Conflict"), message);
        let causes: Vec<Value> = conflicts
            .iter()
            .map(|(who, field)| {
                json!({
                    "reason": "FieldManagerConflict",
                    "message": format!("conflict with {who}"),
                    "field": field,
                })
            })
            .collect();
        refusal.details = Some(json!({"causes": causes}));
        refusal
    }

    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(410, Some("Expired"), message)
    }

    pub fn too_large() -> Self {
        Self::new(
            413,
            Some("RequestEntityTooLarge"),
            "Request entity too large: limit is 3145728",
        )
    }

    /// 415: the body is in a format that the path does not take.
    pub fn unsupported_media_type(accepted: &[&str]) -> Self {
        Self::new(
            415,
            Some("UnsupportedMediaType"),
            format!(
                "the body of the request was in an unknown format - accepted media types include: {}",
                accepted.join(", ")
            ),
        )
    }

    pub fn invalid(group: &str, kind: &str, name: &str, errors: &[FieldError]) -> Self {
        let sentences: Vec<String> = errors.iter().map(FieldError::sentence).collect();
        let summary = match sentences.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let mut refusal = Self::new(
            422,
            Some("Invalid"),
            format!(
                "{} \"{name}\" is invalid: {summary}",
                kind_with_group(group, kind)
            ),
        );
        let mut details = about(name, group, kind);
        details["causes"] = errors.iter().map(FieldError::cause).collect();
        refusal.details = Some(details);
        refusal
    }

    pub fn version_ahead(wanted: u64, current: u64) -> Self {
        let mut refusal = Self::new(
            504,
            Some("Timeout"),
            format!("Too large resource version: {wanted}, current: {current}"),
        );
        refusal.details = Some(json!({
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        }));
        refusal
    }

    /// 503: what the request needs is not there.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(503, Some("ServiceUnavailable"), message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(500, Some("InternalError"), message)
    }

    pub fn to_value(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        });
        if let Some(reason) = self.reason {
            status["reason"] = reason.into();
        }
        if let Some(details) = &self.details {
            status["details"] = details.clone();
        }
        status
    }

    pub fn into_response(self) -> Response<Body> {
        let body = self.to_value().to_string();
        let code = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = code;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/json"),
        );
        response
    }
}

/// `StatefulSet.apps`, or `Pod` for the core group: as refusals name kinds.
fn kind_with_group(group: &str, kind: &str) -> String {
    if group.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}.{group}")
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let at = |key: &Key| (key.resource, key.name.clone());
        match &error {
            StoreError::NotFound(key) => {
                let (resource, name) = at(key);
                Self::not_found(resource, &name)
            }
            StoreError::AlreadyExists(key) => {
                let (resource, name) = at(key);
                Self::already_exists(resource, &name)
            }
            StoreError::Conflict(key) => {
                let (resource, name) = at(key);
                Self::modified(resource, &name)
            }
        }
    }
}

impl From<Forgotten> for Refusal {
    fn from(forgotten: Forgotten) -> Self {
        Self::expired(forgotten.to_string())
    }
}
