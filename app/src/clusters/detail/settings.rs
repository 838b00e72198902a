//! Changes to the cluster: whether it runs, its deletion.

use domain::cluster::{Cluster, DeletionPreview};
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::power::Power;
use super::schedule::ScheduleCard;
use crate::clusters::functions::{DeleteCluster, PauseCluster, ResumeCluster, SetClusterSchedule};
use crate::form::FormState;
use crate::page::PageRequest;
use crate::resource::{DeletionZone, ResourceView, SettingsNotice};

pub struct SettingsForms {
    pause: FormState,
    resume: FormState,
    schedule: FormState,
    delete: FormState,
}

impl SettingsForms {
    pub fn of(request: &PageRequest) -> Self {
        Self {
            pause: request.form(PauseCluster::url()),
            resume: request.form(ResumeCluster::url()),
            schedule: request.form(SetClusterSchedule::url()).grouped("input"),
            delete: request.form(DeleteCluster::url()),
        }
    }
}

/// The forms, as far as state and role allow any.
#[component]
pub fn Settings(
    cluster: Cluster,
    forms: SettingsForms,
    /// What a deletion removes, if the caller may delete.
    preview: Option<Result<Vec<DeletionPreview>, Problem>>,
) -> impl IntoView {
    let resource = ResourceView::from(&cluster);
    let SettingsForms {
        pause,
        resume,
        schedule,
        delete,
    } = forms;
    let power = resource.access.delete;
    let power = power.then(|| {
        view! {
            <Power cluster=cluster.clone() pause=pause resume=resume />
            <ScheduleCard cluster=cluster form=schedule />
        }
    });
    let deletion = preview.map(|preview| {
        let objects = match preview {
            Ok(objects) => objects_list(objects),
            Err(problem) => view! {
                <p>"The objects cannot be listed right now: " {problem.detail}</p>
            }
            .into_any(),
        };
        view! {
            <DeletionZone resource=resource.clone() form=delete>
                {objects}
            </DeletionZone>
        }
    });
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <SettingsNotice resource=resource />
            {power}
            {deletion}
        </div>
    }
    .into_any()
}

/// Kinds of objects on the host cluster with how many there are, and some of their names.
fn objects_list(objects: Vec<DeletionPreview>) -> AnyView {
    if objects.is_empty() {
        return view! { <p>"Nothing has been created on the host cluster yet."</p> }.into_any();
    }
    let line = |objects: DeletionPreview| {
        let hidden = objects.count.saturating_sub(objects.names.len());
        let mut names = objects.names.join(", ");
        if hidden > 0 {
            names.push_str(&format!(" and {hidden} more"));
        }
        view! {
            <li class="break-words">
                <b class="text-text">{objects.counted()}</b>
                " "
                {names}
            </li>
        }
    };
    view! { <ul class="prose-list">{objects.into_iter().map(line).collect_view()}</ul> }.into_any()
}
