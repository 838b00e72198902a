//! Sessions and tokens of a user, and the suspension that revokes both.

use domain::ids::UserId;
use domain::users::UserDetail;
use leptos::prelude::*;

use crate::form::{ConfirmForm, Form, FormState};
use crate::ui::{Button, Card, DangerZone, Fact, Facts, Symbol};

#[component]
pub fn Sessions(user: UserDetail, is_caller: bool, form: FormState) -> impl IntoView {
    let explanation = match (user.sessions, is_caller) {
        (0, _) => "The user is not signed in.",
        (_, true) => "Ends all of your sessions, including this one.",
        (_, false) => "The user must sign in again in every browser.",
    };
    let tokens = (user.tokens > 0).then(|| {
        view! {
            <label class="flex items-baseline gap-2">
                <input type="checkbox" name="tokens" value="true" />
                <span>"Revoke all API tokens too"</span>
            </label>
        }
    });
    view! {
        <Card title="Sessions and tokens">
            <Facts>
                <Fact name="Sessions">{user.sessions}</Fact>
                <Fact name="API tokens">{user.tokens}</Fact>
            </Facts>
            <Form state=form class="grid gap-2 justify-items-start mt-4">
                <input type="hidden" name="id" value=user.user.id.to_string() />
                <p id="sessions-why" class="text-muted">
                    {explanation}
                </p>
                {tokens}
                <Button disabled=user.sessions == 0 && user.tokens == 0 attr:aria-describedby="sessions-why">
                    "Sign out everywhere"
                </Button>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
pub fn Suspension(user: UserDetail, is_caller: bool, form: FormState) -> impl IntoView {
    let confirmation = user.confirmation().to_owned();
    let (id, name) = (user.user.id, user.user.name);
    let obstacle = if user.last_admin {
        Some(format!(
            "{name} is the only active platform admin. Make another user platform admin first."
        ))
    } else if is_caller {
        Some("You cannot suspend yourself. Ask another platform admin.".to_owned())
    } else {
        None
    };
    let possible = obstacle.is_none();
    let revoked = [
        counted(user.sessions, "session").map(|sessions| (sessions, ", including all open pages")),
        counted(user.tokens, "API token")
            .map(|tokens| (tokens, ", for all programs that use them")),
    ];
    let revoked = revoked.into_iter().flatten().map(|(count, rest)| {
        view! {
            <li>
                <b class="text-text">{count}</b>
                {rest}
            </li>
        }
    });
    view! {
        <DangerZone title=format!("Suspend {name}")>
            <p class="mt-1">"A suspension revokes access immediately:"</p>
            <ul class="prose-list mt-2 text-muted">
                {revoked.collect_view()}
                <li>"Live updates, logs and downloads in progress"</li>
            </ul>
            <p class="mt-2 mb-4 text-muted">
                "Clusters, nodes and roles of the user remain. Restoring the user restores sign-in and roles. API tokens are revoked permanently."
            </p>
            <p id="suspend-why" class="text-muted mb-3 empty:hidden">
                {obstacle}
            </p>
            <ConfirmForm
                form=form
                name=confirmation
                button="Suspend user"
                symbol=Symbol::User
                blocked_by=(!possible).then_some("suspend-why")
            >
                <input type="hidden" name="id" value=id.to_string() />
            </ConfirmForm>
        </DangerZone>
    }
    .into_any()
}

#[component]
pub fn Restoration(id: UserId, form: FormState) -> impl IntoView {
    view! {
        <DangerZone title="Suspended">
            <p class="mt-1 mb-4 text-muted">
                "The user has no access. After restoring, the user can sign in again with the same roles. Revoked API tokens remain revoked."
            </p>
            <Form state=form>
                <input type="hidden" name="id" value=id.to_string() />
                <Button>"Restore user"</Button>
            </Form>
        </DangerZone>
    }
    .into_any()
}

/// “2 sessions”, “1 session”, or nothing.
fn counted(count: u32, noun: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        count => Some(format!("{count} {noun}s")),
    }
}
