//! The state of a user at Cognito.

use domain::user_pool::{PoolUser, PoolUserStatus};
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

#[component]
pub fn StatusBadge(status: PoolUserStatus) -> impl IntoView {
    let tone = match status {
        PoolUserStatus::Confirmed | PoolUserStatus::External => Tone::Ok,
        PoolUserStatus::Invited | PoolUserStatus::PasswordReset => Tone::Busy,
        PoolUserStatus::Unconfirmed | PoolUserStatus::Other(_) => Tone::Idle,
    };
    view! { <Badge tone=tone label=status.title() /> }
}

/// Whether Cognito lets the user sign in.
#[component]
pub fn EnabledBadge(enabled: bool) -> impl IntoView {
    let (tone, label) = if enabled {
        (Tone::Ok, "Enabled")
    } else {
        (Tone::Bad, "Disabled")
    };
    view! { <Badge tone=tone label=label /> }
}

/// The name, or else what there is of email address and username.
pub fn display_name(user: &PoolUser) -> String {
    let mut names = [&user.name, &user.email, &user.username].into_iter();
    names
        .find(|name| !name.is_empty())
        .cloned()
        .unwrap_or_default()
}
