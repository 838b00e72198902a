//! The credentials of a tenant.

use leptos::prelude::*;

use super::api::load_credentials;
use super::rows::CredentialRows;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    ButtonKind, Card, Empty, EmptyState, HeaderCell, Icon, LinkButton, Skeleton, Symbol, Table,
    waiting,
};

/// All of them, and the way to a new one.
#[component]
pub fn CredentialsTab(
    /// The slug of the tenant.
    tenant: String,
    /// Whether the person may see them at all.
    may: bool,
    /// Whether the tenant is archived: then nothing new is stored.
    archived: bool,
) -> impl IntoView {
    if !may {
        return view! {
            <div class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NoPermission
                    title="Credentials are for admins of the tenant"
                    text="Clusters and nodes use them all the same; which ones there are only admins see."
                />
            </div>
        }
        .into_any();
    }
    let asked = tenant.clone();
    let credentials = Resource::new_blocking(move || asked.clone(), load_credentials);
    let new = StoredValue::new(routes::new_credential(&tenant, ""));
    let list = move || {
        Suspend::new(async move {
            match credentials.await {
                Ok(list) if list.is_empty() => view! {
                    <EmptyState
                        why=Empty::NothingYet
                        title="No credentials yet"
                        text="With one, nodes can be launched in a cloud account of this tenant. It is encrypted, and shown to nobody afterwards."
                    >
                        {(!archived)
                            .then(|| {
                                view! {
                                    <LinkButton href=new.get_value()>"Store the first one"</LinkButton>
                                }
                            })}
                    </EmptyState>
                }
                .into_any(),
                Ok(list) => {
                    let head = || {
                        view! {
                            <HeaderCell>"Credential"</HeaderCell>
                            <HeaderCell>"State"</HeaderCell>
                            <HeaderCell>"Provider"</HeaderCell>
                            <HeaderCell>"Taken"</HeaderCell>
                            <HeaderCell number=true>"Last used"</HeaderCell>
                        }
                        .into_any()
                    };
                    view! {
                        <Table caption="Credentials" head=Box::new(head)>
                            <CredentialRows credentials=list />
                        </Table>
                    }
                    .into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <div class="flex flex-wrap items-center gap-3 mb-3.5">
            <p class="text-muted min-w-60 flex-1">
                "An environment takes its own credential of a provider, or else the tenant's. Of several the default one."
            </p>
            {(!archived)
                .then(|| {
                    view! {
                        <LinkButton kind=ButtonKind::Primary href=new.get_value()>
                            <Icon symbol=Symbol::Plus size=16 />
                            "Store a credential"
                        </LinkButton>
                    }
                })}
        </div>
        <Card title="Credentials" flush=true>
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>{waiting(list)}</Transition>
        </Card>
    }
    .into_any()
}
