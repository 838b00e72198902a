//! The credential broker: a SkyPilot API server asks for a workspace and gets credentials that
//! expire within the hour. A tenant's own keys never leave the portal.

use crate::{
    errors::BrokerError,
    ports::cloud_credentials::{AwsSession, CredentialError, SecurityTokens},
    vault::Vault,
};
use domain::{
    audit::{AuditAction, AuditOutcome},
    credential::Provider,
    error::causes,
    ids::{CredentialId, WorkspaceId},
    problem::Problem,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database, audit_records::AuditEntry, credential_records::CredentialRecord, error::internal,
    new_id, node_records::WorkspaceRecord,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync, time::timeout};
use tracing::Instrument as _;

/// A cached session is issued while this much of it is left: AWS's libraries ask again when less is.
const MINIMUM_VALIDITY: SignedDuration = SignedDuration::from_mins(15);
/// After a refusal AWS is not asked again for this long, or each request of a server would ask.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// How long the vault and AWS together may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The SkyPilot API server that asks for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiServer {
    /// For the audit log.
    pub name: String,
    pub channel: ApiServerChannel,
    /// The address it asks from.
    pub source: Option<String>,
    pub scope: WorkspaceScope,
}

/// How an API server authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiServerChannel {
    Certificate,
    /// A handle that the portal sent with a request.
    Handle,
}

/// The workspaces that an API server may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceScope {
    Everything,
    /// Those of the tenants with these slugs.
    Tenants(Vec<String>),
}

impl ApiServerChannel {
    /// The name in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "client_certificate",
            Self::Handle => "credential_handle",
        }
    }
}

impl WorkspaceScope {
    fn includes(&self, workspace: &WorkspaceRecord) -> bool {
        match self {
            Self::Everything => true,
            Self::Tenants(slugs) => slugs.contains(&workspace.tenant.slug),
        }
    }
}

/// What AWS last answered for a workspace.
struct CachedSession {
    /// Id and fingerprint of the credential: with another one the answer is void.
    credential: (CredentialId, String),
    answer: Answer,
}

enum Answer {
    Session(AwsSession),
    Refusal {
        error: BrokerError,
        until: Timestamp,
    },
}

/// Issues short-lived credentials.
pub struct BrokerService {
    db: Database,
    sessions: Arc<Sessions>,
}

/// Makes sessions of tenants' credentials, and caches one for each workspace.
struct Sessions {
    db: Database,
    vault: Vault,
    tokens: Arc<dyn SecurityTokens>,
    /// Each workspace has a lock of its own: one request asks AWS, the others wait for the answer.
    cache: Mutex<HashMap<WorkspaceId, Arc<sync::Mutex<Option<CachedSession>>>>>,
}

impl BrokerService {
    pub fn new(db: Database, vault: Vault, tokens: Arc<dyn SecurityTokens>) -> Self {
        let sessions = Sessions {
            db: db.clone(),
            vault,
            tokens,
            cache: Mutex::default(),
        };
        Self {
            db,
            sessions: Arc::new(sessions),
        }
    }

    /// The names of the workspaces that `server` may ask for.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn workspaces(&self, server: &ApiServer) -> Result<Vec<String>, Problem> {
        let all = self.db.workspaces().list().await?;
        Ok(all
            .into_iter()
            .filter(|workspace| server.scope.includes(workspace))
            .map(|workspace| workspace.name)
            .collect())
    }

    /// AWS credentials for the workspace of this name, valid for at least another 15 minutes.
    ///
    /// # Errors
    /// [`ProblemKind::NotFound`](domain::problem::ProblemKind::NotFound): there is no such workspace, or it is outside
    /// the server's scope.
    /// [`ProblemKind::NotReady`](domain::problem::ProblemKind::NotReady): it has no credential, or AWS does not accept it.
    /// [`ProblemKind::Unavailable`](domain::problem::ProblemKind::Unavailable): AWS or the key service does not respond.
    /// Internal: the audit log cannot be written (then nothing is issued), or a credential does not open.
    pub async fn aws(&self, server: &ApiServer, workspace: &str) -> Result<AwsSession, Problem> {
        let found = self.db.workspaces().by_name(workspace).await?;
        let workspace = found
            .filter(|workspace| server.scope.includes(workspace))
            .ok_or_else(|| Problem::not_found("workspace"))?;
        let (credential, session) = self.session(&workspace).await?;
        // No entry, no credential: the entry is committed before anything leaves.
        let audit = entry(server, &workspace, &credential, &session);
        let noted = self
            .db
            .credentials()
            .note_use(credential.id, &credential.fingerprint, audit)
            .await?;
        if noted {
            Ok(session)
        } else {
            let name = credential.name;
            Err(BrokerError::Changed { name }.into())
        }
    }

    /// Finishes even if the client is gone meanwhile: AWS's libraries wait two seconds for an
    /// answer, and find it there when they ask again.
    async fn session(
        &self,
        workspace: &WorkspaceRecord,
    ) -> Result<(CredentialRecord, AwsSession), Problem> {
        let (sessions, workspace) = (self.sessions.clone(), workspace.clone());
        let asking = async move {
            timeout(PATIENCE, sessions.get(&workspace))
                .await
                .unwrap_or_else(|_| {
                    let message = "AWS did not respond in time".to_owned();
                    Err(BrokerError::AwsUnavailable { message }.into())
                })
        };
        tokio::spawn(asking.in_current_span())
            .await
            .unwrap_or_else(|error| Err(internal(&error)))
    }
}

impl Sessions {
    async fn get(
        &self,
        workspace: &WorkspaceRecord,
    ) -> Result<(CredentialRecord, AwsSession), Problem> {
        let credential = self.credential(workspace).await?;
        let key = (credential.id, credential.fingerprint.clone());
        let cached = self.cached(workspace.id);
        let mut cached = cached.lock().await;
        let now = Timestamp::now();
        match &*cached {
            Some(known) if known.credential == key => match &known.answer {
                Answer::Session(session) if now + MINIMUM_VALIDITY < session.expires_at => {
                    return Ok((credential, session.clone()));
                }
                Answer::Refusal { error, until } if now < *until => {
                    return Err(error.clone().into());
                }
                _ => {}
            },
            _ => {}
        }
        let keys = self
            .vault
            .aws_keys(&credential)
            .await
            .map_err(|error| not_opened(&credential, &error))?;
        let asked = self.tokens.session(&keys, &session_name(workspace)).await;
        let outcome = asked.map_err(|error| refused(workspace, error));
        *cached = Some(CachedSession {
            credential: key,
            answer: match &outcome {
                Ok(session) => Answer::Session(session.clone()),
                Err(error) => Answer::Refusal {
                    error: error.clone(),
                    until: Timestamp::now() + REFUSED_FOR,
                },
            },
        });
        Ok((credential, outcome?))
    }

    /// The credential that the workspace uses.
    async fn credential(&self, workspace: &WorkspaceRecord) -> Result<CredentialRecord, Problem> {
        let (tenant, environment) = (&workspace.tenant, &workspace.environment);
        let credential = self
            .db
            .credentials()
            .chosen(tenant.id, environment.id, Provider::Aws)
            .await?;
        let (tenant, environment) = (tenant.slug.clone(), environment.slug.clone());
        match credential {
            None => Err(BrokerError::NoCredential {
                tenant,
                environment,
            }
            .into()),
            Some(credential) if credential.suspended => Err(BrokerError::Suspended {
                name: credential.name,
                tenant,
                environment,
            }
            .into()),
            Some(credential) => Ok(credential),
        }
    }

    fn cached(&self, workspace: WorkspaceId) -> Arc<sync::Mutex<Option<CachedSession>>> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.entry(workspace).or_default().clone()
    }
}

fn entry(
    server: &ApiServer,
    workspace: &WorkspaceRecord,
    credential: &CredentialRecord,
    session: &AwsSession,
) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: Timestamp::now(),
        user_id: None,
        who: server.name.clone(),
        channel: server.channel.as_str().to_owned(),
        source: server.source.clone(),
        action: AuditAction::UseCredential,
        tenant_id: Some(workspace.tenant.id),
        target: format!("credential/{}", credential.id),
        target_name: credential.name.clone(),
        // The id of an access key is no secret, and what CloudTrail knows the session by.
        detail: Some(format!(
            "for the workspace {}: AWS session {} until {}",
            workspace.name, session.access_key_id, session.expires_at
        )),
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

/// The same for every session of a workspace: to SkyPilot, a role session under another name is another
/// owner of the machines. At most 64 characters of `[\w+=,.@-]`.
fn session_name(workspace: &WorkspaceRecord) -> String {
    let name = &workspace.name;
    // The end of a workspace's name is unique.
    name[name.len().saturating_sub(64)..].to_owned()
}

fn not_opened(credential: &CredentialRecord, error: &CredentialError) -> Problem {
    if !error.may_pass {
        return internal(error);
    }
    tracing::warn!(credential = %credential.id, error = %causes(error), "credential not opened");
    let name = credential.name.clone();
    BrokerError::NotOpened { name }.into()
}

fn refused(workspace: &WorkspaceRecord, error: CredentialError) -> BrokerError {
    tracing::warn!(
        workspace = %workspace.name,
        error = %causes(&error),
        "no credentials from AWS"
    );
    let message = error.message;
    if error.may_pass {
        return BrokerError::AwsUnavailable { message };
    }
    BrokerError::AwsRefused {
        tenant: workspace.tenant.slug.clone(),
        environment: workspace.environment.slug.clone(),
        message,
    }
}
