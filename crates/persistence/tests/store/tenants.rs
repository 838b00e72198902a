use crate::{backend::Backend, fixtures::*};
use domain::caller::TenantScope;
use persistence::{records::TenantSeed, tenant_records::TenantKey};
use sqlx::Executor;
use tokio::task::JoinSet;

on_both_databases!(
    a_tenant_is_found_by_its_slug_and_id_unless_it_is_archived,
    tenants_come_by_name_with_their_environments_by_name,
    what_exists_is_left_as_it_is,
    several_portals_that_start_at_once_make_each_tenant_once,
);

fn seed(slug: &str, name: &str, environments: &[&str]) -> TenantSeed {
    TenantSeed {
        slug: slug.into(),
        name: name.into(),
        environments: environments
            .iter()
            .map(|slug| ((*slug).into(), slug.to_uppercase()))
            .collect(),
    }
}

async fn tenants_come_by_name_with_their_environments_by_name(backend: &Backend) {
    let database = &backend.database;
    assert_eq!(database.tenants().active().await.unwrap(), []);
    let seeds = [
        seed("z", "beta", &["prod", "dev"]),
        seed("a", "Gamma", &[]),
        seed("m", "Alpha", &["staging"]),
    ];
    database.tenants().seed(&seeds).await.unwrap();
    let tenants = database.tenants().active().await.unwrap();
    let names: Vec<_> = tenants
        .iter()
        .map(|tenant| {
            let environments: Vec<_> = tenant
                .environments
                .iter()
                .map(|environment| (&*environment.slug, &*environment.name))
                .collect();
            (&*tenant.tenant.name, environments)
        })
        .collect();
    assert_eq!(
        names,
        [
            ("Alpha", vec![("staging", "STAGING")]),
            ("beta", vec![("dev", "DEV"), ("prod", "PROD")]),
            ("Gamma", vec![]),
        ]
    );
}

async fn a_tenant_is_found_by_its_slug_and_id_unless_it_is_archived(backend: &Backend) {
    let database = &backend.database;
    let seeds = [
        seed("one", "One", &["prod", "dev"]),
        seed("two", "Two", &[]),
    ];
    database.tenants().seed(&seeds).await.unwrap();
    let [one, two] = &database.tenants().active().await.unwrap()[..] else {
        panic!("two tenants");
    };
    let find = async |key| database.tenants().find(key).await.unwrap();
    for tenant in [one, two] {
        let id = TenantKey::Id(tenant.tenant.id);
        assert_eq!(find(id).await.as_ref(), Some(tenant));
        let slug = TenantKey::Slug(&tenant.tenant.slug);
        assert_eq!(find(slug).await.as_ref(), Some(tenant));
    }
    for slug in ["One", "", "o\0ne"] {
        assert_eq!(find(TenantKey::Slug(slug)).await, None);
    }
    let scope = TenantScope::Only(vec![two.tenant.id]);
    let found = database.tenants().active_in(&scope).await.unwrap();
    assert_eq!(found, std::slice::from_ref(two));
    let nowhere = TenantScope::Only(Vec::new());
    assert_eq!(database.tenants().active_in(&nowhere).await.unwrap(), []);

    for (table, id) in [
        ("environments", one.environments[0].id.to_string()),
        ("tenants", two.tenant.id.to_string()),
    ] {
        let archive = format!(
            "UPDATE {table} SET archived_at = {} WHERE id = '{id}'",
            backend.time(Some(1))
        );
        let mut raw = backend.raw().await;
        raw.execute(sqlx::AssertSqlSafe(archive)).await.unwrap();
    }
    let found = find(TenantKey::Slug("one")).await.unwrap();
    assert_eq!(found.environments, one.environments[1..]);
    assert_eq!(find(TenantKey::Id(two.tenant.id)).await, None);
}

async fn what_exists_is_left_as_it_is(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let renamed = TenantSeed {
        slug: "vision".into(),
        name: "Renamed".into(),
        environments: vec![
            ("dev".into(), "Renamed".into()),
            ("staging".into(), "Staging".into()),
        ],
    };
    database.tenants().seed(&[renamed]).await.unwrap();
    let tenants = database.tenants().active().await.unwrap();
    assert_eq!(tenants.len(), 2);
    let vision = &tenants[1];
    assert_eq!(vision.tenant, world.vision.tenant);
    let slugs: Vec<_> = vision
        .environments
        .iter()
        .map(|found| &*found.slug)
        .collect();
    assert_eq!(slugs, ["dev", "prod", "staging"]);
    assert_eq!(vision.environments[..2], world.vision.environments);
}

async fn several_portals_that_start_at_once_make_each_tenant_once(backend: &Backend) {
    let mut portals = JoinSet::new();
    for _ in 0..8 {
        let database = backend.another().await;
        portals.spawn(async move {
            let seeds = [seed("one", "One", &["dev"]), seed("two", "Two", &["dev"])];
            database.tenants().seed(&seeds).await.unwrap();
        });
    }
    portals.join_all().await;
    let tenants = backend.database.tenants().active().await.unwrap();
    assert_eq!(tenants.len(), 2);
    assert!(tenants.iter().all(|tenant| tenant.environments.len() == 1));
}
