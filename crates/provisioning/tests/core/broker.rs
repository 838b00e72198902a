//! The credential broker over a real database and vault, with AWS played by a script.

use async_trait::async_trait;
use domain::{
    audit::{AuditAction, AuditQuery},
    caller::{Caller, TenantScope},
    credential::{Credential, CredentialInput, CredentialScope, Provider, SecretText},
    problem::{Problem, ProblemKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::Database;
use provisioning::{
    broker::{ApiServer, ApiServerChannel, BrokerService, WorkspaceScope},
    ports::{
        cloud_credentials::{AwsKeys, AwsSession, CloudIdentity, CredentialError, SecurityTokens},
        sealing::{SealError, Sealed, Sealer, SecretOwner},
    },
    vault::{Providers, Vault},
};
use scripted::{BackwardsSealer, TestCore};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::Notify;

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const OTHER_KEY: &str = "AKIAI44QH8DHBEXAMPLE";

/// Counts how often a secret is opened.
#[derive(Default)]
struct CountingSealer {
    opened: AtomicU32,
}

#[async_trait]
impl Sealer for CountingSealer {
    async fn seal(&self, owner: &SecretOwner, secret: &SecretString) -> Result<Sealed, SealError> {
        BackwardsSealer.seal(owner, secret).await
    }

    async fn open(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<SecretString, SealError> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        BackwardsSealer.open(owner, sealed).await
    }

    async fn rewrap(&self, owner: &SecretOwner, sealed: &Sealed) -> Result<Sealed, SealError> {
        BackwardsSealer.rewrap(owner, sealed).await
    }

    fn current_key(&self) -> &str {
        BackwardsSealer.current_key()
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
    core: TestCore,
    broker: Arc<BrokerService>,
    vault: Vault,
    sealer: Arc<CountingSealer>,
    aws: Arc<Aws>,
    /// Of the tenant `vision`.
    credential: Credential,
}

impl Fixture {
    async fn new() -> Self {
        Self::with(Aws::new(false)).await
    }

    async fn with(aws: Aws) -> Self {
        let core = TestCore::start().await;
        let (sealer, aws) = (Arc::<CountingSealer>::default(), Arc::new(aws));
        let vault = vault(&core, core.database.clone(), &sealer, &aws);
        let broker = BrokerService::new(core.database.clone(), vault.clone(), aws.clone());
        store(&vault, "payments").await;
        Self {
            credential: store(&vault, "vision").await,
            core,
            broker: Arc::new(broker),
            vault,
            sealer,
            aws,
        }
    }

    /// The name of the one workspace of a tenant.
    async fn workspace(&self, tenant: &str) -> String {
        let all = self.core.database.workspaces().list().await.unwrap();
        let mut of_tenant = all.into_iter().filter(|one| one.tenant.slug == tenant);
        of_tenant.next().unwrap().name
    }

    async fn ask(&self, server: &ApiServer, workspace: &str) -> Result<String, Problem> {
        let session = self.broker.aws(server, workspace).await?;
        assert_ne!(session.secret_access_key.expose_secret(), CANARY);
        Ok(session.access_key_id)
    }

    /// How many times a credential was issued, by the audit log.
    async fn issued(&self) -> usize {
        let query = AuditQuery {
            actions: vec![AuditAction::UseCredential],
            ..AuditQuery::default()
        };
        let audit = self.core.database.audit();
        let page = audit.list(&TenantScope::All, &query).await.unwrap();
        let of_credential = |target: &str| target.starts_with("credential/");
        assert!(page.items.iter().all(|row| of_credential(&row.target)));
        page.items.len()
    }

    /// Replaces the keys of the tenant `vision`.
    async fn replace(&mut self, access_key_id: &str) {
        let (id, version) = (self.credential.id, self.credential.version);
        let caller = Caller::command_line();
        let replaced = self
            .vault
            .replace(&caller, id, fields(access_key_id), version);
        self.credential = replaced.await.unwrap();
    }

    fn aws_refuses(&self, may_pass: Option<bool>) {
        *self.aws.refuses.lock().unwrap() = may_pass;
    }
}

fn vault(
    core: &TestCore,
    database: Database,
    sealer: &Arc<CountingSealer>,
    aws: &Arc<Aws>,
) -> Vault {
    let providers = Providers {
        tokens: aws.clone(),
        clusters: core.providers.clone(),
        clouds: core.providers.clone(),
        portal_identity: None,
    };
    Vault::new(database, sealer.clone(), providers)
}

fn fields(access_key_id: &str) -> BTreeMap<String, SecretText> {
    [
        ("access_key_id", access_key_id),
        ("secret_access_key", CANARY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned().into()))
    .into()
}

async fn store(vault: &Vault, tenant: &str) -> Credential {
    let input = CredentialInput {
        scope: CredentialScope {
            tenant: tenant.into(),
            environment: None,
        },
        provider: Provider::Aws,
        name: "main".into(),
        chosen: true,
        fields: fields(KEY),
    };
    vault.create(&Caller::command_line(), input).await.unwrap()
}

fn server(scope: WorkspaceScope) -> ApiServer {
    ApiServer {
        name: "API server gpu-1".into(),
        channel: ApiServerChannel::Certificate,
        source: Some("203.0.113.7".into()),
        scope,
    }
}

fn of(tenants: &[&str]) -> WorkspaceScope {
    WorkspaceScope::Tenants(tenants.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn a_workspace_outside_the_scope_looks_like_one_that_is_not_there() {
    let fixture = Fixture::new().await;
    let payments = fixture.workspace("payments").await;
    let server = server(of(&["vision"]));
    let foreign = fixture.ask(&server, &payments).await.unwrap_err();
    let missing = fixture.ask(&server, "hgr-nothing").await.unwrap_err();
    assert_eq!(foreign, missing);
    assert_eq!(foreign.kind, ProblemKind::NotFound);
    assert_eq!(fixture.aws.asked(), 0);
    let listed = fixture.broker.workspaces(&server).await.unwrap();
    assert_eq!(listed, [fixture.workspace("vision").await]);
}

#[tokio::test]
async fn a_session_is_made_once_and_each_use_is_audited() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    let first = fixture.ask(&server, &vision).await.unwrap();
    let again = fixture.ask(&server, &vision).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(fixture.aws.asked(), 1);
    // The cache is looked into before the secret is opened.
    assert_eq!(fixture.sealer.opened.load(Ordering::SeqCst), 1);
    assert_eq!(fixture.issued().await, 2);
    // Another workspace's is another's.
    let payments = fixture.workspace("payments").await;
    assert_ne!(fixture.ask(&server, &payments).await.unwrap(), first);
}

#[tokio::test]
async fn a_session_near_its_end_is_not_issued() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    *fixture.aws.lives.lock().unwrap() = SignedDuration::from_secs(15 * 60 - 1);
    let server = server(WorkspaceScope::Everything);
    let first = fixture.ask(&server, &vision).await.unwrap();
    *fixture.aws.lives.lock().unwrap() = SignedDuration::from_secs(15 * 60 + 60);
    let second = fixture.ask(&server, &vision).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(fixture.ask(&server, &vision).await.unwrap(), second);
}

#[tokio::test]
async fn a_replaced_credential_voids_its_session() {
    let mut fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    fixture.ask(&server, &vision).await.unwrap();
    fixture.replace(OTHER_KEY).await;
    let after = fixture.ask(&server, &vision).await.unwrap();
    assert!(after.ends_with(OTHER_KEY), "{after}");
}

#[tokio::test]
async fn a_deleted_credential_is_not_issued_from_the_cache() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    fixture.ask(&server, &vision).await.unwrap();
    let caller = Caller::command_line();
    let deleted = fixture.vault.delete(&caller, fixture.credential.id, "main");
    deleted.await.unwrap();
    let problem = fixture.ask(&server, &vision).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotReady);
    assert_eq!(problem.code, "no_credential");
    let command = "--tenant vision --environment dev";
    assert!(problem.next_step.unwrap().contains(command));
    assert_eq!(fixture.issued().await, 1);
}

#[tokio::test]
async fn without_an_entry_in_the_audit_log_there_is_no_credential() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let (_, read_only) = fixture.core.read_only().await;
    let vault = vault(
        &fixture.core,
        read_only.clone(),
        &fixture.sealer,
        &fixture.aws,
    );
    let broker = BrokerService::new(read_only, vault, fixture.aws.clone());
    let problem = broker
        .aws(&server(WorkspaceScope::Everything), &vision)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Internal);
    assert_eq!(fixture.aws.asked(), 1);
}

#[tokio::test]
async fn a_refusal_of_aws_is_cached_for_a_moment() {
    let mut fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    for (may_pass, kind, code, key) in [
        (
            true,
            ProblemKind::Unavailable,
            "provider_unavailable",
            OTHER_KEY,
        ),
        (false, ProblemKind::NotReady, "credential_refused", KEY),
    ] {
        fixture.aws_refuses(Some(may_pass));
        fixture.replace(key).await;
        let before = fixture.aws.asked();
        for _ in 0..3 {
            let problem = fixture.ask(&server, &vision).await.unwrap_err();
            assert_eq!((problem.kind, problem.code), (kind, code));
            assert!(problem.detail.contains("not amused"), "{problem}");
        }
        assert_eq!(fixture.aws.asked(), before + 1);
    }
    // Other keys need not wait.
    fixture.aws_refuses(None);
    fixture.replace(OTHER_KEY).await;
    fixture.ask(&server, &vision).await.unwrap();
    assert_eq!(fixture.issued().await, 1);
}

#[tokio::test]
async fn concurrent_requests_ask_aws_once() {
    let fixture = Fixture::with(Aws::new(true)).await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    let ask = || fixture.ask(&server, &vision);
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
async fn a_client_that_gives_up_finds_the_answer_the_next_time() {
    let fixture = Fixture::with(Aws::new(true)).await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    {
        let gives_up = fixture.ask(&server, &vision);
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
    fixture.ask(&server, &vision).await.unwrap();
    assert_eq!(fixture.aws.asked(), 1);
}

#[tokio::test]
async fn a_suspended_credential_is_not_issued_from_the_cache() {
    let fixture = Fixture::new().await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    fixture.ask(&server, &vision).await.unwrap();
    let caller = Caller::command_line();
    let suspended = fixture.vault.suspend(&caller, fixture.credential.id);
    suspended.await.unwrap();
    let problem = fixture.ask(&server, &vision).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotReady);
    assert_eq!(problem.code, "credential_suspended");
}

#[tokio::test]
async fn a_credential_suspended_while_aws_answers_is_not_issued() {
    let fixture = Fixture::with(Aws::new(true)).await;
    let vision = fixture.workspace("vision").await;
    let server = server(WorkspaceScope::Everything);
    let suspend = async {
        while fixture.aws.asked() == 0 {
            tokio::task::yield_now().await;
        }
        let caller = Caller::command_line();
        let suspended = fixture.vault.suspend(&caller, fixture.credential.id);
        suspended.await.unwrap();
        fixture.aws.slow.as_ref().unwrap().notify_one();
    };
    let (outcome, ()) = tokio::join!(fixture.ask(&server, &vision), suspend);
    let problem = outcome.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert_eq!(problem.code, "credential_changed");
    assert_eq!(fixture.issued().await, 0);
}
