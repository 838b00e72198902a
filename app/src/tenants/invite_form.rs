//! The form that adds a user to a tenant by email address.

use domain::access::TenantRole;
use domain::tenancy::{InviteOutcome, InvitedUser, TenantSummary};
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
    let users = match invited.as_ref().map(|invited| &invited.outcome) {
        Some(InviteOutcome::Ambiguous(users)) => users.clone(),
        _ => Vec::new(),
    };
    let form = if users.is_empty() {
        form.emptied_by_answer()
    } else {
        form
    };
    let choose = (!users.is_empty()).then(|| {
        let user = |user: InvitedUser| {
            let label = format!("{} at {}", user.name, user.issuer);
            Choice::new(user.user_id.to_string(), label)
        };
        let unchosen = Choice::new("", "Choose a user");
        let choices = [unchosen].into_iter().chain(users.into_iter().map(user));
        view! {
            <Field form=form.clone() name="user_id" label="User">
                <Select choices=choices.collect() chosen="" />
            </Field>
        }
    });
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
                {choose}
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
    let Invited { tenant, outcome } = invited;
    let (outcome, notice) = match outcome {
        InviteOutcome::Invitation(invitation) => {
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
        InviteOutcome::Added(user) => {
            let text = format!(
                "{} has signed in before with {} at {}, and now has the role in {tenant}.",
                user.name, user.email, user.issuer
            );
            let suspended = user.suspended.then_some(" The user is suspended.");
            let notice = view! {
                <Notice tone=Tone::Ok title=format!("{} was added", user.name)>
                    <p>{text} {suspended}</p>
                </Notice>
            };
            ("added", notice.into_any())
        }
        InviteOutcome::Ambiguous(users) => {
            let title = format!("{} users have this address", users.len());
            let notice = view! {
                <Notice tone=Tone::Busy title=title>
                    <p>
                        "They come from several identity providers. Choose the user who gets the role, then invite again."
                    </p>
                </Notice>
            };
            ("ambiguous", notice.into_any())
        }
    };
    view! {
        <div class="mb-3" data-testid="invite-outcome" data-state=outcome>
            {notice}
        </div>
    }
    .into_any()
}
