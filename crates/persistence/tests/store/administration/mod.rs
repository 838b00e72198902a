//! What admins do: people, tenants, environments, members, invitations, limits.

mod invitations;
mod limits;
mod listing;
mod people;
mod tenants;

use crate::fixtures::*;
use domain::{
    access::PlatformRole,
    audit::AuditAction,
    ids::{TenantId, UserId},
    people::PersonDetail,
};
use persistence::{
    Database,
    audit_records::AuditEntry,
    tenant_records::{TenantKey, TenantRecord},
    user_records::PersonChanged,
};

async fn person_of(database: &Database, id: UserId) -> PersonDetail {
    database.users().detail(id, noon()).await.unwrap().unwrap()
}

async fn make_admin(database: &Database, id: UserId) {
    let audit = audit_of_person(id, AuditAction::GrantRole);
    let changed = database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, audit);
    assert_eq!(changed.await.unwrap(), PersonChanged::Done);
}

async fn tenant_of(database: &Database, id: TenantId) -> TenantRecord {
    database
        .tenants()
        .get(TenantKey::Id(id), noon())
        .await
        .unwrap()
        .unwrap()
}

/// An entry of Brian's about a tenant.
fn about_tenant(id: TenantId, action: AuditAction) -> AuditEntry {
    AuditEntry {
        tenant_id: Some(id),
        target: format!("tenant/{id}"),
        ..audit_of_person(uuid::Uuid::nil().into(), action)
    }
}
