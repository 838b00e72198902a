//! One environment to be changed: its name, its limits, and whether it is there at all.

use domain::ids::EnvironmentId;
use domain::tenancy::EnvironmentDetail;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{ArchiveEnvironment, RenameEnvironment, SetEnvironmentLimits};
use super::environments_tab::Use;
use super::known::Known;
use super::limits::LimitsDraft;
use super::obstacles::{ArchiveFields, ArchiveZone};
use crate::layout::session_again;
use crate::plain_form::{FormState, on_answer};
use crate::refusal::Refusal;
use crate::routes;
use crate::ui::{Button, Card, Field, LinkButton, Notice, TextInput, Tone, tw};

/// An environment of the page's tenant.
#[derive(Clone, Copy)]
struct Place {
    known: Known,
    id: EnvironmentId,
}

impl Place {
    fn get(self) -> Option<EnvironmentDetail> {
        self.known.detail.with(|detail| {
            let mut environments = detail.environments.iter();
            environments
                .find(|environment| environment.environment.id == self.id)
                .cloned()
        })
    }

    /// The hidden fields that say which environment a form is about, and which state of it was seen.
    fn fields(self) -> AnyView {
        let slug = untrack(move || self.get()).map(|found| found.environment.slug);
        let version = Memo::new(move |_| self.get().map(|found| found.version.to_string()));
        view! {
            {self.known.fields("tenant")}
            <input type="hidden" name="id" value=self.id.to_string() />
            <input type="hidden" name="environment" value=slug />
            <input type="hidden" name="version" value=move || version.get() />
        }
        .into_any()
    }
}

/// What may be changed about it, and the way back to all of them.
#[component]
pub fn EnvironmentPanel(known: Known, id: EnvironmentId) -> impl IntoView {
    let place = Place { known, id };
    let name = Memo::new(move |_| place.get().map(|found| found.environment.name));
    let archived = Memo::new(move |_| place.get().is_none_or(|found| found.archived_at.is_some()));
    let rights = Memo::new(move |_| known.rights.get());
    let usage = move || place.get().map(|found| view! { <Use environment=found /> });
    let forms = move || {
        let rights = rights.get();
        if archived.get() {
            return view! {
                <Notice tone=Tone::Idle title="This environment is archived">
                    <p>"Nothing can be ordered into it, and nothing about it can be changed."</p>
                </Notice>
            }
            .into_any();
        }
        if !rights.environments && !rights.platform {
            return view! {
                <Notice tone=Tone::Idle title="You may look, but not change anything">
                    <p>"Changes take the role admin in this tenant."</p>
                </Notice>
            }
            .into_any();
        }
        view! {
            {rights.environments.then(|| view! { <Rename place=place /> })}
            {if rights.platform {
                view! { <Limits place=place /> }.into_any()
            } else {
                view! {
                    <p class="text-muted">"Limits are set by your platform team."</p>
                }
                    .into_any()
            }}
            {rights.environments.then(|| view! { <Archive place=place /> })}
        }
        .into_any()
    };
    let all = routes::tenant_tab(&known.slug(), "environments");
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <div class="flex flex-wrap items-center gap-3">
                <h2 class="text-lead break-words min-w-0">
                    {move || format!("Environment {}", name.get().unwrap_or_default())}
                </h2>
                <div class="ml-auto">
                    <LinkButton href=all>"All environments"</LinkButton>
                </div>
            </div>
            <Card title="Use">{usage}</Card>
            {forms}
        </div>
    }
    .into_any()
}

#[component]
fn Rename(place: Place) -> impl IntoView {
    let rename = ServerAction::<RenameEnvironment>::new();
    place.known.follow(rename);
    let session_again = session_again();
    on_answer(rename, move |_| session_again());
    let state = FormState::of("rename", rename);
    let present = untrack(move || place.get()).map(|found| found.environment.name);
    let name = state.typed("name", &present.unwrap_or_default());
    let pending = rename.pending();
    view! {
        <Card title="Name">
            {state.notice()}
            <ActionForm action=rename attr:class=tw("grid gap-3")>
                {place.fields()}
                <Field
                    id="environment-name"
                    label="What people call it"
                    error=state.error("name")
                >
                    <TextInput name="name" value=name max_length=60 />
                </Field>
                <Save pending=pending saved=saved(rename) />
            </ActionForm>
        </Card>
    }
    .into_any()
}

#[component]
fn Limits(place: Place) -> impl IntoView {
    let change = ServerAction::<SetEnvironmentLimits>::new();
    place.known.follow(change);
    let state = FormState::of("limits", change);
    let present = untrack(move || place.get())
        .map(|found| LimitsDraft::of(found.limits))
        .unwrap_or_default();
    let pending = change.pending();
    view! {
        <Card title="Limits">
            <p class="text-muted mb-3">
                "Checked whenever something is ordered. What is there already stays. Empty: no limit."
            </p>
            {state.notice()}
            <ActionForm action=change attr:class=tw("grid gap-3")>
                {place.fields()}
                <div class="grid gap-3 items-start md:grid-cols-3">
                    <Field id="max-clusters" label="Clusters" error=state.error("max_clusters")>
                        <TextInput
                            name="limits[max_clusters]"
                            value=state.typed("max_clusters", &present.max_clusters)
                            placeholder="no limit"
                            attr:inputmode="numeric"
                        />
                    </Field>
                    <Field id="max-nodes" label="Nodes" error=state.error("max_nodes")>
                        <TextInput
                            name="limits[max_nodes]"
                            value=state.typed("max_nodes", &present.max_nodes)
                            placeholder="no limit"
                            attr:inputmode="numeric"
                        />
                    </Field>
                    <Field
                        id="max-price"
                        label="Dollars an hour"
                        error=state.error("max_price_per_hour")
                    >
                        <TextInput
                            name="limits[max_price_per_hour]"
                            value=state.typed("max_price_per_hour", &present.max_price_per_hour)
                            placeholder="no limit"
                            attr:inputmode="decimal"
                        />
                    </Field>
                </div>
                <Save pending=pending saved=saved(change) />
            </ActionForm>
        </Card>
    }
    .into_any()
}

/// Whether the last try went through.
fn saved<S>(action: ServerAction<S>) -> Signal<bool>
where
    S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let pending = action.pending();
    Signal::derive(move || {
        !pending.get() && action.value().with(|value| matches!(value, Some(Ok(_))))
    })
}

#[component]
fn Save(#[prop(into)] pending: Signal<bool>, saved: Signal<bool>) -> impl IntoView {
    view! {
        <div class="flex items-center gap-3">
            <Button disabled=pending>"Save"</Button>
            <span class="text-ok" role="status">
                {move || saved.get().then_some("Saved.")}
            </span>
        </div>
    }
}

#[component]
fn Archive(place: Place) -> impl IntoView {
    let archive = ServerAction::<ArchiveEnvironment>::new();
    place.known.follow(archive);
    let session_again = session_again();
    on_answer(archive, move |_| session_again());
    let state = FormState::of("archive", archive);
    let slug = untrack(move || place.get())
        .map(|found| found.environment.slug)
        .unwrap_or_default();
    let tenant = place.known.detail.with_untracked(|detail| detail.tenant.id);
    let tries = archive.version();
    view! {
        <ArchiveZone
            title="Archive this environment"
            text="Nothing can be ordered into it any more. What it was used for stays in the audit log."
            tenant=tenant
            environment=Some(place.id)
            tries=Signal::derive(move || tries.get())
        >
            {state.notice()}
            <ActionForm action=archive attr:class=tw("grid gap-3")>
                {place.fields()}
                <ArchiveFields slug=slug state=state pending=archive.pending() />
            </ActionForm>
        </ArchiveZone>
    }
    .into_any()
}
