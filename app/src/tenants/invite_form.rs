//! Adding somebody to a tenant by their e-mail address.

use domain::access::TenantRole;
use domain::tenancy::TenantSummary;
use leptos::html;
use leptos::prelude::*;

use super::api::{InviteMember, Invited};
use super::known::Known;
use crate::plain_form::{FormState, on_answer};
use crate::ui::{
    Button, ButtonKind, Card, Choice, Field, Notice, RelativeTime, Select, TextInput, Tone,
};

/// What each role is for.
fn words(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "viewer: sees what there is",
        TenantRole::Developer => "developer: orders, uses and deletes",
        TenantRole::Admin => "admin: runs the tenant",
    }
}

/// Address and role, and the tenant where it is not known yet.
#[component]
pub fn InviteForm(
    /// The tenant of the page; `None`: one of `tenants` is chosen.
    known: Option<Known>,
    tenants: Vec<TenantSummary>,
) -> impl IntoView {
    let invite = ServerAction::<InviteMember>::new();
    let node = NodeRef::<html::Form>::new();
    on_answer(invite, move |invited: Invited| {
        if let Some(known) = known {
            known.take(invited.detail);
        }
        if let Some(form) = node.get_untracked() {
            form.reset();
        }
    });
    let state = FormState::of("invite", invite);
    let email = state.typed("email", "");
    let role = state.typed("role", TenantRole::Developer.as_str());
    let roles = TenantRole::ALL
        .into_iter()
        .map(|role| Choice {
            value: role.as_str().to_owned(),
            label: words(role).to_owned(),
        })
        .collect();
    let tenant = match known {
        Some(known) => view! { <input type="hidden" name="slug" value=known.slug() /> }.into_any(),
        None => {
            let chosen = state.typed("tenant", "");
            let choices = tenants
                .into_iter()
                .map(|summary| Choice {
                    value: summary.tenant.slug,
                    label: summary.tenant.name,
                })
                .collect();
            view! {
                <input type="hidden" name="among_users" value="true" />
                <Field id="invite-tenant" label="Tenant" error=state.error("tenant")>
                    <Select name="slug" choices=choices chosen=chosen />
                </Field>
            }
            .into_any()
        }
    };
    let outcome = move || match invite.value().get() {
        Some(Ok(invited)) => Some(view! { <Outcome invited=invited /> }),
        _ => None,
    };
    let pending = invite.pending();
    view! {
        <Card title="Add somebody">
            {state.notice()}
            <div class="mb-3 empty:hidden">{outcome}</div>
            <ActionForm action=invite node_ref=node attr:class=crate::ui::tw("grid gap-4")>
                {tenant}
                <Field
                    id="invite-email"
                    label="E-mail address"
                    hint=|| {
                        "Whoever is known here by this address gets the role now. Otherwise it waits for the first \
                         sign-in with the address, verified by the identity provider."
                    }
                    error=state.error("email")
                >
                    <TextInput
                        name="input[email]"
                        r#type="email"
                        value=email
                        placeholder="grace@example.com"
                    />
                </Field>
                <Field id="invite-role" label="Role" error=state.error("role")>
                    <Select name="input[role]" choices=roles chosen=role />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {move || if pending.get() { "Inviting …" } else { "Invite" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}

/// What the portal sends is nothing, so whoever invites has to say so.
#[component]
fn Outcome(invited: Invited) -> impl IntoView {
    let Invited { detail, invitation } = invited;
    match invitation {
        Some(invitation) => view! {
            <Notice tone=Tone::Ok title=format!("{} is invited", invitation.email)>
                <p>
                    {format!("Tell them to sign in here; they are {} in {} from then on. ", invitation.role.as_str(), detail.tenant.name)}
                    "The invitation ends "
                    <RelativeTime at=invitation.expires_at />
                    "."
                </p>
            </Notice>
        }
        .into_any(),
        None => view! {
            <Notice tone=Tone::Ok title="They are a member now">
                <p>{format!("They were known here already and have the role in {} at once.", detail.tenant.name)}</p>
            </Notice>
        }
        .into_any(),
    }
}
