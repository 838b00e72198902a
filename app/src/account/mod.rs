//! `/account`: the caller's profile, permissions and API tokens.

mod functions;
mod profile;
mod token_form;
mod tokens;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::functions::{CreateToken, RevokeToken};
use self::profile::{ProfileCard, TenantsCard};
pub use self::tokens::TokenTable;
use self::tokens::Tokens;
use crate::page::{PageRequest, PageResult};
use crate::ui::{Card, PageHeader, ThemeToggle};

pub async fn account(request: PageRequest) -> PageResult {
    let account = &request.core.account;
    let profile = account.profile(&request.caller).await?;
    let tokens = account.tokens(&request.caller).await?;
    let create = request.form(CreateToken::url()).grouped("input");
    let revoke = request.form(RevokeToken::url());
    let public_url = request.site.public_url.clone();
    let tenants: Vec<_> = profile
        .tenants
        .iter()
        .map(|own| own.tenant.clone())
        .collect();
    let view = move || {
        view! {
            <PageHeader title="Account" summary=|| "Your profile, your permissions and your API tokens" />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <Tokens
                    tokens=tokens
                    tenants=tenants
                    create=create
                    revoke=revoke
                    public_url=public_url.to_string()
                />
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    <ProfileCard profile=profile.clone() />
                    <TenantsCard tenants=profile.tenants />
                    <Card title="Theme">
                        <ThemeToggle />
                    </Card>
                </div>
            </div>
        }
    };
    Ok(request.show("Account", view))
}
