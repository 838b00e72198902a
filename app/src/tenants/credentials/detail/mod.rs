//! `/tenants/{slug}/credentials/{id}`: everything about a credential but its secret.

mod check;
mod danger_zone;
mod facts;
mod replace;
mod settings;

use axum::extract::Path;
use domain::access::Action;
use domain::credential::Credential;
use domain::ids::CredentialId;
use domain::problem::Problem;
use leptos::prelude::*;

use self::check::Check;
use self::danger_zone::{Delete, Suspend};
use self::facts::CredentialFacts;
use self::replace::Replace;
use self::settings::{Rename, UseAsDefault};
use super::state::{CredentialBadge, accepted, scope};
use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::ui::{Notice, PageHeader, Tone};

pub async fn detail(Path((slug, id)): Path<(String, String)>, request: PageRequest) -> PageResult {
    let missing = || Problem::not_found("credential");
    let id: CredentialId = id.parse().map_err(|_| missing())?;
    let credential = request.core.credentials.get(&request.caller, id).await?;
    if credential.tenant.slug != slug {
        return Err(missing().into());
    }
    let manage = request
        .caller
        .may(Action::ManageCredentials, credential.tenant.id);
    let title = credential.name.clone();
    let page = request.clone();
    let view =
        move || view! { <CredentialPage request=page credential=credential manage=manage /> };
    Ok(request.show(title, view))
}

#[component]
fn CredentialPage(request: PageRequest, credential: Credential, manage: bool) -> impl IntoView {
    let tenant = &credential.tenant;
    let back = routes::to_tenant(
        &tenant.slug,
        "credentials",
        format!("{} / Credentials", tenant.name),
    );
    let (state, accepted) = (credential.state, accepted(&credential));
    let summary = format!("{} · {}", credential.provider.title(), scope(&credential));
    let title = credential.name.clone();
    let facts = view! { <CredentialFacts credential=credential.clone() /> };
    let (left, right) = if manage {
        let left = view! {
            <Check request=request.clone() credential=credential.clone() />
            <Replace request=request.clone() credential=credential.clone() />
        };
        let right = view! {
            <UseAsDefault request=request.clone() credential=credential.clone() />
            <Rename request=request.clone() credential=credential.clone() />
            <Suspend request=request.clone() credential=credential.clone() />
            <Delete request=request credential=credential />
        };
        (left.into_any(), right.into_any())
    } else {
        let left = view! {
            <Notice tone=Tone::Idle title="You can view this credential, but not change it">
                <p>"Changes require the admin role in this tenant."</p>
            </Notice>
        };
        (left.into_any(), ().into_any())
    };
    view! {
        <PageHeader
            back=back
            title=title
            badge=move || view! { <CredentialBadge state=state accepted=accepted /> }
            summary=move || summary
        />
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">{facts} {left}</div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">{right}</div>
        </div>
    }
    .into_any()
}
