//! The form that adds a user to a tenant by email address.

use domain::access::TenantRole;
use domain::tenancy::TenantSummary;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::{InviteMember, Invited};
use crate::form::Form;
use crate::page::PageRequest;
use crate::ui::{
    Button, ButtonKind, Card, Choice, Field, Notice, RelativeTime, Select, TextInput, Tone,
};

fn role_title(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "viewer: views clusters and nodes",
        TenantRole::Developer => "developer: creates, uses and deletes clusters and nodes",
        TenantRole::Admin => "admin: also manages members, environments and credentials",
    }
}

/// The tenants that a user can be invited to.
#[derive(Clone, Debug)]
pub enum InviteTo {
    /// By its slug.
    Tenant(String),
    /// One of these is chosen in the form.
    AnyOf(Vec<TenantSummary>),
}

#[component]
pub fn InviteForm(request: PageRequest, to: InviteTo) -> impl IntoView {
    let form = request.form(InviteMember::url());
    let invited = form.answer::<Invited>();
    let form = form.emptied_by_answer();
    let tenant = match to {
        InviteTo::Tenant(slug) => {
            view! { <input type="hidden" name="tenant" value=slug /> }.into_any()
        }
        InviteTo::AnyOf(tenants) => {
            let choice =
                |summary: TenantSummary| Choice::new(summary.tenant.slug, summary.tenant.name);
            let choices = tenants.into_iter().map(choice).collect();
            view! {
                <Field form=form.clone() name="tenant" label="Tenant">
                    <Select choices=choices chosen="" />
                </Field>
            }
            .into_any()
        }
    };
    let roles = TenantRole::ALL
        .into_iter()
        .map(|role| Choice::new(role.as_str(), role_title(role)))
        .collect();
    view! {
        <Card title="Invite member">
            {invited.map(|invited| view! { <Outcome invited=invited /> })}
            <Form state=form.clone() class="grid gap-4">
                {tenant}
                <Field
                    form=form.clone()
                    name="email"
                    label="Email address"
                    hint=|| {
                        "A user with this address gets the role immediately. Otherwise the role is granted at the first sign-in with this address, if the identity provider has verified it."
                    }
                >
                    <TextInput r#type="email" placeholder="grace@example.com" />
                </Field>
                <Field form=form name="role" label="Role">
                    <Select choices=roles chosen=TenantRole::Developer.as_str() />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary>"Invite member"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Outcome(invited: Invited) -> impl IntoView {
    let Invited { tenant, invitation } = invited;
    let (outcome, notice) = match invitation {
        Some(invitation) => {
            let title = format!("{} is invited", invitation.email);
            let text = format!(
                "Hangar does not send email: ask the user to sign in here to become {} in {tenant}. ",
                invitation.role.as_str(),
            );
            let notice = view! {
                <Notice tone=Tone::Ok title=title>
                    <p>{text} "The invitation expires " <RelativeTime at=invitation.expires_at /> "."</p>
                </Notice>
            };
            ("invited", notice.into_any())
        }
        None => {
            let notice = view! {
                <Notice tone=Tone::Ok title="Member added">
                    <p>{format!("The user already has an account and now has the role in {tenant}.")}</p>
                </Notice>
            };
            ("added", notice.into_any())
        }
    };
    view! {
        <div class="mb-3" data-testid="invite-outcome" data-state=outcome>
            {notice}
        </div>
    }
    .into_any()
}
