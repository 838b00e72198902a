//! `/admin/identity-provider`: the people of a Cognito user pool.

use domain::problem::Problem;
use domain::user_pool::{PoolPage as Page, PoolRef, PoolUser, PoolUserStatus};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{InvitePoolUser, PoolView, load_pool};
use crate::problem_page::{ProblemPage, ProblemPanel, problem_notice};
use crate::routes;
use crate::ui::{
    Badge, Button, ButtonKind, Card, Cell, Clock, Empty, EmptyState, Field, HeaderCell, LinkButton,
    PageHeader, RelativeTime, Row, SearchBar, Skeleton, Table, TextInput, Tone, waiting,
};

/// For platform admins. Pool, search and page stand in the address.
#[component]
pub fn PoolPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            (
                query.get("provider").unwrap_or_default(),
                query.get("email").unwrap_or_default(),
                query.get("after"),
            )
        })
    });
    let people = Resource::new_blocking(
        move || asked.get(),
        |(provider, email, after)| load_pool(provider, email, after),
    );
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match people.await {
                Ok(view) => {
                    clock.sync(view.now);
                    let (_, email, _) = asked.get_untracked();
                    view! { <People view=view email=email /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn People(view: PoolView, email: String) -> impl IntoView {
    let PoolView {
        pools,
        page,
        problem,
        ..
    } = view;
    let content = match page {
        None => view! {
            <section class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NothingYet
                    title="No user pool to administer"
                    text="People sign in with a provider that is administered elsewhere. Name a Cognito pool as user_pool beside the provider in the configuration, and its people are listed here."
                />
            </section>
        }
        .into_any(),
        Some(Err(refused)) => view! { <ProblemPanel problem=refused /> }.into_any(),
        Some(Ok(page)) => view! { <OnePool page=page pools=pools email=email problem=problem /> }.into_any(),
    };
    view! {
        <Title text="Identity provider" />
        <PageHeader
            title="Identity provider"
            summary=|| {
                "The people of the Cognito user pool that sign-ins come from. What they may do here follows from their groups and from what admins grant."
            }
        />
        {content}
    }
    .into_any()
}

#[component]
fn OnePool(
    page: Page,
    pools: Vec<PoolRef>,
    email: String,
    problem: Option<Problem>,
) -> impl IntoView {
    let Page { pool, items, next } = page;
    let provider = pool.provider.clone();
    // With one pool there is nothing to choose.
    let choice = (pools.len() > 1).then(|| {
        let pools = pools.into_iter().map(|known| {
            let chosen = known.provider == provider;
            view! {
                <li>
                    <a
                        href=routes::pool(&known.provider)
                        class="link"
                        aria-current=chosen.then_some("true")
                    >
                        {known.title}
                    </a>
                </li>
            }
        });
        view! {
            <ul aria-label="Pool" class="flex flex-wrap gap-3">
                {pools.collect_view()}
            </ul>
        }
    });
    let everybody = routes::pool(&pool.provider);
    let list = if items.is_empty() && email.is_empty() {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="Nobody yet"
                text="The pool is empty. Invite somebody below."
            />
        }
        .into_any()
    } else if items.is_empty() {
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="Nobody has such an address"
                text="Cognito looks for addresses that begin with what is typed, in the case they are stored in."
            >
                <LinkButton href=everybody>"Show everybody"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <UserTable provider=pool.provider.clone() users=items /> }.into_any()
    };
    let more = next.map(|after| {
        view! {
            <div class="border-t border-line p-3 flex justify-end">
                <LinkButton href=routes::pool_after(&pool.provider, &email, &after)>
                    "Next page"
                </LinkButton>
            </div>
        }
    });
    let keep = vec![("provider", pool.provider.clone())];
    let invitation = view! { <Invitation provider=pool.provider.clone() problem=problem /> };
    view! {
        <section
            aria-label="People of the pool"
            class="bg-surface border border-line rounded-card shadow-card mb-4"
        >
            <div class="flex flex-wrap items-center gap-2.5 p-3 border-b border-line">
                <SearchBar
                    action=routes::POOLS
                    name="email"
                    label="E-mail address begins with"
                    value=email
                    keep=Signal::stored(keep)
                />
                {choice}
                <span class="text-small text-faint break-words">{pool.pool_id.clone()}</span>
            </div>
            {list}
            {more}
        </section>
        {invitation}
    }
    .into_any()
}

#[component]
fn UserTable(provider: String, users: Vec<PoolUser>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Person"</HeaderCell>
            <HeaderCell>"Account"</HeaderCell>
            <HeaderCell>"May sign in"</HeaderCell>
            <HeaderCell number=true>"Made"</HeaderCell>
        }
        .into_any()
    };
    let row = move |user: PoolUser| {
        let href = routes::pool_user(&provider, &user.username);
        let name = [&user.name, &user.email, &user.username]
            .into_iter()
            .find(|text| !text.is_empty())
            .cloned()
            .unwrap_or_default();
        let made = match user.created_at {
            Some(at) => view! { <RelativeTime at=at /> }.into_any(),
            None => "—".into_any(),
        };
        view! {
            <Row>
                <Cell>
                    <a href=href class="font-semibold hover:underline break-words">
                        {name}
                    </a>
                    <small class="block text-faint break-words">{user.email.clone()}</small>
                </Cell>
                <Cell>{status(&user.status)}</Cell>
                <Cell>{enabled(user.enabled)}</Cell>
                <Cell number=true>
                    <span class="text-muted whitespace-nowrap">{made}</span>
                </Cell>
            </Row>
        }
    };
    view! {
        <Table caption="People of the pool" head=Box::new(head)>
            {users.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

/// What Cognito says of an account.
pub(super) fn status(status: &PoolUserStatus) -> impl IntoView + use<> {
    let tone = match status {
        PoolUserStatus::Confirmed | PoolUserStatus::External => Tone::Ok,
        PoolUserStatus::Invited | PoolUserStatus::PasswordReset => Tone::Busy,
        PoolUserStatus::Unconfirmed | PoolUserStatus::Other(_) => Tone::Idle,
    };
    view! { <Badge tone=tone label=status.words().to_owned() /> }
}

/// Whether Cognito lets somebody sign in.
pub(super) fn enabled(enabled: bool) -> impl IntoView {
    if enabled {
        view! { <Badge tone=Tone::Ok label="Yes" /> }
    } else {
        view! { <Badge tone=Tone::Bad label="Disabled" /> }
    }
}

#[component]
fn Invitation(provider: String, problem: Option<Problem>) -> impl IntoView {
    let invite = ServerAction::<InvitePoolUser>::new();
    let pending = invite.pending();
    let first = StoredValue::new(problem);
    let problem = Signal::derive(move || match invite.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(())) => None,
        None => first.get_value(),
    });
    let at = move |field: &'static str| {
        Signal::derive(move || {
            let problem = problem.get();
            problem.and_then(|problem| problem.field(field).map(str::to_owned))
        })
    };
    let whole = move || {
        let problem = problem.get();
        problem
            .filter(|problem| problem.fields.is_empty())
            .map(problem_notice)
    };
    view! {
        <Card title="Invite somebody">
            <div class="mb-3 empty:hidden">{whole}</div>
            <ActionForm action=invite attr:class=crate::ui::tw("grid gap-3.5 max-w-120")>
                <input type="hidden" name="provider" value=provider />
                <Field
                    id="invite-email"
                    label="E-mail address"
                    hint=|| "Cognito sends a password for the first sign-in there."
                    error=at("email")
                >
                    <TextInput name="input[email]" r#type="email" required=true />
                </Field>
                <Field id="invite-name" label="Name (optional)" error=at("name")>
                    <TextInput name="input[name]" />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {move || if pending.get() { "Inviting …" } else { "Invite" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
