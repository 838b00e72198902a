//! What clouds offer, and the API document.

use domain::money::MicroDollars;
use domain::node::catalogue::Offer;
use serde_json::{Value, json};

/// A tenant's secret key, which no page may show.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";

/// What three clouds have.
pub fn offers() -> Vec<Offer> {
    let offer =
        |accelerator: &str, count, cloud: &str, region: &str, price, spot: Option<i64>| Offer {
            accelerator: accelerator.into(),
            count,
            device_memory_gib: Some(if accelerator == "L4" { 24.0 } else { 80.0 }),
            cloud: cloud.into(),
            region: region.into(),
            instance_type: format!("{cloud}-{accelerator}-{count}").to_lowercase(),
            vcpus: Some(16.0),
            memory_gib: Some(256.0),
            price_per_hour: Some(MicroDollars(price)),
            spot_price_per_hour: spot.map(MicroDollars),
        };
    vec![
        offer("L4", 1, "gcp", "us-central1", 700_000, Some(280_000)),
        offer("H100", 1, "lambda", "us-south-1", 2_990_000, None),
        offer("H100", 1, "aws", "us-east-1", 6_880_000, Some(2_200_000)),
        offer("H100", 8, "aws", "us-east-1", 55_040_000, Some(17_600_000)),
        offer("H100", 8, "aws", "us-west-2", 56_000_000, Some(19_000_000)),
    ]
}

pub fn api_document() -> Value {
    json!({
        "info": {"version": "1", "description": "Create, view and delete clusters."},
        "paths": {"/api/v1/clusters": {
            "get": {
                "tags": ["Clusters"], "summary": "List clusters",
                "parameters": [{"name": "search", "in": "query", "description": "Part of a name.", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "A page of them"}, "401": {"description": "Not signed in"}}
            },
            "post": {
                "tags": ["Clusters"], "summary": "Create a cluster", "description": "The same key creates one cluster.",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {"201": {"description": "Accepted", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}}
            }
        }},
        "components": {"schemas": {"Order": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "description": "A DNS label."},
            "plan": {"type": "string", "enum": ["small", "medium", "large"]}
        }}}}
    })
}
