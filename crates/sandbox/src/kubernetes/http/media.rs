//! In which form a client wants its answer.

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

impl View {
    pub(super) fn content_type(self) -> &'static str {
        JSON
    }
}

/// One of the forms that an Accept header lists: media type and parameters.
fn accepted(headers: &HeaderMap) -> Vec<(String, Vec<(String, String)>)> {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_owned();
            let parameters = parts
                .filter_map(|p| p.split_once('='))
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect();
            (media, parameters)
        })
        .collect()
}

fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> &'a str {
    parameters
        .iter()
        .find(|(k, _)| k == name)
        .map_or("", |(_, v)| v.as_str())
}

fn is_json(media: &str) -> bool {
    matches!(media, "application/json" | "application/*" | "*/*")
}

pub(super) fn view(headers: &HeaderMap) -> Result<View, Refusal> {
    let accepted = accepted(headers);
    if accepted.is_empty() {
        return Ok(View::Whole);
    }
    accepted
        .iter()
        .filter(|(media, _)| is_json(media))
        .find_map(|(_, parameters)| {
            let meta =
                parameter(parameters, "g") == "meta.k8s.io" && parameter(parameters, "v") == "v1";
            match parameter(parameters, "as") {
                "" => Some(View::Whole),
                "Table" if meta => Some(View::Table),
                "PartialObjectMetadata" | "PartialObjectMetadataList" if meta => {
                    Some(View::Metadata)
                }
                _ => None,
            }
        })
        .ok_or_else(Refusal::not_acceptable)
}

/// The aggregated discovery that a client accepts before any other form.
pub(super) struct AggregatedDiscovery {
    pub version: &'static str,
    pub content_type: &'static str,
}

pub(super) fn wants_aggregated_discovery(headers: &HeaderMap) -> Option<AggregatedDiscovery> {
    accepted(headers)
        .iter()
        .filter(|(media, _)| is_json(media))
        .find_map(|(_, parameters)| {
            let aggregated = parameter(parameters, "g") == "apidiscovery.k8s.io"
                && parameter(parameters, "as") == "APIGroupDiscoveryList";
            match (aggregated, parameter(parameters, "v")) {
                (true, "v2") => Some(Some(AggregatedDiscovery {
                    version: "v2",
                    content_type:
                        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                })),
                (true, _) => None,
                (false, _) => Some(None),
            }
        })
        .flatten()
}

/// The client's name: what stands before the first slash of its user agent.
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
