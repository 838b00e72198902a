//! Invitations: to an address, accepted by whoever shows that it is theirs.

use super::{about_tenant, tenant_of};
use crate::{backend::Backend, fixtures::*};
use domain::{
    access::TenantRole,
    audit::AuditAction,
    ids::{TenantId, UserId},
    users::GrantSource,
};
use jiff::Timestamp;
use persistence::{
    new_id,
    records::{SignedIn, UserRecord},
    tenant_records::{Invited, NewInvitation},
};
use sqlx::Row;
use tokio::task::JoinSet;

on_both_databases!(
    the_first_verified_sign_in_accepts_what_is_open,
    an_address_that_is_not_verified_accepts_nothing,
    who_is_suspended_accepts_nothing,
    only_the_case_of_ascii_is_folded,
    an_invitation_is_accepted_once,
    what_is_withdrawn_or_over_is_not_accepted,
    an_invitation_does_not_lower_a_role,
    there_is_one_open_invitation_for_each_address,
    of_parallel_invitations_one_is_open,
    a_role_by_hand_ends_the_invitation,
);

fn new_invitation(tenant: TenantId, by: UserId, email: &str) -> NewInvitation {
    NewInvitation {
        id: new_id(),
        tenant_id: tenant,
        email: email.into(),
        role: TenantRole::Developer,
        invited_by: by,
        created_at: noon(),
        expires_at: after(3600),
    }
}

async fn invite(backend: &Backend, new: NewInvitation) -> Invited {
    let audit = about_tenant(new.tenant_id, AuditAction::Invite);
    backend.database.tenants().invite(new, audit).await.unwrap()
}

async fn open(backend: &Backend, world: &World, email: &str) {
    let new = new_invitation(world.vision.tenant.id, world.brian.id, email);
    assert!(matches!(invite(backend, new).await, Invited::Open(_)));
}

async fn sign_in_at(backend: &Backend, person: SignedIn, at: Timestamp) -> UserRecord {
    backend.database.users().sign_in(person, at).await.unwrap()
}

fn grace(email: &str) -> SignedIn {
    SignedIn {
        email: email.into(),
        ..person("grace", "Grace Hopper")
    }
}

async fn the_first_verified_sign_in_accepts_what_is_open(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    open(backend, &world, "Grace@Example.com").await;
    let shown = tenant_of(database, world.vision.tenant.id)
        .await
        .invitations;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].email, "Grace@Example.com");
    assert_eq!(shown[0].invited_by, "Brian Kernighan");
    let grace = sign_in_at(backend, grace("gRACE@example.com"), noon()).await;
    assert_eq!(grace.memberships.len(), 1);
    assert_eq!(grace.memberships[0].role, TenantRole::Developer);
    let found = tenant_of(database, world.vision.tenant.id).await;
    assert_eq!(found.invitations, []);
    assert_eq!(
        found.members[0].source,
        GrantSource::Manual {
            by: Some("Brian Kernighan".into()),
            at: Some(noon())
        }
    );
    let row = sqlx::query(
        "SELECT who, CAST(tenant_id AS TEXT) AS tenant_id, changes FROM audit_entries WHERE action = 'accept_invitation'",
    )
    .fetch_one(&mut backend.raw().await)
    .await
    .unwrap();
    assert_eq!(row.get::<String, _>("who"), "Grace Hopper");
    assert_eq!(
        row.get::<String, _>("tenant_id"),
        world.vision.tenant.id.to_string()
    );
    assert!(row.get::<String, _>("changes").contains("developer"));
}

async fn an_address_that_is_not_verified_accepts_nothing(backend: &Backend) {
    let world = world(&backend.database).await;
    open(backend, &world, "grace@example.com").await;
    let unverified = SignedIn {
        email_verified: false,
        ..grace("grace@example.com")
    };
    let found = sign_in_at(backend, unverified, noon()).await;
    assert_eq!(found.memberships, []);
    // Once it is verified it counts, although this is not their first sign-in.
    let found = sign_in_at(backend, grace("grace@example.com"), noon()).await;
    assert_eq!(found.memberships.len(), 1);
}

async fn who_is_suspended_accepts_nothing(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = sign_in_at(backend, grace("grace@example.com"), noon())
        .await
        .id;
    let audit = audit_of_user(id, AuditAction::SuspendUser);
    database
        .users()
        .set_suspended(id, true, audit)
        .await
        .unwrap();
    open(backend, &world, "grace@example.com").await;
    let found = sign_in_at(backend, grace("grace@example.com"), noon()).await;
    assert_eq!(found.memberships, []);
}

async fn only_the_case_of_ascii_is_folded(backend: &Backend) {
    let world = world(&backend.database).await;
    open(backend, &world, "kim@example.com").await;
    // The Kelvin sign folds to k, but this is another address.
    let kelvin = grace("\u{212A}im@example.com");
    let found = sign_in_at(backend, kelvin, noon()).await;
    assert_eq!(found.memberships, []);
}

async fn an_invitation_is_accepted_once(backend: &Backend) {
    let world = world(&backend.database).await;
    open(backend, &world, "grace@example.com").await;
    let mut sign_ins = JoinSet::new();
    for subject in ["one", "two", "three", "four"] {
        let database = backend.another().await;
        let person = SignedIn {
            email: "grace@example.com".into(),
            ..person(subject, subject)
        };
        sign_ins.spawn(async move { database.users().sign_in(person, noon()).await.unwrap() });
    }
    let members = sign_ins
        .join_all()
        .await
        .into_iter()
        .filter(|user| !user.memberships.is_empty());
    assert_eq!(members.count(), 1);
}

async fn what_is_withdrawn_or_over_is_not_accepted(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    let new = new_invitation(tenant, world.brian.id, "grace@example.com");
    let id = new.id;
    invite(backend, new).await;
    let audit = || about_tenant(tenant, AuditAction::CancelInvitation);
    let foreign = database
        .tenants()
        .cancel_invitation(world.speech.tenant.id, id, audit());
    assert!(!foreign.await.unwrap());
    for expected in [true, false] {
        let withdrawn = database
            .tenants()
            .cancel_invitation(tenant, id, audit())
            .await;
        assert_eq!(withdrawn.unwrap(), expected);
    }
    let named = "SELECT COUNT(*) FROM audit_entries WHERE target_name = 'grace@example.com' \
        AND action = 'cancel_invitation'";
    assert_eq!(backend.count(named).await, 1);
    open(backend, &world, "grace@example.com").await;
    // An hour later it is over.
    let found = sign_in_at(backend, grace("grace@example.com"), after(3600)).await;
    assert_eq!(found.memberships, []);
}

async fn an_invitation_does_not_lower_a_role(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    let unverified = SignedIn {
        email_verified: false,
        ..grace("grace@example.com")
    };
    let id = sign_in_at(backend, unverified, noon()).await.id;
    let audit = about_tenant(tenant, AuditAction::GrantMembership);
    let made = database
        .tenants()
        .set_member(tenant, id, TenantRole::Admin, audit);
    made.await.unwrap();
    open(backend, &world, "grace@example.com").await;
    let found = sign_in_at(backend, grace("grace@example.com"), noon()).await;
    assert_eq!(found.memberships[0].role, TenantRole::Admin);
}

async fn there_is_one_open_invitation_for_each_address(backend: &Backend) {
    let world = world(&backend.database).await;
    let (tenant, brian) = (world.vision.tenant.id, world.brian.id);
    open(backend, &world, "grace@example.com").await;
    let again = invite(backend, new_invitation(tenant, brian, "GRACE@example.com")).await;
    assert!(matches!(again, Invited::Already(earlier) if earlier.email == "grace@example.com"));
    let elsewhere = new_invitation(world.speech.tenant.id, brian, "grace@example.com");
    assert!(matches!(invite(backend, elsewhere).await, Invited::Open(_)));
    let nowhere = new_invitation(new_id(), brian, "grace@example.com");
    assert_eq!(invite(backend, nowhere).await, Invited::Missing);
    // One whose time is over makes room.
    let later = NewInvitation {
        created_at: after(3600),
        expires_at: after(7200),
        ..new_invitation(tenant, brian, "grace@example.com")
    };
    assert!(matches!(invite(backend, later).await, Invited::Open(_)));
}

async fn of_parallel_invitations_one_is_open(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut invitations = JoinSet::new();
    for _ in 0..6 {
        let database = backend.another().await;
        let new = new_invitation(world.vision.tenant.id, world.brian.id, "grace@example.com");
        invitations.spawn(async move {
            let audit = about_tenant(new.tenant_id, AuditAction::Invite);
            database.tenants().invite(new, audit).await.unwrap()
        });
    }
    let invitations = invitations.join_all().await;
    let opened = invitations
        .iter()
        .filter(|invited| matches!(invited, Invited::Open(_)));
    assert_eq!(opened.count(), 1);
}

async fn a_role_by_hand_ends_the_invitation(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    open(backend, &world, "ada@example.com").await;
    let audit = about_tenant(tenant, AuditAction::GrantMembership);
    let viewer = database
        .tenants()
        .set_member(tenant, world.ada.id, TenantRole::Viewer, audit);
    viewer.await.unwrap();
    let ada = sign_in(database, "ada", "Ada Lovelace").await;
    assert_eq!(ada.memberships[0].role, TenantRole::Viewer);
}
