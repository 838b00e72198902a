//! `/admin/users/invite`: invites a user to one of the tenants.

use domain::access::PlatformAction;
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::tenants::{InviteForm, InviteTo};
use crate::ui::{Empty, EmptyState, LinkButton, PageHeader};

pub async fn invite(request: PageRequest) -> PageResult {
    request.require(PlatformAction::ManageUsers)?;
    let tenants = request.core.tenants.list(&request.caller, false).await?;
    let view = {
        let request = request.clone();
        move || {
            let content = if tenants.is_empty() {
                view! { <NoTenants /> }.into_any()
            } else {
                view! { <InviteForm request=request to=InviteTo::AnyOf(tenants) /> }.into_any()
            };
            view! {
                <PageHeader
                    back=routes::TO_USERS
                    title="Invite user"
                    summary=|| "Users are invited to a tenant, with a role in it"
                />
                <div class="max-w-140">{content}</div>
            }
        }
    };
    Ok(request.show("Invite user", view))
}

#[component]
fn NoTenants() -> impl IntoView {
    view! {
        <EmptyState
            why=Empty::NothingYet
            title="No tenants yet"
            text="Users are invited to a tenant. Create a tenant first."
        >
            <LinkButton href=routes::ALL_TENANTS>"Create tenant"</LinkButton>
        </EmptyState>
    }
}
