//! The role on the platform: each grant with why, and the one that is given here.

use domain::access::PlatformRole;
use domain::people::{GrantSource, PersonDetail, PlatformGrant};
use leptos::prelude::*;

use super::page::Known;
use crate::plain_form::{FormState, on_answer, on_conflict};
use crate::ui::{Button, ButtonKind, Card};
use crate::users::Why;
use crate::users::api::SetPlatformRole;

/// What can be done about the role, as it is now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Make them admin.
    Grant,
    /// Take the granted role away.
    TakeAway {
        /// A claim gives it to them all the same.
        stays: bool,
    },
    /// Nothing, because nobody else could run the platform.
    LastAdmin,
    /// Nothing, because only a claim gives it.
    FromClaim,
}

fn way(detail: &PersonDetail) -> Way {
    let admin = |grant: &&PlatformGrant| grant.role == PlatformRole::Admin;
    let mut admins = detail.platform_grants.iter().filter(admin);
    let by_hand = admins
        .clone()
        .any(|grant| matches!(grant.source, GrantSource::Person { .. }));
    let by_claim = admins.any(|grant| matches!(grant.source, GrantSource::Claim { .. }));
    match (by_hand, by_claim) {
        (true, false) if detail.last_admin => Way::LastAdmin,
        (true, stays) => Way::TakeAway { stays },
        (false, true) => Way::FromClaim,
        (false, false) => Way::Grant,
    }
}

/// Every grant and the button that fits.
#[component]
pub fn RoleCard(known: Known) -> impl IntoView {
    let change = ServerAction::<SetPlatformRole>::new();
    on_answer(change, move |detail| known.detail.set(detail));
    on_conflict(change, move || known.look_again());
    let state = FormState::of("role", change);
    let grants = move || {
        known.detail.with(|detail| {
            let grants = detail.platform_grants.clone();
            let line = |grant: PlatformGrant| line(grant.role, Some(grant.source));
            if grants.is_empty() {
                vec![line_of_everybody().into_any()]
            } else {
                grants
                    .into_iter()
                    .map(|grant| line(grant).into_any())
                    .collect()
            }
        })
    };
    let way = Memo::new(move |_| known.detail.with(way));
    view! {
        <Card title="Role on the platform">
            {state.notice()}
            <ul class="grid gap-2 mb-4">{grants}</ul>
            {move || form(known, change, way.get())}
        </Card>
    }
    .into_any()
}

fn line(role: PlatformRole, source: Option<GrantSource>) -> impl IntoView {
    let name = match role {
        PlatformRole::Admin => "Admin",
        PlatformRole::User => "User",
    };
    view! {
        <li>
            <b>{name}</b>
            <small class="block text-muted break-words">
                <Why source=source />
            </small>
        </li>
    }
}

fn line_of_everybody() -> impl IntoView {
    line(PlatformRole::User, None)
}

fn form(known: Known, change: ServerAction<SetPlatformRole>, way: Way) -> AnyView {
    let pending = change.pending();
    let version = move || known.detail.with(|detail| detail.version.to_string());
    let (id, name) = known
        .detail
        .with_untracked(|detail| (detail.person.id, detail.person.name.clone()));
    let (role, label, kind, explanation, possible) = match way {
        Way::Grant => (
            PlatformRole::Admin,
            "Make platform admin",
            ButtonKind::Plain,
            format!(
                "{name} would see and change everything in every tenant, and could do the same for others."
            ),
            true,
        ),
        Way::TakeAway { stays: false } => (
            PlatformRole::User,
            "Take the admin role away",
            ButtonKind::Danger,
            format!("{name} keeps what the tenants give, and nothing else, from this moment on."),
            true,
        ),
        Way::TakeAway { stays: true } => (
            PlatformRole::User,
            "Take the granted role away",
            ButtonKind::Danger,
            format!(
                "{name} stays admin: a claim of the identity provider gives the role too. It can only be taken away there."
            ),
            true,
        ),
        Way::LastAdmin => (
            PlatformRole::User,
            "Take the admin role away",
            ButtonKind::Plain,
            format!(
                "{name} is the only admin who is not suspended. Make somebody else admin first: without one nobody could run this portal."
            ),
            false,
        ),
        Way::FromClaim => (
            PlatformRole::User,
            "Take the admin role away",
            ButtonKind::Plain,
            "The role comes from a claim of the identity provider alone. It goes with the group or claim there, at the next sign-in."
                .to_owned(),
            false,
        ),
    };
    let disabled = Signal::derive(move || !possible || pending.get());
    view! {
        <ActionForm action=change attr:class=crate::ui::tw("grid gap-2 justify-items-start")>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="role" value=role.as_str() />
            <input type="hidden" name="version" value=version />
            <p id="role-why" class="text-muted">
                {explanation}
            </p>
            <Button kind=kind disabled=disabled attr:aria-describedby="role-why">
                {label}
            </Button>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::people::Person;
    use uuid::Uuid;

    use super::*;

    fn admin_by(sources: Vec<GrantSource>, last_admin: bool) -> PersonDetail {
        let grant = |source| PlatformGrant {
            role: PlatformRole::Admin,
            source,
        };
        PersonDetail {
            person: Person {
                id: Uuid::from_u128(1).into(),
                name: "Ada".into(),
                email: "ada@example.com".into(),
                email_verified: true,
                issuer: "https://login.example.com".into(),
                platform_role: PlatformRole::Admin,
                platform_source: sources.first().cloned(),
                tenants: 0,
                suspended: false,
                last_seen_at: None,
            },
            subject: "ada".into(),
            platform_grants: sources.into_iter().map(grant).collect(),
            tenant_grants: Vec::new(),
            sessions: 0,
            tokens: 0,
            last_admin,
            version: 1,
        }
    }

    #[test]
    fn a_role_that_only_a_claim_gives_and_the_last_admins_cannot_be_taken_away_here() {
        let hand = || GrantSource::Person { by: None, at: None };
        let claim = || GrantSource::Claim { why: None };
        let cases = [
            (vec![], false, Way::Grant),
            (vec![hand()], false, Way::TakeAway { stays: false }),
            (vec![hand()], true, Way::LastAdmin),
            (vec![claim()], true, Way::FromClaim),
            (vec![hand(), claim()], true, Way::TakeAway { stays: true }),
        ];
        for (sources, last, expected) in cases {
            assert!(
                way(&admin_by(sources.clone(), last)) == expected,
                "{sources:?}"
            );
        }
    }
}
