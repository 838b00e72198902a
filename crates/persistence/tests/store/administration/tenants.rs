//! Tenants and environments: created, renamed, limited, archived; members.

use super::{about_tenant, tenant_of};
use crate::{backend::Backend, fixtures::*};
use domain::{
    access::TenantRole,
    audit::AuditAction,
    caller::TenantScope,
    cluster::ClusterState,
    ids::{EnvironmentId, TenantId},
    money::MicroDollars,
    tenancy::{EnvironmentInput, EnvironmentLimits, Obstacle, TenantInput},
    users::GrantSource,
};
use persistence::{
    change::Change,
    new_id,
    records::{ClaimedRoles, ClaimedTenant, OrderStored, QuotaCheck, SignedIn, TenantSeed},
    tenant_records::{MemberChanged, TenancyChanged, TenantKey},
};
use sqlx::Row;

on_both_databases!(
    a_tenant_is_created_once_for_each_slug,
    a_tenant_shows_what_is_in_it,
    a_change_of_what_has_changed_is_stale_and_a_fresh_one_is_recorded,
    a_new_environment_has_its_workspace,
    a_tenant_with_something_in_it_is_not_archived,
    an_archived_tenant_is_gone_for_all_but_history,
    an_archived_environment_takes_no_orders,
    an_order_and_an_archiving_at_once_do_not_both_happen,
    a_start_does_not_bring_back_what_was_archived,
    a_role_by_hand_counts_beside_that_of_a_claim,
    a_member_of_what_is_not_there_is_not_stored,
);

fn tenant_input(slug: &str, name: &str) -> TenantInput {
    TenantInput {
        slug: slug.into(),
        name: name.into(),
    }
}

async fn create(backend: &Backend, slug: &str) -> (TenantId, TenancyChanged) {
    let id = new_id();
    let audit = about_tenant(id, AuditAction::CreateTenant);
    let input = tenant_input(slug, &slug.replace("robots", "Robots"));
    let changed = backend.database.tenants().create(id, &input, audit).await;
    (id, changed.unwrap())
}

async fn archive(backend: &Backend, id: TenantId) -> TenancyChanged {
    let audit = about_tenant(id, AuditAction::ArchiveTenant);
    backend.database.tenants().archive(id, audit).await.unwrap()
}

async fn archive_environment(
    backend: &Backend,
    tenant: TenantId,
    id: EnvironmentId,
) -> TenancyChanged {
    let audit = about_tenant(tenant, AuditAction::ArchiveEnvironment);
    let archived = backend
        .database
        .tenants()
        .archive_environment(tenant, id, audit);
    archived.await.unwrap()
}

async fn a_tenant_is_created_once_for_each_slug(backend: &Backend) {
    let (id, created) = create(backend, "robots").await;
    assert_eq!(created, TenancyChanged::Done);
    assert_eq!(create(backend, "robots").await.1, TenancyChanged::SlugTaken);
    let found = tenant_of(&backend.database, id).await;
    assert_eq!(
        (&*found.tenant.slug, &*found.tenant.name),
        ("robots", "Robots")
    );
    // Also not by one that was archived: history names them.
    assert_eq!(archive(backend, id).await, TenancyChanged::Done);
    assert_eq!(create(backend, "robots").await.1, TenancyChanged::SlugTaken);
    assert_eq!(backend.count("SELECT COUNT(*) FROM audit_entries").await, 2);
}

async fn a_tenant_shows_what_is_in_it(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.vision.tenant.id;
    created(database, &world.order("one")).await;
    created(database, &world.order("two")).await;
    let joined = member("ada", &[(id, TenantRole::Viewer)]);
    database.users().sign_in(joined, noon()).await.unwrap();
    let everything = TenantScope::All;
    let list = database.tenants().list(&everything, false).await.unwrap();
    let names: Vec<&str> = list.iter().map(|found| &*found.tenant.name).collect();
    assert_eq!(names, ["Speech team", "Vision team"]);
    let vision = &list[1];
    assert_eq!((vision.members, vision.clusters, vision.nodes), (1, 2, 0));
    assert_eq!(vision.environments, world.vision.environments);
    let scope = TenantScope::Only(vec![world.speech.tenant.id]);
    let list = database.tenants().list(&scope, true).await.unwrap();
    assert_eq!(list.len(), 1);

    let found = tenant_of(database, id).await;
    assert_eq!(found.members.len(), 1);
    assert_eq!(found.members[0].user_id, world.ada.id);
    let dev = &found.environments[0];
    let price = world.order("x").details.plan.price_per_hour;
    assert_eq!((dev.clusters, dev.nodes), (2, 0));
    assert_eq!(dev.price_per_hour, price + price);
    assert_eq!(dev.limits, EnvironmentLimits::default());
    for slug in ["nobody", "vis\0ion", ""] {
        let none = database.tenants().get(TenantKey::Slug(slug), noon()).await;
        assert_eq!(none.unwrap(), None);
    }
}

async fn a_change_of_what_has_changed_is_stale_and_a_fresh_one_is_recorded(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.vision.tenant.id;
    let seen = tenant_of(database, id).await;
    let audit = || about_tenant(id, AuditAction::ChangeTenant);
    for (name, expected) in [
        ("First", TenancyChanged::Done),
        ("Second", TenancyChanged::Stale),
    ] {
        let renamed = database.tenants().rename(id, name, seen.version, audit());
        assert_eq!(renamed.await.unwrap(), expected);
    }
    let dev = &seen.environments[0];
    let limits = EnvironmentLimits {
        max_clusters: Some(3),
        max_nodes: None,
        max_price_per_hour: Some(MicroDollars(5_000_000)),
    };
    let environment = dev.environment.id;
    let changed = |limits| {
        database
            .tenants()
            .set_limits(id, environment, limits, dev.version, audit())
    };
    assert_eq!(changed(limits).await.unwrap(), TenancyChanged::Done);
    assert_eq!(changed(limits).await.unwrap(), TenancyChanged::Stale);
    let renamed =
        database
            .tenants()
            .rename_environment(id, environment, "Dev", dev.version, audit());
    assert_eq!(renamed.await.unwrap(), TenancyChanged::Stale);
    let renamed =
        database
            .tenants()
            .rename_environment(id, environment, "Dev", dev.version + 1, audit());
    assert_eq!(renamed.await.unwrap(), TenancyChanged::Done);
    // Of another tenant it is not there.
    let other = world.speech.tenant.id;
    let foreign =
        database
            .tenants()
            .rename_environment(other, environment, "x", dev.version + 2, audit());
    assert_eq!(foreign.await.unwrap(), TenancyChanged::Missing);

    let now = tenant_of(database, id).await;
    assert_eq!(
        (&*now.tenant.name, now.version),
        ("First", seen.version + 1)
    );
    assert_eq!(now.environments[0].limits, limits);
    assert_eq!(now.environments[0].environment.name, "Dev");
    let rows = sqlx::query(
        "SELECT changes FROM audit_entries WHERE action = 'change_tenant' ORDER BY sequence",
    )
    .fetch_all(&mut backend.raw().await)
    .await
    .unwrap();
    let changes: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        changes,
        [
            r#"[{"field":"name","before":"Vision team","after":"First"}]"#,
            r#"[{"field":"max_clusters","before":null,"after":"3"},{"field":"max_price_per_hour","before":null,"after":"$5.00"}]"#,
            r#"[{"field":"name","before":"Development","after":"Dev"}]"#,
        ]
    );
}

async fn a_new_environment_has_its_workspace(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    let mut changes = backend.listen().await;
    for (slug, expected) in [
        ("staging", TenancyChanged::Done),
        ("staging", TenancyChanged::SlugTaken),
        ("dev", TenancyChanged::SlugTaken),
    ] {
        let input = EnvironmentInput {
            slug: slug.into(),
            name: "Staging".into(),
        };
        let audit = about_tenant(tenant, AuditAction::CreateEnvironment);
        let created = database
            .tenants()
            .create_environment(tenant, new_id(), &input, audit);
        assert_eq!(created.await.unwrap(), expected);
    }
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let found = tenant_of(database, tenant).await;
    let staging = found
        .environments
        .iter()
        .find(|found| found.environment.slug == "staging")
        .unwrap();
    let workspace = database
        .workspaces()
        .of_environment(staging.environment.id)
        .await
        .unwrap();
    assert!(workspace.is_some());
}

async fn a_tenant_with_something_in_it_is_not_archived(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.vision.tenant.id;
    let order = world.order("one");
    created(database, &order).await;
    let left = vec![Obstacle {
        kind: "cluster".into(),
        name: "one".into(),
        environment: "Development".into(),
    }];
    let (dev, prod) = (
        world.vision.environments[0].id,
        world.vision.environments[1].id,
    );
    assert_eq!(database.tenants().obstacles(id, None).await.unwrap(), left);
    assert_eq!(
        database.tenants().obstacles(id, Some(dev)).await.unwrap(),
        left
    );
    assert_eq!(
        database.tenants().obstacles(id, Some(prod)).await.unwrap(),
        []
    );
    let not_empty = TenancyChanged::NotEmpty(left);
    assert_eq!(archive(backend, id).await, not_empty);
    assert_eq!(archive_environment(backend, id, dev).await, not_empty);
    let empty = archive_environment(backend, id, prod).await;
    assert_eq!(empty, TenancyChanged::Done);
    bring_to(database, &order, ClusterState::Deleted, after(5)).await;
    assert_eq!(archive(backend, id).await, TenancyChanged::Done);
}

async fn an_archived_tenant_is_gone_for_all_but_history(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.vision.tenant.id;
    let joined = member("ada", &[(id, TenantRole::Admin)]);
    let ada = database.users().sign_in(joined, noon()).await.unwrap();
    assert_eq!(ada.memberships.len(), 1);
    let mut changes = backend.listen().await;
    assert_eq!(archive(backend, id).await, TenancyChanged::Done);
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access { user_id: ada.id }]
    );
    assert_eq!(archive(backend, id).await, TenancyChanged::Missing);
    let slugs = |tenants: Vec<domain::tenancy::Tenant>| -> Vec<String> {
        tenants.into_iter().map(|found| found.tenant.slug).collect()
    };
    assert_eq!(
        slugs(database.tenants().active().await.unwrap()),
        ["speech"]
    );
    let ada = database.users().get(ada.id).await.unwrap().unwrap();
    assert_eq!(ada.memberships, []);
    let everything = TenantScope::All;
    let listed = async |archived| {
        let list = database.tenants().list(&everything, archived).await;
        list.unwrap().len()
    };
    assert_eq!((listed(false).await, listed(true).await), (1, 2));
    let found = tenant_of(database, id).await;
    assert!(found.archived_at.is_some());
    assert!(found.environments.iter().all(|it| it.archived_at.is_some()));
    // Nothing in it is changed any more.
    let audit = || about_tenant(id, AuditAction::ChangeTenant);
    let renamed = database.tenants().rename(id, "x", found.version, audit());
    assert_eq!(renamed.await.unwrap(), TenancyChanged::Missing);
    let input = EnvironmentInput {
        slug: "late".into(),
        name: "Late".into(),
    };
    let late = database
        .tenants()
        .create_environment(id, new_id(), &input, audit());
    assert_eq!(late.await.unwrap(), TenancyChanged::Missing);
    let role = database
        .tenants()
        .set_member(id, ada.id, TenantRole::Viewer, audit());
    assert_eq!(role.await.unwrap(), MemberChanged::Missing);
}

async fn an_archived_environment_takes_no_orders(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    let dev = world.vision.environments[0].id;
    assert_eq!(
        archive_environment(backend, tenant, dev).await,
        TenancyChanged::Done
    );
    let refused = store(database, &world.order("late")).await;
    assert!(matches!(
        refused,
        OrderStored::QuotaExceeded(QuotaCheck::Archived)
    ));
    let tenants = database.tenants().active().await.unwrap();
    assert_eq!(tenants[1].environments, world.vision.environments[1..]);
    // Archived ones come last.
    let found = tenant_of(database, tenant).await;
    let slugs: Vec<&str> = found
        .environments
        .iter()
        .map(|found| &*found.environment.slug)
        .collect();
    assert_eq!(slugs, ["prod", "dev"]);
}

async fn an_order_and_an_archiving_at_once_do_not_both_happen(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let ada = world.ada.id;
    for round in 0..6 {
        let (id, _) = create(backend, &format!("robots-{round}")).await;
        let environment = new_id();
        let input = EnvironmentInput {
            slug: "dev".into(),
            name: "Dev".into(),
        };
        let audit = about_tenant(id, AuditAction::CreateEnvironment);
        let made = database
            .tenants()
            .create_environment(id, environment, &input, audit);
        assert_eq!(made.await.unwrap(), TenancyChanged::Done);
        let tenants = database.tenants().active().await.unwrap();
        let robots = tenants.iter().find(|found| found.tenant.id == id).unwrap();
        let order = order_in(robots, 0, ada, &format!("cluster-{round}"));
        let other = backend.another().await;
        let (ordered, archived) = tokio::join!(store(&other, &order), archive(backend, id));
        let stored = matches!(ordered, OrderStored::Created(_));
        assert_eq!(stored, archived != TenancyChanged::Done, "{archived:?}");
    }
}

async fn a_start_does_not_bring_back_what_was_archived(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let prod = world.vision.environments[1].id;
    archive(backend, world.speech.tenant.id).await;
    archive_environment(backend, world.vision.tenant.id, prod).await;
    let seed = |slug: &str, environments: &[&str]| TenantSeed {
        slug: slug.into(),
        name: slug.into(),
        environments: environments
            .iter()
            .map(|slug| ((*slug).into(), (*slug).into()))
            .collect(),
    };
    let seeds = [
        seed("vision", &["dev", "prod"]),
        seed("speech", &["dev", "new"]),
    ];
    database.tenants().seed(&seeds).await.unwrap();
    database.workspaces().seed().await.unwrap();
    let tenants = database.tenants().active().await.unwrap();
    assert_eq!(tenants.len(), 1);
    assert_eq!(tenants[0].environments, world.vision.environments[..1]);
    let environments = "SELECT COUNT(*) FROM environments";
    assert_eq!(backend.count(environments).await, 3);
    assert_eq!(
        database.workspaces().of_environment(prod).await.unwrap(),
        None
    );
}

async fn a_role_by_hand_counts_beside_that_of_a_claim(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (id, ada) = (world.vision.tenant.id, world.ada.id);
    let claimed = SignedIn {
        claimed: ClaimedRoles {
            tenants: vec![ClaimedTenant {
                tenant_id: id,
                role: TenantRole::Developer,
                why: Some("groups has devs".into()),
            }],
            ..ClaimedRoles::default()
        },
        ..person("ada", "Ada Lovelace")
    };
    database.users().sign_in(claimed, noon()).await.unwrap();
    let set = async |role| {
        let audit = about_tenant(id, AuditAction::GrantMembership);
        database
            .tenants()
            .set_member(id, ada, role, audit)
            .await
            .unwrap()
    };
    let member = async || tenant_of(database, id).await.members.remove(0);
    let by_claim = GrantSource::Claim {
        why: Some("groups has devs".into()),
    };
    let by_brian = GrantSource::Manual {
        by: Some("Brian Kernighan".into()),
        at: Some(noon()),
    };
    assert_eq!(set(TenantRole::Viewer).await, MemberChanged::Done);
    let found = member().await;
    assert_eq!(
        (found.role, &found.source),
        (TenantRole::Developer, &by_claim)
    );
    assert_eq!(found.granted, Some(TenantRole::Viewer));
    assert_eq!(set(TenantRole::Admin).await, MemberChanged::Done);
    assert_eq!(set(TenantRole::Admin).await, MemberChanged::AlreadySo);
    let found = member().await;
    assert_eq!((found.role, &found.source), (TenantRole::Admin, &by_brian));
    let mut changes = backend.listen().await;
    for expected in [MemberChanged::Done, MemberChanged::AlreadySo] {
        let audit = about_tenant(id, AuditAction::RevokeMembership);
        let removed = database.tenants().remove_member(id, ada, audit).await;
        assert_eq!(removed.unwrap(), expected);
    }
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access { user_id: ada }]
    );
    let found = member().await;
    assert_eq!((found.role, found.granted), (TenantRole::Developer, None));
}

async fn a_member_of_what_is_not_there_is_not_stored(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = world.vision.tenant.id;
    for (tenant, user) in [(new_id(), world.ada.id), (id, new_id())] {
        let audit = about_tenant(tenant, AuditAction::GrantMembership);
        let changed = database
            .tenants()
            .set_member(tenant, user, TenantRole::Viewer, audit);
        assert_eq!(changed.await.unwrap(), MemberChanged::Missing);
    }
}
