//! What lets somebody in: sessions and tokens, and the switch that ends both.

use leptos::prelude::*;

use super::page::Known;
use crate::plain_form::{FormState, on_answer};
use crate::ui::{Button, ButtonKind, Card, Fact, Facts};
use crate::users::api::{RestorePerson, SignOutPerson, SuspendPerson};

/// Where they are signed in, and the way to end that everywhere.
#[component]
pub fn Sessions(known: Known) -> impl IntoView {
    let sign_out = ServerAction::<SignOutPerson>::new();
    on_answer(sign_out, move |detail| known.detail.set(detail));
    let state = FormState::of("sessions", sign_out);
    let id = known.detail.with_untracked(|detail| detail.person.id);
    let sessions = Memo::new(move |_| known.detail.with(|detail| detail.sessions));
    let tokens = Memo::new(move |_| known.detail.with(|detail| detail.tokens));
    let pending = sign_out.pending();
    let disabled = Signal::derive(move || sessions.get() == 0 || pending.get());
    let explanation = move || {
        if sessions.get() == 0 {
            "They are signed in nowhere."
        } else if known.oneself {
            "Ends all of your own sessions, this one too. Tokens stay."
        } else {
            "They have to sign in again, everywhere. Tokens stay."
        }
    };
    view! {
        <Card title="Sessions and tokens">
            {state.notice()}
            <Facts>
                <Fact name="Browsers signed in">{move || sessions.get()}</Fact>
                <Fact name="API tokens">{move || tokens.get()}</Fact>
            </Facts>
            <ActionForm
                action=sign_out
                attr:class=crate::ui::tw("grid gap-2 justify-items-start mt-4")
            >
                <input type="hidden" name="id" value=id.to_string() />
                <p id="sessions-why" class="text-muted">
                    {explanation}
                </p>
                <Button disabled=disabled attr:aria-describedby="sessions-why">
                    "Sign out everywhere"
                </Button>
            </ActionForm>
        </Card>
    }
    .into_any()
}

/// Shuts somebody out with everything they have open, or lets them in again.
#[component]
pub fn SuspendOrRestore(known: Known) -> impl IntoView {
    let suspend = ServerAction::<SuspendPerson>::new();
    let restore = ServerAction::<RestorePerson>::new();
    on_answer(suspend, move |detail| known.detail.set(detail));
    on_answer(restore, move |detail| known.detail.set(detail));
    let suspending = FormState::of("suspend", suspend);
    let restoring = FormState::of("restore", restore);
    let suspended = Memo::new(move |_| known.detail.with(|detail| detail.person.suspended));
    let form = move || {
        if suspended.get() {
            view! { <Restore known=known restore=restore /> }.into_any()
        } else {
            view! { <Suspension known=known suspend=suspend /> }.into_any()
        }
    };
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            {suspending.notice()}
            {restoring.notice()}
            {form}
        </section>
    }
    .into_any()
}

#[component]
fn Suspension(known: Known, suspend: ServerAction<SuspendPerson>) -> impl IntoView {
    let (id, name) = known
        .detail
        .with_untracked(|detail| (detail.person.id, detail.person.name.clone()));
    let last_admin = Memo::new(move |_| known.detail.with(|detail| detail.last_admin));
    let why_not = {
        let name = name.clone();
        move || {
            if last_admin.get() {
                return Some(format!(
                    "{name} is the only admin who is not suspended. Make somebody else admin first."
                ));
            }
            let own = || "You cannot suspend yourself. Ask another admin.".to_owned();
            known.oneself.then(own)
        }
    };
    let ends = move || {
        known.detail.with(|detail| {
            let counted = [
                counted(detail.sessions, "session", "sessions")
                    .map(|sessions| (sessions, ", with every page that is open there")),
                counted(detail.tokens, "API token", "API tokens")
                    .map(|tokens| (tokens, ", whatever programs use them")),
            ];
            counted
                .into_iter()
                .flatten()
                .map(|(what, more)| {
                    view! {
                        <li>
                            <b class="text-text">{what}</b>
                            {more}
                        </li>
                    }
                })
                .collect_view()
        })
    };
    let pending = suspend.pending();
    let disabled = Signal::derive(move || last_admin.get() || known.oneself || pending.get());
    view! {
        <h2 id="danger" class="text-bad break-words">
            {format!("Suspend {name}")}
        </h2>
        <p class="mt-1">"This ends at once:"</p>
        <ul class="prose-list mt-2 text-muted">
            {ends}
            <li>"Live updates, logs and downloads on their way to them"</li>
        </ul>
        <p class="mt-2 mb-4 text-muted">
            "Their clusters and nodes go on, and so do their roles: restoring them brings back what they may do."
        </p>
        <ActionForm action=suspend attr:class=crate::ui::tw("grid gap-2 justify-items-start")>
            <input type="hidden" name="id" value=id.to_string() />
            <p id="suspend-why" class="text-muted empty:hidden">
                {why_not}
            </p>
            <Button kind=ButtonKind::Danger disabled=disabled attr:aria-describedby="suspend-why">
                {move || if pending.get() { "Suspending …" } else { "Suspend now" }}
            </Button>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Restore(known: Known, restore: ServerAction<RestorePerson>) -> impl IntoView {
    let id = known.detail.with_untracked(|detail| detail.person.id);
    let pending = restore.pending();
    view! {
        <h2 id="danger" class="text-bad">
            "Suspended"
        </h2>
        <p class="mt-1 mb-4 text-muted">
            "They can do nothing here. Restored, they sign in again and have the roles they had; tokens work again."
        </p>
        <ActionForm action=restore>
            <input type="hidden" name="id" value=id.to_string() />
            <Button disabled=pending>
                {move || if pending.get() { "Restoring …" } else { "Restore" }}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// “2 sessions”, “1 session”, or nothing.
fn counted(count: u32, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}
