//! What the clouds sell, over HTTP.

use axum::response::Response;
use serde_json::json;

use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use crate::skypilot::catalog::{self, Filter};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::requests::Kind;

/// Accelerators with their prices.
pub async fn accelerators(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let filter = filter(&mut body);
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("list_accelerators", "list_accelerators");
    Ok(call.submit(kind, None, origin, move |_| async move {
        Ok(catalog::accelerators(&filter))
    }))
}

/// How many accelerators machines have.
pub async fn accelerator_counts(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let filter = filter(&mut body);
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("list_accelerator_counts", "list_accelerator_counts");
    Ok(call.submit(kind, None, origin, move |_| async move {
        Ok(catalog::accelerator_counts(&filter))
    }))
}

/// There is no Kubernetes behind the sandbox's SkyPilot.
pub async fn kubernetes_availability(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short(
        "realtime_kubernetes_gpu_availability",
        "realtime_kubernetes_gpu_availability",
    );
    Ok(call.submit(kind, None, origin, move |_| async move { Ok(json!([])) }))
}

fn filter(body: &mut Body) -> Filter {
    let clouds = match body.raw("clouds") {
        serde_json::Value::String(one) => Some(vec![one]),
        _ => body.texts("clouds"),
    };
    Filter {
        name: body.text("name_filter"),
        region: body.text("region_filter"),
        quantity: body.number("quantity_filter"),
        clouds: clouds.map(|names| names.iter().filter_map(|name| Cloud::named(name)).collect()),
        all_regions: body.flag("all_regions", false),
        case_sensitive: body.flag("case_sensitive", true),
    }
}
