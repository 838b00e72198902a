//! One environment: usage, name, limits, archiving.

use domain::display_name::LONGEST_NAME;
use domain::problem::Problem;
use domain::tenancy::{EnvironmentDetail, Obstacle, TenantRef};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::archive::ArchiveZone;
use super::environments::Usage;
use crate::form::{Form, FormState};
use crate::page::PageRequest;
use crate::routes;
use crate::tenants::functions::{ArchiveEnvironment, RenameEnvironment, SetEnvironmentLimits};
use crate::tenants::limits::LimitsDraft;
use crate::tenants::permissions::TenantPermissions;
use crate::ui::{Card, Field, LinkButton, Notice, SaveButton, TextInput, Tone};

#[component]
pub fn Environment(
    request: PageRequest,
    tenant: TenantRef,
    environment: EnvironmentDetail,
    permissions: TenantPermissions,
    /// What is left in the environment, if the caller may archive it.
    obstacles: Option<Result<Vec<Obstacle>, Problem>>,
) -> impl IntoView {
    let all = routes::tenant_tab(&tenant.slug, "environments");
    let title = format!("Environment {}", environment.environment.name);
    let usage = environment.clone();
    let forms = if environment.archived_at.is_some() {
        view! {
            <div data-state="archived">
                <Notice tone=Tone::Idle title="This environment is archived">
                    <p>"Nothing can be created or changed in an archived environment."</p>
                </Notice>
            </div>
        }
        .into_any()
    } else if permissions.manage_environments || permissions.manage_tenant {
        let fields = Fields::new(&tenant, &environment);
        view! { <Forms request=request fields=fields environment=environment permissions=permissions obstacles=obstacles /> }
            .into_any()
    } else {
        view! {
            <Notice tone=Tone::Idle title="You can view this environment, but not change it">
                <p>"Changes require the admin role in this tenant."</p>
            </Notice>
        }
        .into_any()
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <div class="flex flex-wrap items-center gap-3">
                <h2 class="text-lead break-words min-w-0">{title}</h2>
                <div class="ml-auto">
                    <LinkButton href=all>"All environments"</LinkButton>
                </div>
            </div>
            <Card title="Usage">
                <Usage environment=usage />
            </Card>
            {forms}
        </div>
    }
    .into_any()
}

/// The hidden arguments of every form.
#[derive(Clone)]
struct Fields {
    tenant: String,
    id: String,
    version: String,
}

impl Fields {
    fn new(tenant: &TenantRef, environment: &EnvironmentDetail) -> Self {
        Self {
            tenant: tenant.id.to_string(),
            id: environment.environment.id.to_string(),
            version: environment.version.to_string(),
        }
    }

    fn show(&self) -> AnyView {
        view! {
            <input type="hidden" name="tenant" value=self.tenant.clone() />
            <input type="hidden" name="id" value=self.id.clone() />
            <input type="hidden" name="version" value=self.version.clone() />
        }
        .into_any()
    }
}

#[component]
fn Forms(
    request: PageRequest,
    fields: Fields,
    environment: EnvironmentDetail,
    permissions: TenantPermissions,
    obstacles: Option<Result<Vec<Obstacle>, Problem>>,
) -> impl IntoView {
    let rename = permissions.manage_environments.then(|| {
        let form = request.form(RenameEnvironment::url());
        let name = environment.environment.name.clone();
        view! { <Rename form=form fields=fields.clone() name=name /> }
    });
    let limits = if permissions.manage_tenant {
        let form = request.form(SetEnvironmentLimits::url());
        view! { <Limits form=form fields=fields.clone() limits=environment.limits.into() /> }
            .into_any()
    } else {
        view! { <p class="text-muted">"Your platform team sets the limits."</p> }.into_any()
    };
    let archive = obstacles.map(|obstacles| {
        view! {
            <ArchiveZone
                form=request.form(ArchiveEnvironment::url())
                noun="environment"
                text="Nothing more can be created in the environment. Its audit log is kept."
                slug=environment.environment.slug
                obstacles=obstacles
            >
                {fields.show()}
            </ArchiveZone>
        }
    });
    view! {
        {rename}
        {limits}
        {archive}
    }
    .into_any()
}

#[component]
fn Rename(form: FormState, fields: Fields, name: String) -> impl IntoView {
    view! {
        <Card title="Name">
            <Form state=form.clone() class="grid gap-3">
                {fields.show()}
                <Field form=form.clone() name="name" label="Display name">
                    <TextInput value=name max_length=LONGEST_NAME as u32 />
                </Field>
                <SaveButton form=form />
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Limits(form: FormState, fields: Fields, limits: LimitsDraft) -> impl IntoView {
    let inputs = form.clone().grouped("limits");
    let LimitsDraft {
        max_clusters,
        max_nodes,
        max_price_per_hour,
    } = limits;
    view! {
        <Card title="Limits">
            <p class="text-muted mb-3">
                "Limits apply to new clusters and nodes; existing ones are kept. An empty field means no limit."
            </p>
            <Form state=form.clone() class="grid gap-3">
                {fields.show()}
                <div class="grid gap-3 items-start md:grid-cols-3">
                    <Field form=inputs.clone() name="max_clusters" label="Clusters">
                        <TextInput value=max_clusters placeholder="no limit" attr:inputmode="numeric" />
                    </Field>
                    <Field form=inputs.clone() name="max_nodes" label="Nodes">
                        <TextInput value=max_nodes placeholder="no limit" attr:inputmode="numeric" />
                    </Field>
                    <Field form=inputs name="max_price_per_hour" label="Dollars per hour">
                        <TextInput value=max_price_per_hour placeholder="no limit" attr:inputmode="decimal" />
                    </Field>
                </div>
                <SaveButton form=form />
            </Form>
        </Card>
    }
    .into_any()
}
