//! A call with its JSON body, and the asynchronous request that most calls become.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::RequestId;
use super::authentication::Caller;
use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::cloud_access::AwsUser;
use crate::skypilot::exception::Exception;
use crate::skypilot::requests::{Kind, Request as ApiRequest};
use crate::skypilot::store::DEFAULT_WORKSPACE;

pub struct Call<T> {
    pub body: T,
    pub caller: Caller,
    pub server: Arc<Server>,
    common: Common,
    id: String,
}

/// The fields that bodies share.
#[derive(Deserialize)]
struct Common {
    env_vars: Option<BTreeMap<String, String>>,
    entrypoint_command: Option<String>,
    override_skypilot_config: Option<Overrides>,
    #[serde(alias = "cluster")]
    cluster_name: Option<String>,
}

#[derive(Deserialize)]
struct Overrides {
    active_workspace: Option<String>,
}

#[derive(Clone)]
pub struct Context {
    pub server: Arc<Server>,
    pub caller: Caller,
    pub workspace: String,
    pub env_vars: BTreeMap<String, String>,
    pub command: String,
    pub request: Arc<ApiRequest>,
    pub aws_users: Arc<Mutex<HashMap<String, Result<AwsUser, String>>>>,
}

impl Context {
    /// Writes a line of the request's log.
    pub fn say(&self, line: &str) {
        self.request.log.line(line);
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<Server>> for Call<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Refusal> {
        let caller = request.extensions().get::<Caller>().cloned();
        let id = request.extensions().get::<RequestId>().cloned();
        let (Some(caller), Some(RequestId(id))) = (caller, id) else {
            return Err(Refusal::anonymous("Authentication required"));
        };
        let bytes = Bytes::from_request(request, server)
            .await
            .map_err(|error| Refusal::bad(error.body_text()))?;
        let unprocessable = |error: serde_json::Error| Refusal::unprocessable(error.to_string());
        let body: Value = match bytes.is_empty() {
            true => json!({}),
            false => serde_json::from_slice(&bytes).map_err(unprocessable)?,
        };
        Ok(Self {
            common: serde_json::from_value(body.clone()).map_err(unprocessable)?,
            body: serde_json::from_value(body).map_err(unprocessable)?,
            caller,
            server: server.clone(),
            id,
        })
    }
}

impl<T> Call<T> {
    /// Refuses to change a cluster in a workspace that the caller may not use. A missing cluster fails later, in the
    /// request.
    pub fn check_write(&self) -> Result<(), Refusal> {
        let (caller, name) = (&self.caller, self.common.cluster_name.as_deref());
        self.server.store.read(|state| {
            let cluster = name.and_then(|name| state.clusters.get(name));
            match cluster.filter(|cluster| !state.may_use(&caller.id, &cluster.workspace)) {
                Some(cluster) => Err(Refusal::forbidden(
                    &Exception::permission_denied(&caller.name, &caller.id, &cluster.workspace)
                        .message,
                )),
                None => Ok(()),
            }
        })
    }

    /// Starts the call's request. The response is empty: the request's id is in the headers.
    pub fn submit<F>(
        self,
        kind: Kind,
        work: impl FnOnce(Context, T) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = Result<Value, Exception>> + Send + 'static,
        T: Send + 'static,
    {
        let Self {
            body,
            caller,
            server,
            common,
            id,
        } = self;
        let request = ApiRequest::new(id, kind, (&caller.id, &caller.name), common.cluster_name);
        let (requests, stop) = (server.clone(), server.stop.clone());
        requests
            .requests
            .schedule(request, &stop, |request| async move {
                let workspace = common
                    .override_skypilot_config
                    .and_then(|overrides| overrides.active_workspace)
                    .unwrap_or_else(|| DEFAULT_WORKSPACE.to_owned());
                if kind.name != "workspaces.get" {
                    check_workspace(&server, &caller, &workspace)?;
                }
                let context = Context {
                    server,
                    caller,
                    workspace,
                    env_vars: common.env_vars.unwrap_or_default(),
                    command: common.entrypoint_command.unwrap_or_default(),
                    request,
                    aws_users: Arc::default(),
                };
                work(context, body).await
            });
        Json(Value::Null).into_response()
    }
}

pub fn check_workspace(server: &Server, caller: &Caller, workspace: &str) -> Result<(), Exception> {
    server.store.read(|state| {
        if state.workspace(workspace).is_none() {
            return Err(Exception::value(format!(
                "Workspace {workspace} does not exist. Use `sky check` to see if it is defined on the API server and try \
                 again."
            )));
        }
        if !state.may_use(&caller.id, workspace) {
            return Err(Exception::permission_denied(
                &caller.name,
                &caller.id,
                workspace,
            ));
        }
        Ok(())
    })
}
