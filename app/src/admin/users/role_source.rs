//! Where a role comes from.

use domain::users::GrantSource;
use leptos::prelude::*;

use crate::ui::RelativeTime;

/// “granted by Ada Keller 18 d ago”, “from a claim: groups has vision-dev”. `None` is the role that every user has.
#[component]
pub fn RoleSource(source: Option<GrantSource>) -> impl IntoView {
    match source {
        None => "default role".into_any(),
        Some(GrantSource::Claim { why: Some(why) }) => view! { "from a claim: " {why} }.into_any(),
        Some(GrantSource::Claim { why: None }) => {
            "from a claim of the identity provider".into_any()
        }
        Some(GrantSource::Manual { by, at }) => {
            let granted = by.map_or_else(|| "granted".to_owned(), |by| format!("granted by {by}"));
            view! {
                {granted}
                {at.map(|at| view! { " " <RelativeTime at=at /> })}
            }
            .into_any()
        }
    }
}
