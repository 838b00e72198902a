//! `/admin/identity-provider`: the users of one pool. Pool, search and position are in the address.

use domain::problem::Problem;
use domain::user_pool::{PoolPage, PoolQuery, PoolRef, PoolUser};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::InvitePoolUser;
use super::state::{EnabledBadge, StatusBadge, display_name};
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult, Rendering, hide_forbidden};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Cell, Column, Empty, EmptyState, Field, LinkButton, PageHeader,
    RelativeTime, Row, SearchBar, Table, TextInput,
};

const COLUMNS: &[Column] = &[
    Column::text("User"),
    Column::text("Status"),
    Column::text("Sign-in"),
    Column::number("Created"),
];

pub async fn list(request: PageRequest) -> PageResult {
    let pools = request.core.user_pools.pools(&request.caller).await;
    let pools = pools.map_err(hide_forbidden)?;
    let pool = match request.address.get("provider") {
        None => pools.first(),
        Some(provider) => {
            let found = pools.iter().find(|pool| pool.provider == provider);
            Some(found.ok_or_else(|| Problem::not_found("user pool"))?)
        }
    };
    let page = match pool {
        None => None,
        Some(pool) => {
            let query = PoolQuery {
                email: request.address.get("email").unwrap_or_default().to_owned(),
                after: request.address.get("after").map(str::to_owned),
            };
            let list = &request.core.user_pools;
            Some(list.list(&request.caller, &pool.provider, query).await)
        }
    };
    let form = request.form(InvitePoolUser::url()).grouped("input");
    let view = move || {
        let content = match page {
            None => view! { <NoPool /> }.into_any(),
            Some(Err(problem)) => view! { <ProblemPanel problem=problem /> }.into_any(),
            Some(Ok(page)) => view! { <Pool page=page pools=pools form=form /> }.into_any(),
        };
        view! {
            <PageHeader
                title="Identity provider"
                summary=|| {
                    "The users of the Cognito user pool that users sign in with. Their permissions follow from their groups and from the roles that admins grant."
                }
            />
            {content}
        }
    };
    Ok(request.show("Identity provider", view))
}

#[component]
fn NoPool() -> impl IntoView {
    view! {
        <section class="bg-surface border border-line rounded-card shadow-card">
            <EmptyState
                why=Empty::NothingYet
                title="No user pool is configured"
                text="The identity provider is managed elsewhere. To manage a Cognito user pool here, set user_pool of the provider in the portal's configuration."
            />
        </section>
    }
}

#[component]
fn Pool(page: PoolPage, pools: Vec<PoolRef>, form: FormState) -> impl IntoView {
    let PoolPage { pool, items, next } = page;
    let address = expect_context::<Rendering>().address;
    let provider = pool.provider.clone();
    let all_users = routes::pool(&provider);
    let row = |user: PoolUser| row(&provider, user);
    let rows = items.into_iter().map(row).collect::<Vec<_>>();
    let is_filtered = address.get("email").is_some();
    let empty = move || {
        match is_filtered {
        false => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No users yet"
                text="The user pool is empty. Invite a user below."
            />
        }
        .into_any(),
        true => view! {
            <EmptyState
                why=Empty::NoMatch
                title="No users match"
                text="Cognito searches for email addresses that start with this text. Upper and lower case matter."
            >
                <LinkButton href=all_users>"Show all users"</LinkButton>
            </EmptyState>
        }
        .into_any(),
    }
    };
    let next = next.map(|after| {
        view! {
            <div class="border-t border-line p-3 flex justify-end">
                <LinkButton href=address.at("after", &after).to_string()>"Next page"</LinkButton>
            </div>
        }
    });
    view! {
        <section
            aria-label="Users of the pool"
            class="bg-surface border border-line rounded-card shadow-card mb-4"
        >
            <div class="flex flex-wrap items-center gap-2.5 p-3 border-b border-line">
                <SearchBar name="email" label="Email address starts with" />
                {(pools.len() > 1).then(|| view! { <Pools pools=pools chosen=provider.clone() /> })}
                <span class="text-small text-faint break-words">{pool.pool_id}</span>
            </div>
            <Table caption="Users of the pool" columns=COLUMNS rows=rows empty=empty />
            {next}
        </section>
        <Invitation provider=provider form=form />
    }
    .into_any()
}

#[component]
fn Pools(pools: Vec<PoolRef>, chosen: String) -> impl IntoView {
    let pools = pools.into_iter().map(|pool| {
        view! {
            <li>
                <a
                    href=routes::pool(&pool.provider)
                    class="link"
                    aria-current=(pool.provider == chosen).then_some("true")
                >
                    {pool.title}
                </a>
            </li>
        }
    });
    view! {
        <ul aria-label="User pool" class="flex flex-wrap gap-3">
            {pools.collect_view()}
        </ul>
    }
}

fn row(provider: &str, user: PoolUser) -> AnyView {
    let href = routes::pool_user(provider, &user.username);
    let name = display_name(&user);
    let created = match user.created_at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "—".into_any(),
    };
    view! {
        <Row>
            <Cell>
                <a href=href class="font-semibold hover:underline break-words">
                    {name}
                </a>
                <small class="block text-faint break-words">{user.email}</small>
            </Cell>
            <Cell>
                <StatusBadge status=user.status />
            </Cell>
            <Cell>
                <EnabledBadge enabled=user.enabled />
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{created}</span>
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Invitation(provider: String, form: FormState) -> impl IntoView {
    view! {
        <Card title="Invite user">
            <Form state=form.clone() class="grid gap-3.5 max-w-120">
                <input type="hidden" name="provider" value=provider />
                <Field
                    form=form.clone()
                    name="email"
                    label="Email address"
                    hint=|| "Cognito sends a password for the first sign-in to this address."
                >
                    <TextInput r#type="email" required=true />
                </Field>
                <Field form=form.clone() name="name" label="Name (optional)">
                    <TextInput />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary>"Invite user"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
