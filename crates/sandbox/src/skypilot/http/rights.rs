//! Which role may call what. Users have a list of what is forbidden, viewers one of what is allowed.

use axum::Extension;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::authentication::Caller;
use super::refusal::Refusal;
use crate::skypilot::users::Role;

const NOT_FOR_USERS: [(&str, &str); 10] = [
    ("POST", "/workspaces/config"),
    ("GET", "/workspaces/config"),
    ("POST", "/workspaces/update"),
    ("POST", "/workspaces/create"),
    ("POST", "/workspaces/delete"),
    ("POST", "/workspaces/batch_add_users"),
    ("POST", "/workspaces/batch_remove_users"),
    ("POST", "/users/delete"),
    ("POST", "/users/create"),
    ("POST", "/users/batch_update"),
];

const FOR_VIEWERS: [(&str, &str); 24] = [
    ("GET", "/users/role"),
    ("POST", "/status"),
    ("POST", "/endpoints"),
    ("POST", "/cost_report"),
    ("POST", "/cluster_events"),
    ("POST", "/queue"),
    ("POST", "/job_status"),
    ("POST", "/logs"),
    ("POST", "/download_logs"),
    ("POST", "/download"),
    ("POST", "/provision_logs"),
    ("GET", "/workspaces"),
    ("GET", "/volumes"),
    ("GET", "/enabled_clouds"),
    ("GET", "/enabled_clouds/batch"),
    ("POST", "/realtime_kubernetes_gpu_availability"),
    ("GET", "/all_contexts"),
    ("POST", "/list_accelerators"),
    ("POST", "/list_accelerator_counts"),
    ("POST", "/validate"),
    ("POST", "/optimize"),
    ("GET", "/users"),
    ("GET", "/users/service-account-tokens"),
    ("GET", "/storage/ls"),
];

/// Refuses what the caller's role may not call.
pub async fn check_role(
    caller: Option<Extension<Caller>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let Some(Extension(caller)) = caller else {
        return next.run(request).await;
    };
    if path.starts_with("/api/") || may_call(caller.role, request.method().as_str(), path) {
        return next.run(request).await;
    }
    Refusal::forbidden("Forbidden").into_response()
}

fn may_call(role: Role, method: &str, path: &str) -> bool {
    match role {
        Role::Admin => true,
        Role::User => !NOT_FOR_USERS.contains(&(method, path)),
        Role::Viewer => FOR_VIEWERS.contains(&(method, path)),
    }
}
