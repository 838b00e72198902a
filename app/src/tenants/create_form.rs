//! A new tenant.

use leptos::prelude::*;

use super::api::CreateTenant;
use super::name_and_slug::{NameAndSlug, Names};
use crate::layout::session_again;
use crate::plain_form::{FormState, on_answer};
use crate::ui::{Button, ButtonKind, Card};

/// Name and short name.
#[component]
pub fn CreateForm() -> impl IntoView {
    let create = ServerAction::<CreateTenant>::new();
    let session_again = session_again();
    on_answer(create, move |()| session_again());
    let state = FormState::of("create", create);
    let names = Names::of(state);
    let pending = create.pending();
    view! {
        <Card title="New tenant">
            {state.notice()}
            <ActionForm action=create attr:class=crate::ui::tw("grid gap-4")>
                <NameAndSlug
                    names=names
                    state=state
                    name_example="Vision team"
                    slug_example="vision"
                />
                <div>
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {move || if pending.get() { "Creating …" } else { "Create tenant" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
