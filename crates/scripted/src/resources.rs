//! Clusters, nodes and workspaces in a state of a test's choice, as the reconciler would have written it.

use crate::TestCore;
use domain::ids::{EnvironmentId, UserId};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    node_records::{NewNode, NodeOrderStored, NodeProgress, NodeRecord, WorkspaceProgress},
    records::{ClusterRecord, NewCluster, OrderStored, Progress},
};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

impl TestCore {
    /// Stores a cluster and what became of it.
    pub async fn cluster(
        &self,
        new: NewCluster,
        audit: AuditEntry,
        progress: impl FnOnce(&ClusterRecord) -> Progress,
    ) -> ClusterRecord {
        let database = &self.database;
        let id = new.id;
        let stored = database.clusters().create(new, audit).await.unwrap();
        assert!(matches!(stored, OrderStored::Created(_)), "{stored:?}");
        let claims = database
            .clusters()
            .claim(Timestamp::now(), LEASE, 100)
            .await
            .unwrap();
        let claim = claims.into_iter().find(|claim| claim.record.id == id);
        let claim = claim.unwrap();
        let progress = progress(&claim.record);
        assert!(database.clusters().record(&claim, progress).await.unwrap());
        database.clusters().get(id).await.unwrap().unwrap()
    }

    /// Stores a node and what became of it.
    pub async fn node(
        &self,
        new: NewNode,
        audit: AuditEntry,
        progress: impl FnOnce(&NodeRecord) -> NodeProgress,
    ) -> NodeRecord {
        let database = &self.database;
        let id = new.id;
        let stored = database.nodes().create(new, audit).await.unwrap();
        assert!(matches!(stored, NodeOrderStored::Created(_)), "{stored:?}");
        let claims = database.nodes().claim(Timestamp::now(), LEASE, 100).await;
        let claims = claims.unwrap();
        let claim = claims.into_iter().find(|claim| claim.record.id == id);
        let claim = claim.unwrap();
        let progress = progress(&claim.record);
        assert!(database.nodes().record(&claim, progress).await.unwrap());
        database.nodes().get(id).await.unwrap().unwrap()
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
        let mut record = Record {
            id: Id::default(),
            data: [("user_id".to_owned(), user.to_string().into())].into(),
            expiry_date: time::OffsetDateTime::now_utc() + time::Duration::hours(1),
        };
        self.database.sessions().create(&mut record).await.unwrap();
    }
}
