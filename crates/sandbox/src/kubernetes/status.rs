//! Errors of the API: a `Status` object with code, reason and causes.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

pub use super::field_error::FieldError;
use super::history::Forgotten;
use super::resources::GroupResource;
use super::store::StoreError;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub code: u16,
    pub reason: Option<&'static str>,
    pub message: String,
    pub details: Option<Value>,
}

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

    fn on(self, resource: GroupResource, name: &str) -> Self {
        self.with(about(name, resource.group, resource.plural))
    }

    pub fn with(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, Some("BadRequest"), message)
    }

    pub fn unauthorized() -> Self {
        Self::new(401, Some("Unauthorized"), "Unauthorized")
    }

    pub fn forbidden(resource: GroupResource, name: &str, why: &str) -> Self {
        Self::forbidden_to(resource.group, resource.plural, name, why)
    }

    /// The resource need not exist.
    pub fn forbidden_to(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let mut what = kind_with_group(group, plural);
        if !name.is_empty() {
            what = format!("{what} \"{name}\"");
        }
        Self::new(
            403,
            Some("Forbidden"),
            format!("{what} is forbidden: {why}"),
        )
        .with(about(name, group, plural))
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
        let message = "the server could not find the requested resource";
        Self::new(404, Some("NotFound"), message).with(json!({}))
    }

    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(405, Some("MethodNotAllowed"), message).with(json!({}))
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

    pub fn conflict(resource: GroupResource, name: &str, why: &str) -> Self {
        Self::conflict_in(resource.group, resource.plural, name, why)
    }

    /// The real server names a resource, a subresource or, for preconditions, a kind.
    pub fn conflict_in(group: &str, what: &str, name: &str, why: &str) -> Self {
        let named = kind_with_group(group, what);
        Self::new(
            409,
            Some("Conflict"),
            format!("Operation cannot be fulfilled on {named} \"{name}\": {why}"),
        )
        .with(about(name, group, what))
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
        Self::new(409, Some("Conflict"), message).with(json!({"causes": causes}))
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
        let what = kind_with_group(group, kind);
        let mut details = about(name, group, kind);
        details["causes"] = errors.iter().map(FieldError::cause).collect();
        let message = format!("{what} \"{name}\" is invalid: {summary}");
        Self::new(422, Some("Invalid"), message).with(details)
    }

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
        match &error {
            StoreError::NotFound(key) => Self::not_found(key.resource, &key.name),
            StoreError::AlreadyExists(key) => Self::already_exists(key.resource, &key.name),
            StoreError::Conflict(key) => Self::modified(key.resource, &key.name),
        }
    }
}

impl From<Forgotten> for Refusal {
    fn from(forgotten: Forgotten) -> Self {
        Self::expired(forgotten.to_string())
    }
}
