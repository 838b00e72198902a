//! A tenant as its page knows it, and how the page looks again.

use domain::tenancy::TenantDetail;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

use super::api::{TenantView, load_tenant};
use super::rights::TenantRights;
use crate::plain_form::{on_answer, on_conflict};
use crate::refusal::Refusal;
use crate::ui::Clock;

/// What changes flows into `detail` without rebuilding the page, so that nothing typed is lost.
#[derive(Clone, Copy)]
pub struct Known {
    /// As it is.
    pub detail: RwSignal<TenantDetail>,
    /// What the person may do.
    pub rights: RwSignal<TenantRights>,
    clock: Clock,
}

impl Known {
    /// As it came with the page.
    pub fn of(view: &TenantView) -> Self {
        Self {
            detail: RwSignal::new(view.detail.clone()),
            rights: RwSignal::new(view.rights),
            clock: Clock::in_context(),
        }
    }

    /// The slug, which never changes.
    pub fn slug(self) -> String {
        self.detail
            .with_untracked(|detail| detail.tenant.slug.clone())
    }

    /// Takes the answer of something that was done.
    pub fn take(self, detail: TenantDetail) {
        self.clock.sync(detail.now);
        self.detail.set(detail);
    }

    /// Asks anew.
    pub fn look_again(self) {
        let slug = self.slug();
        spawn_local(async move {
            // A failed look changes nothing: the page keeps what it knows.
            if let Ok(view) = load_tenant(slug).await {
                self.clock.sync(view.detail.now);
                self.rights.try_set(view.rights);
                self.detail.try_set(view.detail);
            }
        });
    }

    /// Follows what an action does to the tenant.
    pub fn follow<S>(self, action: ServerAction<S>)
    where
        S: ServerFn<Error = Refusal, Output = TenantDetail> + Clone + Send + Sync + 'static,
    {
        on_answer(action, move |detail| self.take(detail));
        on_conflict(action, move || self.look_again());
    }

    /// The hidden fields that say which tenant a form is about.
    pub fn fields(self, id_field: &'static str) -> AnyView {
        let (id, slug) = self
            .detail
            .with_untracked(|detail| (detail.tenant.id, detail.tenant.slug.clone()));
        view! {
            <input type="hidden" name=id_field value=id.to_string() />
            <input type="hidden" name="slug" value=slug />
        }
        .into_any()
    }
}
