//! `/admin/users/sessions`: who is signed in.

use domain::users::SignedInUser;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::LastSeen;
use super::functions::SignOutUser;
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Cell, Column, Empty, EmptyState, PageHeader, RelativeTime, Row, Table,
};

const COLUMNS: &[Column] = &[
    Column::text("User"),
    Column::number("Sessions"),
    Column::text("Last seen"),
    Column::number("Expires"),
    Column::ACTIONS,
];

pub async fn sessions(request: PageRequest) -> PageResult {
    let users = request.core.users.signed_in(&request.caller).await;
    let users = users.map_err(hide_forbidden)?;
    let form = request.form(SignOutUser::url());
    let empty = || {
        view! { <EmptyState why=Empty::NothingYet title="No sessions" text="No user is signed in." /> }
    };
    let view = move || {
        let rows = users.into_iter().map(|user| row(user, &form));
        let rows = rows.collect::<Vec<_>>();
        view! {
            <PageHeader
                back=routes::TO_USERS
                title="Sessions"
                summary=|| "The users who are signed in, with the number of their browsers"
            />
            <Card title="Signed-in users" flush=true>
                <Table caption="Signed-in users" columns=COLUMNS rows=rows empty=empty />
            </Card>
        }
    };
    Ok(request.show("Sessions", view))
}

fn row(user: SignedInUser, form: &FormState) -> AnyView {
    let form = form.clone().keyed(user.id);
    let label = format!("Sign out {}", user.name);
    view! {
        <Row id=format!("sessions-{}", user.id)>
            <Cell>
                <a
                    href=routes::user(user.id)
                    class="block font-semibold break-words hover:text-accent-text"
                >
                    {user.name}
                </a>
                <small class="block text-faint break-words">{user.email}</small>
            </Cell>
            <Cell number=true>{user.sessions}</Cell>
            <Cell>
                <span class="text-muted">
                    <LastSeen at=user.last_seen_at />
                </span>
            </Cell>
            <Cell number=true>
                <span class="text-muted">
                    <RelativeTime at=user.expires_at />
                </span>
            </Cell>
            <Cell wide_on_small=true>
                <Form state=form class="lg:text-right">
                    <input type="hidden" name="id" value=user.id.to_string() />
                    <Button kind=ButtonKind::Quiet attr:aria-label=label>
                        "Sign out"
                    </Button>
                </Form>
            </Cell>
        </Row>
    }
    .into_any()
}
