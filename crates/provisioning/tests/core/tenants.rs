//! The use cases on tenants, over a real database.

use domain::{
    access::TenantRole,
    audit::AuditOutcome,
    caller::Caller,
    ids::TenantId,
    money::MicroDollars,
    problem::{Problem, ProblemKind},
    tenancy::{
        EnvironmentInput, EnvironmentLimits, InvitationInput, InviteOutcome, TenantDetail,
        TenantInput,
    },
    users::GrantSource,
};
use persistence::new_id;
use scripted::{TestCore, node_order, order};

async fn vision(core: &TestCore, caller: &Caller) -> TenantDetail {
    core.tenants.get(caller, "vision").await.unwrap()
}

fn invitation(email: &str, role: TenantRole) -> InvitationInput {
    InvitationInput {
        email: email.into(),
        role,
        user_id: None,
    }
}

fn limits(max_clusters: Option<u32>) -> EnvironmentLimits {
    EnvironmentLimits {
        max_clusters,
        ..EnvironmentLimits::default()
    }
}

#[tokio::test]
async fn a_tenant_is_set_up_from_nothing_to_an_order() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let input = TenantInput {
        name: " Robots ".into(),
        slug: "robots".into(),
    };
    let robots = core.tenants.create(&ada, input.clone()).await.unwrap();
    assert_eq!(robots.tenant.name, "Robots");
    let id = robots.tenant.id;
    let taken = core.tenants.create(&ada, input).await.unwrap_err();
    assert!(taken.field("slug").is_some(), "{taken}");
    let input = EnvironmentInput {
        name: "Production".into(),
        slug: "prod".into(),
    };
    let robots = core.tenants.create_environment(&ada, id, input).await;
    let environment = robots.unwrap().environments[0].environment.clone();
    let workspace = core
        .database
        .workspaces()
        .of_environment(environment.id)
        .await
        .unwrap();
    assert!(workspace.is_some(), "nodes can be ordered there");

    // Nobody knows the address yet; it belongs to whoever shows that it is theirs.
    let invited = core
        .tenants
        .invite(
            &ada,
            id,
            invitation("Grace@example.com", TenantRole::Developer),
        )
        .await
        .unwrap();
    assert!(
        matches!(invited, InviteOutcome::Invitation(sent) if sent.email == "Grace@example.com")
    );
    let grace = core.sign_in("grace", "grace@example.com").await;
    let grace = core.caller(grace).await.unwrap();
    let mut wanted = order("demo");
    (wanted.tenant, wanted.environment) = ("robots".into(), "prod".into());
    core.clusters.create(&grace, wanted, None).await.unwrap();
    let did: Vec<_> = core.audited().await.split_off(1);
    let did: Vec<_> = did.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(
        did,
        [
            "create_tenant",
            "create_environment",
            "invite",
            "accept_invitation",
            "order_cluster"
        ]
    );
}

#[tokio::test]
async fn foreign_and_missing_tenants_look_the_same_and_change_for_nobody() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let linus = core.member("linus", "payments", TenantRole::Admin).await;
    let before = vision(&core, &ada).await;
    let dev = before.environments[0].environment.id;
    let tenants = &core.tenants;
    for id in [before.tenant.id, new_id()] {
        let input = EnvironmentInput {
            name: "x".into(),
            slug: "x".into(),
        };
        for problem in [
            tenants.rename(&linus, id, "x", 1).await.unwrap_err(),
            tenants.obstacles(&linus, id, None).await.unwrap_err(),
            tenants.obstacles(&linus, id, Some(dev)).await.unwrap_err(),
            tenants.archive(&linus, id, "vision").await.unwrap_err(),
            tenants
                .create_environment(&linus, id, input)
                .await
                .unwrap_err(),
            tenants
                .rename_environment(&linus, id, dev, "x", 1)
                .await
                .unwrap_err(),
            tenants
                .set_limits(&linus, id, dev, limits(None), 1)
                .await
                .unwrap_err(),
            tenants
                .archive_environment(&linus, id, dev, "dev")
                .await
                .unwrap_err(),
            tenants
                .set_member(&linus, id, linus.user_id.unwrap(), TenantRole::Admin)
                .await
                .unwrap_err(),
            tenants
                .remove_member(&linus, id, linus.user_id.unwrap())
                .await
                .unwrap_err(),
            tenants
                .invite(&linus, id, invitation("a@b.example", TenantRole::Viewer))
                .await
                .unwrap_err(),
            tenants
                .cancel_invitation(&linus, id, new_id())
                .await
                .unwrap_err(),
        ] {
            assert_eq!(problem, Problem::not_found("tenant"));
        }
    }
    for slug in ["vision", "nowhere"] {
        let problem = tenants.get(&linus, slug).await.unwrap_err();
        assert_eq!(problem, Problem::not_found("tenant"));
    }
    let listed = tenants.list(&linus, true).await.unwrap();
    let slugs: Vec<_> = listed.iter().map(|found| &*found.tenant.slug).collect();
    assert_eq!(slugs, ["payments"]);
    let now = TenantDetail {
        now: before.now,
        ..vision(&core, &ada).await
    };
    assert_eq!(now, before);
}

#[tokio::test]
async fn each_role_may_what_the_table_says() {
    let core = TestCore::start().await;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    let linus = core.member("linus", "vision", TenantRole::Admin).await;
    let seen = vision(&core, &maya).await;
    let id = seen.tenant.id;
    let dev = &seen.environments[0];
    let tenants = &core.tenants;
    let input = || invitation("new@example.com", TenantRole::Viewer);
    let forbidden =
        |problem: Problem| assert_eq!(problem.kind, ProblemKind::Forbidden, "{problem}");
    forbidden(tenants.invite(&maya, id, input()).await.unwrap_err());
    let invited = tenants.invite(&linus, id, input()).await.unwrap();
    assert!(matches!(invited, InviteOutcome::Invitation(_)));
    assert_eq!(vision(&core, &maya).await.invitations, []);
    assert_eq!(vision(&core, &linus).await.invitations.len(), 1);
    // Names and limits of tenants are the platform's.
    for caller in [&maya, &linus] {
        forbidden(
            tenants
                .rename(caller, id, "x", seen.version)
                .await
                .unwrap_err(),
        );
        forbidden(tenants.archive(caller, id, "vision").await.unwrap_err());
        let more = limits(Some(100));
        let raised = tenants.set_limits(caller, id, dev.environment.id, more, dev.version);
        forbidden(raised.await.unwrap_err());
    }
    let refused: Vec<_> = core
        .audited()
        .await
        .into_iter()
        .filter(|row| row.outcome == AuditOutcome::Refused)
        .collect();
    assert_eq!(refused.len(), 7);
    assert!(refused.iter().all(|row| row.tenant.is_some()));
}

#[tokio::test]
async fn the_second_of_two_admins_sees_what_the_first_changed() {
    let core = TestCore::start().await;
    let (ada, linus) = (core.admin("ada").await, core.admin("linus").await);
    let seen = vision(&core, &ada).await;
    let id = seen.tenant.id;
    let dev = &seen.environments[0];
    let environment = dev.environment.id;
    core.tenants
        .rename(&ada, id, "Vision lab", seen.version)
        .await
        .unwrap();
    let problem = core
        .tenants
        .rename(&linus, id, "Vision group", seen.version)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert_eq!(problem.code, "stale");
    assert!(problem.detail.contains("ada"), "{problem}");
    assert_eq!(problem.field("name"), Some("It is “Vision lab” now."));

    let first = EnvironmentLimits {
        max_clusters: Some(5),
        max_nodes: None,
        max_price_per_hour: Some(MicroDollars(2_000_000)),
    };
    let set = core
        .tenants
        .set_limits(&ada, id, environment, first, dev.version);
    set.await.unwrap();
    let problem = core
        .tenants
        .set_limits(&linus, id, environment, limits(None), dev.version)
        .await
        .unwrap_err();
    assert_eq!(problem.field("max_clusters"), Some("It is 5 now."));
    assert_eq!(
        problem.field("max_price_per_hour"),
        Some("It is $2.00 now.")
    );
    assert_eq!(problem.field("max_nodes"), None);
    let problem = core
        .tenants
        .rename_environment(&linus, id, environment, "Try", dev.version)
        .await
        .unwrap_err();
    assert_eq!(problem.code, "stale");
    assert!(problem.detail.contains("ada"), "{problem}");
}

#[tokio::test]
async fn a_limit_refuses_an_order_with_what_is_in_use_and_the_way_out() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let seen = vision(&core, &ada).await;
    let dev = &seen.environments[0];
    let one = EnvironmentLimits {
        max_clusters: Some(1),
        max_nodes: Some(0),
        max_price_per_hour: None,
    };
    let set = core
        .tenants
        .set_limits(&ada, seen.tenant.id, dev.environment.id, one, dev.version);
    set.await.unwrap();
    core.order(&grace, "first").await;
    let problem = core
        .clusters
        .create(&grace, order("second"), None)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    let message = problem.field("environment").unwrap();
    for part in ["1 cluster", "has 1", "ask a platform admin"] {
        assert!(message.contains(part), "{message}");
    }
    let problem = core.nodes.create(&grace, node_order("node"), None).await;
    let problem = problem.unwrap_err();
    assert!(problem.field("environment").unwrap().contains("0 nodes"));
    // Below what is there: it stays, and nothing comes.
    let now = vision(&core, &ada).await;
    assert_eq!(now.environments[0].clusters, 1);

    let own = core.overview(&grace).await.unwrap().limited;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].tenant.slug, "vision");
    assert_eq!(own[0].environment.id, dev.environment.id);
    assert_eq!(own[0].quota.summary(), "1 of 1 cluster, 0 of 0 nodes");
    let of_others = core.overview(&ada).await.unwrap().limited;
    assert!(of_others.is_empty(), "{of_others:?}");
}

#[tokio::test]
async fn members_come_and_go_but_for_what_claims_give() {
    let core = TestCore::start().await;
    let linus = core.member("linus", "vision", TenantRole::Admin).await;
    let maya = core.member("maya", "vision", TenantRole::Developer).await;
    let stranger = core.sign_in("stranger", "stranger@example.com").await;
    let id = vision(&core, &linus).await.tenant.id;
    let maya = maya.user_id.unwrap();
    let tenants = &core.tenants;

    let lower = tenants.set_member(&linus, id, maya, TenantRole::Viewer);
    assert!(lower.await.unwrap_err().field("role").is_some());
    let only_claimed = tenants.remove_member(&linus, id, maya).await.unwrap_err();
    assert_eq!(only_claimed.kind, ProblemKind::Invalid);
    let raised = tenants.set_member(&linus, id, maya, TenantRole::Admin);
    let raised = raised.await.unwrap();
    let found = |tenant: &TenantDetail| {
        let mut members = tenant.members.iter();
        members.find(|member| member.user_id == maya).cloned()
    };
    assert_eq!(found(&raised).unwrap().role, TenantRole::Admin);
    let left = tenants.remove_member(&linus, id, maya).await.unwrap();
    let left = found(&left).unwrap();
    assert_eq!((left.role, left.granted), (TenantRole::Developer, None));
    assert!(matches!(left.source, GrantSource::Claim { .. }));

    // Whoever runs a tenant cannot find out who else there is; whoever runs the platform knows.
    for user in [stranger, new_id()] {
        let problem = tenants.set_member(&linus, id, user, TenantRole::Viewer);
        assert_eq!(problem.await.unwrap_err(), Problem::not_found("user"));
    }
    let ada = core.admin("ada").await;
    let added = tenants.set_member(&ada, id, stranger, TenantRole::Viewer);
    assert_eq!(added.await.unwrap().members.len(), 3);
    assert!(core.caller(stranger).await.unwrap().role_in(id).is_some());
}

#[tokio::test]
async fn somebody_known_is_added_at_once_and_nobody_is_invited_twice() {
    let core = TestCore::start().await;
    let linus = core.member("linus", "vision", TenantRole::Admin).await;
    let id = vision(&core, &linus).await.tenant.id;
    let grace = core.sign_in("grace", "grace@example.com").await;
    let invite = |email: &'static str| {
        let input = invitation(email, TenantRole::Developer);
        core.tenants.invite(&linus, id, input)
    };
    let added = invite("GRACE@example.com").await.unwrap();
    assert!(matches!(added, InviteOutcome::Added(user) if user.user_id == grace));
    let role = core.caller(grace).await.unwrap().role_in(id);
    assert_eq!(role, Some(TenantRole::Developer));
    let member = invite("grace@example.com").await.unwrap_err();
    assert_eq!(member.code, "already_member");
    assert!(member.field("email").is_some());

    let opened = invite("new@example.com").await.unwrap();
    let InviteOutcome::Invitation(opened) = opened else {
        panic!("{opened:?}");
    };
    let days = opened.expires_at.duration_since(opened.created_at);
    assert_eq!(days.as_hours(), 14 * 24);
    let again = invite("New@example.com").await.unwrap_err();
    assert_eq!(again.code, "already_invited");
    assert!(again.field("email").is_some());
    for email in ["nobody", ""] {
        assert!(invite(email).await.unwrap_err().field("email").is_some());
    }
    let withdraw = || core.tenants.cancel_invitation(&linus, id, opened.id);
    withdraw().await.unwrap();
    assert_eq!(withdraw().await.unwrap_err().kind, ProblemKind::NotFound);
    let late = core.sign_in("late", "new@example.com").await;
    assert_eq!(core.caller(late).await.unwrap().role_in(id), None);
}

#[tokio::test]
async fn of_several_users_with_an_address_one_is_chosen() {
    let core = TestCore::start().await;
    let linus = core.member("linus", "vision", TenantRole::Admin).await;
    let id = vision(&core, &linus).await.tenant.id;
    let work = core.sign_in("grace-at-work", "grace@example.com").await;
    let home = core.sign_in("grace-at-home", "grace@example.com").await;
    let invite = async |user_id| {
        let input = InvitationInput {
            user_id,
            ..invitation("grace@example.com", TenantRole::Developer)
        };
        core.tenants.invite(&linus, id, input).await
    };
    let role = async |user| core.caller(user).await.unwrap().role_in(id);
    let InviteOutcome::Ambiguous(users) = invite(None).await.unwrap() else {
        panic!("nobody was asked");
    };
    let ids: Vec<_> = users.iter().map(|user| user.user_id).collect();
    assert!(ids.len() == 2 && ids.contains(&work) && ids.contains(&home));
    assert_eq!((role(work).await, role(home).await), (None, None));
    // A user with another address.
    let problem = invite(linus.user_id).await.unwrap_err();
    assert!(problem.field("user_id").is_some());
    let added = invite(Some(home)).await.unwrap();
    assert!(matches!(added, InviteOutcome::Added(user) if user.user_id == home));
    assert_eq!(role(home).await, Some(TenantRole::Developer));
    assert_eq!(role(work).await, None);
    let granted = core.audited().await.pop().unwrap();
    assert_eq!(granted.action, "grant_membership");
    assert_eq!(granted.target, format!("user/{home}"));

    // Of users of whom one is active, that one is meant.
    let ada = core.admin("ada").await;
    core.users
        .suspend(&ada, home, "grace@example.com")
        .await
        .unwrap();
    let added = invite(None).await.unwrap();
    assert!(matches!(added, InviteOutcome::Added(user) if user.user_id == work));
}

#[tokio::test]
async fn a_tenant_is_archived_when_nothing_is_left_and_offered_to_nobody() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let id: TenantId = vision(&core, &ada).await.tenant.id;
    let cluster = core.order(&grace, "demo").await;
    let typo = core.tenants.archive(&ada, id, "Vision").await.unwrap_err();
    assert!(typo.field("confirmation").is_some());
    let full = core.tenants.archive(&ada, id, "vision").await.unwrap_err();
    assert_eq!(full.kind, ProblemKind::Conflict);
    assert!(full.detail.contains("cluster demo"), "{full}");
    let left = core.tenants.obstacles(&ada, id, None).await.unwrap();
    assert_eq!((left.len(), &*left[0].name), (1, "demo"));

    let running = core.reconcile();
    let deleted = core.clusters.delete(&grace, cluster.id, "demo").await;
    deleted.unwrap();
    core.until(&cluster, domain::cluster::ClusterState::Deleted)
        .await;
    drop(running);
    core.tenants.archive(&ada, id, "vision").await.unwrap();
    let again = core.tenants.archive(&ada, id, "vision").await.unwrap_err();
    assert_eq!(again.code, "archived");

    // Neither members nor admins are offered it, nor can they order there.
    let grace = core.caller(grace.user_id.unwrap()).await.unwrap();
    let account = &core.account;
    for caller in [&grace, &ada] {
        let offered = core.clusters.create_options(caller).await.unwrap().tenants;
        assert!(offered.iter().all(|tenant| tenant.tenant.id != id));
        let profile = account.profile(caller).await.unwrap();
        assert!(profile.tenants.iter().all(|own| own.tenant.id != id));
        let refused = core.clusters.create(caller, order("late"), None).await;
        assert!(refused.unwrap_err().field("tenant").is_some());
        let listed = core.tenants.list(caller, false).await.unwrap();
        assert!(listed.iter().all(|found| found.tenant.id != id));
    }
    let gone = core.tenants.get(&grace, "vision").await.unwrap_err();
    assert_eq!(gone, Problem::not_found("tenant"));
    // History stays, for those who run the platform.
    assert!(vision(&core, &ada).await.archived_at.is_some());
    let listed = core.tenants.list(&ada, true).await.unwrap();
    assert!(listed.iter().any(|found| found.tenant.id == id));
}

#[tokio::test]
async fn bad_names_slugs_and_limits_are_answered_beside_their_fields() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let input = TenantInput {
        name: "\u{7}".into(),
        slug: "Big".into(),
    };
    let problem = core.tenants.create(&ada, input).await.unwrap_err();
    assert!(problem.field("name").is_some() && problem.field("slug").is_some());
    let seen = vision(&core, &ada).await;
    let id = seen.tenant.id;
    let dev = &seen.environments[0];
    let problem = core.tenants.rename(&ada, id, " ", seen.version).await;
    assert!(problem.unwrap_err().field("name").is_some());
    let bad = EnvironmentLimits {
        max_clusters: Some(1_000_000),
        max_nodes: None,
        max_price_per_hour: Some(MicroDollars(-1)),
    };
    let problem = core
        .tenants
        .set_limits(&ada, id, dev.environment.id, bad, dev.version)
        .await
        .unwrap_err();
    assert_eq!(problem.fields.len(), 2);
    let missing = core
        .tenants
        .set_limits(&ada, id, new_id(), limits(None), 1)
        .await
        .unwrap_err();
    assert_eq!(missing, Problem::not_found("environment"));
}
