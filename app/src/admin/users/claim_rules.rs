//! `/admin/users/claim-rules`: what a token would grant. The token is in the body of a POST only and never comes back.

use domain::access::{PlatformRole, TenantRole};
use domain::users::{ClaimTrial, TriedRule};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::TryClaimRules;
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::routes;
use crate::ui::{
    Badge, Button, ButtonKind, Card, Cell, Choice, Column, Empty, EmptyState, Field, Notice,
    PageHeader, Row, Select, Table, TextArea, Tone,
};

const COLUMNS: &[Column] = &[Column::text("Rule"), Column::text("Result")];

pub async fn claim_rules(request: PageRequest) -> PageResult {
    let providers = request.core.users.rule_providers(&request.caller).await;
    let providers = providers.map_err(hide_forbidden)?;
    let form = request.form(TryClaimRules::url());
    let trial = form.answer::<ClaimTrial>();
    let view = move || {
        view! {
            <PageHeader
                back=routes::TO_USERS
                title="Claim rules"
                summary=|| {
                    "Try which roles a token would grant under the configured rules. No one is signed in by it."
                }
            />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-2">
                <div class="bg-surface border border-line rounded-card shadow-card p-4">
                    <TokenForm form=form providers=providers />
                </div>
                <div class="min-w-0" aria-live="polite">
                    {trial.map(|trial| view! { <Trial trial=trial /> })}
                </div>
            </div>
        }
    };
    Ok(request.show("Claim rules", view))
}

#[component]
fn TokenForm(
    form: FormState,
    /// Slug and title.
    providers: Vec<(String, String)>,
) -> impl IntoView {
    if providers.is_empty() {
        return view! {
            <EmptyState
                why=Empty::NothingYet
                title="No identity provider is configured"
                text="Claim rules belong to an identity provider in the portal's configuration."
            />
        }
        .into_any();
    }
    let providers = providers
        .into_iter()
        .map(|(slug, title)| Choice::new(slug, title))
        .collect();
    view! {
        <Form state=form.clone() class="grid gap-4">
            <Field form=form.clone() name="provider" label="Identity provider">
                <Select choices=providers chosen="" />
            </Field>
            <Field
                form=form.clone()
                name="token"
                label="ID token or claims"
                hint=|| {
                    "A token as issued by the provider, or its claims as JSON. The token is not stored in the database, \
                     a log, a cookie or the address of this page. Its signature is not checked."
                }
            >
                <TextArea
                    secret=true
                    rows=10
                    placeholder="{\"sub\": \"42\", \"groups\": [\"vision-dev\"]}"
                />
            </Field>
            <div>
                <Button kind=ButtonKind::Primary>"Try claim rules"</Button>
            </div>
        </Form>
    }
    .into_any()
}

/// The roles, then every rule.
#[component]
fn Trial(trial: ClaimTrial) -> impl IntoView {
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
        });
    let tenants = tenants.collect_view();
    let no_tenant = trial.tenants.is_empty();
    let claims = if trial.claims.is_empty() {
        "The token has no claims.".to_owned()
    } else {
        format!("Claims in the token: {}.", trial.claims.join(", "))
    };
    let withheld = (!trial.withheld.is_empty()).then(|| {
        let title = format!(
            "The provider left out a claim: {}",
            trial.withheld.join(", ")
        );
        let outcome = if trial.keeps_roles {
            "Users keep the roles that it gave at an earlier sign-in; new users get none of them (claims_overage = \"keep\")."
        } else {
            "Users lose the roles that it gave (claims_overage = \"drop\")."
        };
        view! {
            <div data-testid="withheld-claims">
                <Notice tone=Tone::Busy title=title>
                    <p>
                        "The value is too large for the token or has another source, so the rules that read it are undecided. "
                        {outcome}
                        " Limit the groups that the provider sends, or use app roles."
                    </p>
                </Notice>
            </div>
        }
    });
    let rules = trial.rules.into_iter().map(rule).collect::<Vec<_>>();
    let no_rules = || {
        view! {
            <p class="p-4 text-muted">
                "This provider has no rules: new users have no tenant and no platform role."
            </p>
        }
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5">
            {withheld}
            <Card title="Granted roles">
                <p class="text-lead font-semibold">{role}</p>
                <ul class="prose-list mt-1">{tenants}</ul>
                {no_tenant.then(|| view! { <p class="text-muted">"No role in any tenant."</p> })}
                <p class="mt-3 text-small text-muted break-words">{claims}</p>
            </Card>
            <Card title="Rules" flush=true>
                <Table caption="Rules of the provider" columns=COLUMNS rows=rules empty=no_rules />
            </Card>
        </div>
    }
    .into_any()
}

fn rule(rule: TriedRule) -> AnyView {
    let (tone, label) = match (rule.matches, rule.withheld) {
        (true, _) => (Tone::Ok, "Matches"),
        (false, true) => (Tone::Busy, "Unknown"),
        (false, false) => (Tone::Idle, "No match"),
    };
    let problem = rule.problem.map(|problem| {
        view! {
            <div class="mt-1.5">
                <Notice tone=Tone::Bad title="The rule grants nothing">
                    <p>{problem}</p>
                </Notice>
            </div>
        }
    });
    view! {
        <Row>
            <Cell>
                <span class="break-words">{rule.asks}</span>
                <small class="block text-faint break-words">"grants " {rule.gives}</small>
                {problem}
            </Cell>
            <Cell>
                <Badge tone=tone label=label />
            </Cell>
        </Row>
    }
    .into_any()
}
