use crate::{backend::Backend, fixtures::*};
use domain::{
    access::{PlatformRole, TenantRole},
    audit::AuditAction,
    ids::{TenantId, UserId},
};
use persistence::{
    audit_records::AuditEntry,
    change::Change,
    new_id,
    records::{ClaimedRoles, MembershipRecord, SignedIn, TenantSeed},
    user_records::UserChange,
};
use sqlx::{AssertSqlSafe, Executor};
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    somebody_new_is_stored_and_their_sign_in_audited,
    somebody_known_keeps_their_id_and_is_brought_up_to_date,
    people_are_who_issuer_and_subject_say_not_their_address,
    parallel_first_sign_ins_make_one_person,
    tenants_from_claims_are_those_of_the_latest_sign_in,
    the_higher_of_two_claimed_roles_counts,
    a_role_granted_by_a_person_outlives_sign_ins,
    the_higher_of_claimed_and_granted_roles_counts,
    memberships_come_by_name_with_their_environments,
    an_address_is_found_in_any_case,
    a_grant_is_audited_and_announced,
    a_grant_to_nobody_leaves_no_trace,
    suspension_stays_over_sign_ins_and_is_announced,
    a_sign_in_that_fails_leaves_no_trace,
    characters_no_database_can_hold_are_left_out_of_names,
);

fn granted(id: UserId) -> AuditEntry {
    audit_of_user(id, AuditAction::GrantRole)
}

async fn somebody_new_is_stored_and_their_sign_in_audited(backend: &Backend) {
    let database = &backend.database;
    let person = person("ada", "Ada Lovelace");
    let user = database
        .users()
        .sign_in(person.clone(), noon())
        .await
        .unwrap();
    assert_eq!(
        database.users().get(user.id).await.unwrap(),
        Some(user.clone())
    );
    assert_eq!(
        (&user.issuer, &user.subject),
        (&person.issuer, &person.subject)
    );
    assert_eq!((&user.email, &user.name), (&person.email, &person.name));
    assert!(user.email_verified && !user.suspended);
    assert_eq!(user.platform_role, PlatformRole::User);
    assert_eq!(user.last_seen_at, Some(noon()));
    assert_eq!(user.memberships, []);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'sign_in' \
        AND who = 'Ada Lovelace' AND target_name = 'ada@example.com' AND user_id IS NOT NULL \
        AND source = '192.0.2.1'";
    assert_eq!(backend.count(audited).await, 1);
    assert_eq!(database.users().get(new_id()).await.unwrap(), None);
}

async fn somebody_known_keeps_their_id_and_is_brought_up_to_date(backend: &Backend) {
    let database = &backend.database;
    let first = sign_in(database, "ada", "Ada Byron").await;
    let changed = SignedIn {
        email: "countess@example.com".into(),
        email_verified: false,
        ..person("ada", "Ada Lovelace")
    };
    let second = database.users().sign_in(changed, after(60)).await.unwrap();
    assert_eq!(second.id, first.id);
    assert_eq!(second.name, "Ada Lovelace");
    assert_eq!(second.email, "countess@example.com");
    assert!(!second.email_verified);
    assert_eq!(second.last_seen_at, Some(after(60)));
    assert_eq!(database.users().get(first.id).await.unwrap(), Some(second));
}

async fn people_are_who_issuer_and_subject_say_not_their_address(backend: &Backend) {
    let database = &backend.database;
    let ada = person("ada", "Ada Lovelace");
    let other_issuer = SignedIn {
        issuer: "https://evil.example".into(),
        ..ada.clone()
    };
    let other_subject = SignedIn {
        subject: "ADA".into(),
        ..ada.clone()
    };
    let mut ids = HashSet::new();
    for person in [ada, other_issuer, other_subject] {
        ids.insert(database.users().sign_in(person, noon()).await.unwrap().id);
    }
    assert_eq!(ids.len(), 3);
    let same_address = database.users().by_email("ada@example.com").await.unwrap();
    let found: HashSet<_> = same_address.iter().map(|user| user.id).collect();
    assert_eq!(found, ids);
}

async fn parallel_first_sign_ins_make_one_person(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut sign_ins = JoinSet::new();
    for _ in 0..20 {
        let database = backend.database.clone();
        let roles = [(world.vision.tenant.id, TenantRole::Developer)];
        let person = member("grace", &roles);
        sign_ins.spawn(async move { database.users().sign_in(person, noon()).await.unwrap() });
    }
    let users = sign_ins.join_all().await;
    let ids: HashSet<_> = users.iter().map(|user| user.id).collect();
    assert_eq!(ids.len(), 1);
    assert!(users.iter().all(|user| user.memberships.len() == 1));
}

async fn tenants_from_claims_are_those_of_the_latest_sign_in(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    for claimed in [
        vec![(vision, TenantRole::Developer)],
        vec![(vision, TenantRole::Viewer), (speech, TenantRole::Admin)],
        vec![(speech, TenantRole::Developer)],
        vec![],
    ] {
        let user = database
            .users()
            .sign_in(member("ada", &claimed), noon())
            .await
            .unwrap();
        let mut held: Vec<(TenantId, TenantRole)> = user
            .memberships
            .iter()
            .map(|membership| (membership.tenant.id, membership.role))
            .collect();
        held.sort();
        let mut claimed = claimed;
        claimed.sort();
        assert_eq!(held, claimed);
    }
}

async fn the_higher_of_two_claimed_roles_counts(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let vision = world.vision.tenant.id;
    for claimed in [
        [(vision, TenantRole::Admin), (vision, TenantRole::Viewer)],
        [(vision, TenantRole::Viewer), (vision, TenantRole::Admin)],
    ] {
        let user = database
            .users()
            .sign_in(member("ada", &claimed), noon())
            .await
            .unwrap();
        assert_eq!(user.memberships.len(), 1);
        assert_eq!(user.memberships[0].role, TenantRole::Admin);
    }
}

async fn a_role_granted_by_a_person_outlives_sign_ins(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.ada.id;
    database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, granted(id))
        .await
        .unwrap();
    backend
        .raw()
        .await
        .execute(AssertSqlSafe(format!(
            "INSERT INTO tenant_grants (user_id, tenant_id, source, role) \
             VALUES ('{id}', '{}', 'manual', 'developer')",
            world.vision.tenant.id
        )))
        .await
        .unwrap();
    let user = sign_in(database, "ada", "Ada Lovelace").await;
    assert_eq!(user.platform_role, PlatformRole::Admin);
    assert_eq!(user.memberships[0].role, TenantRole::Developer);

    // Beside a lower claimed role, and beside a higher one.
    for (claimed, effective) in [
        (TenantRole::Viewer, TenantRole::Developer),
        (TenantRole::Admin, TenantRole::Admin),
    ] {
        let user = database
            .users()
            .sign_in(member("ada", &[(world.vision.tenant.id, claimed)]), noon())
            .await
            .unwrap();
        assert_eq!(
            user.memberships,
            [MembershipRecord {
                tenant: world.vision.tenant.clone(),
                environments: world.vision.environments.clone(),
                role: effective
            }]
        );
    }
    let brian = world.brian.id;
    for (id, role) in [(brian, PlatformRole::Admin), (id, PlatformRole::User)] {
        let changed = database
            .users()
            .set_platform_role(id, role, None, granted(id))
            .await;
        assert!(matches!(changed.unwrap(), UserChange::Done(_)));
    }
    let user = database.users().get(id).await.unwrap().unwrap();
    assert_eq!(user.platform_role, PlatformRole::User);
}

async fn the_higher_of_claimed_and_granted_roles_counts(backend: &Backend) {
    let database = &backend.database;
    let admin = SignedIn {
        claimed: ClaimedRoles {
            platform_role: PlatformRole::Admin,
            ..ClaimedRoles::default()
        },
        ..person("ada", "Ada Lovelace")
    };
    let user = database.users().sign_in(admin, noon()).await.unwrap();
    assert_eq!(user.platform_role, PlatformRole::Admin);
    let id = user.id;
    database
        .users()
        .set_platform_role(id, PlatformRole::User, None, granted(id))
        .await
        .unwrap();
    let role = async || {
        database
            .users()
            .get(id)
            .await
            .unwrap()
            .unwrap()
            .platform_role
    };
    assert_eq!(role().await, PlatformRole::Admin);
    // The claim is gone at the next sign-in, and with it the role.
    sign_in(database, "ada", "Ada Lovelace").await;
    assert_eq!(role().await, PlatformRole::User);
}

async fn memberships_come_by_name_with_their_environments(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    database
        .tenants()
        .seed(&[TenantSeed {
            slug: "empty".into(),
            name: "Älter".into(),
            environments: Vec::new(),
        }])
        .await
        .unwrap();
    let tenants = database.tenants().active().await.unwrap();
    let claimed: Vec<_> = tenants
        .iter()
        .map(|tenant| (tenant.tenant.id, TenantRole::Viewer))
        .collect();
    let user = database
        .users()
        .sign_in(member("ada", &claimed), noon())
        .await
        .unwrap();
    let held: Vec<_> = user
        .memberships
        .iter()
        .map(|membership| {
            (
                membership.tenant.slug.as_str(),
                membership.environments.len(),
            )
        })
        .collect();
    assert_eq!(held, [("speech", 1), ("vision", 2), ("empty", 0)]);
    assert_eq!(user.memberships[1].environments, world.vision.environments);
}

async fn an_address_is_found_in_any_case(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    for email in ["ada@example.com", "ADA@Example.COM"] {
        let found = database.users().by_email(email).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&world.ada), "{email}");
    }
    let kim = sign_in(database, "kim", "Kim").await;
    assert_eq!(
        database.users().by_email("KIM@example.com").await.unwrap(),
        [kim]
    );
    for email in [
        "ada",
        "example.com",
        "%",
        "ada@example.co",
        "",
        // The Kelvin sign folds to k, but this is another address.
        "\u{212A}im@example.com",
    ] {
        let found = database.users().by_email(email).await.unwrap();
        assert_eq!(found, [], "{email}");
    }
}

async fn a_grant_is_audited_and_announced(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.ada.id;
    let mut changes = backend.listen().await;
    database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, granted(id))
        .await
        .unwrap();
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access { user_id: id }]
    );
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'grant_role'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn a_grant_to_nobody_leaves_no_trace(backend: &Backend) {
    let mut changes = backend.listen().await;
    let id = new_id();
    let changed = backend
        .database
        .users()
        .set_platform_role(id, PlatformRole::Admin, None, granted(id))
        .await;
    assert_eq!(changed.unwrap(), UserChange::Missing);
    assert_eq!(backend.heard(&mut changes).await, []);
    assert_eq!(backend.count("SELECT COUNT(*) FROM audit_entries").await, 0);
}

async fn suspension_stays_over_sign_ins_and_is_announced(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.ada.id;
    let mut changes = backend.listen().await;
    database
        .users()
        .set_suspended(id, true, audit_of_user(id, AuditAction::SuspendUser))
        .await
        .unwrap();
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access { user_id: id }]
    );
    assert!(sign_in(database, "ada", "Ada Lovelace").await.suspended);
    database
        .users()
        .set_suspended(id, false, audit_of_user(id, AuditAction::SuspendUser))
        .await
        .unwrap();
    assert!(!database.users().get(id).await.unwrap().unwrap().suspended);
    assert!(
        !database
            .users()
            .get(world.brian.id)
            .await
            .unwrap()
            .unwrap()
            .suspended
    );
}

async fn a_sign_in_that_fails_leaves_no_trace(backend: &Backend) {
    let refused = backend
        .database
        .users()
        .sign_in(member("ada", &[(new_id(), TenantRole::Admin)]), noon())
        .await;
    assert_eq!(refused.unwrap_err().to_string(), "store a sign-in");
    assert_eq!(backend.count("SELECT COUNT(*) FROM users").await, 0);
    assert_eq!(backend.count("SELECT COUNT(*) FROM audit_entries").await, 0);
}

async fn characters_no_database_can_hold_are_left_out_of_names(backend: &Backend) {
    let user = sign_in(&backend.database, "ada", "Ada\0 Lovelace").await;
    assert_eq!(user.name, "Ada Lovelace");
}
