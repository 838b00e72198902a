//! `/tenants/{slug}/credentials/{id}`.

use std::collections::BTreeMap;

use domain::credential::Credential;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::check_card::CheckCard;
use super::danger_zone::{Delete, SuspendOrRestore};
use super::facts::FactsCard;
use super::replace_form::ReplaceForm;
use super::use_card::{Rename, UseCard};
use crate::credentials::api::{CredentialView, load_credential};
use crate::credentials::state::{StateOfCredential, accepted, place};
use crate::plain_form::{on_answer, on_conflict, provide_returned};
use crate::problem_page::ProblemPage;
use crate::refusal::Refusal;
use crate::routes;
use crate::ui::{Clock, Notice, PageHeader, Skeleton, Tone, waiting};

/// Loads the credential once; what changes afterwards comes with the answer to what one does.
#[component]
pub fn CredentialPage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| {
        params.with(|params| {
            let get = |name| params.get(name).unwrap_or_default();
            (get("slug"), get("id"))
        })
    });
    let credential = Resource::new_blocking(
        move || asked.get(),
        |(tenant, id)| load_credential(tenant, id),
    );
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match credential.await {
                Ok(view) => {
                    clock.sync(view.now);
                    view! { <CredentialParts view=view /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

/// The credential as the page knows it, and how it looks again.
#[derive(Clone, Copy)]
pub struct Known {
    /// As it is.
    pub credential: RwSignal<Credential>,
    /// What was typed into the plain fields of the form that led here.
    pub typed: StoredValue<BTreeMap<String, String>>,
    clock: Clock,
}

impl Known {
    /// Asks anew.
    pub fn look_again(self) {
        let (tenant, id) = self.credential.with_untracked(|credential| {
            (credential.tenant.slug.clone(), credential.id.to_string())
        });
        spawn_local(async move {
            // A failed look changes nothing: the page keeps what it knows.
            if let Ok(view) = load_credential(tenant, id).await {
                self.clock.sync(view.now);
                self.credential.try_set(view.credential);
            }
        });
    }

    /// Follows what an action does to the credential.
    pub fn follow<S>(self, action: ServerAction<S>)
    where
        S: ServerFn<Error = Refusal, Output = Credential> + Clone + Send + Sync + 'static,
    {
        on_answer(action, move |credential| self.credential.set(credential));
        on_conflict(action, move || self.look_again());
    }

    /// The hidden fields that say which credential a form is about.
    pub fn fields(self) -> AnyView {
        let (tenant, id) = self
            .credential
            .with_untracked(|credential| (credential.tenant.slug.clone(), credential.id));
        view! {
            <input type="hidden" name="tenant" value=tenant />
            <input type="hidden" name="id" value=id.to_string() />
        }
        .into_any()
    }

    /// The hidden field that says which state of it was seen.
    pub fn version(self) -> AnyView {
        let version = move || {
            self.credential
                .with(|credential| credential.version.to_string())
        };
        view! { <input type="hidden" name="version" value=version /> }.into_any()
    }
}

#[component]
fn CredentialParts(view: CredentialView) -> impl IntoView {
    provide_returned(view.problem);
    let known = Known {
        credential: RwSignal::new(view.credential),
        typed: StoredValue::new(view.typed),
        clock: Clock::in_context(),
    };
    let back = known.credential.with_untracked(|credential| {
        let tenant = &credential.tenant;
        routes::to_tenant(&tenant.slug, "credentials", tenant.name.clone())
    });
    let name = Memo::new(move |_| known.credential.with(|credential| credential.name.clone()));
    let state = Memo::new(move |_| {
        known
            .credential
            .with(|credential| (credential.state, accepted(credential)))
    });
    let badge = move || {
        view! {
            {move || {
                let (state, accepted) = state.get();
                view! { <StateOfCredential state=state accepted=accepted /> }
            }}
        }
    };
    let summary = move || {
        known
            .credential
            .with(|credential| format!("{} · {}", credential.provider.title(), place(credential)))
    };
    let header = move || {
        view! { <PageHeader back=back.clone() title=name.get() badge=badge summary=summary /> }
    };
    let forms = if view.may_manage {
        view! {
            <CheckCard known=known />
            <ReplaceForm known=known />
        }
        .into_any()
    } else {
        view! {
            <Notice tone=Tone::Idle title="You may look, but not change anything">
                <p>"Changes take the role admin in this tenant."</p>
            </Notice>
        }
        .into_any()
    };
    let more = view.may_manage.then(|| {
        view! {
            <UseCard known=known />
            <Rename known=known />
            <SuspendOrRestore known=known />
            <Delete known=known />
        }
    });
    view! {
        <Title text=move || name.get() />
        {header}
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <FactsCard known=known />
                {forms}
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">{more}</div>
        </div>
    }
    .into_any()
}
