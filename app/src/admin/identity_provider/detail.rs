//! `/admin/identity-provider/{provider}/{username}`: a user of a Cognito user pool.

use axum::extract::Path;
use domain::user_pool::{PoolGroup, PoolUserDetail};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::{ResetPoolUserPassword, SetPoolUserEnabled, SetPoolUserGroup};
use super::state::{EnabledBadge, StatusBadge, display_name};
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Empty, EmptyState, Fact, Facts, PageHeader, RelativeTime,
};

pub async fn detail(
    Path((provider, username)): Path<(String, String)>,
    request: PageRequest,
) -> PageResult {
    let pools = &request.core.user_pools;
    let detail = pools.get(&request.caller, &provider, &username).await;
    let detail = detail.map_err(hide_forbidden)?;
    let title = display_name(&detail.user);
    let groups = request.form(SetPoolUserGroup::url());
    let password = request.form(ResetPoolUserPassword::url());
    let enabled = request.form(SetPoolUserEnabled::url());
    let view = {
        let title = title.clone();
        move || {
            let summary = format!("User pool {}", detail.pool.pool_id);
            view! {
                <PageHeader back=routes::TO_POOLS title=title summary=move || summary />
                <div class="grid gap-4 max-w-180">
                    <Account detail=detail.clone() />
                    <Groups detail=detail.clone() form=groups />
                    <SignIn detail=detail password=password enabled=enabled />
                </div>
            }
        }
    };
    Ok(request.show(title, view))
}

#[component]
fn Account(detail: PoolUserDetail) -> impl IntoView {
    let user = detail.user;
    let verified = if user.email_verified {
        "verified"
    } else {
        "not verified"
    };
    let created = user.created_at.map(|at| view! { <RelativeTime at=at /> });
    let changed = user.changed_at.map(|at| view! { <RelativeTime at=at /> });
    view! {
        <Card title="Account">
            <Facts>
                <Fact name="Email">{format!("{} ({verified})", user.email)}</Fact>
                <Fact name="Status">
                    <StatusBadge status=user.status />
                </Fact>
                <Fact name="Sign-in">
                    <EnabledBadge enabled=user.enabled />
                </Fact>
                <Fact name="Username">{user.username}</Fact>
                <Fact name="Subject">{user.subject.unwrap_or_else(|| "—".to_owned())}</Fact>
                <Fact name="Created">{created}</Fact>
                <Fact name="Changed">{changed}</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

/// A form of one button that changes the user. The children are further arguments of the function.
#[component]
fn ChangeForm(
    form: FormState,
    detail: PoolUserDetail,
    #[prop(optional)] kind: ButtonKind,
    #[prop(into)] label: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Form state=form>
            <input type="hidden" name="provider" value=detail.pool.provider />
            <input type="hidden" name="username" value=detail.user.username />
            {children.map(|children| children())}
            <Button kind=kind>{label}</Button>
        </Form>
    }
    .into_any()
}

#[component]
fn Groups(detail: PoolUserDetail, form: FormState) -> impl IntoView {
    if detail.all_groups.is_empty() {
        return view! {
            <Card title="Groups">
                <EmptyState
                    why=Empty::NothingYet
                    title="The user pool has no groups"
                    text="Create groups in Cognito. Claim rules turn groups into roles."
                />
            </Card>
        }
        .into_any();
    }
    let groups = detail.all_groups.clone();
    let row = move |group: PoolGroup| {
        let member = detail.groups.contains(&group.name);
        let (description, label) = if member {
            (
                format!("Member. {}", group.description),
                format!("Remove from {}", group.name),
            )
        } else {
            (group.description, format!("Add to {}", group.name))
        };
        let name = group.name.clone();
        view! {
            <li class="flex flex-wrap items-center justify-between gap-3 py-2.5 border-b border-line last:border-b-0">
                <span class="min-w-0">
                    <span class="block font-semibold break-words">{group.name.clone()}</span>
                    <small class="block text-faint break-words">{description}</small>
                </span>
                <ChangeForm form=form.clone().keyed(&group.name) detail=detail.clone() label=label>
                    <input type="hidden" name="group" value=name />
                    <input type="hidden" name="member" value=(!member).to_string() />
                </ChangeForm>
            </li>
        }
    };
    view! {
        <Card title="Groups">
            <p class="text-muted mb-1">
                "The claim rules decide which roles a group grants. A change takes effect at the next sign-in."
            </p>
            <ul>{groups.into_iter().map(row).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

#[component]
fn SignIn(detail: PoolUserDetail, password: FormState, enabled: FormState) -> impl IntoView {
    let is_enabled = detail.user.enabled;
    let (text, label, kind) = if is_enabled {
        (
            "A disabled user cannot sign in with this user pool. Existing sessions continue: to end them, suspend the user under Users as well.",
            "Disable user",
            ButtonKind::Danger,
        )
    } else {
        (
            "The user cannot sign in with this user pool.",
            "Enable user",
            ButtonKind::Plain,
        )
    };
    view! {
        <Card title="Sign-in">
            <div class="grid gap-3">
                <p>
                    "Cognito sends the user a code for choosing a new password. The old password stops working."
                </p>
                <ChangeForm form=password detail=detail.clone() label="Reset password" />
                <hr class="border-line" />
                <p>{text}</p>
                <ChangeForm form=enabled detail=detail kind=kind label=label>
                    <input type="hidden" name="enabled" value=(!is_enabled).to_string() />
                </ChangeForm>
            </div>
        </Card>
    }
    .into_any()
}
