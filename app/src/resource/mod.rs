//! What the pages of clusters and nodes share: list, detail page with its tabs, form. A kind of resource implements
//! [`PageKind`] and brings its own columns, facts, tabs and fields.

mod cost;
mod detail;
mod events;
mod failure;
pub mod form;
mod list;
mod overview;
mod permission;
mod progress;
mod rows;
mod settings;
mod state;
mod unavailable;

use domain::access::Action;
use domain::failure::Failure;
use domain::operation::Operation;
use domain::resource::{Kind, Resource};
use domain::tenancy::{EnvironmentRef, TenantRef};
use jiff::Timestamp;
use leptos::prelude::AnyView;

use crate::ui::{Column, Tone};

pub use cost::CostSoFar;
pub use detail::{TabPath, detail, no_such_tab};
pub use events::{EVENTS_REFRESH_SECONDS, Events};
pub use list::{NoTenant, list};
pub use overview::{ExpiryFact, Overview, UsageCard};
pub use permission::Permission;
pub use rows::{COLUMNS, LOCATION, OVERVIEW_COLUMNS, PRICE, list_row, overview_row};
pub use settings::{DeletionZone, SettingsNotice};
pub use state::note;
pub use unavailable::Unavailable;

/// A kind of resource, as its pages show it.
pub trait PageKind: Kind {
    const SECTION: &'static Section;
    /// The filters of the list and the states behind them.
    const FILTERS: &'static [(&'static str, &'static [Self::State])];
    /// The columns of [`Self::list_row`].
    const COLUMNS: &'static [Column];

    fn state(state: Self::State) -> State;
    fn access(details: &Self::Details) -> Access;
    /// What the resource is, in a few words: “v1.36.0 · Medium”.
    fn description(details: &Self::Details) -> String;
    fn list_row(resource: &Resource<Self>) -> AnyView;
    /// A row of [`OVERVIEW_COLUMNS`].
    fn overview_row(resource: &Resource<Self>) -> AnyView;
}

/// The texts and addresses of the pages of one kind.
#[derive(Debug)]
pub struct Section {
    /// "cluster".
    pub noun: &'static str,
    /// "Clusters".
    pub title: &'static str,
    pub summary: &'static str,
    /// Inside the search field of the list.
    pub search: &'static str,
    /// What a resource is for, where there is none yet.
    pub purpose: &'static str,
    /// The address of the list. `{list}/{id}` is the page of one.
    pub list: &'static str,
    /// The address of the form.
    pub new: &'static str,
    /// The event stream of all. `{events}/{id}` is that of one.
    pub events: &'static str,
    pub create: Action,
    /// Labels of the tabs and their segments in the address.
    pub tabs: &'static [(&'static str, &'static str)],
}

/// A state of any kind.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pub title: &'static str,
    pub tone: Tone,
    /// Whether the state changes soon without a user.
    pub is_moving: bool,
    /// Whether the resource is being deleted or was deleted.
    pub is_deleting: bool,
    /// Whether the resource can be used.
    pub is_up: bool,
}

/// What the caller may do, by role and state.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub connect: bool,
    pub delete: bool,
}

/// A resource of any kind, for the shared parts of its pages.
#[derive(Clone, Debug)]
pub struct ResourceView {
    pub section: &'static Section,
    pub id: String,
    pub name: String,
    pub description: String,
    pub tenant: TenantRef,
    pub environment: EnvironmentRef,
    pub state: State,
    pub access: Access,
    pub failure: Option<Failure>,
    pub operation: Operation,
    pub created_by: String,
    pub created_at: Timestamp,
    pub ends_at: Option<Timestamp>,
}

impl<K: PageKind> From<&Resource<K>> for ResourceView {
    fn from(resource: &Resource<K>) -> Self {
        Self {
            section: K::SECTION,
            id: resource.id.to_string(),
            name: resource.name.to_string(),
            description: K::description(&resource.details),
            tenant: resource.tenant.clone(),
            environment: resource.environment.clone(),
            state: K::state(resource.state),
            access: K::access(&resource.details),
            failure: resource.failure.clone(),
            operation: resource.operation.clone(),
            created_by: resource.created_by.name.clone(),
            created_at: resource.created_at,
            ends_at: resource.ends_at,
        }
    }
}

impl ResourceView {
    pub fn page(&self) -> String {
        self.tab("")
    }

    /// The address of a tab; `""` is the first.
    pub fn tab(&self, segment: &str) -> String {
        let list = self.section.list;
        match segment {
            "" => format!("{list}/{}", self.id),
            segment => format!("{list}/{}/{segment}", self.id),
        }
    }

    /// When the portal deletes the resource; `None` if it never does or the deletion has begun.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.ends_at.filter(|_| !self.state.is_deleting)
    }
}
