//! Sends a request again that a host was too busy for or answered while starting, so that a pass goes on where it is.
//!
//! As client-go does, `Retry-After` is honoured for 429 and server errors. In addition, a 401 or 403 is not believed
//! at once: an API server that has just started answers so until its caches are filled, and says so at `/readyz`.

use crate::errors;
use http::{HeaderMap, Request, Response, StatusCode, header::RETRY_AFTER};
use http_body_util::BodyExt;
use kube::{Client, Error, client::Body, core::Status};
use provisioning::ports::host_clusters::HostErrorKind;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How often a request is repeated at most, as in client-go.
const REPETITIONS: u32 = 10;
/// The longest pause that `Retry-After` can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The time within which a request is repeated.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The pause before a missing permission is asked for again.
const DOUBT: Duration = Duration::from_secs(1);
/// How long a starting API server is waited for.
const STARTING: Duration = Duration::from_secs(10);
/// How long a credential is tried that not even `/readyz` accepts.
const UNKNOWN: Duration = Duration::from_secs(5);
/// How often a host that is ready must refuse the same request.
const REFUSALS: u32 = 2;

/// The host did not respond in time.
#[derive(Debug, thiserror::Error)]
#[error("no response within {} seconds", .0.as_secs_f32())]
struct Silent(Duration);

/// The host does not know yet who may do what.
#[derive(Debug, thiserror::Error)]
#[error("the API server is starting and does not know the portal's permissions yet (code {0})")]
struct Starting(u16);

/// A client that repeats requests. The head of each response must arrive within `limit`.
pub(crate) fn repeating(client: Client, limit: Duration) -> Client {
    let namespace = client.default_namespace().to_owned();
    let service = tower::service_fn(move |request| send(client.clone(), limit, request));
    Client::new(service, namespace)
}

/// Whether the host says that it is ready.
pub(crate) async fn is_ready(client: &Client, limit: Duration) -> bool {
    readiness(client, limit).await == Some(StatusCode::OK)
}

/// What `/readyz` answers.
async fn readiness(client: &Client, limit: Duration) -> Option<StatusCode> {
    let request = Request::get("/readyz").body(Body::empty()).ok()?;
    let answer = timeout(limit, client.send(request)).await;
    Some(answer.ok()?.ok()?.status())
}

async fn send(
    client: Client,
    limit: Duration,
    mut request: Request<Body>,
) -> Result<Response<Body>, Error> {
    let began = Instant::now();
    let (mut repetitions, mut refusals) = (0, 0);
    // What a vCluster answers through the host is not the host's answer.
    let may_repeat = !request.uri().path().contains("/proxy/");
    loop {
        let again = may_repeat.then(|| copy(&request)).flatten();
        let response = timeout(limit, client.send(request))
            .await
            .map_err(|_| Error::Service(Box::new(Silent(limit))))??;
        let Some(again) = again else {
            return Ok(response);
        };
        request = again;
        let status = response.status();
        let pause = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let (is_about_rights, response) = about_rights(response).await?;
                if !is_about_rights || refusals >= REFUSALS {
                    return Ok(response);
                }
                match readiness(&client, limit).await {
                    Some(StatusCode::OK) => refusals += 1,
                    Some(StatusCode::UNAUTHORIZED) if began.elapsed() > UNKNOWN => {
                        return Ok(response);
                    }
                    _ if began.elapsed() > STARTING => {
                        return Err(Error::Service(Box::new(Starting(status.as_u16()))));
                    }
                    _ => {}
                }
                spread(DOUBT)
            }
            _ => match pause(status, response.headers()).map(spread) {
                Some(pause) if repetitions < REPETITIONS && began.elapsed() + pause < PATIENCE => {
                    repetitions += 1;
                    pause
                }
                _ => return Ok(response),
            },
        };
        tracing::debug!(status = status.as_u16(), ?pause, "request is repeated");
        sleep(pause).await;
    }
}

/// Requests that were refused together do not return together.
fn spread(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(1.0..1.25))
}

/// The same request; `None` if its body is a stream.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut again = Request::new(request.body().try_clone()?);
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    *again.extensions_mut() = request.extensions().clone();
    Some(again)
}

/// When to send the request again; `None`: the answer is final.
fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let after = match status {
        StatusCode::TOO_MANY_REQUESTS => Duration::from_secs(seconds.unwrap_or(1)),
        status if status.is_server_error() => Duration::from_secs(seconds?),
        _ => return None,
    };
    (after <= LONGEST_PAUSE).then(|| after.max(Duration::from_millis(100)))
}

/// Whether a refusal is for want of a permission, not of a quota or by admission.
async fn about_rights(response: Response<Body>) -> Result<(bool, Response<Body>), Error> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    let kind = serde_json::from_slice::<Status>(&body)
        .map(|status| errors::kind(&status))
        .unwrap_or(HostErrorKind::Forbidden);
    let about_rights = matches!(kind, HostErrorKind::Forbidden | HostErrorKind::Unauthorized);
    Ok((
        about_rights,
        Response::from_parts(head, Body::from(body.to_vec())),
    ))
}

#[cfg(test)]
#[path = "resend_tests.rs"]
mod tests;
