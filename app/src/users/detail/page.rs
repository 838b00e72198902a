//! `/admin/users/{id}`.

use domain::access::PlatformRole;
use domain::people::{Person, PersonDetail};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::access_cards::{Sessions, SuspendOrRestore};
use super::role_card::RoleCard;
use super::tenants_card::TenantsCard;
use crate::plain_form::provide_returned;
use crate::problem_page::ProblemPage;
use crate::routes;
use crate::ui::{Card, Clock, Fact, Facts, LinkButton, PageHeader, Skeleton, waiting};
use crate::users::api::{PersonView, load_person};
use crate::users::{LastSeen, StateOfPerson};

/// Loads the person; what changes afterwards comes with the answer to what one does.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let person = Resource::new_blocking(move || id.get(), load_person);
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match person.await {
                Ok(view) => {
                    clock.sync(view.now);
                    view! { <PersonParts view=view /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

/// The person as the page knows them, and how it looks again.
#[derive(Clone, Copy)]
pub struct Known {
    /// As they are.
    pub detail: RwSignal<PersonDetail>,
    /// Whether it is who looks.
    pub oneself: bool,
    clock: Clock,
}

impl Known {
    /// Asks anew.
    pub fn look_again(self) {
        let id = self
            .detail
            .with_untracked(|detail| detail.person.id.to_string());
        spawn_local(async move {
            // A failed look changes nothing: the page keeps what it knows.
            if let Ok(view) = load_person(id).await {
                self.clock.sync(view.now);
                self.detail.try_set(view.detail);
            }
        });
    }
}

#[component]
fn PersonParts(view: PersonView) -> impl IntoView {
    provide_returned(view.problem);
    let Person {
        id, name, email, ..
    } = view.detail.person.clone();
    let known = Known {
        oneself: view.oneself,
        clock: Clock::in_context(),
        detail: RwSignal::new(view.detail),
    };
    let suspended = Memo::new(move |_| known.detail.with(|detail| detail.person.suspended));
    let admin = Memo::new(move |_| {
        known
            .detail
            .with(|detail| detail.person.platform_role == PlatformRole::Admin)
    });
    let summary = move || {
        let what = move || {
            if admin.get() {
                "platform admin"
            } else {
                "user"
            }
        };
        view! {
            {email}
            " · "
            {what}
        }
    };
    view! {
        <Title text=name.clone() />
        <PageHeader
            back=routes::TO_USERS
            title=name
            badge=move || {
                view! { {move || view! { <StateOfPerson suspended=suspended.get() /> }} }
            }
            summary=summary
            actions=move || {
                view! { <LinkButton href=routes::audit_of(id)>"What they did"</LinkButton> }
            }
        />
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <RoleCard known=known />
                <TenantsCard known=known />
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Identity known=known />
                <Sessions known=known />
                <SuspendOrRestore known=known />
            </div>
        </div>
    }
    .into_any()
}

/// Who they are to the identity provider.
#[component]
fn Identity(known: Known) -> impl IntoView {
    let facts = move || {
        let (person, subject) = known
            .detail
            .with(|detail| (detail.person.clone(), detail.subject.clone()));
        let verified = if person.email_verified {
            "verified by the provider"
        } else {
            "not verified by the provider"
        };
        view! {
            <Fact name="E-mail">
                <span class="break-all">{person.email}</span>
                <small class="block text-faint">{verified}</small>
            </Fact>
            <Fact name="Signs in at">
                <span class="break-all">{person.issuer}</span>
            </Fact>
            <Fact name="Known there as">
                <code class="break-all">{subject}</code>
            </Fact>
            <Fact name="Last seen">
                <LastSeen at=person.last_seen_at />
            </Fact>
        }
    };
    view! {
        <Card title="Identity">
            <Facts>{facts}</Facts>
        </Card>
    }
    .into_any()
}
