//! One member.

use domain::access::TenantRole;
use domain::ids::TenantId;
use domain::tenancy::Member;
use domain::users::GrantSource;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::admin::users::{LastSeen, RoleSource, UserState};
use crate::form::Form;
use crate::page::PageRequest;
use crate::routes;
use crate::tenants::functions::{RemoveMember, SetMember};
use crate::tenants::permissions::TenantPermissions;
use crate::ui::{Button, ButtonKind, Cell, Row};

pub fn member_row(
    request: &PageRequest,
    tenant: TenantId,
    member: Member,
    permissions: TenantPermissions,
) -> AnyView {
    let name = member.name.clone();
    let name = if permissions.manage_users {
        view! {
            <a
                href=routes::user(member.user_id)
                class="block font-semibold break-words hover:text-accent-text"
            >
                {name}
            </a>
        }
        .into_any()
    } else {
        view! { <span class="block font-semibold break-words">{name}</span> }.into_any()
    };
    let change = permissions.manage_members.then(|| {
        view! { <Change request=request.clone() tenant=tenant member=member.clone() /> }
    });
    view! {
        <Row id=format!("member-{}", member.user_id)>
            <Cell>
                {name}
                <small class="block text-faint break-words">{member.email}</small>
                {member.suspended.then(|| view! { <UserState suspended=true /> })}
            </Cell>
            <Cell>
                {member.role.as_str()}
                <small class="block text-faint break-words max-lg:max-w-44">
                    <RoleSource source=Some(member.source) />
                </small>
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">
                    <span class="lg:hidden">"seen "</span>
                    <LastSeen at=member.last_seen_at />
                </span>
            </Cell>
            <Cell wide_on_small=true>{change}</Cell>
        </Row>
    }
    .into_any()
}

/// Another role, or none.
#[component]
fn Change(request: PageRequest, tenant: TenantId, member: Member) -> impl IntoView {
    let Member {
        user_id,
        name,
        role,
        source,
        granted,
        ..
    } = member;
    let user = user_id.to_string();
    let hidden = || {
        view! {
            <input type="hidden" name="tenant" value=tenant.to_string() />
            <input type="hidden" name="user" value=user_id.to_string() />
        }
    };
    let (of_set, of_remove) = (hidden(), hidden());
    let set = request.form(SetMember::url()).keyed(&user);
    let remove = request.form(RemoveMember::url()).keyed(&user);
    let open = set.was_sent() || remove.was_sent();
    let chosen = set.value("role", granted.unwrap_or(role).as_str());
    let options = TenantRole::ALL.map(|role| {
        view! {
            <option value=role.as_str() selected=role.as_str() == chosen>
                {role.as_str()}
            </option>
        }
    });
    let removal = match (granted, matches!(source, GrantSource::Claim { .. })) {
        (Some(_), false) => "Access to this tenant is removed immediately.",
        (Some(_), true) => "The granted role is removed. The role from the claim remains.",
        (None, _) => {
            "The role comes from a claim of the identity provider and can only be removed there."
        }
    };
    let why = format!("why-{user}");
    let (summary, label) = (format!(" of {name}"), format!("Role of {name}"));
    view! {
        <details open=open>
            <summary class="link lg:text-right">
                "Change role" <span class="sr-only">{summary}</span>
            </summary>
            <div class="grid gap-3 pt-2 lg:w-56">
                <Form state=set>
                    {of_set}
                    <div class="flex gap-2">
                        <select name="role" class="control" aria-label=label>
                            {options.collect_view()}
                        </select>
                        <Button>"Save"</Button>
                    </div>
                </Form>
                <Form state=remove class="grid gap-1.5 justify-items-start">
                    {of_remove}
                    <p id=why.clone() class="text-small text-muted">
                        {removal}
                    </p>
                    <Button
                        kind=ButtonKind::Danger
                        disabled=granted.is_none()
                        attr:aria-describedby=why
                    >
                        {format!("Remove {name}")}
                    </Button>
                </Form>
            </div>
        </details>
    }
    .into_any()
}
