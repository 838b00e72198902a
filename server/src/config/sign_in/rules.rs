//! Claim rules.

use crate::config::fault::Faults;
use domain::access::TenantRole;
use provisioning::claim_rules::{ClaimRule, Grant};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSection {
    /// Only for users of this provider; by default of all.
    pub provider: Option<String>,
    /// A group in the claims `groups` or `cognito:groups`.
    pub group: Option<String>,
    /// Any other claim, together with `value`.
    pub claim: Option<String>,
    /// The value of the claim, or one of its values.
    pub value: Option<String>,
    /// `admin`.
    pub platform_role: Option<String>,
    /// The tenant's slug, together with `role`.
    pub tenant: Option<String>,
    pub role: Option<TenantRole>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRule {
    /// The provider's slug; `None`: all providers.
    pub provider: Option<String>,
    pub rule: ClaimRule,
}

impl RuleSection {
    /// A rule for a group becomes one rule for each claim that contains groups.
    pub(super) fn read(
        self,
        index: usize,
        providers: &[String],
        faults: &mut Faults,
    ) -> Vec<ProviderRule> {
        let at = format!("sign_in.rules[{index}]");
        if let Some(provider) = &self.provider
            && !providers.contains(provider)
        {
            faults.add(
                format!("{at}.provider"),
                format!("provider `{provider}` does not exist"),
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
                faults.none(format!("{at}.platform_role"), "must be \"admin\"")
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
        assert!(faults(odd).contains("platform_role"));
    }
}
