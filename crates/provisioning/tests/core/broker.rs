//! The credential broker over a real database, with AWS played by a script.

use async_trait::async_trait;
use domain::{
    ids::{EnvironmentId, TenantId},
    problem::{Problem, ProblemKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    ChainVerdict, Database, audit_records::AuditEntry, error::Stored, records::TenantSeed,
};
use provisioning::{
    broker::{Asker, AskerChannel, BrokerService, WorkspaceScope},
    ports::cloud_credentials::{
        AwsKeys, AwsSession, CloudIdentity, CredentialError, CredentialLookup, CredentialSource,
        SecurityTokens, UsedCredential,
    },
};
use secrecy::ExposeSecret;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};
use tokio::sync::Notify;

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";

/// The keys of every tenant but `payments`, as a test changes them.
struct Source {
    database: Database,
    nobody: Mutex<Option<TenantId>>,
    suspended: Mutex<bool>,
    /// The credential is taken away between being opened and being used.
    lost: Mutex<bool>,
    access_key_id: Mutex<String>,
}

impl Source {
    fn new(database: Database) -> Self {
        Self {
            database,
            nobody: Mutex::default(),
            suspended: Mutex::default(),
            lost: Mutex::default(),
            access_key_id: Mutex::default(),
        }
    }
}

#[async_trait]
impl CredentialSource for Source {
    async fn aws_keys(
        &self,
        tenant: TenantId,
        _environment: EnvironmentId,
    ) -> Result<CredentialLookup<AwsKeys>, CredentialError> {
        if *self.suspended.lock().unwrap() {
            return Ok(CredentialLookup::Suspended("main".into()));
        }
        if *self.nobody.lock().unwrap() == Some(tenant) {
            return Ok(CredentialLookup::Nothing);
        }
        let keys = AwsKeys {
            access_key_id: self.access_key_id.lock().unwrap().clone(),
            secret_access_key: CANARY.into(),
            region: None,
            role: None,
        };
        let used = UsedCredential {
            id: uuid::Uuid::from(tenant).into(),
            tenant_id: tenant,
            name: "main".into(),
            fingerprint: "0123".into(),
        };
        Ok(CredentialLookup::Opened(used, keys))
    }

    async fn note_use(&self, used: &UsedCredential, audit: AuditEntry) -> Stored<bool> {
        assert_eq!(audit.target, format!("credential/{}", used.id));
        if *self.lost.lock().unwrap() {
            return Ok(false);
        }
        self.database.audit().append(audit).await.map(|()| true)
    }
}

/// AWS, counting how often it is asked.
struct Aws {
    asked: AtomicU32,
    lives: Mutex<SignedDuration>,
    refuses: Mutex<Option<bool>>,
    /// Answers only once this is notified.
    slow: Option<Notify>,
}

impl Aws {
    fn new(slow: bool) -> Self {
        Self {
            asked: AtomicU32::new(0),
            lives: Mutex::new(SignedDuration::from_hours(1)),
            refuses: Mutex::default(),
            slow: slow.then(Notify::new),
        }
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl SecurityTokens for Aws {
    async fn session(
        &self,
        keys: &AwsKeys,
        session_name: &str,
    ) -> Result<AwsSession, CredentialError> {
        let count = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        assert!((2..=64).contains(&session_name.len()), "{session_name}");
        if let Some(slow) = &self.slow {
            slow.notified().await;
        }
        if let Some(may_pass) = *self.refuses.lock().unwrap() {
            return Err(CredentialError {
                message: "AWS is not amused".into(),
                may_pass,
                source: None,
            });
        }
        Ok(AwsSession {
            access_key_id: format!("ASIA{count}OF{}", keys.access_key_id),
            secret_access_key: "session-secret".into(),
            session_token: "session-token".into(),
            expires_at: Timestamp::now() + *self.lives.lock().unwrap(),
        })
    }

    async fn identity(&self, _: &AwsKeys, _: &str) -> Result<CloudIdentity, CredentialError> {
        unreachable!("the broker does not check")
    }
}

struct Fixture {
    broker: Arc<BrokerService>,
    database: Database,
    source: Arc<Source>,
    aws: Arc<Aws>,
    directory: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        Self::with(Aws::new(false)).await
    }

    async fn with(aws: Aws) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hangar.db");
        let database = Database::open(path.to_str().unwrap()).await.unwrap();
        let seeds = ["vision", "payments"].map(|slug| TenantSeed {
            slug: slug.into(),
            name: slug.into(),
            environments: vec![("dev".into(), "dev".into())],
        });
        database.tenants().seed(&seeds).await.unwrap();
        database.workspaces().seed().await.unwrap();
        let (source, aws) = (Arc::new(Source::new(database.clone())), Arc::new(aws));
        let broker = BrokerService::new(database.clone(), source.clone(), aws.clone());
        Self {
            broker: Arc::new(broker),
            database,
            source,
            aws,
            directory,
        }
    }

    /// The name of the one workspace of a tenant.
    async fn workspace(&self, tenant: &str) -> String {
        let all = self.database.workspaces().list().await.unwrap();
        let mut of_tenant = all.into_iter().filter(|one| one.tenant.slug == tenant);
        of_tenant.next().unwrap().name
    }

    async fn ask(&self, asker: &Asker, workspace: &str) -> Result<String, Problem> {
        let session = self.broker.aws(asker, workspace).await?;
        assert_ne!(session.secret_access_key.expose_secret(), CANARY);
        Ok(session.access_key_id)
    }

    /// How many entries the audit log has.
    async fn audited(&self) -> i64 {
        self.database
            .verify_chains()
            .await
            .unwrap()
            .iter()
            .map(|chain| match chain.verdict {
                ChainVerdict::Intact { entries } => entries,
                ChainVerdict::Broken { .. } => panic!("{chain:?}"),
            })
            .sum()
    }

    fn has_no_keys(&self, tenant: TenantId) {
        *self.source.nobody.lock().unwrap() = Some(tenant);
    }

    fn aws_refuses(&self, may_pass: Option<bool>) {
        *self.aws.refuses.lock().unwrap() = may_pass;
    }
}

fn server(reach: WorkspaceScope) -> Asker {
    Asker {
        name: "API server gpu-1".into(),
        channel: AskerChannel::Certificate,
        source: Some("203.0.113.7".into()),
        reach,
    }
}

fn of(tenants: &[&str]) -> WorkspaceScope {
    WorkspaceScope::Tenants(tenants.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn a_workspace_that_is_not_the_askers_looks_like_one_that_is_not_there() {
    let fixture = Fixture::new().await;
    let payments = fixture.workspace("payments").await;
    let asker = server(of(&["vision"]));
    let foreign = fixture.ask(&asker, &payments).await.unwrap_err();
    let missing = fixture.ask(&asker, "hgr-nothing").await.unwrap_err();
    assert_eq!(foreign, missing);
    assert_eq!(foreign.kind, ProblemKind::NotFound);
    assert_eq!(fixture.aws.asked(), 0);
    let listed = fixture.broker.workspaces(&asker).await.unwrap();
    assert_eq!(listed, [fixture.workspace("vision").await]);
}

#[tokio::test]
async fn a_session_is_made_once_and_each_hand_out_is_audited() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    let first = fixture.ask(&asker, &vision).await.unwrap();
    let again = fixture.ask(&asker, &vision).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(fixture.aws.asked(), 1);
    assert_eq!(fixture.audited().await, 2);
    // Another workspace's is another's.
    let payments = fixture.workspace("payments").await;
    assert_ne!(fixture.ask(&asker, &payments).await.unwrap(), first);
}

#[tokio::test]
async fn a_session_near_its_end_is_not_handed_out() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    *fixture.aws.lives.lock().unwrap() = SignedDuration::from_secs(15 * 60 - 1);
    let asker = server(WorkspaceScope::Everything);
    let first = fixture.ask(&asker, &vision).await.unwrap();
    *fixture.aws.lives.lock().unwrap() = SignedDuration::from_secs(15 * 60 + 60);
    let second = fixture.ask(&asker, &vision).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(fixture.ask(&asker, &vision).await.unwrap(), second);
}

#[tokio::test]
async fn other_keys_end_what_was_made_of_the_old_ones() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    fixture.ask(&asker, &vision).await.unwrap();
    *fixture.source.access_key_id.lock().unwrap() = "NEW".into();
    assert!(
        fixture
            .ask(&asker, &vision)
            .await
            .unwrap()
            .ends_with("OFNEW")
    );
}

#[tokio::test]
async fn a_removed_credential_is_not_handed_out_from_memory() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    fixture.ask(&asker, &vision).await.unwrap();
    let record = fixture
        .database
        .workspaces()
        .by_name(&vision)
        .await
        .unwrap();
    fixture.has_no_keys(record.unwrap().tenant.id);
    let problem = fixture.ask(&asker, &vision).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotReady);
    assert!(
        problem
            .next_step
            .unwrap()
            .contains("--tenant vision --environment dev")
    );
    assert_eq!(fixture.audited().await, 1);
}

#[tokio::test]
async fn without_an_entry_in_the_audit_log_there_is_no_credential() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let path = fixture.directory.path().join("hangar.db");
    let location = format!("sqlite:{}?mode=ro", path.display());
    let read_only = Database::open(&location).await.unwrap();
    let broker = BrokerService::new(
        read_only.clone(),
        Arc::new(Source::new(read_only)),
        fixture.aws.clone(),
    );
    let problem = broker
        .aws(&server(WorkspaceScope::Everything), &vision)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Internal);
    assert_eq!(fixture.aws.asked(), 1);
}

#[tokio::test]
async fn what_aws_refuses_is_told_and_not_asked_again_at_once() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    for (may_pass, kind) in [
        (true, ProblemKind::Unavailable),
        (false, ProblemKind::NotReady),
    ] {
        fixture.aws_refuses(Some(may_pass));
        *fixture.source.access_key_id.lock().unwrap() = format!("{may_pass}");
        let before = fixture.aws.asked();
        for _ in 0..3 {
            let problem = fixture.ask(&asker, &vision).await.unwrap_err();
            assert_eq!(problem.kind, kind);
            assert!(problem.detail.contains("not amused"), "{problem}");
        }
        assert_eq!(fixture.aws.asked(), before + 1);
    }
    // Whoever stores other keys need not wait.
    fixture.aws_refuses(None);
    *fixture.source.access_key_id.lock().unwrap() = "NEW".into();
    fixture.ask(&asker, &vision).await.unwrap();
    assert_eq!(fixture.audited().await, 1);
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_question_to_aws() {
    let fixture = Fixture::with(Aws::new(true)).await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    let ask = || fixture.ask(&asker, &vision);
    let answer_aws = async {
        while fixture.aws.asked() == 0 {
            tokio::task::yield_now().await;
        }
        fixture.aws.slow.as_ref().unwrap().notify_one();
    };
    let (one, two, three, ()) = tokio::join!(ask(), ask(), ask(), answer_aws);
    let one = one.unwrap();
    assert!(
        [two.unwrap(), three.unwrap()]
            .iter()
            .all(|other| *other == one)
    );
    assert_eq!(fixture.aws.asked(), 1);
}

#[tokio::test]
async fn whoever_gives_up_waiting_finds_the_answer_the_next_time() {
    let fixture = Fixture::with(Aws::new(true)).await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    {
        let gives_up = fixture.ask(&asker, &vision);
        tokio::pin!(gives_up);
        while fixture.aws.asked() == 0 {
            tokio::select! {
                biased;
                _ = &mut gives_up => panic!("AWS has not answered yet"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    fixture.aws.slow.as_ref().unwrap().notify_one();
    fixture.ask(&asker, &vision).await.unwrap();
    assert_eq!(fixture.aws.asked(), 1);
}

#[tokio::test]
async fn a_suspended_credential_is_handed_out_to_nobody_not_even_from_memory() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let asker = server(WorkspaceScope::Everything);
    fixture.ask(&asker, &vision).await.unwrap();
    *fixture.source.suspended.lock().unwrap() = true;
    let problem = fixture.ask(&asker, &vision).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotReady);
    assert!(problem.detail.contains("suspended"), "{problem}");
}

#[tokio::test]
async fn what_was_taken_away_meanwhile_is_not_handed_out() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    *fixture.source.lost.lock().unwrap() = true;
    let asker = server(WorkspaceScope::Everything);
    let problem = fixture.ask(&asker, &vision).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert_eq!(fixture.audited().await, 0);
}
