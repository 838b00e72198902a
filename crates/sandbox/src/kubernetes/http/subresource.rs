//! What stands below objects: status, scale, binding, token, log, proxy.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::write::{read_patch, written_response};
use super::{Call, body, json_response, media, object_response};
use crate::kubernetes::apply::managers::Writer;
use crate::kubernetes::apply::managers::record_update;
use crate::kubernetes::object;
use crate::kubernetes::operations::patch::Patch;
use crate::kubernetes::operations::update::Target;
use crate::kubernetes::operations::{WriteOptions, decoded_as, expect_kind, shape_of};
use crate::kubernetes::resources::{NAMESPACES, PODS};
use crate::kubernetes::schema::{self, Shape};
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::server::{ApiServer, LogOptions, ServiceTarget};
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
        "binding" => bind(server, &call, request).await,
        "token" => token(server, &call, request).await,
        "log" => log(server, &call).await,
        "proxy" => proxy(server, &call, request).await,
        "finalize" => finalize(server, &call, request).await,
        _ => Err(Refusal::no_such_resource()),
    }
}

async fn status(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options()?;
    let target = call.target(server);
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
    let options = call.write_options()?;
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

async fn bind(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options()?;
    let sent = body::object(request, "Binding").await?;
    expect_kind("", "v1", "Binding", &sent)?;
    let (binding, _) = decoded_as("", "v1", "Binding", &sent, options.validation)?;
    let node = binding
        .pointer("/target/name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let conflict = |why: &str| Refusal::conflict_in("pods/binding", &call.name, why);
    let key = Key::new(PODS, &call.namespace, &call.name);
    let pod = server
        .store()
        .get(&key)
        .ok_or_else(|| Refusal::not_found(PODS, &call.name))?;
    if object::is_terminating(&pod) {
        return Err(conflict(&format!(
            "pod {} is being deleted, cannot be assigned to a host",
            call.name
        )));
    }
    let assigned = pod
        .pointer("/spec/nodeName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !assigned.is_empty() {
        return Err(conflict(&format!(
            "pod {} is already assigned to node \"{assigned}\"",
            call.name
        )));
    }
    if !options.dry_run {
        let version = object::resource_version(&pod);
        server
            .store()
            .replace(&key, bound(&pod, &node), Some(version))?;
    }
    let success = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "code": 201,
    });
    Ok(json_response(StatusCode::CREATED, &success, media::JSON))
}

fn bound(pod: &Value, node: &str) -> Value {
    let mut pod = pod.clone();
    object::field_mut(&mut pod, "spec").insert("nodeName".to_owned(), node.into());
    let status = object::field_mut(&mut pod, "status");
    let conditions = status.entry("conditions").or_insert_with(|| json!([]));
    if let Value::Array(conditions) = conditions {
        conditions.retain(|c| c.get("type").is_none_or(|t| t != "PodScheduled"));
        conditions.push(json!({
            "type": "PodScheduled",
            "status": "True",
            "lastProbeTime": null,
            "lastTransitionTime": object::now(),
        }));
    }
    pod
}

async fn token(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    const GROUP: &str = "authentication.k8s.io";
    let options = call.write_options()?;
    let sent = body::object(request, "TokenRequest").await?;
    expect_kind(GROUP, "v1", "TokenRequest", &sent)?;
    let (mut asked, _) = decoded_as(GROUP, "v1", "TokenRequest", &sent, options.validation)?;
    if let Some(of) = schema::of_kind(GROUP, "TokenRequest") {
        let writer = Writer {
            manager: &options.manager,
            api_version: "authentication.k8s.io/v1",
            subresource: "token",
        };
        let nothing = Value::Object(schema::zero(of));
        record_update(Shape::of(of), &nothing, &mut asked, &writer);
    }
    let answer = server
        .service_account_tokens()
        .answer(&call.namespace, &call.name, asked)?;
    Ok(object_response(call, StatusCode::CREATED, &answer, &[]))
}

async fn log(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let key = Key::new(PODS, &call.namespace, &call.name);
    let pod = server
        .store()
        .get(&key)
        .ok_or_else(|| Refusal::not_found(PODS, &call.name))?;
    let logs = server.pod_logs().ok_or_else(|| {
        Refusal::unavailable("no kubelet answers for this pod's node, so its log cannot be read")
    })?;
    let tail_lines = call.query.number("tailLines")?;
    let options = LogOptions {
        container: call.query.get("container").to_owned(),
        follow: call.query.follow(),
        tail_lines: tail_lines.and_then(|n| usize::try_from(n).ok()),
        timestamps: call.query.timestamps(),
        previous: call.query.previous(),
    };
    let mut response = Response::new(logs.read(pod, options).await?);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

async fn proxy(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let proxy = server.service_proxy().ok_or_else(|| {
        Refusal::unavailable("this cluster does not forward requests to services")
    })?;
    let parts: Vec<&str> = call.name.split(':').collect();
    let (scheme, service, port) = match parts.as_slice() {
        [scheme, service, port] => (*scheme, *service, *port),
        [service, port] => ("", *service, *port),
        [service] => ("", *service, ""),
        _ => {
            return Err(Refusal::bad_request(format!(
                "invalid service request \"{}\": write [SCHEME:]NAME[:PORT]",
                call.name
            )));
        }
    };
    let path = match request.uri().query() {
        Some(query) => format!("{}?{query}", call.rest),
        None => call.rest.clone(),
    };
    let target = ServiceTarget {
        scheme: scheme.to_owned(),
        namespace: call.namespace.clone(),
        service: service.to_owned(),
        port: port.to_owned(),
        path: if path.starts_with('/') {
            path
        } else {
            format!("/{path}")
        },
    };
    proxy.forward(target, request).await
}

/// Takes the finalizers off a namespace's specification, as the namespace controller does at the end.
async fn finalize(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options: WriteOptions = call.write_options()?;
    let sent = body::object(request, "Namespace").await?;
    expect_kind("", "v1", "Namespace", &sent)?;
    let key = Key::new(NAMESPACES, "", &call.name);
    let live = server
        .store()
        .get(&key)
        .ok_or_else(|| Refusal::not_found(NAMESPACES, &call.name))?;
    let mut after = Value::clone(&live);
    let finalizers = object::strings(sent.pointer("/spec/finalizers"));
    object::field_mut(&mut after, "spec").insert("finalizers".to_owned(), json!(finalizers));
    let api_version = call.resource.api_version();
    let writer = Writer {
        manager: &options.manager,
        api_version: &api_version,
        subresource: "finalize",
    };
    record_update(shape_of(call.resource)?, &live, &mut after, &writer);
    let version = object::resource_version(&live);
    let kept = server.store().replace(&key, after, Some(version))?;
    Ok(object_response(call, StatusCode::OK, &kept, &[]))
}
