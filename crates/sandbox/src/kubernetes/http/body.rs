//! Reading the bodies of requests: JSON and YAML.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde_json::Value;

use crate::kubernetes::status::Refusal;

/// Most bytes of a body.
const LIMIT: usize = 3 * 1024 * 1024;

const OBJECT_TYPES: [&str; 2] = ["application/json", "application/yaml"];

/// The media type of a body, without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

pub(super) async fn read(request: Request) -> Result<Bytes, Refusal> {
    to_bytes(request.into_body(), LIMIT)
        .await
        .map_err(|_| Refusal::too_large())
}

pub(super) async fn object(request: Request, kind: &str) -> Result<Value, Refusal> {
    let media = media_type(request.headers());
    if !media.is_empty() && !OBJECT_TYPES.contains(&media.as_str()) {
        return Err(Refusal::unsupported_media_type(&OBJECT_TYPES));
    }
    let bytes = read(request).await?;
    parse(&media, &bytes, kind)
}

/// Without a body: null.
pub(super) async fn optional_object(request: Request, kind: &str) -> Result<Value, Refusal> {
    let media = media_type(request.headers());
    let bytes = read(request).await?;
    match bytes.is_empty() {
        true => Ok(Value::Null),
        false => parse(&media, &bytes, kind),
    }
}

fn parse(media: &str, bytes: &[u8], kind: &str) -> Result<Value, Refusal> {
    let unrecognised = |why: String| {
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; {why}"
        ))
    };
    match media {
        "application/yaml" => yaml(bytes).map_err(|why| unrecognised(format!("yaml error: {why}"))),
        _ => serde_json::from_slice(bytes).map_err(|error| {
            unrecognised(format!(
                "json parse error: {} ({})",
                json_error(bytes, &error),
                excerpt(bytes)
            ))
        }),
    }
}

pub(super) fn yaml(bytes: &[u8]) -> Result<Value, String> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    serde_norway::from_slice(bytes).map_err(|error| error.to_string())
}

pub(super) fn json_error(bytes: &[u8], error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "unexpected end of JSON input".to_owned();
    }
    let line_start = bytes
        .split(|b| *b == b'\n')
        .take(error.line().saturating_sub(1))
        .map(|line| line.len() + 1)
        .sum::<usize>();
    let at = (line_start + error.column()).saturating_sub(1);
    let Some(byte) = bytes.get(at) else {
        return error.to_string();
    };
    let before = bytes[..at].iter().rev().find(|b| !b.is_ascii_whitespace());
    let looking = match before {
        None => "looking for beginning of value",
        Some(b'{') => "looking for beginning of object key string",
        Some(b':' | b'[') => "looking for beginning of value",
        Some(_) => "after object key:value pair",
    };
    format!("invalid character '{}' {looking}", char::from(*byte))
}

fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(1024).collect()
}
