//! The use cases on people, over a real database.

use domain::{
    access::{PlatformRole, TenantRole, TokenReach, TokenScope},
    account::TokenInput,
    audit::AuditOutcome,
    caller::{Caller, Channel},
    problem::ProblemKind,
    users::{GrantSource, UserQuery},
};
use persistence::{
    new_id,
    records::{ClaimedRoles, SignedIn, UserRecord},
};
use scripted::TestCore;

/// Signs somebody in whom a claim makes an admin.
async fn claimed_admin(core: &TestCore, name: &str) -> UserRecord {
    let person = SignedIn {
        issuer: "https://id.example.com".into(),
        subject: name.into(),
        email: format!("{name}@example.com"),
        email_verified: true,
        name: name.into(),
        claimed: ClaimedRoles {
            platform_role: PlatformRole::Admin,
            platform_why: Some("groups has admins".into()),
            ..ClaimedRoles::default()
        },
        source: None,
    };
    let now = jiff::Timestamp::now();
    core.database.users().sign_in(person, now).await.unwrap()
}

#[tokio::test]
async fn only_platform_admins_see_and_change_people() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    // A tenant admin has no rights on the platform.
    let grace = core.member("grace", "vision", TenantRole::Admin).await;
    let narrow = Caller {
        channel: Channel::ApiToken(new_id()),
        token_reach: Some(TokenReach {
            scopes: vec![TokenScope::Read, TokenScope::Clusters, TokenScope::Nodes],
            tenant_id: None,
        }),
        ..ada.clone()
    };
    let id = ada.user_id.unwrap();
    let version = core.users.get(&ada, id).await.unwrap().version;
    let before = core.audited().await.len();
    for caller in [&grace, &narrow] {
        let people = &core.users;
        let query = UserQuery::default();
        for problem in [
            people.list(caller, query).await.unwrap_err(),
            people.get(caller, id).await.unwrap_err(),
            people.get(caller, new_id()).await.unwrap_err(),
            people.rule_providers(caller).await.unwrap_err(),
            people.try_rules(caller, "corp", "{}").await.unwrap_err(),
            people.suspend(caller, id, "").await.unwrap_err(),
            people.restore(caller, id).await.unwrap_err(),
            people
                .sign_out_everywhere(caller, id, true)
                .await
                .unwrap_err(),
            people.tokens(caller, id).await.unwrap_err(),
            people.revoke_token(caller, id, new_id()).await.unwrap_err(),
            people
                .set_platform_role(caller, id, PlatformRole::User, version, "")
                .await
                .unwrap_err(),
            people
                .set_platform_role(caller, grace.user_id.unwrap(), PlatformRole::Admin, 1, "")
                .await
                .unwrap_err(),
        ] {
            assert_eq!(problem.kind, ProblemKind::Forbidden, "{problem}");
        }
    }
    // Each attempt to change something is on record.
    let refused = core.audited().await.split_off(before);
    assert_eq!(refused.len(), 12);
    assert!(
        refused
            .iter()
            .all(|row| row.outcome == AuditOutcome::Refused)
    );
    assert_eq!(core.users.get(&ada, id).await.unwrap().version, version);
}

#[tokio::test]
async fn an_admin_grants_and_takes_away_a_platform_role() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let id = core.sign_in("grace", "grace@example.com").await;
    let seen = core.users.get(&ada, id).await.unwrap();
    let granted = core
        .users
        .set_platform_role(
            &ada,
            id,
            PlatformRole::Admin,
            seen.version,
            seen.confirmation(),
        )
        .await
        .unwrap();
    assert_eq!(granted.user.platform_role, PlatformRole::Admin);
    assert!(matches!(
        &granted.user.platform_source,
        Some(GrantSource::Manual { by: Some(by), .. }) if by == "ada"
    ));
    let grace = core.caller(id).await.unwrap();
    assert!(core.users.list(&grace, UserQuery::default()).await.is_ok());

    // Two admins at the same person: the second is told by whom and what it is now.
    let problem = core
        .users
        .set_platform_role(
            &ada,
            id,
            PlatformRole::User,
            seen.version,
            seen.confirmation(),
        )
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert_eq!(problem.code, "stale");
    assert!(problem.detail.contains("ada"), "{problem}");
    assert_eq!(problem.field("platform_role"), Some("It is admin now."));

    let taken = core
        .users
        .set_platform_role(
            &ada,
            id,
            PlatformRole::User,
            granted.version,
            granted.confirmation(),
        )
        .await
        .unwrap();
    assert_eq!(taken.user.platform_role, PlatformRole::User);
    let did: Vec<_> = core
        .audited()
        .await
        .into_iter()
        .map(|row| (row.action, row.target_name))
        .collect();
    assert_eq!(
        did[1..],
        [
            ("grant_role".into(), "grace".into()),
            ("revoke_role".into(), "grace".into())
        ]
    );
}

#[tokio::test]
async fn a_platform_role_changes_only_for_the_user_whose_address_is_typed() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let id = core.sign_in("grace", "grace@example.com").await;
    let user = core.users.get(&ada, id).await.unwrap();
    let change = async |role, version, typed: &str| {
        let users = &core.users;
        users
            .set_platform_role(&ada, id, role, version, typed)
            .await
    };
    for typed in ["", "grace", "yes", "ada@example.com", "GRACE@example.com"] {
        let problem = change(PlatformRole::Admin, user.version, typed).await;
        let problem = problem.unwrap_err();
        assert_eq!(problem.code, "confirmation_mismatch", "{typed}");
        assert!(problem.field("confirmation").is_some());
    }
    assert_eq!(core.users.get(&ada, id).await.unwrap(), user);
    let typed = " grace@example.com ";
    let admin = change(PlatformRole::Admin, user.version, typed).await;
    let admin = admin.unwrap();
    assert_eq!(admin.user.platform_role, PlatformRole::Admin);
    let revoked = change(PlatformRole::User, admin.version, "").await;
    assert_eq!(revoked.unwrap_err().code, "confirmation_mismatch");

    let id = core.sign_in("robot", "").await;
    let robot = core.users.get(&ada, id).await.unwrap();
    assert_eq!(robot.confirmation(), robot.subject);
}

#[tokio::test]
async fn the_last_admin_stays_and_nobody_suspends_themselves() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let id = ada.user_id.unwrap();
    let seen = core.users.get(&ada, id).await.unwrap();
    assert!(seen.last_admin);
    let problem = core
        .users
        .set_platform_role(
            &ada,
            id,
            PlatformRole::User,
            seen.version,
            seen.confirmation(),
        )
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert_eq!(problem.code, "last_admin");
    let problem = core
        .users
        .suspend(&ada, id, seen.confirmation())
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Forbidden);
    assert_eq!(problem.code, "cannot_suspend_yourself");
    let problem = core
        .users
        .suspend(&Caller::portal(), id, seen.confirmation())
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    let refused = core.audited().await.split_off(1);
    assert_eq!(refused.len(), 3);
    assert!(
        refused
            .iter()
            .all(|row| row.outcome == AuditOutcome::Refused)
    );

    core.admin("grace").await;
    let left = core
        .users
        .set_platform_role(
            &ada,
            id,
            PlatformRole::User,
            seen.version,
            seen.confirmation(),
        )
        .await;
    assert!(left.is_ok());
}

#[tokio::test]
async fn a_role_from_a_claim_cannot_be_taken_away_by_hand() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let claimed = claimed_admin(&core, "grace").await;
    let seen = core.users.get(&ada, claimed.id).await.unwrap();
    let problem = core
        .users
        .set_platform_role(
            &ada,
            claimed.id,
            PlatformRole::User,
            seen.version,
            seen.confirmation(),
        )
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    assert!(
        problem
            .field("platform_role")
            .unwrap()
            .contains("groups has admins"),
        "{problem}"
    );
    // What a person granted beside it goes; the claim's stays.
    let both = core
        .users
        .set_platform_role(
            &ada,
            claimed.id,
            PlatformRole::Admin,
            seen.version,
            seen.confirmation(),
        )
        .await
        .unwrap();
    assert_eq!(both.platform_grants.len(), 2);
    let one = core
        .users
        .set_platform_role(
            &ada,
            claimed.id,
            PlatformRole::User,
            both.version,
            both.confirmation(),
        )
        .await
        .unwrap();
    assert_eq!(one.user.platform_role, PlatformRole::Admin);
    assert_eq!(one.platform_grants.len(), 1);
}

#[tokio::test]
async fn somebody_suspended_can_do_nothing_until_restored() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let id = core.sign_in("grace", "grace@example.com").await;
    for _ in 0..2 {
        let suspended = core
            .users
            .suspend(&ada, id, "grace@example.com")
            .await
            .unwrap();
        assert!(suspended.user.suspended);
        assert!(core.caller(id).await.is_none());
    }
    for _ in 0..2 {
        let restored = core.users.restore(&ada, id).await.unwrap();
        assert!(!restored.user.suspended);
        assert!(core.caller(id).await.is_some());
    }
    for typed in ["", "grace", "ada@example.com"] {
        let typo = core.users.suspend(&ada, id, typed).await.unwrap_err();
        assert_eq!(typo.code, "confirmation_mismatch", "{typed}");
        assert!(core.caller(id).await.is_some());
    }
    let did: Vec<_> = core.audited().await.split_off(1);
    let did: Vec<_> = did.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(did, ["suspend_user", "restore_user"]);
    let missing = core.users.suspend(&ada, new_id(), "").await.unwrap_err();
    assert_eq!(missing.kind, ProblemKind::NotFound);
}

#[tokio::test]
async fn rules_are_tried_and_each_says_what_it_gives() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let providers = core.users.rule_providers(&ada).await.unwrap();
    assert_eq!(providers, [("corp".to_owned(), "Corp".to_owned())]);
    let claims = r#"{"sub":"1","groups":["devs","gone"]}"#;
    let before = core.audited().await.len();
    let trial = core.users.try_rules(&ada, "corp", claims).await.unwrap();
    let rules: Vec<_> = trial
        .rules
        .iter()
        .map(|rule| (&*rule.asks, &*rule.gives, rule.matches))
        .collect();
    assert_eq!(
        rules,
        [
            ("groups has admins", "platform role admin", false),
            ("groups has devs", "developer in vision", true),
            ("groups has gone", "viewer in nowhere", true),
            ("everybody", "viewer in vision", true),
        ]
    );
    assert!(trial.rules[2].problem.as_ref().unwrap().contains("nowhere"));
    assert_eq!(trial.platform_role, PlatformRole::User);
    assert_eq!(
        trial.tenants,
        [("vision".to_owned(), TenantRole::Developer)]
    );
    assert_eq!(trial.claims, ["groups", "sub"]);
    assert!(trial.withheld.is_empty());
    let elsewhere = r#"{"sub":"1","hasgroups":true}"#;
    let trial = core.users.try_rules(&ada, "corp", elsewhere).await.unwrap();
    assert_eq!(trial.withheld, ["groups"]);
    assert!(trial.keeps_roles);
    let withheld: Vec<_> = trial.rules.iter().map(|rule| rule.withheld).collect();
    assert_eq!(withheld, [true, true, true, false]);
    for (provider, token, field) in [
        ("elsewhere", claims, "provider"),
        ("corp", "nonsense", "token"),
    ] {
        let problem = core.users.try_rules(&ada, provider, token).await;
        assert!(problem.unwrap_err().field(field).is_some());
    }
    // Nobody has signed in, and nothing is kept.
    assert_eq!(core.audited().await.len(), before);
    let everybody = core.users.list(&ada, UserQuery::default()).await;
    assert_eq!(everybody.unwrap().total, 1);
}

fn token_input(name: &str) -> TokenInput {
    TokenInput {
        name: name.into(),
        expires_in_days: 30,
        scopes: vec![TokenScope::Read],
        tenant: None,
    }
}

#[tokio::test]
async fn an_admin_lists_and_revokes_the_tokens_of_a_user() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let id = grace.user_id.unwrap();
    let mut ids = Vec::new();
    for name in ["ci", "laptop"] {
        let created = core.account.create_token(&grace, token_input(name)).await;
        ids.push(created.unwrap().token.id);
    }
    let listed = async || -> Vec<String> {
        let tokens = core.users.tokens(&ada, id).await.unwrap();
        tokens.into_iter().map(|token| token.name).collect()
    };
    assert_eq!(listed().await, ["laptop", "ci"]);
    // Neither a token of another user nor one that is unknown or already revoked.
    let own = ada.user_id.unwrap();
    core.users.revoke_token(&ada, id, ids[0]).await.unwrap();
    for (user, token) in [
        (own, ids[1]),
        (id, new_id()),
        (id, ids[0]),
        (new_id(), ids[1]),
    ] {
        let problem = core
            .users
            .revoke_token(&ada, user, token)
            .await
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::NotFound);
    }
    assert_eq!(listed().await, ["laptop"]);
    let entry = core.audited().await.pop().unwrap();
    assert_eq!(
        (&*entry.action, &*entry.target_name),
        ("revoke_token", "ci")
    );
    assert_eq!(entry.user_id, ada.user_id);
}

#[tokio::test]
async fn suspension_revokes_tokens_for_good_and_signing_out_does_if_asked() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let id = grace.user_id.unwrap();
    let create = async || {
        let created = core.account.create_token(&grace, token_input("ci")).await;
        created.unwrap();
    };
    let left = async || core.users.tokens(&ada, id).await.unwrap().len();
    let revoked = async || {
        let changes = core.audited().await.pop().unwrap().changes;
        changes
            .iter()
            .any(|change| change.field == "api_tokens" && change.before.as_deref() == Some("1"))
    };
    create().await;
    core.users
        .sign_out_everywhere(&ada, id, false)
        .await
        .unwrap();
    assert_eq!((left().await, revoked().await), (1, false));
    core.users
        .sign_out_everywhere(&ada, id, true)
        .await
        .unwrap();
    assert_eq!((left().await, revoked().await), (0, true));
    create().await;
    core.users
        .suspend(&ada, id, "grace@example.com")
        .await
        .unwrap();
    assert_eq!((left().await, revoked().await), (0, true));
    core.users.restore(&ada, id).await.unwrap();
    assert_eq!((left().await, revoked().await), (0, false));
}
