//! A call that becomes a request: who calls, from which workspace, with which environment variables.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::Mutex;

use super::authentication::Caller;
use super::body::Body;
use super::refusal::Refusal;
use super::request_id::RequestId;
use crate::skypilot::Server;
use crate::skypilot::cloud_access::AwsUser;
use crate::skypilot::exception::Exception;
use crate::skypilot::requests::{Kind, Request};
use crate::skypilot::store::DEFAULT_WORKSPACE;

pub struct Call {
    pub caller: Caller,
    id: String,
    server: Arc<Server>,
}

#[derive(Clone)]
pub struct Context {
    pub server: Arc<Server>,
    pub caller: Caller,
    pub workspace: String,
    pub env_vars: BTreeMap<String, String>,
    pub command: String,
    pub request: Arc<Request>,
    pub aws_users: Arc<Mutex<HashMap<String, Result<AwsUser, String>>>>,
}

impl Context {
    pub fn say(&self, line: &str) {
        self.request.log.line(line);
    }
}

impl FromRequestParts<Arc<Server>> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Refusal> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let id = parts.extensions.get::<RequestId>().cloned();
        match (caller, id) {
            (Some(caller), Some(RequestId(id))) => Ok(Self {
                caller,
                id,
                server: server.clone(),
            }),
            _ => Err(Refusal::anonymous("Authentication required")),
        }
    }
}

#[derive(Default)]
pub struct Origin {
    workspace: Option<String>,
    env_vars: BTreeMap<String, String>,
    command: String,
}

impl Origin {
    pub fn of(body: &mut Body) -> Self {
        Self {
            workspace: body.active_workspace(),
            env_vars: body.env_vars(),
            command: body.text("entrypoint_command").unwrap_or_default(),
        }
    }
}

impl Call {
    /// Refuses to change a cluster in a workspace that the caller may not use. One that is not there is told of later.
    pub fn check_write(&self, cluster: &str) -> Result<(), Refusal> {
        let caller = &self.caller;
        self.server.store.read(|state| {
            let strange = state
                .clusters
                .get(cluster)
                .filter(|cluster| !state.may_use(&caller.id, &cluster.workspace));
            match strange {
                Some(cluster) => Err(Refusal::forbidden(
                    &Exception::permission_denied(&caller.name, &caller.id, &cluster.workspace)
                        .message,
                )),
                None => Ok(()),
            }
        })
    }

    /// The answer to a call that becomes a request: nothing, since the id is in the headers.
    pub fn submit<F>(
        self,
        kind: Kind,
        cluster: Option<String>,
        origin: Origin,
        work: impl FnOnce(Context) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = Result<Value, Exception>> + Send + 'static,
    {
        self.start(kind, cluster, origin, work);
        Json(Value::Null).into_response()
    }

    pub fn start<F>(
        self,
        kind: Kind,
        cluster: Option<String>,
        origin: Origin,
        work: impl FnOnce(Context) -> F + Send + 'static,
    ) -> Arc<Request>
    where
        F: Future<Output = Result<Value, Exception>> + Send + 'static,
    {
        let Self { caller, id, server } = self;
        let request = Request::new(id, kind, (&caller.id, &caller.name), cluster);
        let (requests, stop) = (server.clone(), server.stop.clone());
        requests
            .requests
            .schedule(request, &stop, |request| async move {
                let workspace = origin
                    .workspace
                    .unwrap_or_else(|| DEFAULT_WORKSPACE.to_owned());
                if kind.name != "workspaces.get" {
                    check_workspace(&server, &caller, &workspace)?;
                }
                let context = Context {
                    server,
                    caller,
                    workspace,
                    env_vars: origin.env_vars,
                    command: origin.command,
                    request,
                    aws_users: Arc::default(),
                };
                work(context).await
            })
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
