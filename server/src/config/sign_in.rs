//! Who may sign in, where, and what their claims give them.

use super::{
    fault::Faults,
    secret::{self, Secret},
};
use domain::access::TenantRole;
use provisioning::sign_in::{ClaimRule, Grant};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use url::Url;

/// `[sign_in]` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSection {
    /// The identity providers, by the word in their address.
    pub providers: BTreeMap<String, ProviderSection>,
    /// What claims give.
    pub rules: Vec<RuleSection>,
    /// What everybody who signs in gets besides.
    pub default_role: Option<TenantRoleSection>,
}

/// One `[sign_in.providers.SLUG]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSection {
    /// On the button, after “Continue with”.
    pub title: Option<String>,
    /// The issuer, exactly as it names itself.
    pub issuer: String,
    /// The client's id there.
    pub client_id: String,
    /// The client's secret there; without it, a public client.
    pub client_secret: Option<Secret>,
    /// A file that holds the secret.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Whether to ask the userinfo endpoint too, for claims that are not in the ID token.
    #[serde(default)]
    pub userinfo: bool,
    /// If given, only people with a verified address in one of these domains may sign in.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// The domain of a Cognito user pool, for its own way of signing out.
    pub cognito_domain: Option<String>,
}

fn default_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(String::from).to_vec()
}

/// One `[[sign_in.rules]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSection {
    /// Only for people of this provider; without it, of any.
    pub provider: Option<String>,
    /// A group, as `groups` or `cognito:groups` have it.
    pub group: Option<String>,
    /// Any other claim, together with `value`.
    pub claim: Option<String>,
    /// The value it must have, or have among others.
    pub value: Option<String>,
    /// `admin`.
    pub platform_role: Option<String>,
    /// The tenant's slug, together with `role`.
    pub tenant: Option<String>,
    /// The role in it.
    pub role: Option<TenantRole>,
}

/// A role in a tenant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantRoleSection {
    /// The tenant's slug.
    pub tenant: String,
    /// The role in it.
    pub role: TenantRole,
}

/// An identity provider.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// In its address: `/sign-in/SLUG`.
    pub slug: String,
    /// On the button.
    pub title: String,
    /// The issuer.
    pub issuer: Url,
    /// The issuer as written, which is how it must name itself.
    pub issuer_name: String,
    /// The client's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Whether to ask the userinfo endpoint too.
    pub userinfo: bool,
    /// The domains of allowed addresses, in lower case; empty: any.
    pub email_domains: Vec<String>,
    /// Cognito's own address for signing out.
    pub cognito_domain: Option<Url>,
}

/// A rule and the provider it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRule {
    /// The provider's slug; `None`: any.
    pub provider: Option<String>,
    /// The rule.
    pub rule: ClaimRule,
}

/// Who may sign in, where, and what their claims give them.
#[derive(Clone, Debug, Default)]
pub struct SignInSettings {
    /// The providers.
    pub providers: Vec<ProviderSettings>,
    /// The rules.
    pub rules: Vec<ProviderRule>,
    /// What everybody gets besides.
    pub default_role: Option<Grant>,
}

impl SignInSettings {
    /// The rules that hold for people of a provider.
    pub fn rules_for(&self, provider: &str) -> Vec<ClaimRule> {
        self.rules
            .iter()
            .filter(|rule| rule.provider.as_deref().is_none_or(|slug| slug == provider))
            .map(|rule| rule.rule.clone())
            .collect()
    }
}

impl SignInSection {
    pub(super) fn read(self, folder: &Path, faults: &mut Faults) -> SignInSettings {
        let known: Vec<_> = self.providers.keys().cloned().collect();
        let providers = self
            .providers
            .into_iter()
            .filter_map(|(slug, section)| section.read(slug, folder, faults))
            .collect();
        let rules = self
            .rules
            .into_iter()
            .enumerate()
            .flat_map(|(index, rule)| rule.read(index, &known, faults))
            .collect();
        let default_role = self.default_role.map(|role| Grant::Tenant {
            slug: role.tenant,
            role: role.role,
        });
        SignInSettings {
            providers,
            rules,
            default_role,
        }
    }
}

impl ProviderSection {
    fn read(self, slug: String, folder: &Path, faults: &mut Faults) -> Option<ProviderSettings> {
        let at = format!("sign_in.providers.{slug}");
        let key = |field: &str| format!("{at}.{field}");
        if !super::is_slug(&slug) {
            faults.add(&at, super::SLUG_RULE);
        }
        let issuer = safe_url(&self.issuer, &key("issuer"), faults);
        let cognito_domain = match &self.cognito_domain {
            None => None,
            Some(text) => safe_url(text, &key("cognito_domain"), faults),
        };
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
            faults.add(key("scopes"), "must hold \"openid\"");
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
                "must be domains without “@”, such as [\"corp.com\"]",
            );
        }
        Some(ProviderSettings {
            title: self.title.unwrap_or_else(|| super::title(&slug)),
            slug,
            issuer: issuer?,
            issuer_name: self.issuer,
            client_id: self.client_id,
            client_secret,
            scopes: self.scopes,
            userinfo: self.userinfo,
            email_domains,
            cognito_domain,
        })
    }
}

impl RuleSection {
    /// A rule on a group is one for each claim that groups come in.
    fn read(self, index: usize, providers: &[String], faults: &mut Faults) -> Vec<ProviderRule> {
        let at = format!("sign_in.rules[{index}]");
        if let Some(provider) = &self.provider
            && !providers.contains(provider)
        {
            faults.add(
                format!("{at}.provider"),
                format!("there is no provider `{provider}`"),
            );
        }
        let claims = match (self.group, self.claim, self.value) {
            (Some(group), None, None) => {
                vec![
                    ("groups".to_owned(), group.clone()),
                    ("cognito:groups".to_owned(), group),
                ]
            }
            (None, Some(claim), Some(value)) => vec![(claim, value)],
            _ => {
                faults.add(&at, "needs either group = \"…\" or claim and value");
                Vec::new()
            }
        };
        let grant = match (self.platform_role.as_deref(), self.tenant, self.role) {
            (Some("admin"), None, None) => Some(Grant::PlatformAdmin),
            (None, Some(slug), Some(role)) => Some(Grant::Tenant { slug, role }),
            (Some(_), None, None) => {
                faults.none(format!("{at}.platform_role"), "can only be \"admin\"")
            }
            _ => faults.none(
                &at,
                "needs either platform_role = \"admin\" or tenant and role",
            ),
        };
        let Some(grant) = grant else {
            return Vec::new();
        };
        claims
            .into_iter()
            .map(|(claim, value)| ProviderRule {
                provider: self.provider.clone(),
                rule: ClaimRule {
                    claim,
                    value,
                    grant: grant.clone(),
                },
            })
            .collect()
    }
}

/// The rules for the groups of the sandbox's people.
pub fn sandbox_rules() -> Vec<ProviderRule> {
    let tenant = |slug: &str, role| Grant::Tenant {
        slug: slug.into(),
        role,
    };
    [
        ("platform-admins", Grant::PlatformAdmin),
        ("vision-developers", tenant("vision", TenantRole::Developer)),
        (
            "payments-developers",
            tenant("payments", TenantRole::Developer),
        ),
        ("vision-viewers", tenant("vision", TenantRole::Viewer)),
    ]
    .into_iter()
    .map(|(group, grant)| ProviderRule {
        provider: Some(super::SANDBOX.into()),
        rule: ClaimRule {
            claim: "groups".into(),
            value: group.into(),
            grant,
        },
    })
    .collect()
}

/// An https address, or an http one on this machine.
fn safe_url(text: &str, key: &str, faults: &mut Faults) -> Option<Url> {
    let on_this_machine = |url: &Url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" && url.host().is_some() => Some(url),
        Ok(url) if url.scheme() == "http" && on_this_machine(&url) => Some(url),
        Ok(_) => faults.none(
            key,
            "must begin with https://: people's identities travel there",
        ),
        Err(error) => faults.none(key, format!("is not an address: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> RuleSection {
        RuleSection {
            provider: None,
            group: Some("ops".into()),
            claim: None,
            value: None,
            platform_role: Some("admin".into()),
            tenant: None,
            role: None,
        }
    }

    fn faults(rule: RuleSection) -> String {
        let mut faults = Faults::default();
        assert!(rule.read(3, &[], &mut faults).is_empty());
        faults.to_string()
    }

    #[test]
    fn a_group_is_looked_for_where_cognito_and_the_others_put_it() {
        let mut faults = Faults::default();
        let claims: Vec<_> = rule()
            .read(0, &[], &mut faults)
            .into_iter()
            .map(|rule| rule.rule.claim)
            .collect();
        assert_eq!(claims, ["groups", "cognito:groups"]);
    }

    #[test]
    fn a_rule_that_asks_or_gives_nothing_is_refused() {
        let nothing_asked = RuleSection {
            group: None,
            ..rule()
        };
        assert!(faults(nothing_asked).contains("sign_in.rules[3]"));
        let nothing_given = RuleSection {
            platform_role: None,
            ..rule()
        };
        assert!(faults(nothing_given).contains("tenant and role"));
        let odd = RuleSection {
            platform_role: Some("root".into()),
            ..rule()
        };
        assert!(faults(odd).contains("can only be"));
    }

    #[test]
    fn a_rule_holds_only_for_the_provider_it_names() {
        let settings = SignInSettings {
            rules: sandbox_rules(),
            ..SignInSettings::default()
        };
        assert_eq!(settings.rules_for("sandbox").len(), 4);
        assert!(settings.rules_for("corp").is_empty());
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
