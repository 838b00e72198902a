//! Clusters, nodes and workspaces in a state of a test's choice, as the reconciler would have written it.

use crate::TestCore;
use domain::ids::{EnvironmentId, UserId};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    node_records::WorkspaceProgress,
    records::{NewResource, OrderStored, Progress, Record, StoredKind},
};
use tower_sessions::{
    SessionStore,
    session::{self, Id},
};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

impl TestCore {
    /// Stores a resource and what became of it.
    pub async fn stored<K: StoredKind>(
        &self,
        new: NewResource<K>,
        audit: AuditEntry,
        progress: impl FnOnce(&Record<K>) -> Progress<K>,
    ) -> Record<K> {
        let table = self.database.table::<Record<K>>();
        let id = new.id;
        let stored = table.create(new, audit).await.unwrap();
        assert!(matches!(stored, OrderStored::Created(_)), "{stored:?}");
        let claims = table.claim(Timestamp::now(), LEASE, 100).await.unwrap();
        let claim = claims.into_iter().find(|claim| claim.record.id == id);
        let claim = claim.unwrap();
        let progress = progress(&claim.record);
        assert!(table.record(&claim, progress).await.unwrap());
        table.get(id).await.unwrap().unwrap()
    }

    /// Makes every workspace ready, without an account of its own.
    pub async fn workspaces_are_ready(&self) {
        let claims = self
            .database
            .workspaces()
            .claim(Timestamp::now(), LEASE, 100);
        for claim in claims.await.unwrap() {
            let progress = WorkspaceProgress {
                account: None,
                ready: true,
                enabled_clouds: Vec::new(),
                checked_at: None,
                failure: None,
                attempts: 0,
                due_at: Timestamp::now() + LEASE,
            };
            let recorded = self.database.workspaces().record(&claim, progress).await;
            assert!(recorded.unwrap());
        }
    }

    /// The environment of a tenant.
    pub async fn environment(&self, tenant: &str, environment: &str) -> EnvironmentId {
        let tenants = self.database.tenants().active().await.unwrap();
        let tenant = tenants
            .iter()
            .find(|one| one.tenant.slug == tenant)
            .unwrap();
        let mut environments = tenant.environments.iter();
        environments.find(|one| one.slug == environment).unwrap().id
    }

    /// Signs a user in with a browser.
    pub async fn open_session(&self, user: UserId) {
        let mut record = session::Record {
            id: Id::default(),
            data: [("user_id".to_owned(), user.to_string().into())].into(),
            expiry_date: time::OffsetDateTime::now_utc() + time::Duration::hours(1),
        };
        self.database.sessions().create(&mut record).await.unwrap();
    }
}
