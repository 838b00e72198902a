//! What the API itself decides about an object before it is kept: status, finalizers, what may not be
//! set by clients.

use serde_json::{Value, json};

use super::object;
use super::resources::{
    GroupResource, NAMESPACES, NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, Resource,
    SECRETS,
};
use super::schema;
use super::store::SYSTEM_METADATA;

pub fn for_create(resource: &Resource, object: &mut Value) {
    for field in SYSTEM_METADATA {
        object::set_metadata(object, field, None);
    }
    if resource.subresource("status").is_some() && resource.id() != NODES {
        reset_status(resource, object);
    }
    match resource.id() {
        NAMESPACES => {
            object::field_mut(object, "spec").insert("finalizers".into(), json!(["kubernetes"]));
            object::field_mut(object, "status").insert("phase".into(), "Active".into());
        }
        PODS => {
            let qos = quality_of_service(object);
            let status = object::field_mut(object, "status");
            status.insert("phase".into(), "Pending".into());
            status.insert("qosClass".into(), qos.into());
        }
        PERSISTENT_VOLUME_CLAIMS => {
            object::field_mut(object, "status").insert("phase".into(), "Pending".into());
            object::add_finalizer(object, "kubernetes.io/pvc-protection");
        }
        PERSISTENT_VOLUMES => {
            object::field_mut(object, "status").insert("phase".into(), "Pending".into());
            object::add_finalizer(object, "kubernetes.io/pv-protection");
        }
        _ => {}
    }
    merge_string_data(resource.id(), object);
}

/// Prepares a changed object: the status changes only through its subresource, the rest only without.
pub fn for_update(resource: &Resource, subresource: &str, before: &Value, object: &mut Value) {
    merge_string_data(resource.id(), object);
    let (Value::Object(fields), Value::Object(before)) = (object, before) else {
        return;
    };
    let keep: &[&str] = match subresource {
        "status" => &["spec", "data", "rules"],
        _ if resource.subresource("status").is_some() => &["status"],
        _ => &[],
    };
    for field in keep {
        match before.get(*field) {
            Some(value) => fields.insert((*field).to_owned(), value.clone()),
            None => fields.remove(*field),
        };
    }
    if resource.id() == NAMESPACES
        && let (Some(Value::Object(spec)), Some(finalizers)) = (
            fields.get_mut("spec"),
            before.get("spec").and_then(|s| s.get("finalizers")),
        )
    {
        spec.insert("finalizers".to_owned(), finalizers.clone());
    }
}

fn reset_status(resource: &Resource, object: &mut Value) {
    let mut zero = schema::zero_of_kind(resource.group, resource.kind);
    if let Value::Object(fields) = object {
        match zero["status"].take() {
            Value::Null => fields.remove("status"),
            status => fields.insert("status".to_owned(), status),
        };
    }
}

/// Plain text in a Secret is written to its data and not kept.
fn merge_string_data(resource: GroupResource, object: &mut Value) {
    use base64::Engine as _;
    if resource != SECRETS {
        return;
    }
    let Some(Value::Object(plain)) = object.as_object_mut().and_then(|o| o.remove("stringData"))
    else {
        return;
    };
    let data = object::field_mut(object, "data");
    for (name, text) in plain {
        let text = text.as_str().unwrap_or_default();
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        data.insert(name, encoded.into());
    }
}

/// Guaranteed when limits equal requests everywhere, best effort when nobody asks for anything.
fn quality_of_service(pod: &Value) -> &'static str {
    let containers = ["/spec/containers", "/spec/initContainers"]
        .iter()
        .flat_map(|list| object::items(pod.pointer(list)));
    let mut any = false;
    let mut guaranteed = true;
    for container in containers {
        let amount = |what: &str, resource: &str| {
            container
                .pointer(&format!("/resources/{what}/{resource}"))
                .filter(|a| *a != "0")
        };
        for resource in ["cpu", "memory"] {
            let (limit, request) = (amount("limits", resource), amount("requests", resource));
            any |= limit.is_some() || request.is_some();
            guaranteed &= limit.is_some() && request.is_none_or(|r| Some(r) == limit);
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}
