//! API tokens: the form that creates one, its secret, and the list.

use domain::account::{ApiToken, NewApiToken};
use domain::ids::UserId;
use domain::tenancy::TenantRef;
use leptos::prelude::*;

use super::token_form::TokenForm;
use crate::form::{Form, FormState};
use crate::ui::{
    Button, ButtonKind, Card, Cell, Code, Column, Dialog, Empty, EmptyState, Notice, RelativeTime,
    Row, Table, Tone,
};

const COLUMNS: &[Column] = &[
    Column::text("Token"),
    Column::text("Scopes"),
    Column::number("Expires"),
    Column::text("Last used"),
    Column::ACTIONS,
];

#[component]
pub fn Tokens(
    tokens: Vec<ApiToken>,
    /// Those that a token can be limited to.
    tenants: Vec<TenantRef>,
    create: FormState,
    revoke: FormState,
    public_url: String,
) -> impl IntoView {
    let created = create.answer::<NewApiToken>();
    let created =
        created.map(|created| view! { <Created created=created public_url=public_url /> });
    view! {
        <Card title="API tokens" flush=true>
            <div class="grid grid-cols-1 gap-3.5 p-4">
                <p class="text-muted">
                    "Programs use a token to call the REST API with your permissions, limited to its scopes. Keep it as safe as a password."
                </p>
                {created}
                <TokenForm form=create.emptied_by_answer() tenants=tenants />
            </div>
            <div class="border-t border-line">
                <TokenTable
                    caption="Your API tokens"
                    tokens=tokens
                    revoke=revoke
                    empty="Tokens that you create are listed here until they expire."
                />
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn Created(created: NewApiToken, public_url: String) -> impl IntoView {
    let example = format!(
        "export HANGAR_TOKEN={}\ncurl --header \"Authorization: Bearer $HANGAR_TOKEN\" {public_url}/api/v1/clusters",
        created.secret
    );
    let title = format!("Token “{}” was created", created.token.name);
    view! {
        <div data-testid="created-token">
            <Notice tone=Tone::Ok title=title>
                <p>"Copy the token now. It is shown only once."</p>
                <div class="grid grid-cols-1 gap-2 mt-2">
                    <Code label="Token" text=created.secret />
                    <p>"Example:"</p>
                    <Code label="Commands" text=example />
                </div>
            </Notice>
        </div>
    }
    .into_any()
}

/// Tokens with an action that revokes each.
#[component]
pub fn TokenTable(
    caption: &'static str,
    tokens: Vec<ApiToken>,
    /// The user whose tokens these are, if the form asks for it.
    #[prop(optional)]
    owner: Option<UserId>,
    revoke: FormState,
    empty: &'static str,
) -> impl IntoView {
    let rows = tokens.into_iter().map(|token| row(token, owner, &revoke));
    let rows = rows.collect::<Vec<_>>();
    let empty = move || view! { <EmptyState why=Empty::NothingYet title="No tokens" text=empty /> };
    view! { <Table caption=caption columns=COLUMNS rows=rows empty=empty /> }.into_any()
}

fn row(token: ApiToken, owner: Option<UserId>, form: &FormState) -> AnyView {
    let used = match token.last_used_at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    };
    let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let place = match &token.tenant {
        Some(tenant) => format!("in {} only", tenant.name),
        None => "in all tenants".to_owned(),
    };
    let form = form.clone().keyed(token.id);
    let revocation = view! { <Revocation token=token.clone() owner=owner form=form /> };
    view! {
        <Row id=format!("token-{}", token.id)>
            <Cell>
                <span class="font-semibold break-words">{token.name}</span>
                <small class="block text-faint">
                    <code>{token.prefix} "…"</code>
                    ", created "
                    <RelativeTime at=token.created_at />
                </small>
            </Cell>
            <Cell wide_on_small=true>
                <span class="block text-muted">{scopes.join(", ")}</span>
                <small class="block text-faint break-words">{place}</small>
            </Cell>
            <Cell number=true>
                <RelativeTime at=token.expires_at />
            </Cell>
            <Cell>
                <span class="text-muted">
                    <span class="lg:hidden">"used "</span>
                    {used}
                </span>
            </Cell>
            <Cell number=true>{revocation}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Revocation(token: ApiToken, owner: Option<UserId>, form: FormState) -> impl IntoView {
    let dialog = format!("revoke-{}", token.id);
    let name = format!(" {}", token.name);
    let title = format!("Revoke “{}”?", token.name);
    let action = move || {
        view! {
            <Form state=form>
                {owner.map(|user| view! { <input type="hidden" name="user" value=user.to_string() /> })}
                <input type="hidden" name="id" value=token.id.to_string() />
                <Button kind=ButtonKind::Danger>"Revoke token"</Button>
            </Form>
        }
    };
    view! {
        <Button kind=ButtonKind::Quiet opens=dialog.clone()>
            "Revoke"
            <span class="sr-only">{name}</span>
        </Button>
        <Dialog id=dialog title=title action=action>
            <p class="text-muted">"Programs that use this token lose access immediately."</p>
        </Dialog>
    }
    .into_any()
}
