//! Names of tenants are unique among those that look alike.

use super::{about_tenant, tenant_of};
use crate::{backend::Backend, fixtures::*};
use domain::{audit::AuditAction, ids::TenantId, tenancy::TenantInput};
use persistence::{new_id, records::TenantSeed, tenant_records::TenancyChanged};
use tokio::task::JoinSet;

on_both_databases!(
    no_tenant_has_a_name_that_looks_like_that_of_another,
    of_tenants_with_one_name_at_once_one_is_created,
    a_configured_tenant_with_the_name_of_another_is_refused,
);

/// In another case, width, form or alphabet.
const ALIKE: [&str; 4] = [
    "VISION  TEAM",
    "Ｖision team",
    "V\u{456}sion team",
    "Vision\u{a0}team",
];

async fn create(backend: &Backend, slug: &str, name: &str) -> (TenantId, TenancyChanged) {
    let id = new_id();
    let input = TenantInput {
        slug: slug.into(),
        name: name.into(),
    };
    let audit = about_tenant(id, AuditAction::CreateTenant);
    let created = backend.database.tenants().create(id, &input, audit).await;
    (id, created.unwrap())
}

async fn rename(backend: &Backend, id: TenantId, name: &str) -> TenancyChanged {
    let version = tenant_of(&backend.database, id).await.version;
    let audit = about_tenant(id, AuditAction::ChangeTenant);
    let tenants = backend.database.tenants();
    tenants.rename(id, name, version, audit).await.unwrap()
}

async fn no_tenant_has_a_name_that_looks_like_that_of_another(backend: &Backend) {
    let world = world(&backend.database).await;
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    let before = backend.count("SELECT COUNT(*) FROM audit_entries").await;
    for name in ALIKE {
        let (_, created) = create(backend, "other", name).await;
        assert_eq!(created, TenancyChanged::NameTaken, "{name:?}");
        let renamed = rename(backend, speech, name).await;
        assert_eq!(renamed, TenancyChanged::NameTaken, "{name:?}");
    }
    let after = backend.count("SELECT COUNT(*) FROM audit_entries").await;
    assert_eq!(after, before);
    let (_, created) = create(backend, "vision", "Vision team").await;
    assert_eq!(created, TenancyChanged::SlugTaken);
    // A tenant's own name in another spelling, and the name of an archived tenant.
    let renamed = rename(backend, vision, ALIKE[0]).await;
    assert_eq!(renamed, TenancyChanged::Done);
    assert_eq!(rename(backend, vision, "Sight").await, TenancyChanged::Done);
    let (id, created) = create(backend, "other", "Vision team").await;
    assert_eq!(created, TenancyChanged::Done);
    let audit = about_tenant(id, AuditAction::ArchiveTenant);
    let archived = backend.database.tenants().archive(id, audit).await.unwrap();
    assert_eq!(archived, TenancyChanged::Done);
    let renamed = rename(backend, vision, "vision team").await;
    assert_eq!(renamed, TenancyChanged::Done);
}

async fn of_tenants_with_one_name_at_once_one_is_created(backend: &Backend) {
    let mut creating = JoinSet::new();
    for number in 0..6 {
        let database = backend.database.clone();
        creating.spawn(async move {
            let id = new_id();
            let input = TenantInput {
                slug: format!("t{number}"),
                name: ALIKE[number % ALIKE.len()].into(),
            };
            let audit = about_tenant(id, AuditAction::CreateTenant);
            database.tenants().create(id, &input, audit).await.unwrap()
        });
    }
    let mut outcomes = creating.join_all().await;
    outcomes.retain(|outcome| *outcome == TenancyChanged::Done);
    assert_eq!(outcomes.len(), 1);
}

async fn a_configured_tenant_with_the_name_of_another_is_refused(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    let seed = |slug: &str| {
        [TenantSeed {
            slug: slug.into(),
            name: ALIKE[2].into(),
            environments: Vec::new(),
        }]
    };
    let refused = database.tenants().seed(&seed("other")).await.unwrap_err();
    assert!(refused.source.to_string().contains("tenants.other"));
    // An existing tenant is not changed.
    database.tenants().seed(&seed("vision")).await.unwrap();
    let names = "SELECT COUNT(*) FROM tenants WHERE name = 'Vision team'";
    assert_eq!(backend.count(names).await, 1);
}
