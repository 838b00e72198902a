//! The pages over the real core, with scripted outside systems.

mod browser;
mod clusters;
mod credentials;
mod markup;
mod nodes;
mod sample;

pub use browser::{Browser, is_off};
pub use clusters::{READY, WORKING};
pub use markup::MARKUP;
pub use nodes::{FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE};
pub use sample::SECRET_KEY;

use std::ops::Deref;
use std::sync::Arc;

use app::site::{Assets, SignInProvider, Site};
use axum::Router;
use axum::extract::Request;
use domain::{
    access::{PlatformRole, TenantRole},
    audit::{AuditAction, AuditChange, AuditOutcome, AuditQuery},
    caller::{Caller, Channel, Membership, TenantScope},
    ids::{EnvironmentId, InvitationId, TenantId, UserId},
    money::MicroDollars,
    plan::Plan,
    tenancy::{EnvironmentLimits, InvitationInput},
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    records::{ClaimedRoles, ClaimedTenant, SignedIn, TenantSeed},
};
use scripted::TestCore;
use uuid::Uuid;

/// The id of nothing.
pub const UNKNOWN: Uuid = Uuid::from_u128(99);

/// A portal with the tenant `vision` (environments `dev` and `staging`) and these users: Paula Stein, the only
/// platform admin; Ada Keller, an admin of vision; Grace Okafor, a developer of it by a claim; Linus Brandt, who is
/// suspended. Cloning it is cheap.
#[derive(Clone)]
pub struct TestPortal(Arc<World>);

/// What a portal is made of.
pub struct World {
    pub core: TestCore,
    pub paula: UserId,
    pub ada: UserId,
    pub grace: UserId,
    pub linus: UserId,
    pub tenant: TenantId,
    pub dev: EnvironmentId,
    pages: Router,
}

impl Deref for TestPortal {
    type Target = World;
    fn deref(&self) -> &World {
        &self.0
    }
}

fn signed_in(name: &str) -> SignedIn {
    let short = name.split(' ').next().unwrap_or_default().to_lowercase();
    SignedIn {
        issuer: "https://login.example.com".into(),
        subject: format!("{short}-at-the-provider"),
        email: format!("{short}@example.com"),
        email_verified: true,
        name: name.into(),
        claimed: ClaimedRoles::default(),
        source: None,
    }
}

impl TestPortal {
    /// Without resources.
    pub async fn start() -> Self {
        let portal = Self::before_prices_are_read().await;
        portal.core.skypilot.catalogue.replace(
            sample::offers(),
            Timestamp::now() - jiff::SignedDuration::from_mins(12),
        );
        portal
    }

    /// Without resources, and before the prices of nodes have been read for the first time.
    pub async fn before_prices_are_read() -> Self {
        let part = |slug: &str| (slug.to_owned(), slug.to_owned());
        let seed = TenantSeed {
            slug: "vision".into(),
            name: "Vision team".into(),
            environments: vec![part("dev"), part("staging")],
        };
        let core = TestCore::with_tenants(&[seed]).await;
        let dev = core.environment("vision", "dev").await;
        let tenant = core
            .database
            .tenants()
            .active()
            .await
            .unwrap()
            .remove(0)
            .tenant
            .id;
        let now = Timestamp::now();
        let by_claim = SignedIn {
            claimed: ClaimedRoles {
                tenants: vec![ClaimedTenant {
                    tenant_id: tenant,
                    role: TenantRole::Developer,
                    why: Some("groups has vision-dev".into()),
                }],
                ..ClaimedRoles::default()
            },
            ..signed_in("Grace Okafor")
        };
        let sign_in = async |who| core.database.users().sign_in(who, now).await.unwrap().id;
        let paula = sign_in(signed_in("Paula Stein")).await;
        let ada = sign_in(signed_in("Ada Keller")).await;
        let grace = sign_in(by_claim).await;
        let linus = sign_in(signed_in("Linus Brandt")).await;
        let entry = |caller: &Caller, action, user: UserId| {
            AuditEntry::by(caller, action, now, format!("user/{user}"), "user")
        };
        let command_line = Caller::command_line();
        let audit = entry(&command_line, AuditAction::GrantRole, paula);
        let role = PlatformRole::Admin;
        let database = &core.database;
        database
            .users()
            .set_platform_role(paula, role, None, audit)
            .await
            .unwrap();
        let audit = entry(&command_line, AuditAction::GrantMembership, ada);
        let role = TenantRole::Admin;
        database
            .tenants()
            .set_member(tenant, ada, role, audit)
            .await
            .unwrap();
        let audit = entry(&command_line, AuditAction::SuspendUser, linus);
        database
            .users()
            .set_suspended(linus, true, audit)
            .await
            .unwrap();
        let pages = pages(&core);
        Self(Arc::new(World {
            core,
            paula,
            ada,
            grace,
            linus,
            tenant,
            dev,
            pages,
        }))
    }

    /// Limits `dev` to five clusters and $1,000 an hour.
    pub async fn with_limits(self) -> Self {
        let limits = EnvironmentLimits {
            max_clusters: Some(5),
            max_nodes: None,
            max_price_per_hour: Some(MicroDollars(1_000_000_000)),
        };
        let (admin, tenants) = (self.admin_caller(), &self.core.tenants);
        tenants
            .set_limits(&admin, self.tenant, self.dev, limits, 1)
            .await
            .unwrap();
        self
    }

    /// Adds an archived tenant, `old`.
    pub async fn with_an_archived_tenant(self) -> Self {
        let (admin, tenants) = (self.admin_caller(), &self.core.tenants);
        let input = domain::tenancy::TenantInput {
            name: "Old team".into(),
            slug: "old".into(),
        };
        let id = tenants.create(&admin, input).await.unwrap().tenant.id;
        tenants.archive(&admin, id, "old").await.unwrap();
        self
    }

    /// Invites new@example.com.
    pub async fn with_an_invitation(self) -> Self {
        let input = InvitationInput {
            email: "new@example.com".into(),
            role: TenantRole::Viewer,
            user_id: None,
        };
        let (admin, tenants) = (self.admin_caller(), &self.core.tenants);
        let invited = tenants.invite(&admin, self.tenant, input);
        invited.await.unwrap();
        self
    }

    /// Gives Ada an API token for Vision.
    pub async fn with_a_token(self) -> Self {
        let input = domain::account::TokenInput {
            name: "deploy pipeline".into(),
            expires_in_days: 30,
            scopes: vec![domain::access::TokenScope::Read],
            tenant: Some("vision".into()),
        };
        let ada = self.caller(PlatformRole::User, Some(TenantRole::Developer));
        self.core.account.create_token(&ada, input).await.unwrap();
        self
    }

    /// Has the hosts eu-1 (with an ingress domain), eu-2 and eu-3 (does not respond), and a cluster with a former plan on
    /// us-1, which was removed from the configuration.
    pub async fn with_hosts(self) -> Self {
        let mut hosts = ["eu-1", "eu-2", "eu-3"].map(scripted::host);
        hosts[0].ingress_domain = Some("clusters.example.com".into());
        *self.core.hosts.configured.lock().unwrap() = hosts.into();
        self.core.hosts.silent.lock().unwrap().push("eu-3".into());
        self.with_a_cluster_on(
            "us-1",
            Plan {
                name: "huge".into(),
                title: "Huge".into(),
                ..Plan::defaults().remove(2)
            },
        )
        .await;
        self
    }

    /// Gives Grace two sessions and an API token.
    pub async fn with_sessions(self) -> Self {
        for _ in 0..2 {
            self.core.open_session(self.grace).await;
        }
        let grace = Caller {
            user_id: Some(self.grace),
            ..self.caller(PlatformRole::User, Some(TenantRole::Developer))
        };
        let input = domain::account::TokenInput {
            name: "nightly".into(),
            expires_in_days: 30,
            scopes: vec![domain::access::TokenScope::Read],
            tenant: None,
        };
        self.core.account.create_token(&grace, input).await.unwrap();
        self
    }

    /// Adds an audit entry about a change in `staging` that was refused.
    pub async fn with_a_refusal(self) -> Self {
        let caller = Caller {
            source: Some("192.0.2.7".into()),
            ..self.admin_caller()
        };
        let action = AuditAction::ChangeEnvironment;
        let entry = AuditEntry::by(
            &caller,
            action,
            Timestamp::now(),
            "environment/1",
            "staging",
        )
        .in_tenant(self.tenant)
        .with_outcome(AuditOutcome::Refused)
        .with_changes([AuditChange::new("max_nodes", Some("3"), Some("5"))]);
        self.core.database.audit().append(entry).await.unwrap();
        self
    }

    /// The ids of open invitations.
    pub async fn invitations(&self) -> Vec<InvitationId> {
        let seen = self.core.tenants.get(&self.admin_caller(), "vision").await;
        let invitations = seen.unwrap().invitations.into_iter();
        invitations.map(|invitation| invitation.id).collect()
    }

    /// The current version of the tenant, and of its environment `dev`.
    pub async fn versions(&self) -> (i64, i64) {
        let seen = self.core.tenants.get(&self.admin_caller(), "vision").await;
        let seen = seen.unwrap();
        (seen.version, seen.environments[0].version)
    }

    /// The id of the newest audit entry of this action.
    pub async fn audited(&self, action: AuditAction) -> Uuid {
        let query = AuditQuery {
            actions: vec![action],
            limit: 1,
            ..AuditQuery::default()
        };
        let page = self.core.database.audit().list(&TenantScope::All, &query);
        page.await.unwrap().items[0].id.into()
    }

    /// The id of the newest audit entry about something of this name.
    pub async fn audited_on(&self, name: &str) -> Uuid {
        let query = AuditQuery {
            search: name.into(),
            limit: 1,
            ..AuditQuery::default()
        };
        let page = self.core.database.audit().list(&TenantScope::All, &query);
        page.await.unwrap().items[0].id.into()
    }

    /// Ada's rights, with these roles.
    pub fn caller(&self, platform_role: PlatformRole, role: Option<TenantRole>) -> Caller {
        let membership = |role| Membership {
            tenant_id: self.tenant,
            role,
        };
        Caller {
            user_id: Some(self.ada),
            name: "Ada Keller".into(),
            email: "ada@example.com".into(),
            platform_role,
            memberships: role.map(membership).into_iter().collect(),
            channel: Channel::Session,
            token_reach: None,
            source: None,
        }
    }

    pub fn admin_caller(&self) -> Caller {
        Caller {
            user_id: Some(self.paula),
            name: "Paula Stein".into(),
            email: "paula@example.com".into(),
            ..self.caller(PlatformRole::Admin, None)
        }
    }

    /// A change by another admin, Maya Lindt.
    pub fn maya(&self) -> Caller {
        Caller {
            user_id: None,
            name: "Maya Lindt".into(),
            ..self.admin_caller()
        }
    }

    fn browser(&self, caller: Option<Caller>) -> Browser {
        Browser::new(self.clone(), caller)
    }

    pub fn developer(&self) -> Browser {
        self.browser(Some(
            self.caller(PlatformRole::User, Some(TenantRole::Developer)),
        ))
    }

    pub fn viewer(&self) -> Browser {
        self.browser(Some(
            self.caller(PlatformRole::User, Some(TenantRole::Viewer)),
        ))
    }

    pub fn tenant_admin(&self) -> Browser {
        self.browser(Some(
            self.caller(PlatformRole::User, Some(TenantRole::Admin)),
        ))
    }

    pub fn admin(&self) -> Browser {
        self.browser(Some(self.admin_caller()))
    }

    /// A user without a tenant.
    pub fn stranger(&self) -> Browser {
        self.browser(Some(self.caller(PlatformRole::User, None)))
    }

    /// A browser in which no user is signed in.
    pub fn signed_out(&self) -> Browser {
        self.browser(None)
    }
}

fn pages(core: &TestCore) -> Router {
    let site = Site {
        assets: Arc::new(Assets {
            script: "portal-1.js".into(),
            islands: "islands-1.js".into(),
            wasm: "islands-1_bg.wasm".into(),
            css: "hangar-1.css".into(),
        }),
        core: core.core.clone(),
        sandbox: true,
        providers: Arc::new([SignInProvider {
            slug: "sandbox".into(),
            title: "the sandbox".into(),
        }]),
        public_url: "https://hangar.example.com".into(),
        api_document: Arc::new(sample::api_document()),
    };
    let not_found = site.clone();
    app::routes(site).fallback(async move |request: Request| {
        let (parts, _) = request.into_parts();
        app::not_found(&not_found, parts).await
    })
}
