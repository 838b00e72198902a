//! Platform roles, suspension, and the last admin.

use super::{make_admin, user_of};
use crate::{backend::Backend, fixtures::*};
use domain::{
    access::{PlatformRole, TenantRole},
    audit::AuditAction,
    ids::UserId,
    users::{GrantSource, PlatformGrant},
};
use persistence::{
    change::Change,
    new_id,
    records::{ClaimedRoles, ClaimedTenant, SignedIn},
    user_records::UserChange,
};
use sqlx::{Executor, Row};
use tokio::task::JoinSet;

on_both_databases!(
    a_person_shows_every_role_with_its_source_and_why,
    a_granted_role_says_by_whom_and_when_and_can_be_taken_away,
    a_change_of_somebody_who_has_changed_is_stale,
    what_is_so_already_is_not_written_again,
    the_last_admin_stays,
    an_admin_who_is_suspended_does_not_count,
    of_two_admins_who_go_at_once_one_stays,
    of_two_admins_suspended_at_once_one_stays,
    suspension_ends_sessions_and_is_audited_with_it,
    signing_out_everywhere_is_audited,
    the_latest_change_is_the_newest_that_was_done,
);

async fn set_role(
    backend: &Backend,
    id: UserId,
    role: PlatformRole,
    version: Option<i64>,
) -> UserChange {
    let action = match role {
        PlatformRole::Admin => AuditAction::GrantRole,
        PlatformRole::User => AuditAction::RevokeRole,
    };
    let audit = audit_of_user(id, action);
    let changed = backend
        .database
        .users()
        .set_platform_role(id, role, version, audit);
    changed.await.unwrap()
}

async fn suspend(backend: &Backend, id: UserId) -> UserChange {
    let audit = audit_of_user(id, AuditAction::SuspendUser);
    let changed = backend.database.users().set_suspended(id, true, audit);
    changed.await.unwrap()
}

async fn a_person_shows_every_role_with_its_source_and_why(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let admin = SignedIn {
        claimed: ClaimedRoles {
            platform_role: PlatformRole::Admin,
            platform_why: Some("groups has admins".into()),
            tenants: vec![ClaimedTenant {
                tenant_id: world.vision.tenant.id,
                role: TenantRole::Viewer,
                why: Some("everybody".into()),
            }],
            ..ClaimedRoles::default()
        },
        ..person("ada", "Ada Lovelace")
    };
    database.users().sign_in(admin, noon()).await.unwrap();
    let found = user_of(database, world.ada.id).await;
    let claim = |why: &str| GrantSource::Claim {
        why: Some(why.into()),
    };
    assert_eq!(found.subject, "ada");
    assert_eq!(found.user.platform_role, PlatformRole::Admin);
    assert_eq!(found.user.platform_source, Some(claim("groups has admins")));
    assert_eq!(
        found.platform_grants,
        [PlatformGrant {
            role: PlatformRole::Admin,
            source: claim("groups has admins")
        }]
    );
    assert_eq!(found.tenant_grants.len(), 1);
    assert_eq!(found.tenant_grants[0].tenant, world.vision.tenant);
    assert_eq!(found.tenant_grants[0].source, claim("everybody"));
    assert_eq!(found.user.tenants, 1);
    assert!(found.last_admin);
    let brian = user_of(database, world.brian.id).await;
    assert_eq!(brian.user.platform_role, PlatformRole::User);
    assert_eq!((brian.platform_grants, brian.last_admin), (vec![], false));
    assert_eq!(
        database.users().detail(new_id(), noon()).await.unwrap(),
        None
    );
}

async fn a_granted_role_says_by_whom_and_when_and_can_be_taken_away(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    make_admin(database, world.brian.id).await;
    let id = world.ada.id;
    let before = user_of(database, id).await.version;
    let granted = set_role(backend, id, PlatformRole::Admin, Some(before)).await;
    assert!(matches!(granted, UserChange::Done(_)));
    let found = user_of(database, id).await;
    assert_eq!(
        found.user.platform_source,
        Some(GrantSource::Manual {
            by: Some("Brian Kernighan".into()),
            at: Some(noon())
        })
    );
    assert!(found.version > before);
    let mut changes = backend.listen().await;
    let taken = set_role(backend, id, PlatformRole::User, Some(found.version)).await;
    assert!(matches!(taken, UserChange::Done(_)));
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access { user_id: id }]
    );
    let found = user_of(database, id).await;
    assert_eq!(found.user.platform_role, PlatformRole::User);
    let row = sqlx::query("SELECT changes FROM audit_entries WHERE action = 'revoke_role'")
        .fetch_one(&mut backend.raw().await)
        .await
        .unwrap();
    let changed: String = row.get(0);
    assert_eq!(
        changed,
        r#"[{"field":"platform_role","before":"admin","after":"user"}]"#
    );
}

async fn a_change_of_somebody_who_has_changed_is_stale(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    make_admin(database, world.brian.id).await;
    let id = world.ada.id;
    let seen = user_of(database, id).await.version;
    make_admin(database, id).await;
    let changed = set_role(backend, id, PlatformRole::User, Some(seen)).await;
    assert_eq!(changed, UserChange::Stale);
    // A claim that gives another role than before is such a change too; signing in alone is none.
    let seen = user_of(database, id).await.version;
    sign_in(database, "ada", "Ada Lovelace").await;
    assert_eq!(user_of(database, id).await.version, seen);
    let admin = SignedIn {
        claimed: ClaimedRoles {
            platform_role: PlatformRole::Admin,
            ..ClaimedRoles::default()
        },
        ..person("ada", "Ada Lovelace")
    };
    database.users().sign_in(admin, noon()).await.unwrap();
    assert!(user_of(database, id).await.version > seen);
}

async fn what_is_so_already_is_not_written_again(backend: &Backend) {
    let world = world(&backend.database).await;
    let id = world.ada.id;
    let entries = "SELECT COUNT(*) FROM audit_entries WHERE action <> 'sign_in'";
    let restored = audit_of_user(id, AuditAction::RestoreUser);
    let restored = backend
        .database
        .users()
        .set_suspended(id, false, restored)
        .await;
    assert_eq!(restored.unwrap(), UserChange::AlreadySo);
    let changed = set_role(backend, id, PlatformRole::User, None).await;
    assert_eq!(changed, UserChange::AlreadySo);
    assert_eq!(backend.count(entries).await, 0);
    assert_eq!(suspend(backend, new_id()).await, UserChange::Missing);
}

async fn the_last_admin_stays(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.ada.id;
    make_admin(database, id).await;
    assert!(user_of(database, id).await.last_admin);
    let entries = "SELECT COUNT(*) FROM audit_entries";
    let before = backend.count(entries).await;
    let changed = set_role(backend, id, PlatformRole::User, None).await;
    assert_eq!(changed, UserChange::LastAdmin);
    assert_eq!(suspend(backend, id).await, UserChange::LastAdmin);
    assert_eq!(backend.count(entries).await, before);
    let found = user_of(database, id).await.user;
    assert_eq!(found.platform_role, PlatformRole::Admin);
    assert!(!found.suspended);
    make_admin(database, world.brian.id).await;
    assert!(!user_of(database, id).await.last_admin);
    let changed = set_role(backend, id, PlatformRole::User, None).await;
    assert!(matches!(changed, UserChange::Done(_)));
}

async fn an_admin_who_is_suspended_does_not_count(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (ada, brian) = (world.ada.id, world.brian.id);
    make_admin(database, ada).await;
    make_admin(database, brian).await;
    assert!(matches!(suspend(backend, brian).await, UserChange::Done(_)));
    assert_eq!(suspend(backend, ada).await, UserChange::LastAdmin);
    let changed = set_role(backend, ada, PlatformRole::User, None).await;
    assert_eq!(changed, UserChange::LastAdmin);
    // The role of somebody suspended keeps nobody out who could come in.
    let changed = set_role(backend, brian, PlatformRole::User, None).await;
    assert!(matches!(changed, UserChange::Done(_)));
}

async fn of_two_admins_who_go_at_once_one_stays(backend: &Backend) {
    let world = world(&backend.database).await;
    let (ada, brian) = (world.ada.id, world.brian.id);
    for _ in 0..8 {
        for id in [ada, brian] {
            set_role(backend, id, PlatformRole::Admin, None).await;
        }
        let mut removals = JoinSet::new();
        for id in [ada, brian] {
            let database = backend.another().await;
            removals.spawn(async move {
                let audit = audit_of_user(id, AuditAction::RevokeRole);
                let changed =
                    database
                        .users()
                        .set_platform_role(id, PlatformRole::User, None, audit);
                changed.await.unwrap()
            });
        }
        let mut outcomes = removals.join_all().await;
        outcomes.sort_by_key(|outcome| !matches!(outcome, UserChange::Done(_)));
        assert!(matches!(
            outcomes[..],
            [UserChange::Done(_), UserChange::LastAdmin]
        ));
    }
}

async fn of_two_admins_suspended_at_once_one_stays(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (ada, brian) = (world.ada.id, world.brian.id);
    for id in [ada, brian] {
        make_admin(database, id).await;
    }
    for _ in 0..8 {
        let mut removals = JoinSet::new();
        for id in [ada, brian] {
            let database = backend.another().await;
            removals.spawn(async move {
                let audit = audit_of_user(id, AuditAction::SuspendUser);
                (
                    id,
                    database
                        .users()
                        .set_suspended(id, true, audit)
                        .await
                        .unwrap(),
                )
            });
        }
        let outcomes = removals.join_all().await;
        let done: Vec<UserId> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, UserChange::Done(_)))
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(done.len(), 1, "{outcomes:?}");
        let audit = audit_of_user(done[0], AuditAction::RestoreUser);
        let restored = database.users().set_suspended(done[0], false, audit).await;
        assert!(matches!(restored.unwrap(), UserChange::Done(_)));
    }
}

async fn suspension_ends_sessions_and_is_audited_with_it(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.ada.id;
    let session = sqlx::AssertSqlSafe(format!(
        "INSERT INTO sessions (digest, user_id, data, expires_at) \
         VALUES ('d', '{id}', '{{}}', {})",
        backend.time(Some(after(60).as_microsecond()))
    ));
    backend.raw().await.execute(session).await.unwrap();
    assert_eq!(user_of(database, id).await.sessions, 1);
    // Without its entry it does not happen.
    let twice = audit_of_user(id, AuditAction::GrantRole);
    database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, twice.clone())
        .await
        .unwrap();
    make_admin(database, world.brian.id).await;
    database
        .users()
        .set_suspended(id, true, twice)
        .await
        .unwrap_err();
    let found = user_of(database, id).await;
    assert_eq!((found.sessions, found.user.suspended), (1, false));

    assert!(matches!(suspend(backend, id).await, UserChange::Done(_)));
    let found = user_of(database, id).await;
    assert_eq!((found.sessions, found.user.suspended), (0, true));
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'suspend_user'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn signing_out_everywhere_is_audited(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    for id in [world.ada.id, new_id()] {
        let audit = audit_of_user(id, AuditAction::SignOutEverywhere);
        database
            .users()
            .sign_out_everywhere(id, false, audit)
            .await
            .unwrap();
    }
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'sign_out_everywhere'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn the_latest_change_is_the_newest_that_was_done(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    make_admin(database, world.brian.id).await;
    let id = world.ada.id;
    make_admin(database, id).await;
    let mut audit = audit_of_user(id, AuditAction::RevokeRole);
    (audit.who, audit.at) = ("Grace".into(), after(5));
    database
        .users()
        .set_platform_role(id, PlatformRole::User, None, audit)
        .await
        .unwrap();
    let target = format!("user/{id}");
    let actions = [AuditAction::GrantRole, AuditAction::RevokeRole];
    let latest = database
        .audit()
        .latest_change(&target, &actions)
        .await
        .unwrap();
    let latest = latest.unwrap();
    assert_eq!((&*latest.who, latest.at), ("Grace", after(5)));
    let none = database
        .audit()
        .latest_change(&target, &[AuditAction::SuspendUser]);
    assert_eq!(none.await.unwrap(), None);
}
