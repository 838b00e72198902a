//! Identity providers and claim rules.

mod provider;
mod rules;

pub use provider::ProviderSettings;
pub use rules::ProviderRule;

use super::fault::Faults;
use domain::access::TenantRole;
use provider::ProviderSection;
use provisioning::claim_rules::{ClaimRules, Grant};
use rules::RuleSection;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// `[sign_in]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSection {
    /// The identity providers by slug.
    pub providers: BTreeMap<String, ProviderSection>,
    pub rules: Vec<RuleSection>,
    /// Granted to every user who signs in.
    pub default_role: Option<TenantRoleSection>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantRoleSection {
    pub tenant: String,
    pub role: TenantRole,
}

#[derive(Clone, Debug, Default)]
pub struct SignInSettings {
    pub providers: Vec<ProviderSettings>,
    pub rules: Vec<ProviderRule>,
    /// Granted to every user who signs in.
    pub default_role: Option<Grant>,
}

impl SignInSettings {
    /// The slugs of the tenants that rules name; they may not exist yet.
    pub fn tenants_named(&self) -> impl Iterator<Item = &str> {
        self.rules
            .iter()
            .map(|rule| &rule.rule.grant)
            .chain(&self.default_role)
            .filter_map(|grant| match grant {
                Grant::Tenant { slug, .. } => Some(slug.as_str()),
                Grant::PlatformAdmin => None,
            })
    }

    /// The rules that apply to users of a provider.
    pub fn rules_for(&self, provider: &str) -> ClaimRules {
        let rules = self
            .rules
            .iter()
            .filter(|rule| rule.provider.as_deref().is_none_or(|slug| slug == provider))
            .map(|rule| rule.rule.clone());
        let known = self.providers.iter().find(|known| known.slug == provider);
        ClaimRules {
            rules: rules.collect(),
            default_role: self.default_role.clone(),
            overage: known.map_or_else(Default::default, |known| known.claims_overage),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use provisioning::claim_rules::ClaimRule;

    #[test]
    fn a_rule_holds_only_for_the_provider_it_names() {
        let rule = ProviderRule {
            provider: Some("corp".into()),
            rule: ClaimRule {
                claim: "groups".into(),
                value: "admins".into(),
                grant: Grant::PlatformAdmin,
            },
        };
        let settings = SignInSettings {
            rules: vec![rule],
            ..SignInSettings::default()
        };
        assert_eq!(settings.rules_for("corp").rules.len(), 1);
        assert!(settings.rules_for("other").rules.is_empty());
    }
}
