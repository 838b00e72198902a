//! Nodes: ten thousand in the database, lists of them, and how soon an order is accepted.

use crate::{
    load::{self, percentiles},
    portal_process::Outside,
    row,
};
use domain::{
    audit::AuditAction,
    caller::{Caller, Channel},
    ids::NodeId,
    money::MicroDollars,
    node::{
        machine_name::machine_name,
        name::NodeName,
        order::NodeSpec,
        view::{NodeState, Placement},
    },
    operation::{Operation, OperationKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    node_records::{NewNode, NodeColumns, NodeFindings, NodeProgress},
};
use serde_json::json;
use std::time::{Duration, Instant};

const ORDERS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// Stores `count` nodes, settled, as if they had been there for days; most are stopped, so that nobody asks for them.
pub async fn store(outside: &Outside, count: usize) {
    let database = outside.open_database().await;
    let tenants = database.tenants().active().await.expect("tenants");
    let tenant = &tenants[0];
    let people = database.users().by_email("grace@example.com").await;
    let grace = &people.expect("people")[0];
    let caller = Caller {
        user_id: Some(grace.id),
        name: grace.name.clone(),
        channel: Channel::Session,
        token_reach: None,
        ..Caller::portal()
    };
    let now = Timestamp::now();
    for number in 0..count {
        let id: NodeId = new_id();
        let name: NodeName = format!("team-{:03}-trainer-{number:05}", number % 137)
            .parse()
            .expect("a valid name");
        let audit = AuditEntry::by(&caller, AuditAction::OrderNode, now, "node", name.as_str());
        let new = NewNode {
            id,
            tenant_id: tenant.tenant.id,
            environment_id: tenant.environments[0].id,
            created_by: grace.id,
            created_at: now,
            ends_at: Some(now + SignedDuration::from_hours(48 + number as i64 % 300)),
            operation: Operation::begin(new_id(), OperationKind::LaunchNode, now),
            details: NodeColumns {
                price_per_hour: Some(MicroDollars(2_990_000)),
                ..NodeColumns::ordered(
                    NodeSpec {
                        accelerator: Some(["H100", "A100-80GB", "L4"][number % 3].to_owned()),
                        count: 1 << (number % 4),
                        ..NodeSpec::default()
                    },
                    "resources:\n  accelerators: H100:1\n".into(),
                    machine_name(tenant.tenant.id, &name),
                )
            },
            name,
            idempotency: None,
        };
        database
            .nodes()
            .create(new, audit.in_tenant(tenant.tenant.id))
            .await
            .expect("an order");
    }
    settle(&database, now).await;
    database.close().await;
}

async fn settle(database: &persistence::Database, now: Timestamp) {
    loop {
        let claims = database
            .nodes()
            .claim(now, SignedDuration::from_mins(60), 500)
            .await
            .expect("claims");
        if claims.is_empty() {
            return;
        }
        for claim in claims {
            let mut operation = claim.record.operation.clone();
            operation.finished_at = Some(now);
            let progress = NodeProgress {
                state: NodeState::Stopped,
                failure: None,
                findings: NodeFindings {
                    placement: Some(Placement {
                        cloud: "lambda".into(),
                        region: "us-south-1".into(),
                        instance_type: None,
                    }),
                    address: None,
                    price_per_hour: claim.record.price_per_hour,
                    charged: false,
                    at: now,
                    request: None,
                    seen: None,
                },
                ready_at: Some(now),
                deleted_at: None,
                operation,
                due_at: None,
                audit: None,
            };
            database
                .nodes()
                .record(&claim, progress)
                .await
                .expect("recorded");
        }
    }
}

/// Lists and pages with `count` nodes stored.
pub async fn measure_lists(outside: &Outside, count: usize) {
    let addresses = [
        ("page: nodes", "/nodes"),
        (
            "page: nodes, searched and sorted",
            "/nodes?search=042&sort=-name&page=2",
        ),
        ("page: catalogue", "/nodes/catalogue"),
        ("API: nodes", "/api/v1/nodes"),
    ];
    load::measure_addresses(outside, &addresses, &format!("{count} nodes stored")).await;
}

/// Orders nodes one after another until each is ready.
pub async fn measure_orders(outside: &Outside) {
    let client = outside.client();
    let (mut accepted, mut ready) = (Vec::new(), Vec::new());
    for number in 0..ORDERS {
        let order = json!({
            "name": format!("bench-{number}"), "tenant": "vision", "environment": "dev",
            "accelerator": "L4", "count": 1, "run": "echo ready",
        });
        let began = Instant::now();
        let request = client.http.post(client.url("/api/v1/nodes")).json(&order);
        let response = request.send().await.expect("an answer");
        accepted.push(began.elapsed());
        assert!(response.status().is_success(), "{}", response.status());
        let node: serde_json::Value = response.json().await.expect("JSON");
        let address = format!("/api/v1/nodes/{}", node["id"].as_str().expect("an id"));
        loop {
            assert!(began.elapsed() < PATIENCE, "it never got ready");
            let request = client.http.get(client.url(&address));
            let node: serde_json::Value = request
                .send()
                .await
                .expect("an answer")
                .json()
                .await
                .expect("JSON");
            if node["state"] == "ready" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        ready.push(began.elapsed());
    }
    row("node: order accepted", percentiles(accepted));
    row(
        "node: order to ready, on a SkyPilot API server that needs no time",
        percentiles(ready),
    );
}
