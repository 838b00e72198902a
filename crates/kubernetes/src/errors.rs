//! Turns errors of a host cluster into messages.

use domain::outside_text::readable;
use kube::{Error, core::Status};
use provisioning::ports::host_clusters::{HostError, HostErrorKind};
use std::{error::Error as StdError, fmt::Display, time::Duration};

/// The maximum length of a message: proxies respond with whole pages.
pub(crate) const LONGEST: usize = 1000;

/// `host` refused what was `tried` ("create the namespace vcluster-ci").
pub(crate) fn refused(host: &str, tried: impl Display, error: Error) -> HostError {
    let host = format!("Host cluster “{host}”");
    match error {
        // Other servers refuse with JSON too. Every field of a Status may be missing, so that any JSON is one.
        Error::Api(status) if status.code == 0 => not_kubernetes(&host, tried),
        Error::Api(status) => {
            let kind = kind(&status);
            let said = host_message(&status);
            let message = match kind {
                HostErrorKind::Unauthorized => format!(
                    "{host} rejected the portal's credentials: {said}. Renew them in the \
                     kubeconfig or service account of the configuration."
                ),
                HostErrorKind::Forbidden => format!(
                    "{host} does not allow the portal to {tried}: {said}. Grant the permission as \
                     in k8s/rbac.yaml."
                ),
                HostErrorKind::QuotaExceeded => {
                    format!("{host} did not {tried}, because a quota is exceeded: {said}.")
                }
                HostErrorKind::Terminating => {
                    format!(
                        "{host} did not {tried}, because its namespace is being deleted: {said}."
                    )
                }
                HostErrorKind::Unreachable => {
                    format!(
                        "{host} could not {tried} at the moment, code {}: {said}.",
                        status.code
                    )
                }
                _ => format!("{host} did not {tried}: {said}."),
            };
            // The message says everything; kube shows the rest of a Status as Rust's `Debug` does.
            host_error(kind, message)
        }
        // The output of a credential plugin may contain a credential, so the cause is dropped.
        Error::Auth(_) => HostError {
            kind: HostErrorKind::Unauthorized,
            message: format!(
                "Cannot ask {host} to {tried}: the credential plugin or token file of its \
                 kubeconfig returned no credential."
            ),
            source: None,
        },
        // A parser quotes its input, which may be a Secret.
        Error::SerdeError(_) | Error::FromUtf8(_) => not_kubernetes(&host, tried),
        other => HostError {
            kind: HostErrorKind::Unreachable,
            message: format!("{host} did not respond: {}.", innermost(&other)),
            source: Some(Box::new(other)),
        },
    }
}

/// `host` did not respond within `limit`.
pub(crate) fn silent(host: &str, tried: impl Display, limit: Duration) -> HostError {
    HostError {
        kind: HostErrorKind::Unreachable,
        message: format!(
            "Host cluster “{host}” did not respond within {} seconds when asked to {tried}.",
            limit.as_secs_f32()
        ),
        source: None,
    }
}

/// The response of `host` is not one of a Kubernetes API server.
pub(crate) fn unreadable(host: &str, tried: impl Display) -> HostError {
    not_kubernetes(&format!("Host cluster “{host}”"), tried)
}

fn not_kubernetes(host: &str, tried: impl Display) -> HostError {
    HostError {
        kind: HostErrorKind::Other,
        message: format!(
            "{host} was asked to {tried}, and the response is not from a Kubernetes API server. \
             Check whether a proxy responds instead."
        ),
        source: None,
    }
}

/// An error that the adapter detects itself.
pub(crate) fn host_error(kind: HostErrorKind, message: String) -> HostError {
    HostError {
        kind,
        message,
        source: None,
    }
}

pub(crate) fn kind(status: &Status) -> HostErrorKind {
    let says = |text: &str| status.message.contains(text);
    match status.code {
        401 => HostErrorKind::Unauthorized,
        403 if says("exceeded quota") => HostErrorKind::QuotaExceeded,
        403 if is_terminating(status) => HostErrorKind::Terminating,
        // The quota is new and not yet counted; this resolves itself.
        403 if says("status unknown for quota") => HostErrorKind::Unreachable,
        // Refused by admission, not for lack of permission.
        403 if says("violates PodSecurity") || says("denied the request") => HostErrorKind::Invalid,
        403 => HostErrorKind::Forbidden,
        404 => HostErrorKind::NotFound,
        409 => HostErrorKind::Conflict,
        400 | 422 => HostErrorKind::Invalid,
        // An applied object has a field that the host does not know.
        500 if says("field not declared in schema") => HostErrorKind::Invalid,
        429 | 500..=599 => HostErrorKind::Unreachable,
        _ => HostErrorKind::Other,
    }
}

fn is_terminating(status: &Status) -> bool {
    let by_cause = status.details.as_ref().is_some_and(|details| {
        let mut causes = details.causes.iter();
        causes.any(|cause| cause.reason == "NamespaceTerminating")
    });
    by_cause || status.message.contains("is being terminated")
}

/// The reason that kube gives to a response that is not a Status.
const NO_STATUS: &str = "Failed to parse error data";

/// The host's message without a full stop, or else its reason, or else the HTTP status.
fn host_message(status: &Status) -> String {
    [&status.message, &status.reason]
        .into_iter()
        .map(|text| readable(text.trim().trim_end_matches('.'), LONGEST))
        .find(|text| !text.is_empty() && text != NO_STATUS)
        .unwrap_or_else(|| format!("HTTP status {}", status.code))
}

/// The innermost cause: "connection refused" instead of "client error".
pub(crate) fn innermost(error: &dyn StdError) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{HostAccess, HostConfig, Timeouts},
        host::Host,
        permissions,
    };
    use serde_json::json;

    fn answer(code: u16, message: &str) -> HostError {
        let status: Status = serde_json::from_value(json!({
            "status": "Failure", "message": message, "reason": "", "code": code,
        }))
        .unwrap();
        refused("eu-1", "apply the Service ci", Error::Api(status.boxed()))
    }

    #[test]
    fn refusals_are_told_apart_by_what_the_host_says() {
        use HostErrorKind as Kind;
        let cases = [
            (401, "Unauthorized", Kind::Unauthorized),
            (
                403,
                "namespaces is forbidden: User \"portal\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope",
                Kind::Forbidden,
            ),
            (
                403,
                "roles.rbac.authorization.k8s.io \"vc-ci\" is forbidden: user \"portal\" is attempting to grant RBAC permissions not currently held",
                Kind::Forbidden,
            ),
            (
                403,
                "services \"np\" is forbidden: exceeded quota: vc-demo, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0",
                Kind::QuotaExceeded,
            ),
            (
                403,
                "configmaps \"late\" is forbidden: unable to create new content in namespace vcluster-demo because it is being terminated",
                Kind::Terminating,
            ),
            (
                403,
                "secrets \"a\" is forbidden: status unknown for quota: vc-ci, resources: count/secrets",
                Kind::Unreachable,
            ),
            (
                403,
                "pods \"ci-0\" is forbidden: violates PodSecurity \"restricted:latest\"",
                Kind::Invalid,
            ),
            (404, "namespaces \"vcluster-ci\" not found", Kind::NotFound),
            (409, "Apply failed with 1 conflict", Kind::Conflict),
            (422, "StatefulSet.apps \"ci\" is invalid", Kind::Invalid),
            (
                500,
                "failed to create typed patch object: .spec.bogus: field not declared in schema",
                Kind::Invalid,
            ),
            (429, "too many requests", Kind::Unreachable),
            (
                503,
                "the server is currently unable to handle the request",
                Kind::Unreachable,
            ),
        ];
        for (code, message, kind) in cases {
            let error = answer(code, message);
            assert_eq!(error.kind, kind, "{message}");
            assert!(error.message.contains("eu-1"), "{}", error.message);
            assert!(error.message.contains(message), "{}", error.message);
        }
    }

    /// A host whose every response has this status and body.
    fn host_that_answers(code: u16, body: &'static str) -> Host {
        let service = tower::service_fn(move |_: http::Request<kube::client::Body>| {
            let body = kube::client::Body::from(body.as_bytes().to_vec());
            let mut response = http::Response::new(body);
            *response.status_mut() = code.try_into().unwrap();
            async { Ok::<_, std::convert::Infallible>(response) }
        });
        Host::new(
            HostConfig::new("eu-1", HostAccess::InCluster),
            Timeouts::default(),
            kube::Client::new(service, "default"),
        )
    }

    #[tokio::test]
    async fn a_refusal_is_told_in_words_and_another_server_is_recognised() {
        use HostErrorKind as Kind;
        let status = r#"{"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                         "message": "Unauthorized", "reason": "Unauthorized", "code": 401}"#;
        let expired =
            r#"{"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410}"#;
        for (code, body, kind, says) in [
            (
                401,
                status,
                Kind::Unauthorized,
                "credentials: Unauthorized. Renew",
            ),
            (
                401,
                "",
                Kind::Unauthorized,
                "credentials: HTTP status 401. Renew",
            ),
            (410, expired, Kind::Other, ": Expired."),
            (
                404,
                "404 page not found\n",
                Kind::NotFound,
                ": 404 page not found.",
            ),
            (502, "", Kind::Unreachable, "code 502: HTTP status 502."),
            (404, "{}", Kind::Other, "not from a Kubernetes API server"),
            (
                403,
                r#"{"error": "denied"}"#,
                Kind::Other,
                "not from a Kubernetes API server",
            ),
            (
                200,
                "<html>",
                Kind::Other,
                "not from a Kubernetes API server",
            ),
            (200, "{}", Kind::Other, "not from a Kubernetes API server"),
        ] {
            let error = permissions::check(&host_that_answers(code, body)).await;
            let error = error.unwrap_err();
            assert_eq!(error.kind, kind, "{error}");
            let told = domain::error::causes(&error);
            assert!(told.contains(says), "{told}");
            assert!(
                !told.contains("Status {") && !told.contains("Some("),
                "{told}"
            );
        }
    }

    #[test]
    fn a_page_of_a_proxy_is_cut_short() {
        let error = answer(502, &"<p>bad gateway</p>".repeat(500));
        assert!(error.message.chars().count() < LONGEST + 100);
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_quoted() {
        let broken = serde_json::from_str::<u8>("\"canary\"").unwrap_err();
        let error = refused("eu-1", "read the Secret vc-ci", Error::SerdeError(broken));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}
