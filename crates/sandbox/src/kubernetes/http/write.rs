//! Making, replacing, patching and deleting objects over HTTP.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, authorize, body, json_response, media, object_response, read};
use crate::kubernetes::authorization::Attributes;
use crate::kubernetes::deletion::Deletion;
use crate::kubernetes::object;
use crate::kubernetes::operations::delete::{DeleteOptions, FOREGROUND};
use crate::kubernetes::operations::patch::Patch;
use crate::kubernetes::operations::update::Target;
use crate::kubernetes::operations::{WriteOptions, Written};
use crate::kubernetes::resources::{
    PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, RESOURCE_QUOTAS, Resource,
    SERVICE_ACCOUNTS, SERVICES,
};
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::{FieldError, Refusal};

const PATCH_TYPES: [&str; 4] = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

pub(super) async fn answer(
    server: &ApiServer,
    call: Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    match call.method {
        Method::POST => create(server, &call, request).await,
        Method::PUT => update(server, &call, request).await,
        Method::PATCH => patch(server, &call, request).await,
        Method::DELETE if call.name.is_empty() => delete_collection(server, &call, request).await,
        Method::DELETE => delete(server, &call, request).await,
        _ => Err(Refusal::method_not_allowed()),
    }
}

impl Call {
    pub(super) fn write_options(&self) -> WriteOptions {
        let named = self.query.get("fieldManager");
        let manager = match (named, self.user_agent.as_str()) {
            ("", "") => "unknown",
            ("", agent) => agent,
            (named, _) => named,
        };
        WriteOptions {
            user: self.user.clone(),
            manager: manager.to_owned(),
            validation: self.query.validation(),
        }
    }

    pub(super) fn target(&self) -> Target {
        Target {
            resource: self.resource,
            subresource: self.subresource.map_or("", |s| s.name),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

async fn create(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options();
    if call.resource.namespaced && call.namespace.is_empty() {
        return Err(Refusal::method_not_allowed());
    }
    if !call.name.is_empty() {
        return Err(Refusal::method_not_allowed());
    }
    let sent = body::object(request, call.resource.kind).await?;
    let written = server.create(call.resource, &call.namespace, sent, &options)?;
    Ok(written_response(call, &written))
}

async fn update(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    if call.name.is_empty() {
        return Err(Refusal::method_not_allowed());
    }
    let options = call.write_options();
    let sent = body::object(request, call.resource.kind).await?;
    let written = server.update(&call.target(), sent, &options)?;
    Ok(written_response(call, &written))
}

pub(super) async fn read_patch(call: &Call, request: Request) -> Result<Patch, Refusal> {
    let media = body::media_type(request.headers());
    if !PATCH_TYPES.contains(&media.as_str()) {
        return Err(Refusal::unsupported_media_type(&PATCH_TYPES));
    }
    let bytes = body::read(request).await?;
    if media == "application/apply-patch+yaml" {
        let configuration = body::yaml(&bytes)
            .map_err(|why| Refusal::bad_request(format!("error decoding YAML: {why}")))?;
        if call.query.get("fieldManager").is_empty() {
            return Err(Refusal::invalid(
                "meta.k8s.io",
                "PatchOptions",
                "",
                &[FieldError::required(
                    "fieldManager",
                    "is required for apply patch",
                )],
            ));
        }
        return Ok(Patch::Apply {
            configuration,
            force: call.query.force(),
        });
    }
    let patch: Value = serde_json::from_slice(&bytes).map_err(|error| {
        Refusal::bad_request(format!(
            "error decoding patch: {}",
            body::json_error(&bytes, &error)
        ))
    })?;
    match media.as_str() {
        "application/json-patch+json" => Ok(Patch::Json(patch)),
        _ if !patch.is_object() => Err(Refusal::bad_request(
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        )),
        "application/merge-patch+json" => Ok(Patch::Merge(patch)),
        _ => Ok(Patch::Strategic(patch)),
    }
}

async fn patch(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    if call.name.is_empty() {
        return Err(Refusal::method_not_allowed());
    }
    let options = call.write_options();
    let patch = read_patch(call, request).await?;
    let target = call.target();
    // An apply that makes the object is a creation too.
    if matches!(patch, Patch::Apply { .. }) && server.store().get(&target.key()).is_none() {
        let wish = Attributes::on("create", call.resource.id(), &call.namespace, &call.name);
        authorize(server, &call.user, &wish)?;
    }
    let written = server.patch(&target, &patch, &options)?;
    Ok(written_response(call, &written))
}

pub(super) fn written_response(call: &Call, written: &Written<Arc<Value>>) -> Response<Body> {
    let status = if written.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    object_response(call, status, &written.object, &written.warnings)
}

async fn delete_options(call: &Call, request: Request) -> Result<DeleteOptions, Refusal> {
    let sent = body::optional_object(request, "DeleteOptions").await?;
    let mut options = DeleteOptions::from_object(&sent);
    if let Some(grace) = call.query.number("gracePeriodSeconds")? {
        options.grace_seconds = i64::try_from(grace).ok();
    }
    options.foreground |= call.query.get("propagationPolicy") == FOREGROUND;
    Ok(options)
}

async fn delete(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = delete_options(call, request).await?;
    let deletion = server.delete(&call.target(), &options)?;
    let shown = match &deletion {
        Deletion::Gone(object) if !shows_deleted(call.resource) => deleted_status(call, object),
        Deletion::Gone(object) | Deletion::Marked(object) => Value::clone(object),
    };
    Ok(object_response(call, StatusCode::OK, &shown, &[]))
}

/// Some resources answer a deletion with the object that is gone, others only say that it is.
fn shows_deleted(resource: &Resource) -> bool {
    matches!(
        resource.id(),
        PODS | SERVICES
            | SERVICE_ACCOUNTS
            | PERSISTENT_VOLUMES
            | PERSISTENT_VOLUME_CLAIMS
            | RESOURCE_QUOTAS
    )
}

fn deleted_status(call: &Call, gone: &Value) -> Value {
    let resource = call.resource;
    let mut details = json!({
        "name": call.name,
        "kind": resource.plural,
        "uid": object::uid(gone),
    });
    if !resource.group.is_empty() {
        details["group"] = resource.group.into();
    }
    json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    })
}

async fn delete_collection(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = delete_options(call, request).await?;
    let selection = call.query.selection(call.resource.id())?;
    let (objects, version) = server.store().list(call.resource.id(), call.scope());
    let mut deleted = Vec::new();
    for found in objects.into_iter().filter(|o| selection.shows(o)) {
        let target = Target {
            namespace: object::namespace(&found).to_owned(),
            name: object::name(&found).to_owned(),
            ..call.target()
        };
        match server.delete(&target, &options) {
            Ok(deletion) => deleted.push(deletion.object().clone()),
            // Somebody else was faster.
            Err(refusal) if refusal.code == 404 => {}
            Err(refusal) => return Err(refusal),
        }
    }
    if call.view != media::View::Whole {
        let list =
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"});
        return Ok(json_response(StatusCode::OK, &list, media::JSON));
    }
    let metadata = json!({"resourceVersion": version.to_string()});
    Ok(read::shown(call, &deleted, &metadata))
}
