//! What admins do: people, tenants, environments, members, invitations, limits.

mod invitations;
pub mod limits;
mod listing;
mod tenant_names;
mod tenants;
mod users;

use crate::fixtures::*;
use domain::{
    access::PlatformRole,
    audit::AuditAction,
    ids::{TenantId, UserId},
    users::UserDetail,
};
use persistence::{
    Database,
    audit_records::AuditEntry,
    tenant_records::{TenantKey, TenantRecord},
    user_records::UserChange,
};

async fn user_of(database: &Database, id: UserId) -> UserDetail {
    database.users().detail(id, noon()).await.unwrap().unwrap()
}

async fn make_admin(database: &Database, id: UserId) {
    let audit = audit_of_user(id, AuditAction::GrantRole);
    let changed = database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, audit);
    assert!(matches!(changed.await.unwrap(), UserChange::Done(_)));
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
        ..audit_of_user(uuid::Uuid::nil().into(), action)
    }
}
