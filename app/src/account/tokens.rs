//! API tokens: make one, see it once, end it.

use domain::account::{ApiToken, NewApiToken};
use domain::ids::TokenId;
use domain::problem::Problem;
use leptos::prelude::*;

use super::api::{AccountView, CreateToken, RevokeToken, list_tokens};
use super::token_form::TokenForm;
use crate::problem_page::problem_notice;
use crate::ui::{
    Button, ButtonKind, Card, Cell, Code, Dialog, Empty, EmptyState, HeaderCell, Notice,
    RelativeTime, Row, Table, Tone, waiting,
};

/// The form, the fresh token, the list.
#[component]
pub fn Tokens(account: AccountView) -> impl IntoView {
    let AccountView {
        tokens,
        fresh,
        problem,
        public_url,
        profile,
    } = account;
    let tenants = profile
        .tenants
        .into_iter()
        .map(|membership| membership.tenant)
        .collect();
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let later = Resource::new(
        move || (create.version().get(), revoke.version().get()),
        |versions| async move {
            // What came with the page holds until something is made or ended here.
            if versions == (0, 0) {
                None
            } else {
                list_tokens().await.ok()
            }
        },
    );
    let first = StoredValue::new(tokens);
    let list = move || {
        Suspend::new(async move {
            let tokens = later.await.unwrap_or_else(|| first.get_value());
            view! { <TokenTable tokens=tokens revoke=revoke /> }
        })
    };
    let fresh = StoredValue::new(fresh);
    let fresh = move || match create.value().get() {
        Some(Ok(created)) => Some(created),
        Some(Err(_)) => None,
        None => fresh.get_value(),
    };
    let problem = StoredValue::new(problem);
    let problem = Signal::derive(move || {
        let refused = |answer: Option<Result<_, crate::refusal::Refusal>>| {
            answer.and_then(Result::err).map(|refusal| refusal.0)
        };
        let revoked = revoke.value().get();
        match create.value().get() {
            Some(answer) => refused(Some(answer.map(|_| ()))),
            None => refused(revoked).or(problem.get_value()),
        }
    });
    view! {
        <Card title="API tokens" flush=true>
            <div class="grid grid-cols-1 gap-3.5 p-4">
                <p class="text-muted">
                    "A token lets a program do over REST what you may do here, as far as you let it. Treat it like a password."
                </p>
                <WholeProblem problem=problem />
                {move || {
                    let public_url = public_url.clone();
                    fresh().map(|created| view! { <Fresh created=created public_url=public_url /> })
                }}
                <TokenForm create=create problem=problem tenants=tenants />
            </div>
            <div class="border-t border-line">
                <Transition>{waiting(list)}</Transition>
            </div>
        </Card>
    }
    .into_any()
}

/// What is not about one field.
#[component]
fn WholeProblem(problem: Signal<Option<Problem>>) -> impl IntoView {
    move || {
        problem
            .get()
            .filter(|problem| problem.fields.is_empty())
            .map(problem_notice)
    }
}

/// The secret, shown this once.
#[component]
fn Fresh(created: NewApiToken, public_url: String) -> impl IntoView {
    let example = format!(
        "export HANGAR_TOKEN={}\ncurl --header \"Authorization: Bearer $HANGAR_TOKEN\" {public_url}/api/v1/clusters",
        created.secret
    );
    view! {
        <Notice tone=Tone::Ok title=format!("“{}” is made", created.token.name)>
            <p>"Copy it now: it is shown this once and cannot be looked up."</p>
            <div class="grid grid-cols-1 gap-2 mt-2">
                <Code label="Token" text=created.secret.clone() />
                <p>"To try it:"</p>
                <Code label="Commands" text=example />
            </div>
        </Notice>
    }
    .into_any()
}

#[component]
fn TokenTable(tokens: Vec<ApiToken>, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let asking = RwSignal::new(None::<(TokenId, String)>);
    let open = RwSignal::new(false);
    if tokens.is_empty() {
        return view! {
            <EmptyState
                why=Empty::NothingYet
                title="No tokens"
                text="You have made none, or they have all ended."
            />
        }
        .into_any();
    }
    let head = || {
        view! {
            <HeaderCell>"Token"</HeaderCell>
            <HeaderCell>"May"</HeaderCell>
            <HeaderCell number=true>"Ends"</HeaderCell>
            <HeaderCell>"Last used"</HeaderCell>
            <HeaderCell number=true>
                <span class="sr-only">"Actions"</span>
            </HeaderCell>
        }
        .into_any()
    };
    let row = move |token: ApiToken| {
        let used = token.last_used_at.map_or_else(
            || "never".into_any(),
            |at| view! { <RelativeTime at=at /> }.into_any(),
        );
        let may: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let may = may.join(", ");
        let place = match token.tenant {
            Some(tenant) => format!("in {} only", tenant.name),
            None => "in all your tenants".to_owned(),
        };
        let (id, name) = (token.id, token.name.clone());
        view! {
            <Row>
                <Cell>
                    <span class="font-semibold break-words">{token.name}</span>
                    <small class="block text-faint">
                        <code>{token.prefix} "…"</code>
                    </small>
                </Cell>
                <Cell wide_on_phone=true>
                    <span class="block text-muted">{may}</span>
                    <small class="block text-faint break-words">{place}</small>
                </Cell>
                <Cell number=true>
                    <RelativeTime at=token.expires_at />
                </Cell>
                <Cell>
                    <span class="text-muted">
                        <span class="md:hidden">"used "</span>
                        {used}
                    </span>
                </Cell>
                <Cell number=true>
                    <ActionForm action=revoke>
                        <input type="hidden" name="id" value=id.to_string() />
                        <Button
                            kind=ButtonKind::Quiet
                            attr:aria-label=format!("Revoke {name}")
                            on:click=move |event| {
                                event.prevent_default();
                                asking.set(Some((id, name.clone())));
                                open.set(true);
                            }
                        >
                            "Revoke"
                        </Button>
                    </ActionForm>
                </Cell>
            </Row>
        }
        .into_any()
    };
    let title = Signal::derive(move || {
        asking.with(|asking| match asking {
            Some((_, name)) => format!("Revoke “{name}”?"),
            None => "Revoke?".to_owned(),
        })
    });
    let revoke_it = move || {
        view! {
            <Button
                kind=ButtonKind::Danger
                r#type="button"
                on:click=move |_| {
                    open.set(false);
                    if let Some((id, _)) = asking.get_untracked() {
                        revoke.dispatch(RevokeToken { id });
                    }
                }
            >
                "Revoke it"
            </Button>
        }
    };
    view! {
        <Table caption="Your API tokens" head=Box::new(head)>
            {tokens.into_iter().map(row).collect_view()}
        </Table>
        <Dialog id="revoke" title=title open=open action=revoke_it>
            <p class="text-muted">"Programs that use it are refused from this moment on."</p>
        </Dialog>
    }
    .into_any()
}
