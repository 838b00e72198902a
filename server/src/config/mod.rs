//! The configuration: a TOML file, with environment variables over it (`HANGAR__DATABASE__URL`). Each concern has a
//! section. All errors are reported at once. `docs/configuration.md` describes every key.

mod address;
mod aws;
mod broker;
mod database;
mod fault;
mod hosts;
mod keys;
mod limits;
mod log;
mod one_line;
mod outgoing;
mod plans;
mod reader;
mod secret;
mod sign_in;
mod skypilot;
mod tenants;
mod trusted_proxies;

pub use address::PublicUrl;
pub use aws::AwsSettings;
pub use broker::{BrokerListener, BrokerSettings};
pub use fault::{ConfigurationError, Faults};
pub use keys::KeysSettings;
pub use limits::Limits;
pub use log::{LogFormat, LogSettings};
pub use one_line::one_line;
pub use secret::Secret;
pub use sign_in::{ProviderSettings, SignInSettings};
pub use skypilot::{CloudCredentials, SkyPilotSettings};
pub use trusted_proxies::TrustedProxies;

use domain::plan::Plan;
use kubernetes::HostConfig;
use persistence::records::TenantSeed;
use provisioning::outgoing::OutgoingRules;
use reader::Value;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::{Path, PathBuf},
};

const SLUG_RULE: &str = "must be 1 to 40 of a–z, 0–9 and hyphens, beginning with a letter";

/// The file's content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Document {
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    trusted_proxies: Vec<String>,
    data_dir: Option<PathBuf>,
    sandbox: bool,
    database: database::DatabaseSection,
    sign_in: sign_in::SignInSection,
    hosts: BTreeMap<String, hosts::HostSection>,
    skypilot: Option<skypilot::SkyPilotSection>,
    broker: Option<broker::BrokerSection>,
    aws: Option<aws::AwsSection>,
    keys: keys::KeysSection,
    outgoing: outgoing::OutgoingSection,
    plans: Vec<plans::PlanSection>,
    tenants: BTreeMap<String, tenants::TenantSection>,
    log: LogSettings,
    limits: Limits,
}

/// Where the configuration comes from, and what takes precedence over it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file; `None`: the environment contains the whole configuration.
    pub file: Option<PathBuf>,
    /// Replaces the environment of the process.
    pub environment: Option<HashMap<String, String>>,
    /// Takes precedence over file and environment.
    pub listen: Option<SocketAddr>,
    /// Takes precedence over file and environment.
    pub data_dir: Option<PathBuf>,
}

/// A valid configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    /// The URL that users use; `None`: any name of this machine.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    /// The folder of the SQLite file and the keys.
    pub data_dir: PathBuf,
    /// Whether the systems behind the portal are the sandbox's, which signs in anyone as any user; pages say so.
    pub sandbox: bool,
    pub database: Secret,
    pub sign_in: SignInSettings,
    /// New clusters are created on the first one.
    pub hosts: Vec<HostConfig>,
    /// `None`: nodes are disabled.
    pub skypilot: Option<SkyPilotSettings>,
    /// `None`: credentials cannot be fetched.
    pub broker: Option<BrokerSettings>,
    /// The portal's own AWS identity.
    pub aws: Option<AwsSettings>,
    /// The key-encryption keys, without those of the data directory.
    pub keys: KeysSettings,
    /// Addresses that tenants can make the portal connect to.
    pub outgoing: OutgoingRules,
    pub plans: Vec<Plan>,
    /// The tenants that are created at startup.
    pub tenants: Vec<TenantSeed>,
    pub log: LogSettings,
    pub limits: Limits,
}

impl Settings {
    /// Reads and validates the configuration.
    ///
    /// # Errors
    /// Every error at once, with its key, the rule and what to do.
    pub fn load(sources: Sources) -> Result<Self, ConfigurationError> {
        let place = sources.file.as_ref().map_or_else(
            || "the environment".to_owned(),
            |file| file.display().to_string(),
        );
        let mut faults = Faults::default();
        let settings =
            document(&sources, &mut faults).map(|document| document.read(&sources, &mut faults));
        match settings {
            Some(settings) if faults.is_empty() => Ok(settings),
            _ => Err(ConfigurationError { place, faults }),
        }
    }
}

/// The content of the file with the variables over it; `None`: it cannot be read.
fn document(sources: &Sources, faults: &mut Faults) -> Option<Document> {
    let mut values = match &sources.file {
        None => Value::Table(BTreeMap::new()),
        Some(file) => match std::fs::read_to_string(file) {
            Ok(text) => Value::parse(&text)
                .map_err(|error| faults.add("", error))
                .ok()?,
            Err(error) => return faults.none("", format!("cannot be read: {error}")),
        },
    };
    match &sources.environment {
        Some(variables) => {
            let variables = variables
                .iter()
                .map(|(name, value)| (name.into(), value.into()));
            values.overlay(variables, faults);
        }
        None => values.overlay(std::env::vars_os(), faults),
    }
    if !faults.is_empty() {
        return None;
    }
    values
        .read()
        .map_err(|(key, rule)| faults.add(key, rule))
        .ok()
}

impl Document {
    fn read(self, sources: &Sources, faults: &mut Faults) -> Settings {
        let folder = sources
            .file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
            .to_owned();
        let data_dir = sources
            .data_dir
            .clone()
            .or_else(|| self.data_dir.as_ref().map(|path| folder.join(path)))
            .unwrap_or_else(|| PathBuf::from(".hangar"));
        let listen = sources
            .listen
            .or(self.listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_url = self
            .public_url
            .as_deref()
            .and_then(|text| PublicUrl::read(text, faults));
        if self.sandbox {
            check_only_this_machine(listen, self.public_url.is_some(), faults);
        }
        let nothing = self.sign_in.providers.is_empty() && self.hosts.is_empty();
        if sources.file.is_none() && nothing {
            faults.add(
                "",
                "No configuration found. Write hangar.toml (hangar.example.toml contains every key) and pass it with \
                 --config, or try Hangar with ./dev start.",
            );
        } else {
            self.check_complete(faults);
        }
        self.log.check(faults);
        self.limits.check(faults);
        let mut tenants = tenants::read(self.tenants, faults);
        tenants.sort_by(|a, b| a.slug.cmp(&b.slug));
        let settings = Settings {
            listen,
            public_url,
            trusted_proxies: TrustedProxies::read(&self.trusted_proxies, faults),
            database: self.database.read(&folder, &data_dir, faults),
            data_dir,
            sandbox: self.sandbox,
            sign_in: self.sign_in.read(&folder, faults),
            hosts: hosts::read(self.hosts, &folder, faults),
            skypilot: self
                .skypilot
                .and_then(|section| section.read(&folder, faults)),
            broker: self
                .broker
                .map(|section| section.read(sources.environment.as_ref(), faults)),
            aws: self.aws.and_then(|section| section.read(&folder, faults)),
            keys: self.keys.read(&folder, faults),
            outgoing: self.outgoing.read(faults),
            plans: plans::read(self.plans, faults),
            tenants,
            log: self.log,
            limits: self.limits,
        };
        check_way_of_credentials(&settings, faults);
        check_aws_identity(&settings, faults);
        check_current_key(&settings, faults);
        settings
    }

    /// Adds an error for each required key that is missing.
    fn check_complete(&self, faults: &mut Faults) {
        if !self.sandbox && self.public_url.is_none() {
            faults.add(
                "public_url",
                "is missing: providers redirect users to it; set it, for example to https://hangar.example.com",
            );
        }
        if self.sign_in.providers.is_empty() {
            faults.add(
                "sign_in.providers",
                "is missing: users could not sign in; add [sign_in.providers.NAME]",
            );
        }
        if self.hosts.is_empty() {
            faults.add(
                "hosts",
                "is missing: clusters need a host cluster; add [hosts.NAME]",
            );
        }
    }
}

/// The sandbox's identity provider requires no password, so only this machine may reach the portal.
fn check_only_this_machine(listen: SocketAddr, has_public_url: bool, faults: &mut Faults) {
    if !listen.ip().is_loopback() {
        faults.add(
            "listen",
            format!(
                "{listen} is reachable from other machines, and with sandbox = true anyone can sign in as any user; \
                 listen on 127.0.0.1, or remove `sandbox` and configure a provider and a host"
            ),
        );
    }
    if has_public_url {
        faults.add(
            "public_url",
            "cannot be combined with sandbox = true, which is for this machine only; remove one of them",
        );
    }
}

/// Without this check, a missing broker would show only when nodes fail.
fn check_way_of_credentials(settings: &Settings, faults: &mut Faults) {
    match (&settings.skypilot, &settings.broker) {
        (Some(skypilot), broker)
            if skypilot.credentials == CloudCredentials::Handle
                && broker
                    .as_ref()
                    .is_none_or(|broker| broker.handle_url.is_none()) =>
        {
            faults.add(
                "broker.handle_url",
                "is missing: credentials = \"handle\" under [skypilot] needs the portal's URL as the SkyPilot API \
                 server sees it",
            );
        }
        (None, Some(_)) if !settings.sandbox => faults.add(
            "broker",
            "has no SkyPilot API server to serve: add [skypilot], or remove [broker]",
        ),
        _ => {}
    }
}

/// User pools and keys in KMS are used with the portal's AWS identity, which is known in its own partition only.
fn check_aws_identity(settings: &Settings, faults: &mut Faults) {
    let pools = settings.sign_in.providers.iter().filter_map(|provider| {
        let key = format!("sign_in.providers.{}.user_pool", provider.slug);
        Some((key, provider.user_pool.as_ref()?.region()))
    });
    let keys = &settings.keys;
    let current = keys.kms.iter().map(|key| ("keys.kms_key", key));
    let old = keys.old_kms.iter().map(|key| ("keys.old_kms_keys", key));
    let keys = current.chain(old);
    let keys = keys.map(|(name, arn)| (name.to_owned(), arn.region()));
    for (key, region) in pools.chain(keys) {
        let partition = region.partition();
        match &settings.aws {
            None => faults.add(key, "needs the portal's AWS identity: add [aws]"),
            Some(aws) if aws.region.partition() != partition => faults.add(
                key,
                format!(
                    "is in the partition {partition}, and the portal's AWS identity in {}: set aws.region to a region \
                     of {partition} and use an identity of it",
                    aws.region.partition()
                ),
            ),
            Some(_) => {}
        }
    }
}

/// Only one key encrypts.
fn check_current_key(settings: &Settings, faults: &mut Faults) {
    if settings.keys.kms.is_some() && settings.keys.current.is_some() {
        faults.add(
            "keys.kms_key",
            "and `keys.current` are both set; keep one, and move the other one to the old keys",
        );
    }
}

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

/// A display name for a slug.
fn title(slug: &str) -> String {
    let mut letters = slug.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod environment_tests;
#[cfg(test)]
mod tests;
