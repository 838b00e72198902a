//! What the clouds sell, over HTTP.

use axum::response::Response;

use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use crate::skypilot::catalog::{self, Filter};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::requests::Kind;

pub async fn accelerators(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let filter = filter(&mut body);
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("list_accelerators", "list_accelerators");
    Ok(call.submit(kind, None, origin, move |_| async move {
        Ok(catalog::accelerators(&filter))
    }))
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
