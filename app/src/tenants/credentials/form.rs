//! `/tenants/{slug}/credentials/new`: the provider, then its fields. Previewed, so that another provider keeps the rest.

use axum::extract::Path;
use domain::access::Action;
use domain::credential::Provider;
use domain::display_name::LONGEST_NAME;
use domain::problem::Problem;
use domain::tenancy::TenantDetail;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::CreateCredential;
use super::secret_fields::SecretFields;
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Choice, ChoiceCard, ChoiceCards, Field, PageHeader, PreviewButton,
    Select, TextInput, tw,
};

/// The parameter `provider` of the address chooses one.
pub async fn new(Path(slug): Path<String>, request: PageRequest) -> PageResult {
    let tenant = request.core.tenants.get(&request.caller, &slug).await?;
    let action = Action::ManageCredentials;
    if !request.caller.may(action, tenant.tenant.id) {
        return Err(Problem::forbidden(action.phrase()).into());
    }
    let form = request.form(CreateCredential::url());
    let provider = form.value(
        "provider",
        request.address.get("provider").unwrap_or_default(),
    );
    let provider = provider.parse::<Provider>().ok();
    let view = move || {
        let TenantDetail { tenant: owner, .. } = &tenant;
        let back = routes::to_tenant(
            &owner.slug,
            "credentials",
            format!("{} / Credentials", owner.name),
        );
        view! {
            <PageHeader
                back=back
                title="New credential"
                summary=|| "The secret is stored encrypted and never shown again."
            />
            <CreateForm form=form tenant=tenant provider=provider />
        }
    };
    Ok(request.show("New credential", view))
}

#[component]
fn CreateForm(form: FormState, tenant: TenantDetail, provider: Option<Provider>) -> impl IntoView {
    let (slug, cards) = (tenant.tenant.slug.clone(), form.clone());
    let next = match provider {
        Some(provider) => {
            view! { <ProviderForm form=form.clone() tenant=tenant provider=provider /> }.into_any()
        }
        None => ().into_any(),
    };
    view! {
        <Form state=form.clone() preview=true class="grid grid-cols-1 gap-4 max-w-180">
            <input type="hidden" name="tenant" value=slug />
            <ProviderField form=cards chosen=provider />
            {next}
            // Last: Enter presses the first button.
            <PreviewButton form=form label="Show the fields of this provider" />
        </Form>
    }
    .into_any()
}

#[component]
fn ProviderField(form: FormState, chosen: Option<Provider>) -> impl IntoView {
    let card = move |provider: Provider| {
        view! {
            <ChoiceCard value=provider.as_str() checked=chosen == Some(provider)>
                <b class="block">{provider.title()}</b>
                <small class="block text-muted">{kind_of_secret(provider)}</small>
            </ChoiceCard>
        }
    };
    view! {
        <ChoiceCards
            form=form
            name="provider"
            legend="Provider"
            layout=tw("grid gap-2 grid-cols-2 md:grid-cols-4")
            cards=move || Provider::ALL.map(card).collect_view()
        />
    }
}

fn kind_of_secret(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "Access key or IAM role",
        Provider::Azure => "Service principal",
        Provider::Gcp => "Service account key",
        Provider::Lambda | Provider::Runpod => "API key",
        Provider::Oci => "API signing key",
        Provider::Nebius => "Service account",
        Provider::Kubernetes => "Kubeconfig",
    }
}

/// Name and scope, and the fields of the provider.
#[component]
fn ProviderForm(form: FormState, tenant: TenantDetail, provider: Provider) -> impl IntoView {
    let all = Choice::new("", "All environments without their own credential");
    let active = tenant
        .environments
        .into_iter()
        .filter(|found| found.archived_at.is_none());
    let environments =
        active.map(|found| Choice::new(found.environment.slug, found.environment.name));
    let choices = std::iter::once(all).chain(environments).collect();
    let chosen = form.sent("chosen").is_some_and(|chosen| !chosen.is_empty());
    view! {
        <Card title=provider.title()>
            <div class="grid gap-4">
                <div class="grid gap-4 items-start md:grid-cols-2">
                    <Field form=form.clone() name="name" label="Name" hint=|| "A name that users of the tenant recognize.">
                        <TextInput placeholder="training account" max_length=LONGEST_NAME as u32 />
                    </Field>
                    <Field form=form.clone() name="environment" label="Environment">
                        <Select choices=choices chosen="" />
                    </Field>
                </div>
                <SecretFields form=form provider=provider />
                <label class="flex items-start gap-2">
                    <input type="checkbox" name="chosen" value="true" checked=chosen class="mt-1" />
                    <span>
                        "Make this the default"
                        <small class="block text-muted">
                            "If an environment has several credentials for a provider, the default is used. The first credential is the default."
                        </small>
                    </span>
                </label>
                <div>
                    <Button kind=ButtonKind::Primary>"Create credential"</Button>
                </div>
            </div>
        </Card>
    }
    .into_any()
}
