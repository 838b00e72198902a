//! People in memory: an admin who is the last one, a developer, somebody suspended.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::access::{PlatformAction, PlatformRole, TenantRole};
use domain::caller::Caller;
use domain::ids::UserId;
use domain::people::{
    ClaimTrial, GrantSource, PeopleCount, PeopleFilter, PeoplePage, PeopleQuery, Person,
    PersonDetail, PlatformGrant, TenantGrant, TriedRule,
};
use domain::problem::{FieldError, Problem, ProblemKind};
use domain::services::People;
use jiff::SignedDuration;
use uuid::Uuid;

use super::sample;

/// The developer.
pub const GRACE: Uuid = Uuid::from_u128(101);
/// Somebody who is suspended.
pub const LINUS: Uuid = Uuid::from_u128(102);
/// The version that the pages see; any other is stale.
pub const VERSION: i64 = 7;

pub struct PeopleInMemory {
    people: Mutex<Vec<PersonDetail>>,
}

fn person(id: Uuid, name: &str) -> PersonDetail {
    let short = name.split(' ').next().unwrap_or_default().to_lowercase();
    PersonDetail {
        person: Person {
            id: id.into(),
            name: name.into(),
            email: format!("{short}@example.com"),
            email_verified: true,
            issuer: "https://login.example.com".into(),
            platform_role: PlatformRole::User,
            platform_source: None,
            tenants: 0,
            suspended: false,
            last_seen_at: Some(sample::now() - SignedDuration::from_mins(8)),
        },
        subject: format!("{short}-at-the-provider"),
        platform_grants: Vec::new(),
        tenant_grants: Vec::new(),
        sessions: 2,
        tokens: 1,
        last_admin: false,
        version: VERSION,
    }
}

impl Default for PeopleInMemory {
    fn default() -> Self {
        let mut ada = person(sample::ADA, "Ada Keller");
        let by_hand = GrantSource::Person {
            by: Some("the command line".into()),
            at: Some(sample::now() - SignedDuration::from_hours(18 * 24)),
        };
        ada.person.platform_role = PlatformRole::Admin;
        ada.person.platform_source = Some(by_hand.clone());
        ada.platform_grants = vec![PlatformGrant {
            role: PlatformRole::Admin,
            source: by_hand,
        }];
        ada.last_admin = true;
        let mut grace = person(GRACE, "Grace Okafor");
        grace.person.tenants = 1;
        grace.tenant_grants = vec![TenantGrant {
            tenant: sample::tenant(),
            role: TenantRole::Developer,
            source: GrantSource::Claim {
                why: Some("groups has vision-dev".into()),
            },
        }];
        let mut linus = person(LINUS, "Linus Brandt");
        linus.person.suspended = true;
        linus.person.last_seen_at = None;
        (linus.sessions, linus.tokens) = (0, 0);
        Self {
            people: Mutex::new(vec![ada, grace, linus]),
        }
    }
}

fn admin(caller: &Caller) -> Result<(), Problem> {
    if caller.may_on_platform(PlatformAction::ManageUsers) {
        Ok(())
    } else {
        Err(Problem::forbidden(PlatformAction::ManageUsers.words()))
    }
}

fn matches(person: &Person, filter: PeopleFilter) -> bool {
    match filter {
        PeopleFilter::All => true,
        PeopleFilter::Admins => person.platform_role == PlatformRole::Admin,
        PeopleFilter::Suspended => person.suspended,
        PeopleFilter::WithoutTenant => {
            person.tenants == 0 && person.platform_role == PlatformRole::User
        }
    }
}

impl PeopleInMemory {
    fn change(
        &self,
        caller: &Caller,
        id: UserId,
        change: impl FnOnce(&mut PersonDetail) -> Result<(), Problem>,
    ) -> Result<PersonDetail, Problem> {
        admin(caller)?;
        let mut people = self.people.lock().expect("no test panics with it");
        let found = people.iter_mut().find(|found| found.person.id == id);
        let found = found.ok_or_else(|| Problem::not_found("person"))?;
        change(found)?;
        Ok(found.clone())
    }
}

#[async_trait]
impl People for PeopleInMemory {
    async fn list(&self, caller: &Caller, query: PeopleQuery) -> Result<PeoplePage, Problem> {
        admin(caller)?;
        let people = self.people.lock().expect("no test panics with it");
        let found: Vec<_> = people
            .iter()
            .map(|detail| detail.person.clone())
            .filter(|person| person.email.contains(&query.search))
            .collect();
        let count = |filter| PeopleCount {
            filter,
            people: found.iter().filter(|one| matches(one, filter)).count() as u64,
        };
        let counts = [
            PeopleFilter::All,
            PeopleFilter::Admins,
            PeopleFilter::Suspended,
            PeopleFilter::WithoutTenant,
        ];
        let items: Vec<_> = found
            .iter()
            .filter(|one| matches(one, query.filter))
            .cloned()
            .collect();
        Ok(PeoplePage {
            total: items.len() as u64,
            items,
            counts: counts.map(count).into(),
            paging: domain::listing::Paging::default(),
            per_page: query.per_page,
            now: sample::now(),
        })
    }

    async fn get(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem> {
        self.change(caller, id, |_| Ok(()))
    }

    async fn set_platform_role(
        &self,
        caller: &Caller,
        id: UserId,
        role: PlatformRole,
        version: i64,
    ) -> Result<PersonDetail, Problem> {
        self.change(caller, id, |found| {
            if version != found.version {
                return Err(Problem {
                    fields: vec![FieldError::new("platform_role", "The role is admin now.")],
                    ..Problem::new(
                        ProblemKind::Conflict,
                        "Maya Lindt changed this person just before you.",
                    )
                });
            }
            found.person.platform_role = role;
            found.version += 1;
            let source = GrantSource::Person {
                by: Some("Ada Keller".into()),
                at: Some(sample::now()),
            };
            found.platform_grants = (role == PlatformRole::Admin)
                .then_some(PlatformGrant { role, source })
                .into_iter()
                .collect();
            Ok(())
        })
    }

    async fn suspend(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem> {
        self.change(caller, id, |found| {
            if found.last_admin {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "This is the last admin.",
                ));
            }
            found.person.suspended = true;
            (found.sessions, found.tokens) = (0, 0);
            Ok(())
        })
    }

    async fn restore(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem> {
        self.change(caller, id, |found| {
            found.person.suspended = false;
            Ok(())
        })
    }

    async fn sign_out_everywhere(&self, caller: &Caller, id: UserId) -> Result<(), Problem> {
        self.change(caller, id, |found| {
            found.sessions = 0;
            Ok(())
        })
        .map(|_| ())
    }

    async fn rule_providers(&self, caller: &Caller) -> Result<Vec<(String, String)>, Problem> {
        admin(caller)?;
        Ok(vec![("sandbox".into(), "the sandbox".into())])
    }

    async fn try_rules(
        &self,
        caller: &Caller,
        _: &str,
        token: &str,
    ) -> Result<ClaimTrial, Problem> {
        admin(caller)?;
        if !token.starts_with('{') {
            let error = FieldError::new("token", "This is neither a token nor JSON.");
            return Err(Problem::invalid(vec![error]));
        }
        Ok(ClaimTrial {
            rules: vec![
                TriedRule {
                    asks: "groups has vision-dev".into(),
                    gives: "developer in vision".into(),
                    matches: true,
                    problem: None,
                },
                TriedRule {
                    asks: "groups has moon".into(),
                    gives: "admin in moon".into(),
                    matches: true,
                    problem: Some("There is no tenant “moon”.".into()),
                },
                TriedRule {
                    asks: "groups has platform-admins".into(),
                    gives: "platform role admin".into(),
                    matches: false,
                    problem: None,
                },
            ],
            platform_role: PlatformRole::User,
            tenants: vec![("vision".into(), TenantRole::Developer)],
            claims: vec!["groups".into(), "sub".into()],
        })
    }
}
