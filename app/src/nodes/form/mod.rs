//! `/nodes/new`: the form, and beside it the price and the SkyPilot task. The page is previewed as the user types.

mod accelerators;
mod draft;
mod expiry_fields;
mod locations;
mod machine_fields;
mod summary;

use domain::node::catalogue::Offer;
use domain::node::order::{NodeOrderOptions, Quote};
use domain::problem::Problem;
use domain::quota::QuotaRequest;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub use self::draft::Draft;
use self::draft::{MACHINE, OWN_TASK};
use self::expiry_fields::ExpiryFields;
use self::locations::locations;
use self::machine_fields::MachineFields;
use self::summary::{Price, PriceBar, Summary};
use super::functions::CreateNode;
use super::resource::SECTION;
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult};
use crate::resource::form::{EnvironmentField, FormHeader, NotAllowed, curl, quota_at};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, ChoiceCard, ChoiceCards, Field, LinkButton, Notice, PreviewButton,
    TextArea, TextInput, Tone, tw,
};

pub async fn new(request: PageRequest) -> PageResult {
    let nodes = &request.core.nodes;
    let options = nodes.create_options(&request.caller).await?;
    if options.tenants.is_empty() {
        return Ok(request.show("New node", || view! { <NotAllowed section=&SECTION /> }));
    }
    let form = request
        .form(CreateNode::url())
        .grouped("draft")
        .kept_in_address();
    let draft = Draft::proposed(&options, &form, &request.address);
    let locations = locations(nodes, &request.caller, &options, &draft).await;
    let quoted = match draft.to_input() {
        Ok(input) => nodes.quote(&request.caller, input).await,
        Err(error) => Ok(Quote {
            errors: vec![error],
            ..Quote::default()
        }),
    };
    let public_url = request.site.public_url.to_string();
    let view = move || {
        view! { <NewNode options form draft locations quoted public_url /> }
    };
    Ok(request.show("New node", view))
}

#[component]
fn NewNode(
    options: NodeOrderOptions,
    form: FormState,
    draft: Draft,
    locations: Vec<Offer>,
    quoted: Result<Quote, Problem>,
    public_url: String,
) -> impl IntoView {
    let price = Price::of(&quoted, &draft);
    let quote = quoted.unwrap_or_default();
    let added = QuotaRequest::Node(quote.price_per_hour);
    let quota = quota_at(&draft.place, &options.tenants, &options.quotas);
    let usage_after = quota.as_ref().map(|(_, quota)| quota.with(added).summary());
    // A required field that is still empty is no error yet, and the environment shows its limits itself.
    let is_shown_elsewhere = |field: &str| field == "environment" && quota.is_some();
    let mut errors = quote.errors.clone();
    errors.retain(|error| !draft.is_blank(&error.field) && !is_shown_elsewhere(&error.field));
    let form = form.with_errors(errors);
    let not_ready = quote.errors.first().map(|error| error.message.clone());

    let key = form.kept("idempotency_key", options.idempotency_key.clone());
    let input = draft.to_input().ok();
    let curl = input.map(|input| curl::command(&public_url, "/api/v1/nodes", &input, &key));
    let no_prices = options.read_at.is_none().then(|| view! { <NoPrices /> });
    let name = draft.name.clone();
    let common = view! {
        <Field
            form=form.clone()
            name="name"
            label="Name"
            hint=|| "Lowercase letters, digits and hyphens, at most 30."
        >
            <TextInput value=name placeholder="trainer" />
        </Field>
        <EnvironmentField
            form=form.clone()
            tenants=options.tenants.clone()
            quotas=options.quotas.clone()
            added=added
            chosen=draft.place.clone()
        />
        <KindField form=form.clone() is_own_task=draft.is_own_task() />
    };
    let expiry = view! { <ExpiryFields form=form.clone() draft=draft.clone() /> };
    let task = view! { <TaskField form=form.clone() task=draft.task.clone() /> };
    let price_bar = view! { <PriceBar price=price.amount.clone() /> };
    let machine = view! { <MachineFields form=form.clone() options=options draft=draft.clone() locations=locations /> };
    let catalogue = || view! { <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton> };
    view! {
        <FormHeader section=&SECTION actions=catalogue />
        <Form state=form.clone() preview=true>
            <input type="hidden" name="idempotency_key" value=key />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    {no_prices}
                    <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                        {common}
                    </div>
                    // The stylesheet shows one of the next two, so that the switch needs no script.
                    <div class="only-for-machine">
                        <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                            {machine}
                        </div>
                    </div>
                    <div class="p-4 bg-surface border border-line rounded-card shadow-card only-for-task">
                        {task}
                    </div>
                    <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                        {expiry}
                    </div>
                    {price_bar}
                </div>
                <Summary quote=quote draft=draft price=price usage_after=usage_after curl=curl>
                    <Button kind=ButtonKind::Primary full_width=true attr:aria-describedby="not-ready">
                        "Create node"
                    </Button>
                    <p id="not-ready" class="text-small text-muted text-center mt-2 empty:hidden" aria-live="polite">
                        {not_ready}
                    </p>
                    <PreviewButton form=form />
                </Summary>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn KindField(form: FormState, is_own_task: bool) -> impl IntoView {
    let cards = move || {
        let machine = "Choose accelerator, location and commands.";
        let task = "Paste the YAML of a SkyPilot task.";
        view! {
            <TextCard value=MACHINE checked=!is_own_task title="Machine" text=machine />
            <TextCard value=OWN_TASK checked=is_own_task title="Custom YAML" text=task />
        }
    };
    let layout = tw("grid gap-2.5 md:grid-cols-2");
    view! { <ChoiceCards form=form name="kind" legend="Node type" cards=cards layout=layout /> }
}

/// A choice with an explanation.
#[component]
fn TextCard(
    #[prop(into)] value: String,
    checked: bool,
    title: &'static str,
    text: &'static str,
    #[prop(optional_no_strip)] price: Option<String>,
) -> impl IntoView {
    let price = price.map(|price| view! { <small class="block mt-1 tabular-nums">{price}</small> });
    view! {
        <ChoiceCard value=value checked=checked>
            <b class="block font-semibold">{title}</b>
            <small class="block text-muted">{text}</small>
            {price}
        </ChoiceCard>
    }
}

#[component]
fn TaskField(form: FormState, task: String) -> impl IntoView {
    let hint = || {
        "Name, idle timeout and lifetime come from this form. Not supported: a local workdir or file_mounts, env_vars, \
         secrets, several machines, anchors and aliases. The task is stored as plain text: do not include passwords or keys."
    };
    let placeholder = "resources:\n  accelerators: H100:1\nrun: |\n  nvidia-smi";
    view! {
        <Field form=form name="task" label="SkyPilot task" hint=hint>
            <TextArea value=task placeholder=placeholder rows=16 />
        </Field>
    }
}

#[component]
fn NoPrices() -> impl IntoView {
    view! {
        <Notice tone=Tone::Busy title="Prices are loading">
            <p>"The portal is reading the price lists of the clouds. Reload this page in a minute."</p>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::page::{Rendering, render};
    use domain::problem::FieldError;
    use jiff::Timestamp;

    /// The form at an address, with what the quote found wrong.
    fn html(query: &str, errors: Vec<FieldError>) -> String {
        let address = Address::new("/nodes/new", query);
        let options = NodeOrderOptions {
            tenants: Vec::new(),
            quotas: Vec::new(),
            accelerators: Vec::new(),
            read_at: None,
            now: Timestamp::UNIX_EPOCH,
            idempotency_key: "key".into(),
        };
        let form = FormState::new(CreateNode::url(), address.clone(), None).grouped("draft");
        let draft = Draft::proposed(&options, &form, &address);
        let quoted = Ok(Quote {
            errors,
            ..Quote::default()
        });
        let rendering = Rendering {
            address,
            now: Timestamp::UNIX_EPOCH,
        };
        let (locations, public_url) = (Vec::new(), "https://hangar.example.com".to_owned());
        render(rendering, move || {
            view! { <NewNode options form draft locations quoted public_url /> }
        })
    }

    #[test]
    fn a_mistake_stands_beside_its_field_and_a_missing_value_only_beside_the_button() {
        let errors = [
            FieldError::new("name", "Name is missing."),
            FieldError::new("region", "Not in mars-1."),
        ];
        let html = html("accelerator=L4&cloud=aws&region=mars-1", errors.into());
        let text_of = |id: &str| {
            let (_, element) = html.split_once(&format!("id=\"{id}\""))?;
            let (_, content) = element.split_once('>')?;
            Some(content.split_once("</")?.0)
        };
        assert_eq!(text_of("name-message"), Some(""));
        assert_eq!(text_of("not-ready"), Some("Name is missing."));
        assert!(
            text_of("location-message")
                .unwrap()
                .ends_with("Not in mars-1.")
        );
    }
}
