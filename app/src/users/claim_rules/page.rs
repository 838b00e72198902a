//! `/admin/users/claim-rules`. Without a script the form is sent to this page, which answers it; an address or a cookie
//! would keep the token.

use domain::access::{PlatformRole, TenantRole};
use domain::people::{ClaimTrial, TriedRule};
use domain::problem::Problem;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{ClaimRules, TryClaimRules, load_claim_rules};
use crate::problem_page::{ProblemPage, problem_notice};
use crate::routes;
use crate::ui::{
    Badge, Button, ButtonKind, Card, Cell, Choice, Empty, EmptyState, Field, HeaderCell, Notice,
    PageHeader, Row, Select, Skeleton, Table, TextArea, Tone, tw, waiting,
};

/// Paste a token, choose its provider, see which rule gives what.
#[component]
pub fn ClaimRulesPage() -> impl IntoView {
    let rules = Resource::new_blocking(|| (), |()| load_claim_rules());
    let page = move || {
        Suspend::new(async move {
            match rules.await {
                Ok(rules) => view! { <Trial rules=rules /> }.into_any(),
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(page)}</Transition> }
}

#[component]
fn Trial(rules: ClaimRules) -> impl IntoView {
    let ClaimRules {
        providers,
        chosen,
        tried,
    } = rules;
    let attempt = ServerAction::<TryClaimRules>::new();
    let first = StoredValue::new(tried);
    let tried = Signal::derive(move || match attempt.value().get() {
        Some(answer) => Some(answer.map_err(|refusal| refusal.0)),
        None => first.get_value(),
    });
    let problem = Signal::derive(move || tried.get().and_then(Result::err));
    let none = providers.is_empty();
    let form = move || {
        if none {
            view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="No identity provider is configured"
                    text="Claim rules belong to a provider in the portal's configuration."
                />
            }
            .into_any()
        } else {
            view! {
                <TokenForm
                    providers=providers
                    chosen=chosen
                    attempt=attempt
                    problem=problem
                />
            }
            .into_any()
        }
    };
    view! {
        <Title text="Claim rules" />
        <PageHeader
            back=routes::TO_USERS
            title="Try claim rules"
            summary=|| {
                "What somebody with this token would get by the configured rules. Nobody is signed in by it."
            }
        />
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-2">
            <div class="bg-surface border border-line rounded-card shadow-card p-4">{form()}</div>
            <div class="min-w-0" aria-live="polite">
                {move || match tried.get() {
                    Some(Ok(trial)) => view! { <Outcome trial=trial /> }.into_any(),
                    _ => ().into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn TokenForm(
    providers: Vec<(String, String)>,
    chosen: String,
    attempt: ServerAction<TryClaimRules>,
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let node = NodeRef::<html::Form>::new();
    let send = move |event: SubmitEvent| {
        let Some(data) = node
            .get_untracked()
            .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        else {
            return;
        };
        event.prevent_default();
        let field = |name: &str| data.get(name).as_string().unwrap_or_default();
        attempt.dispatch(TryClaimRules {
            provider: field("provider"),
            token: field("token").into(),
        });
    };
    let choices = providers
        .into_iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let error = move |field: &'static str| {
        Signal::derive(move || {
            problem.with(|problem| problem.as_ref()?.field(field).map(str::to_owned))
        })
    };
    let whole = move || {
        problem
            .get()
            .filter(|problem| problem.fields.is_empty())
            .map(problem_notice)
    };
    let pending = attempt.pending();
    view! {
        <form
            node_ref=node
            method="post"
            action=routes::CLAIM_RULES
            on:submit=send
            class="grid gap-4"
        >
            <div class="empty:hidden">{whole}</div>
            <Field id="provider" label="Identity provider" error=error("provider")>
                <Select name="provider" choices=choices chosen=chosen />
            </Field>
            <Field
                id="token"
                label="ID token or claims"
                hint=|| {
                    "A token as the provider gives it, or its claims as JSON. It is read once and kept nowhere: not in \
                     the database, a log, a cookie or this page's address. Its signature is not checked."
                }
                error=error("token")
            >
                <TextArea
                    name="token"
                    rows=10
                    placeholder="{\"sub\": \"42\", \"groups\": [\"vision-dev\"]}"
                />
            </Field>
            <div>
                <Button kind=ButtonKind::Primary disabled=pending>
                    {move || if pending.get() { "Trying …" } else { "Try the rules" }}
                </Button>
            </div>
        </form>
    }
    .into_any()
}

/// What it comes to, then every rule.
#[component]
fn Outcome(trial: ClaimTrial) -> impl IntoView {
    let role = match trial.platform_role {
        PlatformRole::Admin => "Platform admin",
        PlatformRole::User => "User of the platform",
    };
    let tenants = trial
        .tenants
        .iter()
        .map(|(slug, role): &(String, TenantRole)| {
            view! {
                <li>
                    {role.as_str()}
                    " in "
                    <code>{slug.clone()}</code>
                </li>
            }
        })
        .collect_view();
    let nowhere = trial.tenants.is_empty();
    let claims = if trial.claims.is_empty() {
        "It has no claims.".to_owned()
    } else {
        format!("Claims it has: {}.", trial.claims.join(", "))
    };
    let head = || {
        view! {
            <HeaderCell>"Rule"</HeaderCell>
            <HeaderCell>"Matches"</HeaderCell>
        }
        .into_any()
    };
    let rules = if trial.rules.is_empty() {
        view! {
            <p class="p-4 text-muted">"This provider has no rules: everybody begins as a user without a tenant."</p>
        }
        .into_any()
    } else {
        view! {
            <Table caption="Every rule of the provider" head=Box::new(head)>
                {trial.rules.into_iter().map(rule).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5">
            <Card title="It gives">
                <p class="text-lead font-semibold">{role}</p>
                <ul class=tw("prose-list mt-1")>{tenants}</ul>
                {nowhere.then(|| view! { <p class="text-muted">"No role in any tenant."</p> })}
                <p class="mt-3 text-small text-muted break-words">{claims}</p>
            </Card>
            <Card title="Rule by rule" flush=true>
                {rules}
            </Card>
        </div>
    }
    .into_any()
}

fn rule(rule: TriedRule) -> impl IntoView {
    let badge = if rule.matches {
        view! { <Badge tone=Tone::Ok label="Matches" /> }
    } else {
        view! { <Badge tone=Tone::Idle label="Does not" /> }
    };
    let problem = rule.problem.map(|problem| {
        view! {
            <div class="mt-1.5">
                <Notice tone=Tone::Bad title="It gives nothing all the same">
                    <p>{problem}</p>
                </Notice>
            </div>
        }
    });
    view! {
        <Row>
            <Cell>
                <span class="break-words">{rule.asks}</span>
                <small class="block text-faint break-words">"gives " {rule.gives}</small>
                {problem}
            </Cell>
            <Cell>{badge}</Cell>
        </Row>
    }
}
