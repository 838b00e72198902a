//! Gets and lists. Lists are never split into pages: the API leaves it to the server whether it heeds `limit`.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::media::{self, View};
use super::{Call, json_response, object_response};
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::Key;
use crate::kubernetes::table;

pub(super) fn get(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let key = Key::new(call.resource.id(), &call.namespace, &call.name);
    let object = server
        .store()
        .get(&key)
        .ok_or_else(|| Refusal::not_found(call.resource.id(), &call.name))?;
    Ok(object_response(call, StatusCode::OK, &object, &[]))
}

pub(super) fn list(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let selection = call.query.selection(call.resource.id())?;
    let (mut objects, version) = server.store().list(call.resource.id(), call.scope());
    objects.retain(|object| selection.shows(object));
    let metadata = json!({"resourceVersion": version.to_string()});
    Ok(shown(call, &objects, &metadata))
}

pub(super) fn shown(call: &Call, objects: &[Arc<Value>], metadata: &Value) -> Response<Body> {
    let references: Vec<&Value> = objects.iter().map(|o| &**o).collect();
    match call.view {
        View::Table => {
            let table = table::of_objects(call.resource, &references, metadata, call.query.table());
            json_response(StatusCode::OK, &table, media::JSON)
        }
        View::Metadata => {
            let items: Vec<Value> = references.iter().map(|o| media::metadata_only(o)).collect();
            let list = json!({
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": items,
            });
            json_response(StatusCode::OK, &list, media::JSON)
        }
        View::Whole => {
            let list = json!({
                "kind": format!("{}List", call.resource.kind),
                "apiVersion": call.resource.api_version(),
                "metadata": metadata,
                "items": references.into_iter().map(item).collect::<Vec<_>>(),
            });
            json_response(StatusCode::OK, &list, media::JSON)
        }
    }
}

/// An object without its kind, which is that of the list.
fn item(object: &Value) -> Value {
    let mut item = object.clone();
    if let Value::Object(fields) = &mut item {
        fields.remove("kind");
        fields.remove("apiVersion");
    }
    item
}
