//! `/workspaces*`, and the clouds of a workspace.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Call, Context, check_workspace};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::exception::Exception;
use crate::skypilot::requests::Kind;

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn list(call: Call<Nothing>) -> Response {
    let kind = Kind::short("workspaces.get", "get_workspaces");
    call.submit(kind, async |context, _| {
        let (store, id) = (&context.server.store, &context.caller.id);
        Ok(store.read(|state| state.visible_workspaces(id)))
    })
}

#[derive(Deserialize)]
pub struct ConfigBody {
    workspace_name: String,
    config: Map<String, Value>,
}

pub async fn create(call: Call<ConfigBody>) -> Response {
    let kind = Kind::short("workspaces.create", "create_workspace");
    call.submit(kind, |context, body| change(context, body, true))
}

pub async fn update(call: Call<ConfigBody>) -> Response {
    let kind = Kind::short("workspaces.update", "update_workspace");
    call.submit(kind, |context, body| change(context, body, false))
}

async fn change(context: Context, body: ConfigBody, is_new: bool) -> Result<Value, Exception> {
    let ConfigBody {
        workspace_name: name,
        config,
    } = body;
    let store = &context.server.store;
    store.change(|state| state.put_workspace(&name, config, is_new))?;
    context.check_clouds(&name, None).await;
    Ok(store.read(|state| json!(state.workspaces)))
}

#[derive(Deserialize)]
pub struct CheckBody {
    workspace: String,
    clouds: Option<Vec<String>>,
}

pub async fn check(call: Call<CheckBody>) -> Response {
    call.submit(Kind::short("check", "check"), async |context, body| {
        let CheckBody { workspace, clouds } = body;
        check_workspace(&context.server, &context.caller, &workspace)?;
        // Clouds that the sandbox does not have are never enabled.
        let clouds: Option<Vec<Cloud>> =
            clouds.map(|names| names.iter().filter_map(|name| Cloud::named(name)).collect());
        let enabled = context.check_clouds(&workspace, clouds.as_deref()).await;
        let capabilities: Map<_, _> = enabled
            .into_iter()
            .map(|cloud| (cloud.name().to_owned(), json!(cloud.capabilities())))
            .collect();
        Ok(json!({workspace: capabilities}))
    })
}
