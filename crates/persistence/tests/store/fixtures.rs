//! People, tenants and orders that tests begin with.

pub use crate::contract::*;
use domain::{
    access::{TenantRole, TokenScope},
    audit::{AuditAction, AuditOutcome},
    ids::{TenantId, UserId},
    tenancy::Tenant,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    new_id,
    node_records::NewNode,
    records::{ClaimedRoles, NewCluster, SignedIn, TenantSeed, TokenRecord, UserRecord},
};

pub const HOST: &str = "host-a";

/// A moment that tests count from.
pub fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The start of the month of [`noon`].
pub fn month() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

pub fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

pub struct World {
    pub vision: Tenant,
    pub speech: Tenant,
    pub ada: UserRecord,
    pub brian: UserRecord,
}

/// Tenants `vision` (dev, prod) and `speech` (dev), Ada and Brian.
pub async fn world(database: &Database) -> World {
    let seed = |slug: &str, name: &str, environments: &[(&str, &str)]| TenantSeed {
        slug: slug.into(),
        name: name.into(),
        environments: environments
            .iter()
            .map(|(slug, name)| ((*slug).into(), (*name).into()))
            .collect(),
    };
    database
        .tenants()
        .seed(&[
            seed(
                "vision",
                "Vision team",
                &[("dev", "Development"), ("prod", "Production")],
            ),
            seed("speech", "Speech team", &[("dev", "Development")]),
        ])
        .await
        .unwrap();
    let tenants = database.tenants().active().await.unwrap();
    let tenant = |slug: &str| {
        tenants
            .iter()
            .find(|tenant| tenant.tenant.slug == slug)
            .unwrap()
            .clone()
    };
    World {
        vision: tenant("vision"),
        speech: tenant("speech"),
        ada: sign_in(database, "ada", "Ada Lovelace").await,
        brian: sign_in(database, "brian", "Brian Kernighan").await,
    }
}

pub fn person(subject: &str, name: &str) -> SignedIn {
    SignedIn {
        issuer: "https://id.example".into(),
        subject: subject.into(),
        email: format!("{subject}@example.com"),
        email_verified: true,
        name: name.into(),
        claimed: ClaimedRoles::default(),
        source: Some("192.0.2.1".into()),
    }
}

pub fn member(subject: &str, tenants: &[(TenantId, TenantRole)]) -> SignedIn {
    SignedIn {
        claimed: ClaimedRoles {
            tenants: tenants.iter().copied().map(Into::into).collect(),
            ..ClaimedRoles::default()
        },
        ..person(subject, "Ada Lovelace")
    }
}

pub async fn sign_in(database: &Database, subject: &str, name: &str) -> UserRecord {
    database
        .users()
        .sign_in(person(subject, name), noon())
        .await
        .unwrap()
}

impl World {
    /// An order of Ada's in vision's first environment.
    pub fn order(&self, name: &str) -> NewCluster {
        example(self, name)
    }

    pub fn keyed_order(&self, name: &str, key: &str) -> NewCluster {
        with_key(self.order(name), key)
    }

    /// A node of Ada's in vision's first environment.
    pub fn node(&self, name: &str) -> NewNode {
        example(self, name)
    }
}

pub fn order_in(tenant: &Tenant, environment: usize, owner: UserId, name: &str) -> NewCluster {
    example_in(tenant, environment, owner, name)
}

pub fn node_in(tenant: &Tenant, environment: usize, owner: UserId, name: &str) -> NewNode {
    example_in(tenant, environment, owner, name)
}

/// An audit entry about somebody, by Brian.
pub fn audit_of_user(id: UserId, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: None,
        who: "Brian Kernighan".into(),
        channel: "session".into(),
        source: None,
        action,
        tenant_id: None,
        target: format!("user/{id}"),
        target_name: "Ada Lovelace".into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

/// A token of somebody that ends an hour after noon.
pub fn token(user: UserId, digest: &str) -> TokenRecord {
    TokenRecord {
        id: new_id(),
        user_id: user,
        name: "ci".into(),
        prefix: "hgr_abcd".into(),
        digest: digest.into(),
        scopes: vec![TokenScope::Read, TokenScope::Nodes],
        tenant: None,
        created_at: noon(),
        expires_at: after(3600),
        last_used_at: None,
    }
}
