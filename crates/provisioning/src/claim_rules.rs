//! What the claims of an identity provider give, by configured rules.

use domain::{
    access::{PlatformRole, TenantRole},
    tenancy::Tenant,
};
use serde_json::{Map, Value};

use persistence::records::ClaimedTenant;

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

impl ClaimRule {
    /// Whether `claims` has what the rule asks for.
    pub fn matches(&self, claims: &Map<String, Value>) -> bool {
        match claims.get(&self.claim) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Array(items)) => {
                items.iter().any(|item| item == &Value::from(&*self.value))
            }
            _ => false,
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
}

/// What claims give a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    pub platform_role: PlatformRole,
    /// The rule that gives it, if it is more than everybody has.
    pub platform_why: Option<String>,
    /// Roles in tenants, each tenant once with the highest.
    pub tenants: Vec<ClaimedTenant>,
}

impl ClaimRules {
    /// What `claims` give where there are these `tenants`. Of several rules that give the same the
    /// first is the reason.
    pub fn claimed(&self, claims: &Map<String, Value>, tenants: &[Tenant]) -> Claimed {
        let matching = self.rules.iter().filter(|rule| rule.matches(claims));
        let grants = matching.map(|rule| (&rule.grant, rule.words())).chain(
            self.default_role
                .iter()
                .map(|it| (it, EVERYBODY.to_owned())),
        );
        let mut claimed = Claimed::default();
        for (grant, why) in grants {
            match grant {
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
                    claimed.add(ClaimedTenant {
                        tenant_id: tenant.tenant.id,
                        role: *role,
                        why: Some(why),
                    });
                }
            }
        }
        claimed
    }
}

impl Claimed {
    fn add(&mut self, new: ClaimedTenant) {
        let same = |known: &&mut ClaimedTenant| known.tenant_id == new.tenant_id;
        match self.tenants.iter_mut().find(same) {
            Some(known) if known.role >= new.role => {}
            Some(known) => *known = new,
            None => self.tenants.push(new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tenancy::TenantRef;
    use persistence::new_id;
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
        assert!(rule("cognito:groups", "admins").matches(&groups));
        assert!(rule("team", "ops").matches(&groups));
        for (claim, value) in [
            ("cognito:groups", "admin"),
            ("cognito:groups", "Admins"),
            ("team", "op"),
            ("groups", "admins"),
        ] {
            assert!(!rule(claim, value).matches(&groups), "{claim} {value}");
        }
    }

    #[test]
    fn claims_of_other_shapes_give_nothing() {
        for odd in [
            json!({"g": 1}),
            json!({"g": {"a": "x"}}),
            json!({"g": null}),
        ] {
            assert!(!rule("g", "1").matches(&claims(odd)));
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
}
