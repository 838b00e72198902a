//! What STS answers, without HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use jiff::Timestamp;

use super::access_key;
use super::identity::{Identity, Role, is_of_name};
use super::query::{self, Code, Parameters, Refusal, Signer};
use super::sessions::{Credentials, Session, TokenSigner};
use crate::faults::Faults;

const VERSION: &str = "2011-06-15";
/// The shortest life of any session, in seconds.
const SHORTEST: u64 = 15 * 60;
const LONGEST_OF_USER: u64 = 36 * 3600;
const USUAL_OF_USER: u64 = 12 * 3600;
const LONGEST_OF_ANY_ROLE: u64 = 12 * 3600;
/// The longest that a role allows unless it was told otherwise, which nobody can here.
const LONGEST_OF_ROLE: u64 = 3600;

/// The service. Cloning it is cheap and gives the same.
#[derive(Clone)]
pub struct SecurityTokens {
    signer: Arc<TokenSigner>,
    faults: Faults,
}

/// Who asks.
struct Caller {
    identity: Identity,
    /// With which temporary credentials, if it is with such.
    session: Option<Session>,
    access_key_id: String,
}

impl SecurityTokens {
    /// A service that misbehaves as told.
    pub fn new(faults: Faults) -> Self {
        Self {
            signer: Arc::new(TokenSigner::new()),
            faults,
        }
    }

    /// Whether a session is one of this service. Others may be another's, who would know.
    pub fn gave(&self, session_token: &str) -> bool {
        self.signer.read(session_token).is_some()
    }

    /// Who somebody is, as `GetCallerIdentity` answers.
    pub fn identity(
        &self,
        access_key_id: &str,
        session_token: Option<&str>,
    ) -> Result<Identity, Refusal> {
        let signer = Signer {
            access_key_id,
            session_token,
        };
        self.caller(&signer).map(|caller| caller.identity)
    }

    /// Does what is asked.
    pub fn answer(
        &self,
        parameters: &Parameters,
        signer: Result<Signer<'_>, Refusal>,
    ) -> Result<Response, Refusal> {
        let action = parameters.text("Action").unwrap_or_default();
        let version = parameters.text("Version").unwrap_or("NO_VERSION_SPECIFIED");
        let work = match action {
            "GetCallerIdentity" => Self::caller_identity,
            "GetSessionToken" => Self::session_token,
            "AssumeRole" => Self::assumed_role,
            _ => return Err(unknown_action(action, version)),
        };
        if version != VERSION {
            return Err(unknown_action(action, version));
        }
        let result = work(self, &self.caller(&signer?)?, parameters)?;
        Ok(query::answer(action, &result))
    }

    fn caller(&self, signer: &Signer<'_>) -> Result<Caller, Refusal> {
        let id = signer.access_key_id;
        let session = signer
            .session_token
            .map(|token| {
                self.signer
                    .read(token)
                    .filter(|session| session.access_key_id == id)
                    .ok_or_else(Refusal::unknown_token)
            })
            .transpose()?;
        let key = match &session {
            Some(session) if session.expires_at <= Timestamp::now() => {
                return Err(Refusal::new(
                    Code::ExpiredToken,
                    "The security token included in the request is expired",
                ));
            }
            Some(session) => session.made_of.as_deref(),
            None if access_key::is_of_user(id) => Some(id),
            None => return Err(Refusal::unknown_token()),
        };
        let unknown = self.faults.current().aws.unknown_keys;
        if key.is_some_and(|key| unknown.covers(key)) {
            return Err(Refusal::unknown_token());
        }
        Ok(Caller {
            identity: match &session {
                Some(session) => session.identity.clone(),
                None => Identity::of_user(id),
            },
            session,
            access_key_id: id.to_owned(),
        })
    }

    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
    #[expect(clippy::unnecessary_wraps, reason = "as the other operations")]
    fn caller_identity(&self, caller: &Caller, _: &Parameters) -> Result<String, Refusal> {
        let Identity {
            account,
            arn,
            user_id,
        } = &caller.identity;
        Ok(query::elements(&[
            ("Arn", arn),
            ("UserId", user_id),
            ("Account", account),
        ]))
    }

    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
    fn session_token(&self, caller: &Caller, asked: &Parameters) -> Result<String, Refusal> {
        if caller.session.is_some() {
            return Err(Refusal::new(
                Code::AccessDenied,
                "Cannot call GetSessionToken with session credentials",
            ));
        }
        let life = duration(asked, LONGEST_OF_USER)?.unwrap_or(USUAL_OF_USER);
        let made_of = Some(caller.access_key_id.clone());
        self.credentials(caller.identity.clone(), made_of, life)
    }

    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    fn assumed_role(&self, caller: &Caller, asked: &Parameters) -> Result<String, Refusal> {
        let arn = required(asked, "RoleArn", "roleArn")?;
        if arn.len() < 20 {
            let rule = "Member must have length greater than or equal to 20";
            return Err(Refusal::invalid("roleArn", Some(arn), rule));
        }
        let name = required(asked, "RoleSessionName", "roleSessionName")?;
        if !(2..=64).contains(&name.len()) || !name.bytes().all(is_of_name) {
            let rule = "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}";
            return Err(Refusal::invalid("roleSessionName", Some(name), rule));
        }
        let life = duration(asked, LONGEST_OF_ANY_ROLE)?.unwrap_or(LONGEST_OF_ROLE);
        let role = Role::named(arn)
            .ok_or_else(|| Refusal::new(Code::ValidationError, format!("{arn} is invalid")))?;
        if self.faults.current().aws.refuse_roles.covers(arn) {
            let who = &caller.identity.arn;
            return Err(Refusal::new(
                Code::AccessDenied,
                format!(
                    "User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}"
                ),
            ));
        }
        if life > LONGEST_OF_ROLE {
            return Err(Refusal::new(
                Code::ValidationError,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        let identity = Identity::of_role(&role, name);
        let assumed =
            query::elements(&[("AssumedRoleId", &identity.user_id), ("Arn", &identity.arn)]);
        let credentials = self.credentials(identity, None, life)?;
        Ok(format!(
            "<AssumedRoleUser>\n{assumed}</AssumedRoleUser>\n{credentials}"
        ))
    }

    fn credentials(
        &self,
        identity: Identity,
        made_of: Option<String>,
        seconds: u64,
    ) -> Result<String, Refusal> {
        let issued = self
            .signer
            .issue(identity, made_of, Duration::from_secs(seconds));
        let Credentials {
            session,
            secret_access_key,
            session_token,
        } = issued.map_err(|error| Refusal::new(Code::InternalFailure, error.to_string()))?;
        let credentials = query::elements(&[
            ("AccessKeyId", &session.access_key_id),
            ("SecretAccessKey", &secret_access_key),
            ("SessionToken", &session_token),
            ("Expiration", &session.expires_at.to_string()),
        ]);
        Ok(format!("<Credentials>\n{credentials}</Credentials>\n"))
    }
}

fn unknown_action(action: &str, version: &str) -> Refusal {
    Refusal::new(
        Code::InvalidAction,
        format!("Could not find operation {action} for version {version}"),
    )
}

fn required<'a>(asked: &'a Parameters, name: &str, member: &str) -> Result<&'a str, Refusal> {
    asked
        .text(name)
        .ok_or_else(|| Refusal::invalid(member, None, "Member must not be null"))
}

/// How long a session is to last, in seconds.
fn duration(asked: &Parameters, longest: u64) -> Result<Option<u64>, Refusal> {
    let Some(text) = asked.text("DurationSeconds") else {
        return Ok(None);
    };
    let refused = |rule: String| Err(Refusal::invalid("durationSeconds", Some(text), &rule));
    match text.parse::<u64>() {
        Ok(seconds) if seconds < SHORTEST => refused(format!(
            "Member must have value greater than or equal to {SHORTEST}"
        )),
        Ok(seconds) if seconds > longest => refused(format!(
            "Member must have value less than or equal to {longest}"
        )),
        Ok(seconds) => Ok(Some(seconds)),
        Err(_) => refused("Member must be a number".to_owned()),
    }
}
