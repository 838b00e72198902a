//! The representation that a client accepts.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use crate::kubernetes::status::Refusal;

pub(super) const JSON: &str = "application/json";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Whole,
    Table,
    Metadata,
}

/// The JSON entries of the Accept header, without spaces.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|entry| entry.replace(' ', ""))
        .filter(|entry| {
            let media = entry.split(';').next();
            matches!(media, Some("application/json" | "application/*" | "*/*"))
        })
        .collect()
}

fn parameter<'a>(entry: &'a str, name: &str) -> &'a str {
    let mut parameters = entry.split(';').filter_map(|p| p.split_once('='));
    parameters
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}

pub(super) fn view(headers: &HeaderMap) -> Result<View, Refusal> {
    if !headers.contains_key(header::ACCEPT) {
        return Ok(View::Whole);
    }
    accepted(headers)
        .iter()
        .find_map(|entry| {
            let is_meta = parameter(entry, "g") == "meta.k8s.io" && parameter(entry, "v") == "v1";
            match parameter(entry, "as") {
                "" => Some(View::Whole),
                "Table" if is_meta => Some(View::Table),
                "PartialObjectMetadata" | "PartialObjectMetadataList" if is_meta => {
                    Some(View::Metadata)
                }
                _ => None,
            }
        })
        .ok_or_else(Refusal::not_acceptable)
}

/// The field manager of a client that names none: its user agent up to the first slash.
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split('/').next())
        .unwrap_or_default()
        .chars()
        .take(128)
        .collect()
}

pub(super) fn metadata_only(object: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": object.get("metadata").cloned().unwrap_or_else(|| json!({})),
    })
}
