//! Pages that are there for platform admins alone.

use domain::access::{PlatformAction, allows_on_platform};
use leptos::prelude::*;

use super::SessionResource;
use crate::problem_page::{ProblemPage, no_such_page};
use crate::ui::{Skeleton, waiting};

/// The page, or to everybody who may not do `action` that there is none. What it shows is checked anew by whatever it
/// asks the server.
#[component]
pub fn OnlyForAdmins(action: PlatformAction, children: ChildrenFn) -> impl IntoView {
    let session = use_context::<SessionResource>();
    let children = StoredValue::new(children);
    let page = move || {
        Suspend::new(async move {
            let profile = match session {
                Some(session) => session.await.map(|session| session.profile),
                None => Err(no_such_page().into()),
            };
            match profile {
                Ok(profile) if allows_on_platform(action, profile.platform_role) => {
                    children.with_value(|children| children()).into_any()
                }
                Ok(_) => view! { <ProblemPage problem=no_such_page() /> }.into_any(),
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}
