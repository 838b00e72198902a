//! `/workspaces*` and which clouds they have.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::call::{Call, Context, Origin, check_workspace};
use super::refusal::Refusal;
use crate::skypilot::clouds::Cloud;
use crate::skypilot::exception::Exception;
use crate::skypilot::requests::Kind;

pub async fn list(call: Call) -> Response {
    let kind = Kind::short("workspaces.get", "get_workspaces");
    call.submit(kind, None, Origin::default(), |context| async move {
        let id = &context.caller.id;
        Ok(context
            .server
            .store
            .read(|state| state.visible_workspaces(id)))
    })
}

pub async fn create(call: Call, body: Body) -> Result<Response, Refusal> {
    let kind = Kind::short("workspaces.create", "create_workspace");
    change(call, body, kind, |context, name, config| {
        context
            .server
            .store
            .change(|state| state.create_workspace(name, config))
    })
}

pub async fn update(call: Call, body: Body) -> Result<Response, Refusal> {
    let kind = Kind::short("workspaces.update", "update_workspace");
    change(call, body, kind, |context, name, config| {
        context
            .server
            .store
            .change(|state| state.update_workspace(name, config))
    })
}

type Change = fn(&Context, &str, Map<String, Value>) -> Result<(), Exception>;

fn change(call: Call, mut body: Body, kind: Kind, change: Change) -> Result<Response, Refusal> {
    let name = body.required_text("workspace_name");
    let config = body.required_object("config");
    let origin = Origin::of(&mut body);
    body.check()?;
    Ok(call.submit(kind, None, origin, move |context| async move {
        change(&context, &name, config)?;
        context.check_clouds(&name, None).await;
        Ok(context
            .server
            .store
            .read(|state| state.configured_workspaces()))
    }))
}

pub async fn delete(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let name = body.required_text("workspace_name");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("workspaces.delete", "delete_workspace");
    Ok(call.submit(kind, None, origin, move |context| async move {
        context.server.store.change(|state| {
            state.delete_workspace(&name)?;
            Ok(state.configured_workspaces())
        })
    }))
}

pub async fn check(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let clouds = body.texts("clouds");
    let workspace = body.text("workspace");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("check", "check");
    Ok(call.submit(kind, None, origin, move |context| async move {
        let workspaces = match workspace {
            Some(workspace) => {
                check_workspace(&context.server, &context.caller, &workspace)?;
                vec![workspace]
            }
            None => context.server.store.read(|state| {
                let names = state.workspace_names().into_iter();
                names
                    .filter(|name| state.may_use(&context.caller.id, name))
                    .collect()
            }),
        };
        let clouds = clouds
            .map(|names| names.iter().map(|name| known_cloud(name)).collect())
            .transpose()?
            .map(|clouds: Vec<Option<Cloud>>| clouds.into_iter().flatten().collect::<Vec<_>>());
        let mut found = Map::new();
        for workspace in workspaces {
            let enabled = context.check_clouds(&workspace, clouds.as_deref()).await;
            let capabilities: Map<_, _> = enabled
                .into_iter()
                .map(|cloud| (cloud.name().to_owned(), json!(cloud.capabilities())))
                .collect();
            found.insert(workspace, capabilities.into());
        }
        Ok(found.into())
    }))
}

/// Clouds that SkyPilot knows but the sandbox does not have are never enabled.
fn known_cloud(name: &str) -> Result<Option<Cloud>, Exception> {
    const OTHERS: [&str; 9] = [
        "kubernetes",
        "k8s",
        "ssh",
        "slurm",
        "vast",
        "ibm",
        "do",
        "fluidstack",
        "cloudflare",
    ];
    match Cloud::named(name) {
        Some(cloud) => Ok(Some(cloud)),
        None if OTHERS.contains(&name.to_ascii_lowercase().as_str()) => Ok(None),
        None => Err(Exception::value(format!(
            "Cloud '{name}' is not a valid cloud among [aws, azure, gcp, lambda, nebius, oci, runpod]"
        ))),
    }
}

#[derive(Deserialize)]
pub struct OfWorkspace {
    workspace: Option<String>,
}

pub async fn enabled_clouds(call: Call, Query(asked): Query<OfWorkspace>) -> Response {
    let kind = Kind::short("enabled_clouds", "enabled_clouds");
    call.submit(kind, None, Origin::default(), move |context| async move {
        let workspace = asked.workspace.unwrap_or(context.workspace);
        check_workspace(&context.server, &context.caller, &workspace)?;
        Ok(ids(&context.server, &workspace))
    })
}

fn ids(server: &crate::skypilot::Server, workspace: &str) -> Value {
    let clouds = server.store.read(|state| state.enabled_clouds(workspace));
    clouds.into_iter().map(Cloud::id).collect::<Vec<_>>().into()
}
