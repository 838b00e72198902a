//! Scoped API tokens, over a real database.

use domain::{
    access::{Action, PlatformRole, TenantRole, TokenScope},
    account::TokenInput,
    caller::Caller,
    problem::ProblemKind,
};
use persistence::records::{ClaimedRoles, SignedIn};
use provisioning::{claim_rules::ClaimRules, sign_in::SignInService};
use scripted::TestCore;

fn input(scopes: &[TokenScope], tenant: Option<&str>) -> TokenInput {
    TokenInput {
        name: "deploy".into(),
        expires_in_days: 1,
        scopes: scopes.to_vec(),
        tenant: tenant.map(str::to_owned),
    }
}

/// Whom a secret stands for.
async fn caller_of(core: &TestCore, secret: &str) -> Option<Caller> {
    let service = SignInService::new(core.database.clone(), ClaimRules::default());
    service.token_caller(secret, None).await.unwrap()
}

async fn with_token(core: &TestCore, maker: &Caller, input: TokenInput) -> Caller {
    let made = core.account.create_token(maker, input).await.unwrap();
    caller_of(core, &made.secret).await.unwrap()
}

#[tokio::test]
async fn a_token_may_what_both_its_scopes_and_its_maker_may() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let tenant = grace.memberships[0].tenant_id;
    for scope in TokenScope::ALL {
        let token = with_token(&core, &grace, input(&[scope], None)).await;
        for action in Action::ALL {
            let expected = scope.includes(action) && grace.may(action, tenant);
            assert_eq!(token.may(action, tenant), expected, "{scope:?} {action:?}");
        }
    }
}

#[tokio::test]
async fn a_token_loses_with_its_maker() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let tenant = grace.memberships[0].tenant_id;
    let account = &core.account;
    let made = account.create_token(&grace, input(&TokenScope::ALL, None));
    let secret = made.await.unwrap().secret;
    let token = caller_of(&core, &secret).await.unwrap();
    assert!(token.may(Action::OrderCluster, tenant));
    // The next sign-in brings a lower role.
    let claims = SignedIn {
        issuer: "https://id.example.com".into(),
        subject: "grace".into(),
        email: "grace@example.com".into(),
        email_verified: true,
        name: "grace".into(),
        claimed: ClaimedRoles {
            tenants: vec![(tenant, TenantRole::Viewer).into()],
            ..ClaimedRoles::default()
        },
        source: None,
    };
    let now = jiff::Timestamp::now();
    core.database.users().sign_in(claims, now).await.unwrap();
    let token = caller_of(&core, &secret).await.unwrap();
    assert!(!token.may(Action::OrderCluster, tenant));
    assert!(token.may(Action::ReadCluster, tenant));
}

#[tokio::test]
async fn a_token_makes_sees_and_ends_no_tokens() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Admin).await;
    let token = with_token(&core, &grace, input(&TokenScope::ALL, None)).await;
    let account = &core.account;
    let wider = account.create_token(&token, input(&TokenScope::ALL, None));
    assert_eq!(wider.await.unwrap_err().kind, ProblemKind::Forbidden);
    let seen = account.tokens(&token).await;
    assert_eq!(seen.unwrap_err().kind, ProblemKind::Forbidden);
    let own = account.tokens(&grace).await.unwrap().remove(0).id;
    let ended = account.revoke_token(&token, own).await;
    assert_eq!(ended.unwrap_err().kind, ProblemKind::Forbidden);
}

#[tokio::test]
async fn a_token_for_one_tenant_reaches_no_other() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let everywhere = input(&TokenScope::ALL, Some("vision"));
    let token = with_token(&core, &ada, everywhere).await;
    let profile = core.account.profile(&token).await.unwrap();
    let slugs: Vec<_> = profile
        .tenants
        .iter()
        .map(|own| &*own.tenant.slug)
        .collect();
    assert_eq!(slugs, ["vision"]);
    assert_eq!(
        profile.platform_role,
        PlatformRole::User,
        "as far as it reaches"
    );
    let shown = profile.token.unwrap();
    assert_eq!(shown.scopes, TokenScope::ALL);
    assert_eq!(shown.tenant.unwrap().slug, "vision");
    let profile = core.account.profile(&ada).await.unwrap();
    assert_eq!(profile.platform_role, PlatformRole::Admin);
    assert_eq!(profile.tenants.len(), 2);
    assert_eq!(profile.token, None);
}

#[tokio::test]
async fn a_token_is_not_made_for_a_tenant_one_cannot_see_or_without_scopes() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let account = &core.account;
    let scopes = [TokenScope::Read];
    let foreign = account.create_token(&grace, input(&scopes, Some("payments")));
    let foreign = foreign.await.unwrap_err();
    let missing = account.create_token(&grace, input(&scopes, Some("nowhere")));
    assert_eq!(foreign, missing.await.unwrap_err());
    assert!(foreign.field("tenant").is_some());
    let nothing = account.create_token(&grace, input(&[], Some("nowhere")));
    let nothing = nothing.await.unwrap_err();
    assert!(nothing.field("scopes").is_some() && nothing.field("tenant").is_some());
    // None ticked is none, the form's empty choice is everywhere, and twice is once.
    let twice = [TokenScope::Nodes, TokenScope::Read, TokenScope::Nodes];
    let made = account.create_token(&grace, input(&twice, Some(""))).await;
    let made = made.unwrap().token;
    assert_eq!(made.scopes, [TokenScope::Read, TokenScope::Nodes]);
    assert_eq!(made.tenant, None);
    let recorded = core.audited().await.pop().unwrap();
    assert_eq!(recorded.detail.unwrap(), "read, nodes · all tenants · 1 d");
}

#[tokio::test]
async fn a_user_can_have_only_so_many_tokens() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Viewer).await;
    let create = || {
        let input = input(&[TokenScope::Read], None);
        core.account.create_token(&grace, input)
    };
    for _ in 0..TokenInput::MOST {
        create().await.unwrap();
    }
    let refused = create().await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::Conflict);
    assert_eq!(refused.code, "too_many_tokens");
    let tokens = core.account.tokens(&grace).await.unwrap();
    let revoked = core.account.revoke_token(&grace, tokens[0].id);
    revoked.await.unwrap();
    create().await.unwrap();
}
