//! Subresources: status, scale, token, log, proxy.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::write::{read_patch, written_response};
use super::{Call, body, json_response, media, object_response, text_response};
use crate::kubernetes::apply::managers::Writer;
use crate::kubernetes::apply::managers::record_update;
use crate::kubernetes::object;
use crate::kubernetes::operations::patch::Patch;
use crate::kubernetes::operations::update::Target;
use crate::kubernetes::operations::{decoded_as, expect_kind};
use crate::kubernetes::resources::PODS;
use crate::kubernetes::schema;
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::server::{ApiServer, ServiceTarget};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::Key;

pub(super) async fn answer(
    server: &ApiServer,
    call: Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    match call.subresource.map_or("", |s| s.name) {
        "status" => status(server, &call, request).await,
        "scale" => scale(server, &call, request).await,
        "token" => token(server, &call, request).await,
        "log" => log(server, &call),
        "proxy" => proxy(server, &call, request).await,
        _ => Err(Refusal::no_such_resource()),
    }
}

async fn status(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options();
    let target = call.target();
    let written = match call.method {
        Method::PUT => {
            let sent = body::object(request, call.resource.kind).await?;
            server.update(&target, sent, &options)?
        }
        Method::PATCH => {
            let patch = read_patch(call, request).await?;
            server.patch(&target, &patch, &options)?
        }
        _ => return super::read::get(server, call),
    };
    Ok(written_response(call, &written))
}

/// How many there are to be and are, of anything that can be scaled.
fn scale_of(workload: &Value) -> Value {
    let metadata = [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ]
    .iter()
    .filter_map(|f| {
        Some((
            (*f).to_owned(),
            workload.pointer(&format!("/metadata/{f}"))?.clone(),
        ))
    })
    .collect::<serde_json::Map<_, _>>();
    let number = |pointer: &str| {
        workload
            .pointer(pointer)
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    let mut spec = json!({});
    if number("/spec/replicas") != 0 {
        spec["replicas"] = number("/spec/replicas").into();
    }
    let mut status = json!({"replicas": number("/status/replicas")});
    let selector = workload
        .pointer("/spec/selector")
        .and_then(|s| LabelSelector::from_object(s).ok())
        .map(|s| s.to_text())
        .unwrap_or_default();
    if !selector.is_empty() {
        status["selector"] = selector.into();
    }
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    })
}

async fn scale(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options();
    let key = Key::new(call.resource.id(), &call.namespace, &call.name);
    let not_found = || Refusal::not_found(call.resource.id(), &call.name);
    let live = server.store().get(&key).ok_or_else(not_found)?;
    let before = scale_of(&live);
    let wanted = match call.method {
        Method::PUT => {
            let sent = body::object(request, "Scale").await?;
            expect_kind("autoscaling", "v1", "Scale", &sent)?;
            sent
        }
        Method::PATCH => {
            let mut after = before.clone();
            match read_patch(call, request).await? {
                Patch::Json(_) => return Err(Refusal::unsupported_media_type(&[])),
                Patch::Merge(patch)
                | Patch::Strategic(patch)
                | Patch::Apply {
                    configuration: patch,
                    ..
                } => json_patch::merge(&mut after, &patch),
            }
            after
        }
        _ => return Ok(json_response(StatusCode::OK, &before, media::JSON)),
    };
    let version = object::metadata(&wanted, "resourceVersion");
    if !version.is_empty() && version != object::metadata(&live, "resourceVersion") {
        return Err(Refusal::modified(call.resource.id(), &call.name));
    }
    let replicas = wanted
        .pointer("/spec/replicas")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let patch = Patch::Merge(json!({"spec": {"replicas": replicas}}));
    let target = Target {
        resource: call.resource,
        subresource: "scale",
        namespace: call.namespace.clone(),
        name: call.name.clone(),
    };
    let written = server.patch(&target, &patch, &options)?;
    Ok(json_response(
        StatusCode::OK,
        &scale_of(&written.object),
        media::JSON,
    ))
}

async fn token(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    const GROUP: &str = "authentication.k8s.io";
    let options = call.write_options();
    let sent = body::object(request, "TokenRequest").await?;
    expect_kind(GROUP, "v1", "TokenRequest", &sent)?;
    let (mut asked, _) = decoded_as(GROUP, "v1", "TokenRequest", &sent, options.validation)?;
    let writer = Writer {
        manager: &options.manager,
        api_version: "authentication.k8s.io/v1",
        subresource: "token",
    };
    let nothing = schema::zero_of_kind(GROUP, "TokenRequest");
    record_update(&nothing, &mut asked, &writer);
    let answer = server
        .service_account_tokens()
        .answer(&call.namespace, &call.name, asked)?;
    Ok(object_response(call, StatusCode::CREATED, &answer, &[]))
}

fn log(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let key = Key::new(PODS, &call.namespace, &call.name);
    let pod = server.store().get(&key);
    let pod = pod.ok_or_else(|| Refusal::not_found(PODS, &call.name))?;
    let logs = server.options().pod_logs.as_ref();
    let logs = logs.ok_or_else(|| Refusal::unavailable("no kubelet runs the pod's node"))?;
    let text = logs.read(&pod, call.query.get("container"))?;
    Ok(text_response(StatusCode::OK, text))
}

async fn proxy(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let proxy = server.options().service_proxy.as_ref();
    let proxy = proxy.ok_or_else(|| Refusal::unavailable("services have no proxy here"))?;
    // [SCHEME:]NAME[:PORT]
    let parts: Vec<&str> = call.name.split(':').collect();
    let (service, port) = match parts[..] {
        [_, service, port] | [service, port] => (service, port),
        _ => (call.name.as_str(), ""),
    };
    let path = call.rest.trim_start_matches('/');
    let path = match request.uri().query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    };
    let target = ServiceTarget {
        namespace: call.namespace.clone(),
        service: service.to_owned(),
        port: port.to_owned(),
        path,
    };
    proxy.forward(target, request).await
}
