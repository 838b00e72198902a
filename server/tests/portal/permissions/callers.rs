//! Everybody: nobody, somebody suspended, members of no tenant and of another one, every role, narrow tokens, and
//! people in front of browsers.

use super::world::World;
use crate::fixture::{ADMIN, Browser, DEVELOPER, OTHER_DEVELOPER, TestPortal, VIEWER};
use domain::{
    access::{PlatformRole, TenantRole, TokenScope},
    account::TokenInput,
    audit::AuditAction,
    caller::Caller,
    ids::TenantId,
    tenancy::TenantRef,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    records::{ClaimedRoles, SignedIn, TokenRecord, UserRecord},
};
use provisioning::account::token_digest;
use reqwest::{Method, RequestBuilder};

/// Somebody who asks.
pub struct Asker {
    pub name: String,
    /// Who they are to the portal; `None`: nobody.
    pub caller: Option<Caller>,
    browser: Browser,
}

impl Asker {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.browser.request_of_our_page(method, path)
    }

    /// Whether they send a token, valid or not.
    pub fn sends_token(&self) -> bool {
        self.browser.sends_token()
    }

    /// Somebody who signed in at the sandbox's provider.
    async fn signed_in(portal: &TestPortal, name: &str, email: &str) -> Self {
        let browser = portal.browser_of(email).await;
        let user = portal.person(email).await.id;
        let caller = portal.portal.session_caller(user, None).await;
        Self {
            name: name.to_owned(),
            caller: caller.unwrap(),
            browser,
        }
    }

    /// Somebody with a token of `user`.
    async fn with_token(
        portal: &TestPortal,
        name: &str,
        user: &UserRecord,
        scopes: &[TokenScope],
        tenant: Option<&TenantRef>,
    ) -> Self {
        let now = Timestamp::now();
        let secret = format!("hgr_{}", new_id::<uuid::Uuid>());
        let token = TokenRecord {
            id: new_id(),
            user_id: user.id,
            name: name.into(),
            prefix: "hgr_test".into(),
            digest: token_digest(&secret),
            scopes: scopes.to_vec(),
            tenant: tenant.cloned(),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(1),
            last_used_at: None,
        };
        let action = AuditAction::CreateToken;
        let audit = AuditEntry::by(&Caller::portal(), action, now, "token", name);
        portal
            .database()
            .tokens()
            .create(token, TokenInput::MOST, audit)
            .await
            .unwrap();
        let caller = portal.portal.token_caller(&secret, None).await;
        Self {
            name: name.to_owned(),
            caller: caller.unwrap(),
            browser: Browser::with_token(portal.origin(), &secret),
        }
    }
}

/// Somebody new with these roles.
pub async fn person(
    portal: &TestPortal,
    name: &str,
    platform: PlatformRole,
    tenant: Option<(TenantId, TenantRole)>,
) -> UserRecord {
    let person = SignedIn {
        issuer: "https://people.example.com".into(),
        subject: name.into(),
        email: format!("{}@people.example.com", name.replace(' ', ".")),
        email_verified: true,
        name: name.into(),
        claimed: ClaimedRoles {
            platform_role: platform,
            tenants: tenant.map(Into::into).into_iter().collect(),
            ..ClaimedRoles::default()
        },
        source: None,
    };
    let stored = portal.database().users().sign_in(person, Timestamp::now());
    stored.await.unwrap()
}

pub async fn everybody(portal: &TestPortal, world: &World) -> Vec<Asker> {
    let (own, other) = (&world.tenant, &world.other);
    let user = PlatformRole::User;
    let everything = &TokenScope::ALL;
    let mut askers = vec![Asker {
        name: "nobody".into(),
        caller: None,
        browser: portal.browser(),
    }];
    let roles = [
        ("a viewer", Some((own.id, TenantRole::Viewer))),
        ("a developer", Some((own.id, TenantRole::Developer))),
        ("a tenant admin", Some((own.id, TenantRole::Admin))),
        ("a member of no tenant", None),
        ("a viewer elsewhere", Some((other.id, TenantRole::Viewer))),
        ("an admin elsewhere", Some((other.id, TenantRole::Admin))),
    ];
    for (name, role) in roles {
        let person = person(portal, name, user, role).await;
        askers.push(Asker::with_token(portal, name, &person, everything, None).await);
        if name == "a tenant admin" {
            for scope in TokenScope::ALL {
                let name = format!("{name}'s token to {}", scope.as_str());
                askers.push(Asker::with_token(portal, &name, &person, &[scope], None).await);
            }
        }
    }
    let admin = person(portal, "a platform admin", PlatformRole::Admin, None).await;
    askers.push(Asker::with_token(portal, "a platform admin", &admin, everything, None).await);
    for scope in TokenScope::ALL {
        let name = format!("a platform admin's token to {}", scope.as_str());
        askers.push(Asker::with_token(portal, &name, &admin, &[scope], None).await);
    }
    for tenant in [own, other] {
        let name = format!("a platform admin's token for {}", tenant.slug);
        askers.push(Asker::with_token(portal, &name, &admin, everything, Some(tenant)).await);
    }
    for (name, email) in [
        ("a viewer at a browser", VIEWER),
        ("a developer at a browser", DEVELOPER),
        ("a developer elsewhere at a browser", OTHER_DEVELOPER),
        ("a platform admin at a browser", ADMIN),
    ] {
        askers.push(Asker::signed_in(portal, name, email).await);
    }
    let developer = Some((own.id, TenantRole::Developer));
    let name = "somebody suspended";
    let suspended = person(portal, name, user, developer).await;
    let mut asker = Asker::with_token(portal, name, &suspended, everything, None).await;
    portal.suspend(suspended.id).await;
    asker.caller = None;
    askers.push(asker);
    askers
}
