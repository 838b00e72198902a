//! What the claims of an identity provider give, by configured rules.

use domain::{
    access::{PlatformRole, TenantRole},
    tenancy::Tenant,
};
use persistence::records::{ClaimedRoles, ClaimedTenant};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::withheld_claims::is_withheld;

/// Why a user has the role that everybody has.
const EVERYBODY: &str = "everybody";

/// What a claim gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The platform role `admin`.
    PlatformAdmin,
    /// A role in the tenant with this slug.
    Tenant { slug: String, role: TenantRole },
}

impl Grant {
    /// In words: “platform role admin”, “developer in vision”.
    pub fn words(&self) -> String {
        match self {
            Self::PlatformAdmin => "platform role admin".to_owned(),
            Self::Tenant { slug, role } => format!("{} in {slug}", role.as_str()),
        }
    }
}

/// A configured rule: a user with `value` in `claim` is granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim's name, such as `cognito:groups`.
    pub claim: String,
    /// The value, or one of the values if the claim is a list; compared exactly.
    pub value: String,
    pub grant: Grant,
}

/// What a rule finds in the claims of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleResult {
    Matches,
    NoMatch,
    /// The provider left the claim out although the user has it, so its value is unknown.
    Withheld,
}

impl ClaimRule {
    pub fn outcome(&self, claims: &Map<String, Value>) -> RuleResult {
        let matches = match claims.get(&self.claim) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Array(items)) => {
                items.iter().any(|item| item == &Value::from(&*self.value))
            }
            _ => false,
        };
        if is_withheld(claims, &self.claim) {
            RuleResult::Withheld
        } else if matches {
            RuleResult::Matches
        } else {
            RuleResult::NoMatch
        }
    }

    /// What it asks for, in words: “groups has vision-developers”.
    pub fn words(&self) -> String {
        format!("{} has {}", self.claim, self.value)
    }
}

/// The rules for the users of one provider.
#[derive(Clone, Debug, Default)]
pub struct ClaimRules {
    /// What claims give.
    pub rules: Vec<ClaimRule>,
    /// What everybody gets.
    pub default_role: Option<Grant>,
    pub overage: ClaimsOverage,
}

/// What happens to roles that depend on a claim that the provider left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimsOverage {
    /// Users keep the roles that such claims gave at an earlier sign-in.
    #[default]
    Keep,
    /// Users lose these roles.
    Drop,
}

impl ClaimRules {
    /// What `claims` give where there are these `tenants`. Of several rules that give the same the
    /// first is the reason.
    pub fn claimed(&self, claims: &Map<String, Value>, tenants: &[Tenant]) -> ClaimedRoles {
        let mut claimed = ClaimedRoles::default();
        let everybody = self.default_role.iter();
        let everybody = everybody.map(|grant| (grant, RuleResult::Matches, EVERYBODY.to_owned()));
        let rules = self
            .rules
            .iter()
            .map(|rule| (&rule.grant, rule.outcome(claims), rule.words()));
        for (grant, outcome, why) in rules.chain(everybody) {
            let is_kept = outcome == RuleResult::Withheld && self.overage == ClaimsOverage::Keep;
            if outcome != RuleResult::Matches && !is_kept {
                continue;
            }
            match grant {
                Grant::PlatformAdmin if is_kept => claimed.kept.platform_admin = true,
                Grant::PlatformAdmin => {
                    claimed.platform_role = PlatformRole::Admin;
                    claimed.platform_why.get_or_insert(why);
                }
                Grant::Tenant { slug, role } => {
                    let known = tenants.iter().find(|tenant| tenant.tenant.slug == *slug);
                    let Some(tenant) = known else {
                        tracing::warn!(%slug, "a claim rule names a tenant that does not exist");
                        continue;
                    };
                    let tenant_id = tenant.tenant.id;
                    if is_kept {
                        claimed.kept.tenants.push((tenant_id, *role));
                    } else {
                        add(
                            &mut claimed.tenants,
                            ClaimedTenant {
                                tenant_id,
                                role: *role,
                                why: Some(why),
                            },
                        );
                    }
                }
            }
        }
        claimed.withheld = self.withheld(claims);
        claimed
    }

    /// The claims that rules read and the provider left out.
    fn withheld(&self, claims: &Map<String, Value>) -> Vec<String> {
        let mut withheld: Vec<String> = Vec::new();
        for rule in &self.rules {
            if rule.outcome(claims) == RuleResult::Withheld && !withheld.contains(&rule.claim) {
                withheld.push(rule.claim.clone());
            }
        }
        withheld
    }
}

/// Keeps the highest role in each tenant.
fn add(tenants: &mut Vec<ClaimedTenant>, new: ClaimedTenant) {
    let same = |known: &&mut ClaimedTenant| known.tenant_id == new.tenant_id;
    match tenants.iter_mut().find(same) {
        Some(known) if known.role >= new.role => {}
        Some(known) => *known = new,
        None => tenants.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tenancy::TenantRef;
    use persistence::{new_id, records::KeptRoles};
    use serde_json::json;

    fn rule(claim: &str, value: &str) -> ClaimRule {
        ClaimRule {
            claim: claim.into(),
            value: value.into(),
            grant: Grant::PlatformAdmin,
        }
    }

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn matches(rule: &ClaimRule, claims: &Map<String, Value>) -> bool {
        rule.outcome(claims) == RuleResult::Matches
    }

    fn in_vision(role: TenantRole) -> Grant {
        Grant::Tenant {
            slug: "vision".into(),
            role,
        }
    }

    fn vision() -> Tenant {
        Tenant {
            tenant: TenantRef {
                id: new_id(),
                slug: "vision".into(),
                name: "Vision".into(),
            },
            environments: Vec::new(),
        }
    }

    #[test]
    fn a_rule_matches_a_text_or_one_of_a_list_exactly() {
        let groups = claims(json!({"cognito:groups": ["dev", "admins"], "team": "ops"}));
        assert!(matches(&rule("cognito:groups", "admins"), &groups));
        assert!(matches(&rule("team", "ops"), &groups));
        for (claim, value) in [
            ("cognito:groups", "admin"),
            ("cognito:groups", "Admins"),
            ("team", "op"),
            ("groups", "admins"),
        ] {
            assert!(!matches(&rule(claim, value), &groups), "{claim} {value}");
        }
    }

    #[test]
    fn claims_of_other_shapes_give_nothing() {
        for odd in [
            json!({"g": 1}),
            json!({"g": {"a": "x"}}),
            json!({"g": null}),
        ] {
            assert!(!matches(&rule("g", "1"), &claims(odd)));
        }
    }

    #[test]
    fn the_highest_role_counts_and_says_which_rule_gave_it() {
        let vision = vision();
        let rules = ClaimRules {
            rules: vec![
                ClaimRule {
                    grant: in_vision(TenantRole::Developer),
                    ..rule("groups", "devs")
                },
                ClaimRule {
                    grant: in_vision(TenantRole::Admin),
                    ..rule("groups", "leads")
                },
                rule("groups", "leads"),
                rule("groups", "devs"),
            ],
            default_role: Some(in_vision(TenantRole::Viewer)),
            overage: ClaimsOverage::Keep,
        };
        let given = |groups: Value| {
            rules.claimed(
                &claims(json!({"groups": groups})),
                std::slice::from_ref(&vision),
            )
        };
        let lead = given(json!(["devs", "leads"]));
        assert_eq!(lead.platform_why.as_deref(), Some("groups has leads"));
        assert_eq!(lead.tenants.len(), 1);
        assert_eq!(lead.tenants[0].role, TenantRole::Admin);
        assert_eq!(lead.tenants[0].why.as_deref(), Some("groups has leads"));
        let nothing = given(json!([]));
        assert_eq!(nothing.platform_role, PlatformRole::User);
        assert_eq!(nothing.platform_why, None);
        assert_eq!(nothing.tenants[0].why.as_deref(), Some("everybody"));
    }

    #[test]
    fn roles_from_a_claim_that_was_left_out_are_kept_or_dropped() {
        let vision = vision();
        let elsewhere = json!({
            "team": "ops",
            "_claim_names": {"groups": "src1"},
            "_claim_sources": {"src1": {"endpoint": "https://graph.example.com/getMemberObjects"}},
        });
        let given = |overage| {
            let rules = ClaimRules {
                rules: vec![
                    rule("groups", "leads"),
                    ClaimRule {
                        grant: in_vision(TenantRole::Developer),
                        ..rule("groups", "devs")
                    },
                    ClaimRule {
                        grant: in_vision(TenantRole::Viewer),
                        ..rule("team", "ops")
                    },
                    ClaimRule {
                        grant: in_vision(TenantRole::Admin),
                        ..rule("team", "leads")
                    },
                ],
                default_role: None,
                overage,
            };
            rules.claimed(&claims(elsewhere.clone()), std::slice::from_ref(&vision))
        };
        for overage in [ClaimsOverage::Keep, ClaimsOverage::Drop] {
            let claimed = given(overage);
            assert_eq!(claimed.withheld, ["groups"]);
            assert_eq!(claimed.platform_role, PlatformRole::User);
            assert_eq!(claimed.tenants[0].role, TenantRole::Viewer);
        }
        let kept = given(ClaimsOverage::Keep).kept;
        assert!(kept.platform_admin);
        let developer = (vision.tenant.id, TenantRole::Developer);
        assert_eq!(kept.tenants, [developer]);
        assert_eq!(given(ClaimsOverage::Drop).kept, KeptRoles::default());
    }
}
