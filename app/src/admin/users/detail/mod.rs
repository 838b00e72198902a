//! `/admin/users/{id}`: identity, roles and access of a user.

mod access;
mod role;
mod tenants;

use axum::extract::Path;
use domain::access::{PlatformAction, PlatformRole};
use domain::ids::UserId;
use domain::problem::Problem;
use domain::users::UserDetail;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::access::{Restoration, Sessions, Suspension};
use self::role::Role;
use self::tenants::Tenants;
use super::functions::{RestoreUser, RevokeUserToken, SetPlatformRole, SignOutUser, SuspendUser};
use super::{LastSeen, UserState};
use crate::account::TokenTable;
use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::ui::{Card, Fact, Facts, LinkButton, PageHeader};

pub async fn detail(Path(id): Path<String>, request: PageRequest) -> PageResult {
    request.require(PlatformAction::ManageUsers)?;
    let id: UserId = id.parse().map_err(|_| Problem::not_found("user"))?;
    let user = request.core.users.get(&request.caller, id).await?;
    let tokens = request.core.users.tokens(&request.caller, id).await?;
    let revoke_form = request.form(RevokeUserToken::url());
    let is_caller = request.caller.user_id == Some(id);
    let role_form = request.form(SetPlatformRole::url());
    let sign_out_form = request.form(SignOutUser::url());
    let name = user.user.name.clone();
    let suspension = if user.user.suspended {
        let form = request.form(RestoreUser::url());
        ViewFnOnce::from(move || view! { <Restoration id=id form=form /> })
    } else {
        let (form, user) = (
            request.form(SuspendUser::url()).keyed("suspend"),
            user.clone(),
        );
        ViewFnOnce::from(move || view! { <Suspension user=user is_caller=is_caller form=form /> })
    };
    let view = move || {
        view! {
            <Header user=user.clone() />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    <Role user=user.clone() form=role_form />
                    <Tenants user=user.clone() />
                    <Card title="API tokens" flush=true>
                        <TokenTable
                            caption="API tokens of the user"
                            tokens=tokens
                            owner=id
                            revoke=revoke_form
                            empty="Tokens that the user creates are listed here until they expire."
                        />
                    </Card>
                </div>
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    <Identity user=user.clone() />
                    <Sessions user=user is_caller=is_caller form=sign_out_form />
                    {suspension.run()}
                </div>
            </div>
        }
    };
    Ok(request.show(name, view))
}

#[component]
fn Header(user: UserDetail) -> impl IntoView {
    let user = user.user;
    let suspended = user.suspended;
    let role = match user.platform_role {
        PlatformRole::Admin => "platform admin",
        PlatformRole::User => "user",
    };
    let summary = format!("{} · {role}", user.email);
    let log = routes::audit_of(user.id);
    view! {
        <PageHeader
            back=routes::TO_USERS
            title=user.name
            badge=move || view! { <UserState suspended=suspended /> }
            summary=move || summary
            actions=move || view! { <LinkButton href=log>"Show audit log"</LinkButton> }
        />
    }
}

/// The user at the identity provider.
#[component]
fn Identity(user: UserDetail) -> impl IntoView {
    let UserDetail {
        user,
        subject,
        withheld_claims,
        ..
    } = user;
    let withheld = (!withheld_claims.is_empty()).then(|| {
        view! {
            <Fact name="Missing claims">
                <code class="break-all">{withheld_claims.join(", ")}</code>
                <small class="block text-faint">
                    "Left out by the provider at the latest sign-in, so roles that depend on these claims are unknown."
                </small>
            </Fact>
        }
    });
    let verified = if user.email_verified {
        "verified by the provider"
    } else {
        "not verified by the provider"
    };
    view! {
        <Card title="Identity">
            <Facts>
                <Fact name="Email">
                    <span class="break-all">{user.email}</span>
                    <small class="block text-faint">{verified}</small>
                </Fact>
                <Fact name="Identity provider">
                    <span class="break-all">{user.issuer}</span>
                </Fact>
                <Fact name="Subject">
                    <code class="break-all">{subject}</code>
                </Fact>
                <Fact name="Last seen">
                    <LastSeen at=user.last_seen_at />
                </Fact>
                {withheld}
            </Facts>
        </Card>
    }
    .into_any()
}
