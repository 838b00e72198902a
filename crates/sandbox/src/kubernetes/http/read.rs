//! Getting and listing objects.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::media::{self, View};
use super::{Call, bytes_response, json_response, object_response};
use crate::kubernetes::events;
use crate::kubernetes::object;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::Key;
use crate::kubernetes::table;

pub(super) fn get(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let key = Key::new(call.stored(), &call.namespace, &call.name);
    let object = server
        .store()
        .get(&key)
        .ok_or_else(|| Refusal::not_found(call.resource.id(), &call.name))?;
    Ok(object_response(call, StatusCode::OK, &object, &[]))
}

struct Continuation {
    version: u64,
    start: String,
}

impl Continuation {
    fn parse(token: &str) -> Result<Self, Refusal> {
        let bad = |why: String| {
            Refusal::bad_request(format!(
                "invalid continue token: continue key is not valid: {why}"
            ))
        };
        let bytes = URL_SAFE_NO_PAD
            .decode(token.trim_end_matches('='))
            .map_err(|e| bad(e.to_string()))?;
        let token: Value =
            serde_json::from_slice(&bytes).map_err(|e| bad(super::body::json_error(&bytes, &e)))?;
        let start = token.get("start").and_then(Value::as_str);
        let version = token.get("rv").and_then(Value::as_u64);
        match (token.get("v").and_then(Value::as_str), version, start) {
            (Some("meta.k8s.io/v1"), Some(version), Some(start)) => Ok(Self {
                version,
                start: start.to_owned(),
            }),
            _ => Err(bad(
                "incorrect encoded start resourceVersion (version meta.k8s.io/v1)".to_owned(),
            )),
        }
    }

    fn token(version: u64, last: &str) -> String {
        let token = json!({"v": "meta.k8s.io/v1", "rv": version, "start": format!("{last}\0")});
        URL_SAFE_NO_PAD.encode(token.to_string())
    }
}

fn place(call: &Call, object: &Value) -> String {
    if call.namespace.is_empty() && call.resource.namespaced {
        format!("{}/{}", object::namespace(object), object::name(object))
    } else {
        object::name(object).to_owned()
    }
}

pub(super) fn list(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let selection = call.query.selection(call.stored())?;
    let limit = call.query.number("limit")?.unwrap_or(0);
    let wanted = call.query.number("resourceVersion")?.unwrap_or(0);
    let continuation = match call.query.get("continue") {
        "" => None,
        token => Some(Continuation::parse(token)?),
    };
    let exact = call.query.get("resourceVersionMatch") == "Exact";
    let store = server.store();
    let (objects, version) = match &continuation {
        Some(continuation) => {
            let objects = store
                .list_at(call.stored(), call.scope(), continuation.version)
                .map_err(|_| Refusal::expired(
                    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
                ))?;
            (objects, continuation.version)
        }
        None if exact && wanted > 0 => {
            (store.list_at(call.stored(), call.scope(), wanted)?, wanted)
        }
        None => store.list(call.stored(), call.scope()),
    };
    if wanted > version {
        return Err(Refusal::version_ahead(wanted, version));
    }
    let start = continuation.map(|c| c.start);
    let mut objects: Vec<Arc<Value>> = objects
        .into_iter()
        .filter(|o| start.as_ref().is_none_or(|start| place(call, o) >= *start))
        .filter(|o| selection.shows(o))
        .collect();
    let mut metadata = json!({"resourceVersion": version.to_string()});
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // A watch cache answers version 0 whole.
    let whole = call.query.get("resourceVersion") == "0" && start.is_none();
    if limit > 0 && objects.len() > limit && !whole {
        let last = place(call, &objects[limit - 1]);
        metadata["continue"] = Continuation::token(version, &last).into();
        if call.query.get("labelSelector").is_empty() && call.query.get("fieldSelector").is_empty()
        {
            metadata["remainingItemCount"] = (objects.len() - limit).into();
        }
        objects.truncate(limit);
    }
    Ok(shown(call, &objects, &metadata))
}

pub(super) fn shown(call: &Call, objects: &[Arc<Value>], metadata: &Value) -> Response<Body> {
    let references: Vec<&Value> = objects.iter().map(|o| &**o).collect();
    match call.view {
        View::Table => {
            let table =
                table::of_objects(call.resource, &references, metadata, &call.query.table());
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
        View::Whole if events::is_foreign(call.resource) => {
            let items: Vec<Value> = references
                .iter()
                .map(|o| events::shown(call.resource, o))
                .collect();
            let items: Vec<Bare<'_>> = items.iter().map(Bare).collect();
            whole_list(call, metadata, &items)
        }
        View::Whole => {
            let items: Vec<Bare<'_>> = references.iter().map(|o| Bare(o)).collect();
            whole_list(call, metadata, &items)
        }
    }
}

fn whole_list(call: &Call, metadata: &Value, items: &[Bare<'_>]) -> Response<Body> {
    let list = List {
        kind: call.resource.list_kind(),
        api_version: call.resource.api_version(),
        metadata,
        items,
    };
    match serde_json::to_vec(&list) {
        Ok(bytes) => bytes_response(StatusCode::OK, bytes, media::JSON),
        Err(error) => Refusal::internal(error.to_string()).into_response(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    kind: String,
    api_version: String,
    metadata: &'a Value,
    items: &'a [Bare<'a>],
}

/// An object in a list: its kind is the list's to say. Written without copying the object.
struct Bare<'a>(&'a Value);

impl Serialize for Bare<'_> {
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
