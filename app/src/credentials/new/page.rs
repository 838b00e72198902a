//! `/tenants/{slug}/credentials/new`.

use domain::credential::Provider;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::form::NewForm;
use super::provider_cards::ProviderCards;
use crate::credentials::api::load_credential_form;
use crate::problem_page::ProblemPage;
use crate::routes;
use crate::ui::{PageHeader, Skeleton, waiting};

/// The provider stands in the address; choosing another one keeps what is not about it.
#[component]
pub fn NewCredentialPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let tenant = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let provider = Memo::new(move |_| {
        let word = query.with(|query| query.get("provider"))?;
        word.parse::<Provider>().ok()
    });
    let form = Resource::new_blocking(move || tenant.get(), load_credential_form);
    let page = move || {
        Suspend::new(async move {
            match form.await {
                Ok(form) => {
                    let tenant = form.tenant.clone();
                    let back = routes::to_tenant(&tenant.slug, "credentials", tenant.name.clone());
                    let started = Memo::new(move |_| provider.get().is_some());
                    let fields = move || {
                        started.get().then(|| {
                            view! { <NewForm form=form.clone() provider=provider /> }
                        })
                    };
                    view! {
                        <Title text="Store a credential" />
                        <PageHeader
                            back=back
                            title="Store a credential"
                            summary=|| {
                                "It is encrypted at once. Nobody sees the secret again, you neither."
                            }
                        />
                        <div class="grid grid-cols-1 gap-3.5 max-w-180">
                            <ProviderCards tenant=tenant.slug provider=provider />
                            {fields}
                        </div>
                    }
                    .into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}
