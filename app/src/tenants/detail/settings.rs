//! Name and archiving of the tenant, for platform admins.

use domain::display_name::LONGEST_NAME;
use domain::problem::Problem;
use domain::tenancy::{Obstacle, TenantDetail};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::archive::ArchiveZone;
use crate::form::{Form, FormState};
use crate::page::PageRequest;
use crate::tenants::functions::{ArchiveTenant, RenameTenant};
use crate::ui::{Card, Fact, Facts, Field, Notice, SaveButton, TextInput, Tone};

#[component]
pub fn Settings(
    request: PageRequest,
    tenant: TenantDetail,
    /// What is left in the tenant, if the caller may change it.
    obstacles: Option<Result<Vec<Obstacle>, Problem>>,
) -> impl IntoView {
    let TenantDetail {
        tenant,
        archived_at,
        version,
        ..
    } = tenant;
    let (name, slug) = (tenant.name.clone(), tenant.slug.clone());
    let id = tenant.id.to_string();
    let forms = match obstacles {
        Some(obstacles) => view! {
            <Rename form=request.form(RenameTenant::url()) id=id.clone() name=tenant.name version=version />
            <ArchiveZone
                form=request.form(ArchiveTenant::url())
                noun="tenant"
                text="Members lose access immediately, and nothing can be created in the tenant. Its audit log is kept."
                slug=tenant.slug
                obstacles=obstacles
            >
                <input type="hidden" name="id" value=id />
            </ArchiveZone>
        }
        .into_any(),
        None if archived_at.is_some() => ().into_any(),
        None => view! {
            <Notice tone=Tone::Idle title="You can view this tenant, but not change it">
                <p>"Your platform team renames and archives tenants."</p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <Card title="Tenant">
                <Facts>
                    <Fact name="Name">{name}</Fact>
                    <Fact name="Short name">
                        <code>{slug}</code>
                    </Fact>
                </Facts>
            </Card>
            {forms}
        </div>
    }
    .into_any()
}

#[component]
fn Rename(form: FormState, id: String, name: String, version: i64) -> impl IntoView {
    view! {
        <Card title="Name">
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="version" value=version.to_string() />
                <Field
                    form=form.clone()
                    name="name"
                    label="Display name"
                    hint=|| "The short name does not change, because addresses, API requests and configuration contain it."
                >
                    <TextInput value=name max_length=LONGEST_NAME as u32 />
                </Field>
                <SaveButton form=form />
            </Form>
        </Card>
    }
    .into_any()
}
