//! What the tenant is called, and whether it is there at all.

use leptos::prelude::*;

use super::api::{ArchiveTenant, RenameTenant};
use super::known::Known;
use super::obstacles::{ArchiveFields, ArchiveZone};
use crate::layout::session_again;
use crate::plain_form::{FormState, on_answer};
use crate::ui::{Button, Card, Fact, Facts, Field, Notice, TextInput, Tone, tw};

/// For platform admins; others see what there is to know.
#[component]
pub fn SettingsTab(known: Known) -> impl IntoView {
    let may = Memo::new(move |_| known.rights.with(|rights| rights.platform));
    let facts = move || {
        let tenant = known.detail.with(|detail| detail.tenant.clone());
        view! {
            <Fact name="Name">{tenant.name}</Fact>
            <Fact name="Short name">
                <code>{tenant.slug}</code>
            </Fact>
        }
    };
    let forms = move || {
        if may.get() {
            view! {
                <Rename known=known />
                <Archive known=known />
            }
            .into_any()
        } else if known.detail.with(|detail| detail.archived_at.is_some()) {
            ().into_any()
        } else {
            view! {
                <Notice tone=Tone::Idle title="You may look, but not change anything">
                    <p>"Tenants are renamed and archived by your platform team."</p>
                </Notice>
            }
            .into_any()
        }
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <Card title="This tenant">
                <Facts>{facts}</Facts>
            </Card>
            {forms}
        </div>
    }
    .into_any()
}

#[component]
fn Rename(known: Known) -> impl IntoView {
    let rename = ServerAction::<RenameTenant>::new();
    known.follow(rename);
    let session_again = session_again();
    on_answer(rename, move |_| session_again());
    let state = FormState::of("rename", rename);
    let present = known
        .detail
        .with_untracked(|detail| detail.tenant.name.clone());
    let name = state.typed("name", &present);
    let version = move || known.detail.with(|detail| detail.version.to_string());
    let pending = rename.pending();
    let saved = move || {
        let renamed = rename.value().with(|value| matches!(value, Some(Ok(_))));
        (renamed && !pending.get()).then_some("Saved.")
    };
    view! {
        <Card title="Rename">
            {state.notice()}
            <ActionForm action=rename attr:class=tw("grid gap-3")>
                {known.fields("id")}
                <input type="hidden" name="version" value=version />
                <Field
                    id="tenant-name"
                    label="What people call it"
                    hint=|| "The short name stays: it stands in addresses, requests and configuration."
                    error=state.error("name")
                >
                    <TextInput name="name" value=name max_length=60 />
                </Field>
                <div class="flex items-center gap-3">
                    <Button disabled=pending>"Save"</Button>
                    <span class="text-ok" role="status">
                        {saved}
                    </span>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}

#[component]
fn Archive(known: Known) -> impl IntoView {
    let archive = ServerAction::<ArchiveTenant>::new();
    let session_again = session_again();
    on_answer(archive, move |()| session_again());
    let state = FormState::of("archive", archive);
    let slug = known.slug();
    let tenant = known.detail.with_untracked(|detail| detail.tenant.id);
    let tries = archive.version();
    view! {
        <ArchiveZone
            title="Archive this tenant"
            text="Its members see it no more, and nothing can be ordered in it. What was done stays in the audit log."
            tenant=tenant
            environment=None
            tries=Signal::derive(move || tries.get())
        >
            {state.notice()}
            <ActionForm action=archive attr:class=tw("grid gap-3")>
                {known.fields("id")}
                <ArchiveFields slug=slug state=state pending=archive.pending() />
            </ActionForm>
        </ArchiveZone>
    }
    .into_any()
}
