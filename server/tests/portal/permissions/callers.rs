//! Everybody: nobody, somebody suspended, members of no tenant and of another one, every role, and narrow tokens.

use super::world::World;
use crate::fixture::TestPortal;
use domain::{
    access::{PlatformRole, TenantRole, TokenScope},
    caller::Caller,
    ids::TenantId,
    tenancy::TenantRef,
};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    account::token_digest,
    audit::{AuditAction, AuditEntry},
    new_id,
    ports::stores::UserStore as _,
    records::{SignedIn, TokenRecord, UserRecord},
};
use reqwest::{Client, Method, RequestBuilder, redirect::Policy};

/// Somebody who asks.
pub struct Asker {
    pub name: String,
    /// Who they are to the portal; `None`: nobody.
    pub caller: Option<Caller>,
    secret: Option<String>,
    http: Client,
    origin: String,
}

impl Asker {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        match &self.secret {
            Some(secret) => request.bearer_auth(secret),
            None => request
                .header("sec-fetch-site", "same-origin")
                .header("origin", &self.origin),
        }
    }
}

/// Makes people and tokens.
struct Door<'a> {
    portal: &'a TestPortal,
    http: Client,
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
        claimed_platform_role: platform,
        claimed_platform_why: None,
        claimed_tenants: tenant.map(Into::into).into_iter().collect(),
        source: None,
    };
    let stored = portal.database().store_sign_in(person, Timestamp::now());
    stored.await.unwrap()
}

impl Door<'_> {
    /// A token of `user`.
    async fn asker(
        &self,
        name: &str,
        user: &UserRecord,
        scopes: &[TokenScope],
        tenant: Option<&TenantRef>,
    ) -> Asker {
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
        let database = self.portal.database();
        database.store_token(token, audit).await.unwrap();
        let caller = self.portal.portal.token_caller(&secret, None).await;
        Asker {
            name: name.to_owned(),
            caller: caller.unwrap(),
            secret: Some(secret),
            http: self.http.clone(),
            origin: self.portal.origin(),
        }
    }
}

pub async fn everybody(portal: &TestPortal, world: &World) -> Vec<Asker> {
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let door = Door { portal, http };
    let (own, other) = (&world.tenant, &world.other);
    let user = PlatformRole::User;
    let everything = &TokenScope::ALL;
    let mut askers = vec![Asker {
        name: "nobody".into(),
        caller: None,
        secret: None,
        http: door.http.clone(),
        origin: portal.origin(),
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
        askers.push(door.asker(name, &person, everything, None).await);
        if name == "a tenant admin" {
            for scope in TokenScope::ALL {
                let name = format!("{name}'s token to {}", scope.as_str());
                askers.push(door.asker(&name, &person, &[scope], None).await);
            }
        }
    }
    let admin = person(portal, "a platform admin", PlatformRole::Admin, None).await;
    askers.push(
        door.asker("a platform admin", &admin, everything, None)
            .await,
    );
    for scope in TokenScope::ALL {
        let name = format!("a platform admin's token to {}", scope.as_str());
        askers.push(door.asker(&name, &admin, &[scope], None).await);
    }
    for tenant in [own, other] {
        let name = format!("a platform admin's token for {}", tenant.slug);
        askers.push(door.asker(&name, &admin, everything, Some(tenant)).await);
    }
    let developer = Some((own.id, TenantRole::Developer));
    let suspended = person(portal, "somebody suspended", user, developer).await;
    let mut asker = door
        .asker("somebody suspended", &suspended, everything, None)
        .await;
    portal.suspend(suspended.id).await;
    asker.caller = None;
    askers.push(asker);
    askers
}
