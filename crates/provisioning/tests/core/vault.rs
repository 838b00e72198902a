//! The vault over a real database, with the providers played by a script.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    access::{PlatformRole, TenantRole},
    audit::{AuditAction, AuditOutcome, AuditQuery, AuditRow},
    caller::{Caller, TenantScope},
    credential::{
        Credential, CredentialInput, CredentialScope, CredentialState, Provider, SecretText,
    },
    ids::{EnvironmentId, TenantId},
    problem::ProblemKind,
};
use persistence::{
    audit_records::AuditEntry, credential_records::CredentialRecord, new_id,
    node_records::WorkspaceProgress,
};
use provisioning::vault::Vault;
use scripted::{ScriptedProviders, TestCore};
use secrecy::ExposeSecret;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";
const OTHER: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYOTHE";

struct World {
    core: TestCore,
    vault: Vault,
    answers: Arc<ScriptedProviders>,
    admin: Caller,
    vision: TenantId,
    dev: EnvironmentId,
}

impl World {
    async fn new() -> Self {
        let core = TestCore::start().await;
        let admin = core.member("Ada", "vision", TenantRole::Admin).await;
        let tenants = core.database.tenants().active().await.unwrap();
        let tenant = tenants
            .iter()
            .find(|one| one.tenant.slug == "vision")
            .unwrap();
        let (vision, dev) = (tenant.tenant.id, tenant.environments[0].id);
        let (vault, answers) = (core.credentials.clone(), core.providers.clone());
        Self {
            core,
            vault,
            answers,
            admin,
            vision,
            dev,
        }
    }

    async fn store(&self, name: &str, environment: Option<&str>, secret: &str) -> Credential {
        let input = input(name, environment, secret);
        self.vault.create(&self.admin, input).await.unwrap()
    }

    /// The credential that the environment uses.
    async fn used(&self) -> Option<CredentialRecord> {
        let credentials = self.core.database.credentials();
        let used = credentials.chosen(self.vision, self.dev, Provider::Aws);
        used.await.unwrap()
    }

    /// The secret key of that credential.
    async fn opened(&self) -> String {
        let keys = self.vault.aws_keys(&self.used().await.unwrap()).await;
        keys.unwrap().secret_access_key.expose_secret().to_owned()
    }

    /// The audit log, newest first.
    async fn audit(&self) -> Vec<AuditRow> {
        let query = AuditQuery {
            target: Some("credential".into()),
            ..AuditQuery::default()
        };
        let page = self.core.database.audit().list(&TenantScope::All, &query);
        page.await.unwrap().items
    }
}

fn fields(secret: &str) -> BTreeMap<String, SecretText> {
    [
        ("access_key_id", "AKIAIOSFODNN7EXAMPLE"),
        ("secret_access_key", secret),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned().into()))
    .into()
}

fn input(name: &str, environment: Option<&str>, secret: &str) -> CredentialInput {
    CredentialInput {
        scope: CredentialScope {
            tenant: "vision".into(),
            environment: environment.map(Into::into),
        },
        provider: Provider::Aws,
        name: name.into(),
        chosen: false,
        fields: fields(secret),
    }
}

#[tokio::test]
async fn the_first_is_taken_and_another_takes_its_place_when_it_is_chosen() {
    let world = World::new().await;
    let first = world.store("first", None, SECRET).await;
    let second = world.store("second", None, OTHER).await;
    assert!(first.chosen && !second.chosen);
    assert_eq!(world.opened().await, SECRET);
    let second = world.vault.choose(&world.admin, second.id).await.unwrap();
    assert!(second.chosen);
    assert!(
        !world
            .vault
            .get(&world.admin, first.id)
            .await
            .unwrap()
            .chosen
    );
    assert_eq!(world.opened().await, OTHER);
    let listed = world.vault.list(&world.admin, "vision").await.unwrap();
    let names: Vec<_> = listed.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["first", "second"]);
    let shown = format!("{listed:?} {}", serde_json::to_string(&listed).unwrap());
    assert!(!shown.contains(SECRET) && !shown.contains(OTHER), "{shown}");
}

#[tokio::test]
async fn an_environment_without_one_of_its_own_takes_that_of_the_tenant() {
    let world = World::new().await;
    assert_eq!(world.used().await, None);
    world.store("all", None, SECRET).await;
    assert_eq!(world.opened().await, SECRET);
    let own = world.store("own", Some("dev"), OTHER).await;
    assert_eq!(world.opened().await, OTHER);
    // Suspended, nothing takes its place: that could be another account.
    world.vault.suspend(&world.admin, own.id).await.unwrap();
    let used = world.used().await.unwrap();
    assert_eq!((&*used.name, used.suspended), ("own", true));
    world.vault.restore(&world.admin, own.id).await.unwrap();
    assert_eq!(world.opened().await, OTHER);
    world
        .vault
        .delete(&world.admin, own.id, "own")
        .await
        .unwrap();
    assert_eq!(world.opened().await, SECRET);
}

#[tokio::test]
async fn each_use_is_counted_and_recorded_and_none_after_a_suspension() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let used = world.used().await.unwrap();
    let credentials = world.core.database.credentials();
    let note_use = |audit| credentials.note_use(used.id, &used.fingerprint, audit);
    let entry = |_| {
        AuditEntry::by(
            &Caller::portal(),
            AuditAction::UseCredential,
            jiff::Timestamp::now(),
            format!("credential/{}", used.id),
            "all",
        )
    };
    for count in 1..=2 {
        assert!(note_use(entry(count)).await.unwrap());
        let seen = world.vault.get(&world.admin, stored.id).await.unwrap();
        assert_eq!(seen.uses, count);
        assert!(seen.last_used_at.is_some());
    }
    let recorded = world.audit().await.len();
    world.vault.suspend(&world.admin, stored.id).await.unwrap();
    assert!(!note_use(entry(3)).await.unwrap());
    assert_eq!(world.audit().await.len(), recorded + 1);
}

#[tokio::test]
async fn a_credential_of_another_tenant_is_not_found_whatever_is_asked_of_it() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let stranger = world
        .core
        .member("Eve", "payments", TenantRole::Admin)
        .await;
    let (vault, id) = (&world.vault, stored.id);
    let missing = vault.get(&stranger, new_id()).await.unwrap_err();
    assert_eq!(missing.kind, ProblemKind::NotFound);
    for refusal in [
        vault.get(&stranger, id).await.unwrap_err(),
        vault
            .replace(&stranger, id, fields(OTHER), 1)
            .await
            .unwrap_err(),
        vault.rename(&stranger, id, "mine", 1).await.unwrap_err(),
        vault.choose(&stranger, id).await.unwrap_err(),
        vault.suspend(&stranger, id).await.unwrap_err(),
        vault.restore(&stranger, id).await.unwrap_err(),
        vault.delete(&stranger, id, "all").await.unwrap_err(),
        vault.check(&stranger, id).await.unwrap_err(),
    ] {
        assert_eq!(refusal, missing);
    }
    assert_eq!(
        vault.list(&stranger, "vision").await.unwrap_err().kind,
        ProblemKind::NotFound
    );
    let refusal = vault
        .create(&stranger, input("mine", None, SECRET))
        .await
        .unwrap_err();
    assert!(refusal.field("tenant").is_some(), "{refusal:?}");
    assert!(world.answers.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_member_who_is_no_admin_may_not_and_that_is_recorded() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let developer = world
        .core
        .member("Bob", "vision", TenantRole::Developer)
        .await;
    let refusal = world
        .vault
        .suspend(&developer, stored.id)
        .await
        .unwrap_err();
    assert_eq!(refusal.kind, ProblemKind::Forbidden);
    let last = &world.audit().await[0];
    assert_eq!(last.action, AuditAction::SuspendCredential.as_str());
    assert_eq!(
        (last.outcome, last.who.as_str()),
        (AuditOutcome::Refused, "Bob")
    );
    let seen = world.vault.get(&world.admin, stored.id).await.unwrap();
    assert_eq!(seen.state, CredentialState::Active);
    assert!(world.vault.get(&developer, stored.id).await.is_err());
}

#[tokio::test]
async fn who_comes_second_sees_what_the_first_changed() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let vault = &world.vault;
    vault
        .rename(&world.admin, stored.id, "first", stored.version)
        .await
        .unwrap();
    vault.suspend(&world.admin, stored.id).await.unwrap();
    let boss = Caller {
        name: "Grace".into(),
        platform_role: PlatformRole::Admin,
        memberships: Vec::new(),
        ..world.admin.clone()
    };
    let problem = vault
        .rename(&boss, stored.id, "second", stored.version)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert_eq!(problem.code, "stale");
    assert!(problem.detail.contains("Ada"), "{problem}");
    assert!(problem.field("name").unwrap().contains("“first”"));
    assert!(problem.field("state").unwrap().contains("suspended"));
    let problem = vault
        .replace(&boss, stored.id, fields(OTHER), stored.version)
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    // Versions that never were.
    for version in [i64::MIN, -1, 0, i64::MAX] {
        let renamed = vault.rename(&boss, stored.id, "third", version).await;
        assert_eq!(renamed.unwrap_err().code, "stale", "{version}");
    }
}

#[tokio::test]
async fn a_fingerprint_tells_secrets_apart_and_not_what_they_are() {
    let world = World::new().await;
    let one = world.store("one", None, SECRET).await;
    let two = world.store("two", None, SECRET).await;
    // Nobody can see that two tenants have the same.
    assert_ne!(one.fingerprint, two.fingerprint);
    let vault = &world.vault;
    let again = vault
        .replace(&world.admin, one.id, fields(SECRET), 1)
        .await
        .unwrap();
    assert_eq!(again.fingerprint, one.fingerprint);
    let other = vault
        .replace(&world.admin, one.id, fields(OTHER), 2)
        .await
        .unwrap();
    assert_ne!(other.fingerprint, one.fingerprint);
    assert!(other.replaced_at.is_some());
}

#[tokio::test]
async fn what_the_provider_says_is_kept_and_recorded_until_the_secret_changes() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let (vault, admin) = (&world.vault, &world.admin);
    let result = vault.check(admin, stored.id).await.unwrap();
    assert!(result.accepted);
    assert_eq!(world.audit().await[0].outcome, AuditOutcome::Done);
    // What is no answer leaves the one before as it was.
    *world.answers.refuses.lock().unwrap() = Some(true);
    let problem = vault.check(admin, stored.id).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    let seen = vault.get(admin, stored.id).await.unwrap();
    assert_eq!(seen.check, Some(result));
    *world.answers.refuses.lock().unwrap() = Some(false);
    let refused = vault.check(admin, stored.id).await.unwrap();
    assert!(!refused.accepted && refused.message.contains("not amused"));
    assert_eq!(world.audit().await[0].outcome, AuditOutcome::Failed);
    assert_eq!(
        vault.get(admin, stored.id).await.unwrap().check,
        Some(refused)
    );
    let replaced = vault
        .replace(admin, stored.id, fields(OTHER), 1)
        .await
        .unwrap();
    assert_eq!((replaced.check, replaced.last_checked_at), (None, None));
}

#[tokio::test]
async fn what_is_suspended_is_not_checked() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    world.vault.suspend(&world.admin, stored.id).await.unwrap();
    let checked = world.vault.check(&world.admin, stored.id).await;
    assert_eq!(checked.unwrap_err().code, "credential_suspended");
    assert!(world.answers.asked.lock().unwrap().is_empty());
}

/// What looks like a private key from outside.
fn pem() -> String {
    let mut der = vec![0x30, 0x82, 0x01, 0x00];
    der.extend([7; 256]);
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
        STANDARD.encode(der)
    )
}

/// The fields of a credential.
type Fields = Vec<(&'static str, String)>;

/// A credential of every provider but AWS and Kubernetes, and what the provider is asked with.
fn other_clouds() -> [(Provider, Fields, String); 6] {
    let (uuid, pem) = ("72f988bf-86f1-41af-91ab-2d7cd011db47", pem());
    let id = "aaaaaaaat5nvwcna5j6aqzjcaty5eqbb6qt2jvpkanghtgdaqedqw3rynjq";
    let (user, tenancy) = (
        format!("ocid1.user.oc1..{id}"),
        format!("ocid1.tenancy.oc1..{id}"),
    );
    let print = "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34";
    let account = "hangar@vision-dev-1234.iam.gserviceaccount.com";
    let google = json!({
        "type": "service_account", "project_id": "vision-dev-1234", "private_key_id": "0123abcd",
        "private_key": pem, "client_email": account, "token_uri": "https://accounts.google.com/o/oauth2/token",
    });
    let nebius = json!({"subject-credentials": {
        "type": "JWT", "alg": "RS256", "private-key": pem, "kid": "publickey-e00abc",
        "iss": "serviceaccount-e00abc", "sub": "serviceaccount-e00abc",
    }});
    [
        (
            Provider::Azure,
            vec![
                ("directory_id", uuid.into()),
                ("client_id", uuid.into()),
                ("client_secret", "Abc8Q~canary.canary.canary".into()),
                ("subscription_id", uuid.into()),
            ],
            format!("{uuid} {uuid} Abc8Q~canary.canary.canary {uuid}"),
        ),
        (
            Provider::Gcp,
            vec![("service_account_json", google.to_string())],
            format!("{account} 0123abcd {pem}"),
        ),
        (
            Provider::Lambda,
            vec![("api_key", "secret_0123456789abcdef0123".into())],
            "secret_0123456789abcdef0123".into(),
        ),
        (
            Provider::Runpod,
            vec![("api_key", "rpa_0123456789ABCDEFGHIJ".into())],
            "rpa_0123456789ABCDEFGHIJ".into(),
        ),
        (
            Provider::Oci,
            vec![
                ("user_ocid", user.clone()),
                ("tenancy_ocid", tenancy.clone()),
                ("fingerprint", print.into()),
                ("region", "eu-frankfurt-1".into()),
                ("private_key", format!("{pem}\nOCI_API_KEY")),
            ],
            format!("{user} {tenancy} {print} eu-frankfurt-1 {pem}\nOCI_API_KEY"),
        ),
        (
            Provider::Nebius,
            vec![
                ("project_id", "project-e00abc".into()),
                ("service_account_json", nebius.to_string()),
            ],
            format!("serviceaccount-e00abc publickey-e00abc {pem}"),
        ),
    ]
}

#[tokio::test]
async fn every_cloud_is_asked_with_what_is_stored_for_it() {
    let world = World::new().await;
    for (provider, typed, expected) in other_clouds() {
        let input = CredentialInput {
            provider,
            fields: typed
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            ..input(provider.as_str(), None, SECRET)
        };
        let stored = world.vault.create(&world.admin, input).await.unwrap();
        let result = world.vault.check(&world.admin, stored.id).await.unwrap();
        assert!(result.accepted);
        let asked = world.answers.asked.lock().unwrap().pop();
        assert_eq!(asked.as_deref(), Some(expected.as_str()));
    }
}

#[tokio::test]
async fn a_role_without_keys_is_assumed_with_the_portals_own_identity() {
    let world = World::new().await;
    let arn = "arn:aws:iam::123456789012:role/hangar";
    let role = |external: String| CredentialInput {
        fields: [("role_arn", arn.to_owned()), ("external_id", external)]
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into(),
        ..input("role", None, SECRET)
    };
    let refusal = world
        .vault
        .create(&world.admin, role("guess".into()))
        .await
        .unwrap_err();
    let needed = format!("hangar:{}", world.vision);
    assert!(refusal.field("external_id").unwrap().contains(&needed));
    let stored = world
        .vault
        .create(&world.admin, role(needed))
        .await
        .unwrap();
    world.vault.check(&world.admin, stored.id).await.unwrap();
    assert_eq!(
        *world.answers.asked.lock().unwrap(),
        [format!("AKIAPORTAL {arn}")]
    );
}

#[tokio::test]
async fn workspaces_ask_anew_at_once_when_credentials_change() {
    let world = World::new().await;
    let database = &world.core.database;
    let now = jiff::Timestamp::now();
    let claims = database
        .workspaces()
        .claim(now, jiff::SignedDuration::from_mins(1), 10)
        .await
        .unwrap();
    for claim in &claims {
        let progress = WorkspaceProgress {
            account: None,
            ready: true,
            enabled_clouds: Vec::new(),
            checked_at: Some(now),
            failure: None,
            attempts: 0,
            due_at: now + jiff::SignedDuration::from_hours(1),
        };
        // One is in the middle of its work while the credential is stored.
        if claim.record.environment.id == world.dev {
            world.store("all", None, SECRET).await;
        }
        assert!(database.workspaces().record(claim, progress).await.unwrap());
    }
    let workspace = database
        .workspaces()
        .of_environment(world.dev)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(workspace.checked_at, None);
    let due = database.workspaces().next_due().await.unwrap().unwrap();
    assert!(due <= jiff::Timestamp::now());
}

#[tokio::test]
async fn secrets_are_in_no_audit_entry_and_no_message() {
    let world = World::new().await;
    let stored = world.store("all", None, SECRET).await;
    let vault = &world.vault;
    vault
        .replace(&world.admin, stored.id, fields(OTHER), 1)
        .await
        .unwrap();
    vault.check(&world.admin, stored.id).await.unwrap();
    let bad = vault
        .replace(&world.admin, stored.id, fields("CANARY"), 2)
        .await;
    vault.delete(&world.admin, stored.id, "all").await.unwrap();
    let said = format!("{:?} {bad:?}", world.audit().await);
    assert!(!said.contains("CANARY"), "{said}");
}
