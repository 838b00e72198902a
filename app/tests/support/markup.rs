//! Names and texts from outside that look like markup.

use domain::{
    access::{PlatformRole, TenantRole, TokenScope},
    account::TokenInput,
    audit::{AuditAction, AuditChange},
    caller::Caller,
    cluster::{ClusterEvent, DeletionPreview},
    node::{
        catalogue::Offer,
        job::{Job, JobState},
        view::Orphan,
    },
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    records::{ClaimedRoles, ClaimedTenant, SignedIn},
};

use super::{TestPortal, sample, signed_in};

/// Ends a title and an attribute, and begins an element.
pub const MARKUP: &str = "</title><x-probe>\"'&";

impl TestPortal {
    /// Gives [`MARKUP`] as name or text to what users, identity providers and outside systems name. Returns the id of the
    /// audit entry about it.
    pub async fn name_everything_markup(&self) -> uuid::Uuid {
        self.rename_users().await;
        let (admin, core) = (self.admin_caller(), &self.core);
        let (tenant, environment) = self.versions().await;
        let tenants = &core.tenants;
        let renamed = tenants.rename(&admin, self.tenant, MARKUP, tenant).await;
        renamed.unwrap();
        let renamed =
            tenants.rename_environment(&admin, self.tenant, self.dev, MARKUP, environment);
        renamed.await.unwrap();
        let tenant_admin = self.tenant_admin().caller.unwrap();
        for credential in core.credentials.list(&admin, "vision").await.unwrap() {
            let (id, version) = (credential.id, credential.version);
            let name = format!("{MARKUP} {}", credential.name);
            let renamed = core.credentials.rename(&tenant_admin, id, &name, version);
            renamed.await.unwrap();
        }
        let token = TokenInput {
            name: MARKUP.into(),
            expires_in_days: 30,
            scopes: vec![TokenScope::Read],
            tenant: None,
        };
        core.account
            .create_token(&tenant_admin, token)
            .await
            .unwrap();
        self.report_markup().await;
        let caller = Caller {
            name: MARKUP.into(),
            source: Some(MARKUP.into()),
            ..admin
        };
        let (now, action) = (Timestamp::now(), AuditAction::ChangeEnvironment);
        let entry = AuditEntry::by(&caller, action, now, "environment/1", MARKUP)
            .in_tenant(self.tenant)
            .with_detail(MARKUP)
            .with_changes([AuditChange::new("name", Some(MARKUP), Some(MARKUP))]);
        core.database.audit().append(entry).await.unwrap();
        self.audited(action).await
    }

    async fn rename_users(&self) {
        for name in ["Paula Stein", "Ada Keller", "Grace Okafor"] {
            let user = signed_in(name);
            let claimed = ClaimedTenant {
                tenant_id: self.tenant,
                role: TenantRole::Developer,
                why: Some(MARKUP.into()),
            };
            let renamed = SignedIn {
                name: MARKUP.into(),
                email: format!("{MARKUP}{}", user.email),
                claimed: ClaimedRoles {
                    platform_role: PlatformRole::Admin,
                    platform_why: Some(MARKUP.into()),
                    tenants: vec![claimed],
                    ..ClaimedRoles::default()
                },
                ..user
            };
            let users = self.core.database.users();
            users.sign_in(renamed, Timestamp::now()).await.unwrap();
        }
    }

    /// What host clusters, clouds and the SkyPilot API server report.
    async fn report_markup(&self) {
        let (core, now) = (&self.core, Timestamp::now());
        let text = || MARKUP.to_owned();
        *core.hosts.events.lock().unwrap() = vec![ClusterEvent {
            at: now,
            warning: true,
            reason: text(),
            message: text(),
            object: text(),
            count: 2,
        }];
        *core.hosts.preview.lock().unwrap() = vec![DeletionPreview {
            kind: text(),
            names: vec![text()],
            count: 3,
        }];
        *core.machines.queue.lock().unwrap() = vec![Job {
            id: 3,
            name: text(),
            state: JobState::Running,
            submitted_at: now,
            started_at: Some(now),
            ended_at: None,
        }];
        *core.machines.log.lock().unwrap() = vec![format!("{MARKUP}\n")];
        let orphan = Orphan {
            machine: text(),
            workspace: text(),
            state: text(),
            resources: text(),
            place: Some(text()),
            launched_at: Some(now),
            going: false,
        };
        let reports = core.database.server_reports();
        reports.set_orphans(&[orphan]).await.unwrap();
        let offers = sample::offers().into_iter().map(|offer| Offer {
            accelerator: text(),
            region: text(),
            instance_type: text(),
            ..offer
        });
        core.skypilot.catalogue.replace(offers.collect(), now);
    }
}
