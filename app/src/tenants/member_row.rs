//! One member.

use domain::access::TenantRole;
use domain::people::GrantSource;
use domain::tenancy::Member;
use leptos::prelude::*;

use super::api::{RemoveMember, SetMember};
use super::known::Known;
use super::rights::TenantRights;
use crate::routes;
use crate::ui::{Button, ButtonKind, Cell, Row, tw};
use crate::users::{LastSeen, StateOfPerson, Why};

/// Columns: person, role with why, last seen, and what can be done.
#[component]
pub fn MemberRow(
    known: Known,
    member: Member,
    rights: TenantRights,
    change: ServerAction<SetMember>,
    remove: ServerAction<RemoveMember>,
) -> impl IntoView {
    let name = if rights.people {
        view! {
            <a
                href=routes::user(member.user_id)
                class="block font-semibold break-words hover:text-accent-text"
            >
                {member.name.clone()}
            </a>
        }
        .into_any()
    } else {
        view! { <span class="block font-semibold break-words">{member.name.clone()}</span> }
            .into_any()
    };
    let way = rights.members.then(|| {
        view! { <Change known=known member=member.clone() change=change remove=remove /> }
    });
    view! {
        <Row>
            <Cell>
                {name}
                <small class="block text-faint break-words">{member.email.clone()}</small>
                {member.suspended.then(|| view! { <StateOfPerson suspended=true /> })}
            </Cell>
            <Cell>
                {member.role.as_str()}
                <small class="block text-faint break-words max-md:max-w-44">
                    <Why source=Some(member.source.clone()) />
                </small>
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">
                    <span class="md:hidden">"seen "</span>
                    <LastSeen at=member.last_seen_at />
                </span>
            </Cell>
            <Cell wide_on_phone=true>{way}</Cell>
        </Row>
    }
    .into_any()
}

/// Behind a word, and without a script: another role, or none.
#[component]
fn Change(
    known: Known,
    member: Member,
    change: ServerAction<SetMember>,
    remove: ServerAction<RemoveMember>,
) -> impl IntoView {
    let Member {
        user_id,
        name,
        role,
        source,
        granted,
        ..
    } = member;
    let from_claim = matches!(source, GrantSource::Claim { .. });
    let options = TenantRole::ALL
        .into_iter()
        .map(|offered| {
            view! {
                <option value=offered.as_str() selected=offered == granted.unwrap_or(role)>
                    {offered.as_str()}
                </option>
            }
        })
        .collect_view();
    let removal = match (granted, from_claim) {
        (Some(_), false) => "They see nothing of this tenant any more, at once.",
        (Some(_), true) => "They keep the role that the claim gives.",
        (None, _) => {
            "The role comes from a claim of the identity provider and can only be taken away there."
        }
    };
    let (changing, removing) = (change.pending(), remove.pending());
    let disabled = Signal::derive(move || granted.is_none() || removing.get());
    let why = format!("why-{user_id}");
    let change_label = format!(" {name}");
    let select_label = format!("Role of {name}");
    let remove_label = format!("Remove {name}");
    view! {
        <details>
            <summary class="link md:text-right">
                "Change" <span class="sr-only">{change_label}</span>
            </summary>
            <div class="grid gap-3 pt-2 md:w-56">
                <ActionForm action=change attr:class=tw("flex gap-2")>
                    {known.fields("tenant")}
                    <input type="hidden" name="user" value=user_id.to_string() />
                    <select
                        name="role"
                        class="control"
                        aria-label=select_label
                    >
                        {options}
                    </select>
                    <Button disabled=changing>"Save"</Button>
                </ActionForm>
                <ActionForm action=remove attr:class=tw("grid gap-1.5 justify-items-start")>
                    {known.fields("tenant")}
                    <input type="hidden" name="user" value=user_id.to_string() />
                    <p id=why.clone() class="text-small text-muted">
                        {removal}
                    </p>
                    <Button
                        kind=ButtonKind::Danger
                        disabled=disabled
                        attr:aria-describedby=why.clone()
                    >
                        {remove_label}
                    </Button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
