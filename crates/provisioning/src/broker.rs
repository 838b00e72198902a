//! The credential broker: a SkyPilot API server asks for a workspace and is given credentials that
//! end within the hour. A tenant's own keys never leave the portal.

use crate::ports::cloud_credentials::{
    AwsKeys, AwsSession, CredentialError, CredentialLookup, CredentialSource, SecurityTokens,
    UsedCredential,
};
use domain::{
    audit::{AuditAction, AuditOutcome},
    error::causes,
    ids::WorkspaceId,
    problem::{Problem, ProblemKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{Database, audit_records::AuditEntry, new_id, node_records::WorkspaceRecord};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync, time::timeout};

/// A session is handed out as long as this much of it is left: AWS's libraries ask anew when less is.
const WORTH_HAVING: SignedDuration = SignedDuration::from_mins(15);
/// What was refused is not asked of AWS again for this long, or each request of a server would ask.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// A credential source and AWS together answer within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who asks for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The name of the API server, for the audit log.
    pub name: String,
    /// The way it asks.
    pub channel: AskerChannel,
    /// The address it asks from.
    pub source: Option<String>,
    /// Whose workspaces it may ask for.
    pub reach: WorkspaceScope,
}

/// The way an API server shows that it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskerChannel {
    /// A client certificate.
    Certificate,
    /// A handle that the portal gave it with a request.
    Handle,
}

/// Whose workspaces may be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceScope {
    /// Everybody's.
    Everything,
    /// Those of the tenants with these slugs: a server of their own.
    Tenants(Vec<String>),
}

impl AskerChannel {
    /// The word in the audit log.
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

/// What was last had for a workspace.
#[derive(Default)]
struct CachedSession {
    /// Of the keys that it was made of: with other keys it is worth nothing.
    fingerprint: [u8; 32],
    answer: Option<Answer>,
}

enum Answer {
    Session(AwsSession),
    Refusal { problem: Problem, until: Timestamp },
}

/// Hands out short-lived credentials.
pub struct BrokerService {
    db: Database,
    sessions: Arc<Sessions>,
}

/// Sessions made of tenants' keys, and those kept of each workspace.
struct Sessions {
    source: Arc<dyn CredentialSource>,
    tokens: Arc<dyn SecurityTokens>,
    /// Each workspace has a lock of its own: one asks AWS, the others wait for the answer.
    kept: Mutex<HashMap<WorkspaceId, Arc<sync::Mutex<CachedSession>>>>,
}

impl BrokerService {
    /// A broker over these.
    pub fn new(
        db: Database,
        source: Arc<dyn CredentialSource>,
        tokens: Arc<dyn SecurityTokens>,
    ) -> Self {
        let sessions = Sessions {
            source,
            tokens,
            kept: Mutex::default(),
        };
        Self {
            db,
            sessions: Arc::new(sessions),
        }
    }

    /// The names of the workspaces that `asker` may ask for.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn workspaces(&self, asker: &Asker) -> Result<Vec<String>, Problem> {
        let all = self.db.workspaces().list().await?;
        Ok(all
            .into_iter()
            .filter(|workspace| asker.reach.includes(workspace))
            .map(|workspace| workspace.name)
            .collect())
    }

    /// AWS credentials for the workspace of this name, good for another quarter of an hour at least.
    ///
    /// # Errors
    /// [`ProblemKind::NotFound`]: there is no such workspace, or it is not for this asker.
    /// [`ProblemKind::NotReady`]: it has no credential, or AWS does not accept it.
    /// [`ProblemKind::Unavailable`]: AWS cannot be asked at the moment.
    /// Internal: the audit log cannot be written (then nothing is handed out), or a credential does
    /// not open.
    pub async fn aws(&self, asker: &Asker, workspace: &str) -> Result<AwsSession, Problem> {
        let found = self.db.workspaces().by_name(workspace).await?;
        let workspace = found
            .filter(|workspace| asker.reach.includes(workspace))
            .ok_or_else(|| Problem::not_found("workspace"))?;
        let (used, session) = self.session(&workspace).await?;
        // No entry, no credential: the entry is committed before anything leaves.
        let entry = entry(asker, &workspace, &used, &session);
        if self.sessions.source.note_use(&used, entry).await? {
            Ok(session)
        } else {
            Err(changed_meanwhile(&used))
        }
    }

    /// Asks to the end even if whoever wants to know is gone meanwhile: AWS's libraries wait two
    /// seconds for an answer, and find it there when they ask again.
    async fn session(
        &self,
        workspace: &WorkspaceRecord,
    ) -> Result<(UsedCredential, AwsSession), Problem> {
        let (sessions, workspace) = (self.sessions.clone(), workspace.clone());
        tokio::spawn(async move {
            timeout(PATIENCE, sessions.get(&workspace))
                .await
                .unwrap_or_else(|_| Err(unavailable("AWS did not answer in time.")))
        })
        .await
        .unwrap_or_else(|error| Err(persistence::error::internal(&error)))
    }
}

impl Sessions {
    async fn get(
        &self,
        workspace: &WorkspaceRecord,
    ) -> Result<(UsedCredential, AwsSession), Problem> {
        let at_hand = self
            .source
            .aws_keys(workspace.tenant.id, workspace.environment.id)
            .await
            .map_err(|error| not_at_hand(&error))?;
        let (used, keys) = match at_hand {
            CredentialLookup::Opened(used, keys) => (used, keys),
            CredentialLookup::Suspended(name) => return Err(suspended(workspace, &name)),
            CredentialLookup::Nothing => return Err(no_credential(workspace)),
        };
        let kept = self.of(workspace.id);
        let mut kept = kept.lock().await;
        let fingerprint = fingerprint(&keys);
        let now = Timestamp::now();
        if kept.fingerprint == fingerprint {
            match &kept.answer {
                Some(Answer::Session(session)) if now + WORTH_HAVING < session.expires_at => {
                    return Ok((used, session.clone()));
                }
                Some(Answer::Refusal { problem, until }) if now < *until => {
                    return Err(problem.clone());
                }
                _ => {}
            }
        }
        let asked = self.tokens.session(&keys, &session_name(workspace)).await;
        kept.fingerprint = fingerprint;
        let outcome = asked.map_err(|error| refused(workspace, &error));
        kept.answer = Some(match &outcome {
            Ok(session) => Answer::Session(session.clone()),
            Err(problem) => Answer::Refusal {
                problem: problem.clone(),
                until: Timestamp::now() + REFUSED_FOR,
            },
        });
        outcome.map(|session| (used, session))
    }

    fn of(&self, workspace: WorkspaceId) -> Arc<sync::Mutex<CachedSession>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(workspace).or_default().clone()
    }
}

fn entry(
    asker: &Asker,
    workspace: &WorkspaceRecord,
    used: &UsedCredential,
    session: &AwsSession,
) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: Timestamp::now(),
        user_id: None,
        who: asker.name.clone(),
        channel: asker.channel.as_str().to_owned(),
        source: asker.source.clone(),
        action: AuditAction::UseCredential,
        tenant_id: Some(workspace.tenant.id),
        target: format!("credential/{}", used.id),
        target_name: used.name.clone(),
        // The id of an access key is no secret, and what CloudTrail knows the session by.
        detail: Some(format!(
            "for the workspace {}: AWS session {} until {}",
            workspace.name, session.access_key_id, session.expires_at
        )),
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

/// The same for every session of a workspace: SkyPilot takes whoever assumed a role under another
/// name for another owner of the machines. At most 64 characters of `[\w+=,.@-]`.
fn session_name(workspace: &WorkspaceRecord) -> String {
    let name = &workspace.name;
    // The end of a workspace's name tells it from others.
    name[name.len().saturating_sub(64)..].to_owned()
}

fn fingerprint(keys: &AwsKeys) -> [u8; 32] {
    let role = keys.role.as_ref();
    let mut digest = Sha256::new();
    for part in [
        Some(keys.access_key_id.as_str()),
        Some(keys.secret_access_key.expose_secret()),
        keys.region.as_deref(),
        role.map(|role| role.arn.as_str()),
        role.and_then(|role| role.external_id.as_deref()),
    ] {
        let part = part.unwrap_or_default();
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

fn unavailable(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Unavailable, detail).next("Try again in a moment.")
}

fn no_credential(workspace: &WorkspaceRecord) -> Problem {
    let (tenant, environment) = (&workspace.tenant.slug, &workspace.environment.slug);
    Problem::new(
        ProblemKind::NotReady,
        format!("There is no AWS credential for {tenant} / {environment}."),
    )
    .next(format!(
        "An admin of the tenant stores one on its Credentials page, or on the portal's machine: hangar credentials set \
         aws --tenant {tenant} --environment {environment}"
    ))
}

fn suspended(workspace: &WorkspaceRecord, name: &str) -> Problem {
    let (tenant, environment) = (&workspace.tenant.slug, &workspace.environment.slug);
    Problem::new(
        ProblemKind::NotReady,
        format!("The AWS credential {name} of {tenant} / {environment} is suspended."),
    )
    .next("An admin of the tenant restores it, or chooses another.")
}

fn changed_meanwhile(used: &UsedCredential) -> Problem {
    unavailable(format!(
        "The credential {} was changed or suspended while it was being used.",
        used.name
    ))
}

fn not_at_hand(error: &CredentialError) -> Problem {
    if error.may_pass {
        tracing::warn!(error = %causes(error), "a credential is not at hand");
        return unavailable("The stored credential cannot be opened at the moment.");
    }
    persistence::error::internal(error)
}

fn refused(workspace: &WorkspaceRecord, error: &CredentialError) -> Problem {
    tracing::warn!(
        workspace = %workspace.name,
        error = %causes(error),
        "no credentials from AWS"
    );
    if error.may_pass {
        return unavailable(format!("{error}."));
    }
    Problem::new(
        ProblemKind::NotReady,
        format!(
            "AWS does not accept the credential of {} / {}: {error}.",
            workspace.tenant.slug, workspace.environment.slug
        ),
    )
    .next("An admin stores another credential, or mends its rights in AWS.")
}
