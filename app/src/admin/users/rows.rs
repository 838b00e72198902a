//! Users as rows of a table.

use domain::access::PlatformRole;
use domain::users::User;
use leptos::prelude::*;

use super::{LastSeen, RoleSource, UserState};
use crate::routes;
use crate::ui::{Cell, Row};

pub fn row(user: User) -> AnyView {
    let address = routes::user(user.id);
    let page = address.clone();
    let role = match user.platform_role {
        PlatformRole::Admin => "admin",
        PlatformRole::User => "user",
    };
    let tenants = match (user.tenants, user.platform_role) {
        (0, PlatformRole::User) => "no tenant".to_owned(),
        (0, PlatformRole::Admin) => "all tenants".to_owned(),
        (1, _) => "1 tenant".to_owned(),
        (tenants, _) => format!("{tenants} tenants"),
    };
    let manage = format!(" {}", user.name);
    view! {
        <Row id=format!("user-{}", user.id)>
            <Cell>
                <a href=page class="block font-semibold break-words hover:text-accent-text">
                    {user.name}
                </a>
                <small class="block text-faint break-words">{user.email}</small>
            </Cell>
            <Cell>
                {role}
                <small class="block text-faint break-words max-lg:max-w-44">
                    <RoleSource source=user.platform_source />
                </small>
            </Cell>
            <Cell>
                <UserState suspended=user.suspended />
            </Cell>
            <Cell>
                <span class="text-muted whitespace-nowrap">
                    <LastSeen at=user.last_seen_at />
                </span>
            </Cell>
            <Cell not_on_small=true>
                <span class="text-muted whitespace-nowrap">{tenants}</span>
            </Cell>
            <Cell number=true not_on_small=true>
                <a href=address class="link">
                    "Manage" <span class="sr-only">{manage}</span>
                </a>
            </Cell>
        </Row>
    }
    .into_any()
}
