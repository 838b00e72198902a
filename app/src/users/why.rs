//! Why somebody holds a role.

use domain::people::GrantSource;
use leptos::prelude::*;

use crate::ui::RelativeTime;

/// “granted by Ada Keller 18 d ago”, “because groups has vision-dev”, “everybody has it”.
#[component]
pub fn Why(source: Option<GrantSource>) -> impl IntoView {
    match source {
        None => "everybody has it".into_any(),
        Some(GrantSource::Claim { why: Some(why) }) => view! { "from a claim: " {why} }.into_any(),
        Some(GrantSource::Claim { why: None }) => {
            "from a claim of the identity provider".into_any()
        }
        Some(GrantSource::Person { by, at }) => {
            let who = by.map_or_else(
                || "granted by hand".to_owned(),
                |by| format!("granted by {by}"),
            );
            view! {
                {who}
                {at.map(|at| view! { " " <RelativeTime at=at /> })}
            }
            .into_any()
        }
    }
}
