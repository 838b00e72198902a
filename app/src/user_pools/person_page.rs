//! `/admin/identity-provider/:provider/:username`: somebody of a Cognito user pool.

use domain::user_pool::{PoolGroup, PoolUserDetail};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::api::{ChangePoolUser, PoolChange, PoolUserView, load_pool_user};
use super::list_page::{enabled, status};
use crate::problem_page::{ProblemPage, problem_notice};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Clock, Empty, EmptyState, Fact, Facts, PageHeader, RelativeTime,
    Skeleton, waiting,
};

/// For platform admins.
#[component]
pub fn PoolUserPage() -> impl IntoView {
    let parameters = use_params_map();
    let asked = Memo::new(move |_| {
        parameters.with(|parameters| {
            (
                parameters.get("provider").unwrap_or_default(),
                parameters.get("username").unwrap_or_default(),
            )
        })
    });
    let person = Resource::new_blocking(
        move || asked.get(),
        |(provider, username)| load_pool_user(provider, username),
    );
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match person.await {
                Ok(view) => {
                    clock.sync(view.now);
                    view! { <Person view=view /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn Person(view: PoolUserView) -> impl IntoView {
    let PoolUserView {
        detail, problem, ..
    } = view;
    let change = ServerAction::<ChangePoolUser>::new();
    let first = StoredValue::new((detail.clone(), problem));
    let known = RwSignal::new(detail.clone());
    Effect::new(move || {
        if let Some(Ok(changed)) = change.value().get() {
            known.set(changed);
        }
    });
    let problem = Signal::derive(move || match change.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(_)) => None,
        None => first.with_value(|(_, problem)| problem.clone()),
    });
    let title = [&detail.user.name, &detail.user.email, &detail.user.username]
        .into_iter()
        .find(|text| !text.is_empty())
        .cloned()
        .unwrap_or_default();
    let notice = move || problem.get().map(problem_notice);
    view! {
        <Title text=title.clone() />
        <PageHeader
            title=title
            back=routes::TO_POOLS
            summary=move || format!("In the user pool {}", detail.pool.pool_id)
        />
        <div class="mb-4 empty:hidden">{notice}</div>
        <div class="grid gap-4 max-w-180">
            {move || view! { <AccountFacts detail=known.get() /> }}
            {move || view! { <Groups detail=known.get() change=change /> }}
            {move || view! { <SigningIn detail=known.get() change=change /> }}
        </div>
    }
    .into_any()
}

#[component]
fn AccountFacts(detail: PoolUserDetail) -> impl IntoView {
    let user = detail.user;
    let verified = if user.email_verified {
        "verified"
    } else {
        "not verified"
    };
    let made = user.created_at.map(|at| view! { <RelativeTime at=at /> });
    let changed = user.changed_at.map(|at| view! { <RelativeTime at=at /> });
    view! {
        <Card title="Account">
            <Facts>
                <Fact name="E-mail address">{format!("{} ({verified})", user.email)}</Fact>
                <Fact name="Account">{status(&user.status)}</Fact>
                <Fact name="May sign in">{enabled(user.enabled)}</Fact>
                <Fact name="Username">{user.username}</Fact>
                <Fact name="Subject in tokens">
                    {user.subject.unwrap_or_else(|| "—".to_owned())}
                </Fact>
                <Fact name="Made">{made}</Fact>
                <Fact name="Changed">{changed}</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

/// One form that does one thing.
#[component]
fn ChangeForm(
    detail: PoolUserDetail,
    change: ServerAction<ChangePoolUser>,
    what: PoolChange,
    #[prop(optional, into)] group: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! {
        <ActionForm action=change>
            <input type="hidden" name="provider" value=detail.pool.provider />
            <input type="hidden" name="username" value=detail.user.username />
            <input type="hidden" name="change" value=what.as_str() />
            <input type="hidden" name="group" value=group />
            <Button kind=kind disabled=change.pending()>
                {label}
            </Button>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Groups(detail: PoolUserDetail, change: ServerAction<ChangePoolUser>) -> impl IntoView {
    if detail.all_groups.is_empty() {
        return view! {
            <Card title="Groups">
                <EmptyState
                    why=Empty::NothingYet
                    title="The pool has no groups"
                    text="Groups are made in Cognito; claim rules turn them into roles here."
                />
            </Card>
        }
        .into_any();
    }
    let all_groups = detail.all_groups.clone();
    let row = move |group: PoolGroup| {
        let member = detail.groups.contains(&group.name);
        let (what, label) = if member {
            (PoolChange::LeaveGroup, "Take out of")
        } else {
            (PoolChange::JoinGroup, "Put into")
        };
        view! {
            <li class="flex flex-wrap items-center justify-between gap-3 py-2.5 border-b border-line last:border-b-0">
                <span class="min-w-0">
                    <span class="block font-semibold break-words">{group.name.clone()}</span>
                    <small class="block text-faint break-words">
                        {if member { "Is in it. " } else { "" }} {group.description.clone()}
                    </small>
                </span>
                <ChangeForm
                    detail=detail.clone()
                    change=change
                    what=what
                    group=group.name.clone()
                    label=format!("{label} {}", group.name)
                />
            </li>
        }
    };
    view! {
        <Card title="Groups">
            <p class="text-muted mb-1">
                "What a group gives follows from the claim rules. A change counts from the next sign-in on."
            </p>
            <ul>{all_groups.into_iter().map(row).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

#[component]
fn SigningIn(detail: PoolUserDetail, change: ServerAction<ChangePoolUser>) -> impl IntoView {
    let on = detail.user.enabled;
    let switch = if on {
        view! {
            <p>
                "Disabled people cannot sign in with this pool. Whoever is signed in to Hangar stays so: suspend them under Users as well."
            </p>
            <ChangeForm
                detail=detail.clone()
                change=change
                what=PoolChange::Disable
                kind=ButtonKind::Danger
                label="Disable"
            />
        }
        .into_any()
    } else {
        view! {
            <p>"They cannot sign in with this pool."</p>
            <ChangeForm detail=detail.clone() change=change what=PoolChange::Enable label="Enable" />
        }
        .into_any()
    };
    view! {
        <Card title="Signing in">
            <div class="grid gap-3">
                <p>"Cognito sends them a code with which they choose a new password; the old one ends."</p>
                <ChangeForm
                    detail=detail.clone()
                    change=change
                    what=PoolChange::ResetPassword
                    label="Reset the password"
                />
                <hr class="border-line" />
                {switch}
            </div>
        </Card>
    }
    .into_any()
}
