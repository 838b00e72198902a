//! Tells browsers to run only our own scripts, and to be strict about everything else. The nonce is new for each
//! request; pages find it in the request's extensions.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderName, HeaderValue, header};
use std::sync::Arc;

/// What the inline scripts of this response carry.
#[derive(Clone, Debug)]
pub struct ScriptNonce(pub Arc<str>);

/// What differs from one installation to another.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether browsers reach the portal over TLS.
    pub https: bool,
}

fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
}

/// Adds the headers to every response.
pub async fn add(State(policy): State<Arc<Policy>>, mut request: Request, next: Next) -> Response {
    let nonce: Arc<str> = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()).into();
    request.extensions_mut().insert(ScriptNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&content_security_policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if policy.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    // Whatever does not say otherwise is somebody's own page or data.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_no_inline_script_or_style() {
        let text = content_security_policy("abc");
        assert!(!text.contains("unsafe-inline"));
        assert!(!text.contains("'unsafe-eval'"));
        assert!(text.contains("'nonce-abc'"));
        assert!(text.contains("form-action 'self';"));
    }
}
