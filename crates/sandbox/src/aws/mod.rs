//! AWS's Security Token Service (STS): `GetCallerIdentity`, `GetSessionToken` and `AssumeRole`. Any access key of AWS's form
//! is accepted. Signatures are not checked, because the secrets are unknown.

mod access_key;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::form_urlencoded;
use uuid::Uuid;

use crate::faults::Faults;
use crate::http_listener::{self, Cuts};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const USUAL_SECONDS: i64 = 3600;
const TAG_BYTES: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub account: String,
    pub arn: String,
    pub user_id: String,
}

impl Identity {
    fn of_user(key: &str) -> Self {
        let account = access_key::account(key);
        let end = key[key.len().saturating_sub(4)..].to_ascii_lowercase();
        Self {
            arn: format!("arn:aws:iam::{account}:user/sandbox-{end}"),
            user_id: access_key::id("AIDA", access_key::digest(key)),
            account,
        }
    }

    /// The session of a role; `None`: the ARN is not that of a role.
    fn of_role(arn: &str, session_name: &str) -> Option<Self> {
        let ["arn", partition, "iam", "", account, resource] =
            arn.splitn(6, ':').collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
        let id = access_key::id("AROA", access_key::digest(arn));
        Some(Self {
            account: account.to_owned(),
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"),
            user_id: format!("{id}:{session_name}"),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    fn unknown_token() -> Self {
        let message = "The security token included in the request is invalid.";
        Self::new("InvalidClientTokenId", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.code {
            "InvalidAction" | "ValidationError" => StatusCode::BAD_REQUEST,
            _ => StatusCode::FORBIDDEN,
        };
        let error = elements(&[
            ("Type", "Sender"),
            ("Code", self.code),
            ("Message", &self.message),
        ]);
        let body = format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error>{error}</Error>{}</ErrorResponse>",
            request_id()
        );
        (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
    }
}

/// A running STS. Dropping it ends everything.
pub struct SecurityTokenServer {
    address: SocketAddr,
    tokens: SecurityTokens,
    tasks: JoinSet<()>,
}

impl SecurityTokenServer {
    pub async fn start(listen: SocketAddr, faults: Faults) -> Result<Self> {
        let listener = http_listener::bind("AWS", listen).await?;
        let address = listener.local_addr()?;
        let tokens = SecurityTokens::new(faults.clone());
        let router = Router::new()
            .route("/", post(answer))
            .with_state(tokens.clone());
        let cuts = Cuts {
            faults,
            unreachable: |faults| faults.aws.unreachable,
            restarts: watch::Sender::default().subscribe(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(http_listener::serve(listener, router, cuts));
        Ok(Self {
            address,
            tokens,
            tasks,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn tokens(&self) -> &SecurityTokens {
        &self.tokens
    }

    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn answer(State(tokens): State<SecurityTokens>, headers: HeaderMap, body: Bytes) -> Response {
    tokens
        .answer(&body, &headers)
        .unwrap_or_else(IntoResponse::into_response)
}

/// The content of a session token, which is signed and not stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    access_key_id: String,
    identity: Identity,
    made_of: Option<String>,
    expires_at: Timestamp,
}

#[derive(Clone)]
pub struct SecurityTokens {
    key: Arc<hmac::Key>,
    faults: Faults,
}

impl SecurityTokens {
    pub fn new(faults: Faults) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; TAG_BYTES]>());
        Self {
            key: Arc::new(key),
            faults,
        }
    }

    pub fn issued(&self, session_token: &str) -> bool {
        self.session(session_token).is_some()
    }

    pub fn identity(&self, key: &str, session_token: Option<&str>) -> Result<Identity, Refusal> {
        let session = match session_token {
            None if !access_key::is_of_user(key) => return Err(Refusal::unknown_token()),
            None => None,
            Some(token) => Some(
                self.session(token)
                    .filter(|session| session.access_key_id == key)
                    .ok_or_else(Refusal::unknown_token)?,
            ),
        };
        if session
            .as_ref()
            .is_some_and(|session| session.expires_at <= Timestamp::now())
        {
            let message = "The security token included in the request is expired";
            return Err(Refusal::new("ExpiredToken", message));
        }
        let user = match &session {
            Some(session) => session.made_of.as_deref(),
            None => Some(key),
        };
        let unknown = self.faults.current().aws.unknown_keys;
        if user.is_some_and(|user| unknown.covers(user)) {
            return Err(Refusal::unknown_token());
        }
        Ok(session.map_or_else(|| Identity::of_user(key), |session| session.identity))
    }

    fn session(&self, token: &str) -> Option<Session> {
        let token = BASE64.decode(token).ok()?;
        let (tag, content) = token.split_at_checked(TAG_BYTES)?;
        hmac::verify(&self.key, content, tag).ok()?;
        serde_json::from_slice(content).ok()
    }

    fn answer(&self, body: &[u8], headers: &HeaderMap) -> Result<Response, Refusal> {
        let parameters: BTreeMap<String, String> =
            form_urlencoded::parse(body).into_owned().collect();
        let text = |name: &str| parameters.get(name).map_or("", String::as_str);
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let key = header("authorization")
            .and_then(|value| value.split_once("Credential=")?.1.split_once('/'))
            .map(|(key, _)| key)
            .ok_or_else(|| {
                let message = "Request is missing Authentication Token";
                Refusal::new("MissingAuthenticationToken", message)
            })?;
        let caller = self.identity(key, header("x-amz-security-token"))?;
        let seconds = match text("DurationSeconds") {
            "" => USUAL_SECONDS,
            number => number
                .parse()
                .map_err(|_| Refusal::new("ValidationError", "DurationSeconds is not a number"))?,
        };
        let action = text("Action");
        let result = match action {
            "GetCallerIdentity" => elements(&[
                ("Arn", &caller.arn),
                ("UserId", &caller.user_id),
                ("Account", &caller.account),
            ]),
            "GetSessionToken" => self.credentials(caller, Some(key.to_owned()), seconds),
            "AssumeRole" => {
                let arn = text("RoleArn");
                let identity = Identity::of_role(arn, text("RoleSessionName"))
                    .ok_or_else(|| Refusal::new("ValidationError", format!("{arn} is invalid")))?;
                if self.faults.current().aws.refuse_roles.covers(arn) {
                    let who = caller.arn;
                    return Err(Refusal::new(
                        "AccessDenied",
                        format!(
                            "User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}"
                        ),
                    ));
                }
                let assumed =
                    elements(&[("AssumedRoleId", &identity.user_id), ("Arn", &identity.arn)]);
                let credentials = self.credentials(identity, None, seconds);
                format!("<AssumedRoleUser>{assumed}</AssumedRoleUser>{credentials}")
            }
            other => {
                let message = format!("Could not find operation {other}");
                return Err(Refusal::new("InvalidAction", message));
            }
        };
        let body = format!(
            "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
             <ResponseMetadata>{}</ResponseMetadata></{action}Response>",
            request_id()
        );
        Ok(([(header::CONTENT_TYPE, "text/xml")], body).into_response())
    }

    fn credentials(&self, identity: Identity, made_of: Option<String>, seconds: i64) -> String {
        let ends = Timestamp::now() + SignedDuration::from_secs(seconds);
        let session = Session {
            access_key_id: access_key::id("ASIA", rand::random()),
            identity,
            made_of,
            // AWS's times are whole seconds.
            expires_at: Timestamp::from_second(ends.as_second()).unwrap_or(ends),
        };
        let content = serde_json::to_vec(&session).unwrap_or_default();
        let mut token = hmac::sign(&self.key, &content).as_ref().to_vec();
        token.extend(content);
        let credentials = elements(&[
            ("AccessKeyId", &session.access_key_id),
            // Forty letters, as AWS's have.
            (
                "SecretAccessKey",
                &BASE64.encode(rand::random::<[u8; 30]>()),
            ),
            ("SessionToken", &BASE64.encode(token)),
            ("Expiration", &session.expires_at.to_string()),
        ]);
        format!("<Credentials>{credentials}</Credentials>")
    }
}

fn request_id() -> String {
    elements(&[("RequestId", &Uuid::new_v4().to_string())])
}

fn elements(elements: &[(&str, &str)]) -> String {
    let element = |(name, text): &(&str, &str)| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("<{name}>{text}</{name}>")
    };
    elements.iter().map(element).collect()
}
