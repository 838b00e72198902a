//! Identity providers.

use crate::config::{
    SLUG_RULE,
    address::is_this_machine,
    fault::Faults,
    is_slug,
    secret::{self, Secret},
    title,
};
use domain::aws::Region;
use provisioning::claim_rules::ClaimsOverage;
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    str::FromStr,
};
use url::Url;

/// One `[sign_in.providers.SLUG]` in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSection {
    /// The text on the button after “Continue with”.
    pub title: Option<String>,
    /// The issuer, exactly as the provider reports it.
    pub issuer: String,
    pub client_id: String,
    /// `None`: a public client.
    pub client_secret: Option<Secret>,
    pub client_secret_file: Option<PathBuf>,
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Whether to also request the userinfo endpoint, for claims that are not in the ID token.
    #[serde(default)]
    pub userinfo: bool,
    /// Other audiences than the client id that ID tokens may name.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// Whether an address counts as verified if the provider does not say whether it is.
    #[serde(default)]
    pub assume_email_verified: bool,
    /// What happens to roles that depend on a claim that the provider left out.
    #[serde(default)]
    pub claims_overage: ClaimsOverage,
    /// If not empty, only users with a verified address in one of these domains can sign in.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// The domain of a Cognito user pool, for its own sign-out endpoint.
    pub cognito_domain: Option<String>,
    /// The id of the Cognito user pool, to manage its users.
    pub user_pool: Option<String>,
}

fn default_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(String::from).to_vec()
}

#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Part of the URL: `/sign-in/SLUG`.
    pub slug: String,
    pub title: String,
    pub issuer: Url,
    /// The issuer as configured; the provider must report the same text.
    pub issuer_name: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub scopes: Vec<String>,
    /// Whether to also request the userinfo endpoint.
    pub userinfo: bool,
    /// Other audiences than the client id that ID tokens may name.
    pub audiences: Vec<String>,
    /// Whether an address counts as verified if the provider does not say whether it is.
    pub assume_email_verified: bool,
    /// What happens to roles that depend on a claim that the provider left out.
    pub claims_overage: ClaimsOverage,
    /// The domains of allowed addresses, in lower case; empty: all.
    pub email_domains: Vec<String>,
    /// Cognito's own sign-out endpoint.
    pub cognito_domain: Option<Url>,
    /// The Cognito user pool whose users can be managed.
    pub user_pool: Option<PoolId>,
}

impl ProviderSection {
    pub(super) fn read(
        self,
        slug: String,
        folder: &Path,
        faults: &mut Faults,
    ) -> Option<ProviderSettings> {
        let at = format!("sign_in.providers.{slug}");
        let key = |field: &str| format!("{at}.{field}");
        if !is_slug(&slug) {
            faults.add(&at, SLUG_RULE);
        }
        let issuer = safe_url(&self.issuer, &key("issuer"), faults);
        let cognito_domain = match &self.cognito_domain {
            None => None,
            Some(text) => safe_url(text, &key("cognito_domain"), faults),
        };
        let user_pool = self.user_pool.as_deref().and_then(|text| {
            let id = text.parse();
            id.map_err(|rule| faults.add(key("user_pool"), rule)).ok()
        });
        if self.client_id.trim().is_empty() {
            faults.add(key("client_id"), "must not be empty");
        }
        let client_secret = secret::resolve(
            &key("client_secret"),
            self.client_secret,
            self.client_secret_file.as_ref(),
            folder,
            faults,
        );
        if !self.scopes.iter().any(|scope| scope == "openid") {
            faults.add(key("scopes"), "must contain \"openid\"");
        }
        let email_domains: Vec<_> = self
            .email_domains
            .iter()
            .map(|d| d.to_lowercase())
            .collect();
        if email_domains
            .iter()
            .any(|domain| domain.is_empty() || domain.contains('@'))
        {
            faults.add(
                key("email_domains"),
                "must be domains without “@”, for example [\"corp.com\"]",
            );
        }
        Some(ProviderSettings {
            title: self.title.unwrap_or_else(|| title(&slug)),
            slug,
            issuer: issuer?,
            issuer_name: self.issuer,
            client_id: self.client_id,
            client_secret,
            scopes: self.scopes,
            userinfo: self.userinfo,
            audiences: self.audiences,
            assume_email_verified: self.assume_email_verified,
            claims_overage: self.claims_overage,
            email_domains,
            cognito_domain,
            user_pool,
        })
    }
}

/// The id of a user pool; its region comes first.
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolId {
    text: String,
    region: Region,
}

impl PoolId {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn region(&self) -> &Region {
        &self.region
    }
}

impl FromStr for PoolId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "must be the id of a user pool, for example eu-central-1_AbCdEfGhI";
        let (region, name) = text.split_once('_').ok_or(RULE)?;
        let fits = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && text.len() <= 55;
        if !fits {
            return Err(RULE);
        }
        Ok(Self {
            region: region.parse().map_err(|_| RULE)?,
            text: text.to_owned(),
        })
    }
}

/// An https URL, or an http URL on this machine.
fn safe_url(text: &str, key: &str, faults: &mut Faults) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" && url.host().is_some() => Some(url),
        Ok(url) if url.scheme() == "http" && is_this_machine(&url) => Some(url),
        Ok(_) => faults.none(
            key,
            "must begin with https://: users' identities are sent there",
        ),
        Err(error) => faults.none(key, format!("must be a URL: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_in_a_region_of_any_partition() {
        for (text, region) in [
            ("eu-central-1_AbCdEfGhI", "eu-central-1"),
            ("us-gov-west-1_AbC", "us-gov-west-1"),
            ("eusc-de-east-1_AbC", "eusc-de-east-1"),
        ] {
            let id: PoolId = text.parse().unwrap();
            assert_eq!((id.as_str(), id.region().as_str()), (text, region));
        }
        for text in ["", "AbC", "eu-central-1_", "eu_AbC", "eu-central-1_Ab-C"] {
            assert!(text.parse::<PoolId>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_issuer_without_tls_elsewhere_is_refused() {
        for (text, fine) in [
            ("https://login.example.com", true),
            ("http://127.0.0.1:9000", true),
            ("http://login.example.com", false),
            ("login.example.com", false),
        ] {
            let mut faults = Faults::default();
            assert_eq!(
                safe_url(text, "issuer", &mut faults).is_some(),
                fine,
                "{text}"
            );
            assert_eq!(faults.is_empty(), fine, "{text}");
        }
    }
}
