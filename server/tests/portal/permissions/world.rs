//! What the routes name: one of everything, in one tenant.

use super::callers::person;
use crate::fixture::{ADMIN, Browser, DEVELOPER, TestPortal, order};
use domain::{
    access::{PlatformRole, TenantRole},
    tenancy::TenantRef,
};
use persistence::new_id;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Names and ids, as `{name}` in addresses and bodies.
#[derive(Clone)]
pub struct World {
    pub tenant: TenantRef,
    pub other: TenantRef,
    names: Vec<(&'static str, String)>,
}

async fn made(program: &Browser, path: &str, body: &Value) -> Value {
    let answer = program.json(Method::POST, path, body).await;
    assert!(answer.status < 300, "{path}: {}", answer.body);
    answer.body_json()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

impl World {
    pub async fn of(portal: &TestPortal) -> Self {
        let tenants = portal.database().tenants().active().await.unwrap();
        let by = |slug: &str| {
            let mut tenants = tenants.iter();
            tenants.find(|tenant| tenant.tenant.slug == slug).unwrap()
        };
        let (own, other) = (by("vision"), by("payments"));
        let developer = portal.program_of(DEVELOPER).await;
        let admin = portal.program_of(ADMIN).await;
        let cluster = made(&developer, "/api/v1/clusters", &order("in-the-table")).await;
        let node = json!({
            "name": "in-the-table", "tenant": "vision", "environment": "dev",
            "accelerator": "L4", "count": 1, "cloud": "aws", "region": "us-east-1",
        });
        let node = made(&developer, "/api/v1/nodes", &node).await;
        let credential = json!({
            "tenant": "vision", "provider": "aws", "name": "in the table",
            "fields": {
                "access_key_id": "AKIAIOSFODNN7EXAMPLE",
                "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            },
        });
        let credential = made(&admin, "/api/v1/credentials", &credential).await;
        let invitation = json!({ "email": "guest@people.example.com", "role": "viewer" });
        let invitation = made(&admin, "/api/v1/tenants/vision/invitations", &invitation).await;
        let bystander = person(
            portal,
            "a bystander",
            PlatformRole::User,
            Some((own.tenant.id, TenantRole::Viewer)),
        )
        .await;
        let log = admin.get("/api/v1/audit?tenant=vision").await.body_json();
        let environment = &own.environments[0];
        let names = vec![
            ("cluster", id(&cluster)),
            ("node", id(&node)),
            ("credential", id(&credential)),
            ("invitation", id(&invitation)),
            ("person", bystander.id.to_string()),
            ("entry", id(&log["items"][0])),
            ("tenant", own.tenant.slug.clone()),
            ("tenant_id", own.tenant.id.to_string()),
            ("environment", environment.slug.clone()),
            ("environment_id", environment.id.to_string()),
        ];
        Self {
            tenant: own.tenant.clone(),
            other: other.tenant.clone(),
            names,
        }
    }

    /// The same names, of nothing.
    pub fn missing(&self) -> Self {
        let mut missing = self.clone();
        for (_, value) in &mut missing.names {
            *value = if value.parse::<Uuid>().is_ok() {
                new_id::<Uuid>().to_string()
            } else {
                "nowhere".to_owned()
            };
        }
        missing
    }

    /// With the names filled in.
    pub fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

/// A body without what differs from one request to the next.
pub fn without_names(body: &str, world: &World) -> String {
    let mut body = body.to_owned();
    for (_, value) in &world.names {
        if value.parse::<Uuid>().is_ok() {
            body = body.replace(value.as_str(), "…");
        } else {
            // Short words stand in other places too.
            body = body.replace(&format!("/{value}"), "/…");
        }
    }
    // Each answer has a nonce of its own, and pages know what time it is.
    if let Some((_, rest)) = body.split_once("nonce=\"") {
        let nonce = rest.split('"').next().unwrap_or_default().to_owned();
        body = body.replace(&nonce, "…");
    }
    for time in [r#"now\":\""#, r#"last_used_at\":\""#] {
        let mut parts = body.split(time);
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            kept.push_str(time);
            kept.push_str(part.split_once('Z').map_or(part, |(_, rest)| rest));
        }
        body = kept;
    }
    body
}
