//! Gets and lists. Lists are never split into pages: the API leaves it to the server whether it heeds `limit`.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::media::{self, View};
use super::{Call, bytes_response, json_response, object_response};
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
    let wanted = call.query.number("resourceVersion")?.unwrap_or(0);
    let (mut objects, version) = server.store().list(call.resource.id(), call.scope());
    if wanted > version {
        return Err(Refusal::version_ahead(wanted, version));
    }
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
            let list = List {
                kind: format!("{}List", call.resource.kind),
                api_version: call.resource.api_version(),
                metadata,
                items: references.into_iter().map(Item).collect(),
            };
            match serde_json::to_vec(&list) {
                Ok(bytes) => bytes_response(StatusCode::OK, bytes, media::JSON),
                Err(error) => Refusal::internal(error.to_string()).into_response(),
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    kind: String,
    api_version: String,
    metadata: &'a Value,
    items: Vec<Item<'a>>,
}

/// An object without its kind, which the list says; serialized without a copy of the object.
struct Item<'a>(&'a Value);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nothing = Map::new();
        let fields = self.0.as_object().unwrap_or(&nothing);
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in fields {
            if name != "kind" && name != "apiVersion" {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
