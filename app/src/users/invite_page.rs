//! `/admin/users/invite`: whoever is to come, to a tenant that is chosen.

use domain::access::PlatformAction;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::layout::OnlyForAdmins;
use crate::plain_form::provide_returned;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::tenants::{InviteForm, list_tenants};
use crate::ui::{Empty, EmptyState, LinkButton, PageHeader, Skeleton, waiting};

/// For platform admins; admins of a tenant invite on its page.
#[component]
pub fn InvitePage() -> impl IntoView {
    view! {
        <OnlyForAdmins action=PlatformAction::ManageUsers>
            <Invite />
        </OnlyForAdmins>
    }
}

#[component]
fn Invite() -> impl IntoView {
    let tenants = Resource::new_blocking(|| false, list_tenants);
    let form = move || {
        Suspend::new(async move {
            match tenants.await {
                Ok(list) if list.tenants.is_empty() => view! {
                    <EmptyState
                        why=Empty::NothingYet
                        title="There is no tenant to invite anybody to"
                        text="People are invited to a tenant. Create one first."
                    >
                        <LinkButton href=routes::ALL_TENANTS>"Create a tenant"</LinkButton>
                    </EmptyState>
                }
                .into_any(),
                Ok(list) => {
                    provide_returned(list.problem);
                    view! { <InviteForm known=None tenants=list.tenants /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Invite" />
        <PageHeader
            back=routes::TO_USERS
            title="Invite somebody"
            summary=|| "People are invited to a tenant, with a role in it"
        />
        <div class="max-w-140">
            <Suspense fallback=|| view! { <Skeleton lines=5 /> }>{waiting(form)}</Suspense>
        </div>
    }
    .into_any()
}
