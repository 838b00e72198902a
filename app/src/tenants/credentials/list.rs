//! The credentials of a tenant: a tab of the tenant's page.

use domain::credential::Credential;
use leptos::prelude::*;

use super::state::{CredentialBadge, accepted, scope};
use crate::routes;
use crate::ui::{
    Badge, ButtonKind, Card, Cell, Column, Empty, EmptyState, Icon, LinkButton, RelativeTime, Row,
    Symbol, Table, Tone,
};

const COLUMNS: &[Column] = &[
    Column::text("Credential"),
    Column::text("State"),
    Column::text("Provider"),
    Column::text("Default"),
    Column::number("Last used"),
];

#[component]
pub fn Credentials(
    /// The slug of the tenant.
    tenant: String,
    /// `None` if the caller may not view credentials.
    credentials: Option<Vec<Credential>>,
    /// Whether the caller may create credentials.
    create: bool,
) -> impl IntoView {
    let Some(credentials) = credentials else {
        return view! {
            <div class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NoPermission
                    title="You cannot view credentials"
                    text="Clusters and nodes use the tenant's credentials. Viewing them requires the admin role in this tenant."
                />
            </div>
        }
        .into_any();
    };
    let new = routes::new_credential(&tenant, "");
    let button = (create && !credentials.is_empty()).then(|| {
        view! {
            <LinkButton kind=ButtonKind::Primary href=new.clone()>
                <Icon symbol=Symbol::Plus size=16 />
                "New credential"
            </LinkButton>
        }
    });
    let rows = credentials.into_iter().map(row).collect::<Vec<_>>();
    let empty = move || {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No credentials yet"
                text="A credential launches nodes in this tenant's own cloud account. It is stored encrypted and never shown again."
            >
                {create.then(|| view! { <LinkButton href=new>"New credential"</LinkButton> })}
            </EmptyState>
        }
    };
    view! {
        <div class="flex flex-wrap items-center gap-3 mb-3.5">
            <p class="text-muted min-w-60 flex-1">
                "An environment uses its own credential for a provider, or else the tenant's. If there are several, the default is used."
            </p>
            {button}
        </div>
        <Card title="Credentials" flush=true>
            <Table caption="Credentials" columns=COLUMNS rows=rows empty=empty />
        </Card>
    }
    .into_any()
}

fn row(credential: Credential) -> AnyView {
    let scope = scope(&credential);
    let accepted = accepted(&credential);
    let used = match credential.last_used_at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    };
    let checked = credential.last_checked_at.map(|at| {
        view! {
            <small class="block text-faint">
                "checked " <RelativeTime at=at />
            </small>
        }
    });
    view! {
        <Row id=format!("credential-{}", credential.id)>
            <Cell>
                <a
                    href=routes::credential(&credential.tenant.slug, credential.id)
                    class="font-semibold break-words hover:text-accent-text"
                >
                    {credential.name}
                </a>
                <small class="block text-faint">
                    <code class="break-all">{credential.fingerprint}</code>
                </small>
            </Cell>
            <Cell>
                <CredentialBadge state=credential.state accepted=accepted />
                {checked}
            </Cell>
            <Cell>
                {credential.provider.title()}
                <small class="block text-faint break-words">{scope}</small>
            </Cell>
            <Cell>
                {credential.chosen.then(|| view! { <Badge tone=Tone::Idle label="Default" /> })}
            </Cell>
            <Cell number=true wide_on_small=true>
                <span class="text-muted whitespace-nowrap">
                    <span class="lg:hidden">"used "</span>
                    {used}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}
