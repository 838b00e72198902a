//! Ten thousand people, a hundred thousand audit entries: lists and filters. Ten thousand credentials: how fast they are
//! wrapped again.

use crate::{load, portal_process::Outside, row};
use domain::{
    access::PlatformRole,
    audit::AuditAction,
    caller::{Caller, Channel},
    credential::Provider,
    ids::{CredentialId, TenantId},
};
use jiff::Timestamp;
use persistence::{
    Database,
    audit_records::AuditEntry,
    credential_records::{NewCredential, SealedCredential, owner},
    new_id,
    records::{ClaimedRoles, SignedIn},
};
use server::{
    config::{Settings, Sources},
    keys,
};
use std::time::Instant;

const PEOPLE: usize = 10_000;
const ENTRIES: usize = 100_000;
const CREDENTIALS: usize = 10_000;

/// Stores people and audit entries, and makes the developer whose token is used an admin.
pub async fn store(outside: &Outside) {
    let database = outside.open_database().await;
    let now = Timestamp::now();
    let person = |number: usize| SignedIn {
        issuer: outside.sandbox.issuer().to_owned(),
        subject: format!("person-{number}"),
        email: format!("person.{number:05}@example.com"),
        email_verified: true,
        name: format!("User {number:05} of team {:03}", number % 137),
        claimed: ClaimedRoles::default(),
        source: None,
    };
    let mut admin = SignedIn {
        subject: "for-tests".into(),
        email: "grace@example.com".into(),
        name: "Grace Okafor".into(),
        ..person(0)
    };
    admin.claimed.platform_role = PlatformRole::Admin;
    database
        .users()
        .sign_in(admin, now)
        .await
        .expect("an admin");
    for number in 0..PEOPLE {
        let stored = database.users().sign_in(person(number), now).await;
        stored.expect("a person");
    }
    let tenant = database.tenants().active().await.expect("tenants")[0]
        .tenant
        .id;
    let actions = AuditAction::ALL;
    // Each sign-in has written one.
    for number in PEOPLE..ENTRIES {
        let caller = caller(&format!("User {:05}", number % PEOPLE));
        let entry = AuditEntry::by(
            &caller,
            actions[number % actions.len()],
            now,
            format!("cluster/{}", number % 5_000),
            format!("service-{:04}", number % 5_000),
        );
        let stored = database.audit().append(entry.in_tenant(tenant)).await;
        stored.expect("an entry");
    }
    database.close().await;
}

fn caller(name: &str) -> Caller {
    Caller {
        name: name.to_owned(),
        channel: Channel::Session,
        ..Caller::portal()
    }
}

/// Lists and filters.
pub async fn measure_lists(outside: &Outside) {
    let addresses = [
        ("page: users", "/admin/users"),
        ("page: users, searched", "/admin/users?search=team+042"),
        ("API: users, last page", "/api/v1/users?page=400"),
        ("page: audit log", "/admin/audit"),
        (
            "API: audit log, one action and outcome",
            "/api/v1/audit?action=order_cluster&outcome=done",
        ),
        (
            "API: audit log, what happened to one thing",
            "/api/v1/audit?target=cluster%2F4711",
        ),
        (
            "API: audit log, searched by name",
            "/api/v1/audit?search=service-4711",
        ),
    ];
    let stored = format!("{PEOPLE} people and {ENTRIES} entries stored");
    load::measure_addresses(outside, &addresses, &stored).await;
}

/// Wraps credentials again under another key, with the command that admins use.
pub async fn measure_rotation(outside: &Outside) {
    let settings = Settings::load(Sources {
        file: Some(outside.configuration()),
        ..Sources::default()
    })
    .expect("the configuration");
    let keyring = keys::keyring(&settings).expect("a key");
    let sealer = keys::sealer(&keys::keys(&settings, &keyring).expect("keys"));
    let database = outside.open_database().await;
    let tenant = database.tenants().active().await.expect("tenants")[0]
        .tenant
        .id;
    for number in 0..CREDENTIALS {
        store_credential(&database, &*sealer, tenant, number).await;
    }
    database.close().await;
    outside.run(&["keys", "new"]);
    let began = Instant::now();
    outside.run(&["keys", "rotate"]);
    let took = began.elapsed();
    let rate = CREDENTIALS as f64 / took.as_secs_f64();
    row(
        &format!("wrapping {CREDENTIALS} credentials again"),
        format!("{:.1} s, {rate:.0}/s", took.as_secs_f64()),
    );
}

async fn store_credential(
    database: &Database,
    sealer: &dyn provisioning::ports::sealing::Sealer,
    tenant_id: TenantId,
    number: usize,
) {
    let id: CredentialId = new_id();
    let now = Timestamp::now();
    let name = format!("bench {number}");
    let secret = format!("{{\"api_key\":\"bench-{number}\"}}").into();
    let sealed = sealer.seal(&owner(tenant_id, id), &secret).await;
    let audit = AuditEntry::by(
        &caller("Bench"),
        AuditAction::CreateCredential,
        now,
        format!("credential/{id}"),
        name.clone(),
    );
    let new = NewCredential {
        id,
        tenant_id,
        environment_id: None,
        provider: Provider::Lambda,
        name,
        chosen: false,
        secret: SealedCredential {
            facts: Vec::new(),
            fingerprint: "bench".into(),
            sealed: sealed.expect("sealed"),
        },
        created_by: None,
        created_by_name: "Bench".into(),
        at: now,
    };
    let stored = database
        .credentials()
        .create(new, audit.in_tenant(tenant_id));
    stored.await.expect("a credential");
}
