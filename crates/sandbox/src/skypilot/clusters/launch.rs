//! Launching: choose a machine, try one place after the other, set it up, and submit the task as its first job.

use serde_json::{Value, json};

use super::{Autostop, Cluster, Machine, Status, check_available};
use crate::skypilot::clock::now;
use crate::skypilot::exception::Exception;
use crate::skypilot::http::Context;
use crate::skypilot::jobs::{self, JobSpec};
use crate::skypilot::optimizer::{self, Candidate};
use crate::skypilot::python::repr;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::style;
use crate::skypilot::task::Task;

// Durations, in units of the sandbox's pace.
const ACQUIRE: u32 = 3;
const BOOT: u32 = 3;
const RUNTIME_STEP: u32 = 2;

pub async fn launch(context: Context, name: String, task: String) -> Result<Value, Exception> {
    let task = Task::read(&task)?;
    if !is_cluster_name(&name) {
        return Err(Exception::new(
            "InvalidClusterNameError",
            format!(
                "Cluster name \"{name}\" is invalid; ensure it is fully matched by regex (e.g., only contains letters, \
                 numbers and dash): [a-zA-Z]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?"
            ),
        ));
    }
    // Two launches of one name wait for each other.
    let lock = context.server.lock(&name);
    let _guard = lock.lock().await;
    let existing = context.server.store.read(|state| {
        let cluster = state.clusters.get(&name)?;
        Some((cluster.workspace.clone(), cluster.status))
    });
    match existing {
        Some((workspace, status)) => {
            check_reuse(&context, &task, &name, &workspace)?;
            if !status.is_usable() {
                provision_again(&context, &name).await?;
            }
        }
        None => {
            let clouds = context.usable_clouds(&task).await;
            let candidates = optimizer::candidates(&task, &clouds)?;
            provision(&context, &task, &name, &candidates).await?;
        }
    }
    // The real server writes both, whether or not there is anything to do.
    context.note(&name, "Syncing file mounts");
    context.note(&name, "Running setup commands to install dependencies");
    if let Some((idle_minutes, down)) = task.resources.first().and_then(|wanted| wanted.autostop) {
        // At once means after a minute. If the cluster is gone meanwhile, there is nothing to set.
        let minutes = if idle_minutes == 0 { 1 } else { idle_minutes };
        let _ = context.change(&name, |cluster, _| {
            cluster.autostop = Autostop::after(minutes, down);
        });
    }
    submit(&context, &name, &task, task.setup.clone())
}

fn is_cluster_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn check_reuse(
    context: &Context,
    task: &Task,
    name: &str,
    workspace: &str,
) -> Result<(), Exception> {
    context.check_workspace_of(name, workspace)?;
    let found = context.change(name, |cluster, _| cluster.resources.clone())?;
    if task.resources.iter().any(|wanted| wanted.fits(&found)) {
        return Ok(());
    }
    Err(Exception::new(
        "ResourcesMismatchError",
        format!(
            "Requested resources do not match the existing cluster.\n  Requested:\t1x {}\n  Existing:\t1x {}({})\n\u{1b}[33mTo \
             fix: specify a new cluster name, or down the existing cluster first: sky down {name}\u{1b}[0m",
            task.resources_text(),
            found.cloud.name(),
            found.instance_type,
        ),
    ))
}

async fn provision(
    context: &Context,
    task: &Task,
    name: &str,
    candidates: &[Candidate],
) -> Result<(), Exception> {
    let server = &context.server;
    let mut failures = Vec::new();
    for candidate in candidates {
        if !failures.is_empty() {
            context.say("");
            context.say(&style::retry("Trying other potential resources."));
        }
        begin(context, task, name, candidate).await?;
        let resources = candidate.resources();
        server.pause(ACQUIRE).await;
        server.hang_while_faulty(name).await;
        if server.has_capacity(&resources) {
            return set_up(context, name).await;
        }
        let why = format!(
            "Failed to acquire resources in all zones in {} for {{{}}}. ",
            resources.region,
            task.all_resources_text()
        );
        context.say(&why);
        failures.push(format!(
            "✗ {} ({}) — {}\n  {}",
            resources.cloud.name(),
            resources.region,
            resources.short(),
            why.trim_end()
        ));
    }
    // A cluster that never had a machine leaves no trace.
    server.store.change(|state| state.clusters.remove(name));
    let hint = style::provision_hint(name);
    context.say(&style::error(&format!(
        "Failed to provision resources. {hint}"
    )));
    Err(Exception::new(
        "ResourcesUnavailableError",
        format!(
            "\u{1b}[31mFailed to provision all possible launchable resources.\u{1b}[0m Relax the task's resource \
             requirements: 1x {}\nTo keep retrying until the cluster is up, use the `--retry-until-up` flag.\nReasons for \
             provision failures (for details, please check the log above):\nProvision failures (tried {} infra):\n\n{}\n",
            task.resources_text(),
            failures.len(),
            failures.join("\n\n"),
        ),
    ))
}

async fn begin(
    context: &Context,
    task: &Task,
    name: &str,
    candidate: &Candidate,
) -> Result<(), Exception> {
    let resources = candidate.resources();
    let cloud = resources.cloud;
    let zone = match &resources.zone {
        Some(zone) => format!(" ({zone})"),
        None => String::new(),
    };
    let launching = format!("Launching on {} {}{zone}.", cloud.name(), resources.region);
    context.say(&style::starting(&launching));
    let owner = context.cloud_identity(cloud).await;
    let by = (
        context.caller.id.as_str(),
        context.workspace.as_str(),
        context.command.as_str(),
    );
    let new = Cluster::new(name, by, resources.clone())
        .map_err(|error| Exception::new("RuntimeError", error.to_string()))?;
    context.server.store.change(|state| {
        let cluster = state.clusters.entry(name.to_owned()).or_insert(new);
        cluster.yaml.clone_from(&task.yaml);
        cluster.owner = owner;
        cluster.resources = resources;
        cluster.provision_line(&launching);
        cluster.note_provisioning();
    });
    Ok(())
}

impl Cluster {
    fn note_provisioning(&mut self) {
        let (cloud, region) = (self.resources.cloud.id(), &self.resources.region);
        self.note(format!("Provisioning on {cloud} in {region}"));
    }
}

async fn set_up(context: &Context, name: &str) -> Result<(), Exception> {
    context.change(name, |cluster, machines| {
        let (id, machine) = Machine::start(name);
        machines.insert(id.clone(), machine);
        cluster.machine = Some(id);
        cluster.launched_at = now();
    })?;
    boot(context, name).await?;
    let done = style::finishing(&format!("Cluster launched: {name}."));
    context.change(name, |cluster, _| cluster.provision_line(&done))?;
    context.say(&format!("{done}  {}", style::provision_hint(name)));
    context.server.hang_while_faulty(name).await;
    Ok(())
}

/// Waits until the machine runs, with SkyPilot's runtime on it.
async fn boot(context: &Context, name: &str) -> Result<(), Exception> {
    let server = &context.server;
    server.pause(BOOT).await;
    context.say(&style::last_of("Instance is up."));
    context.change(name, |cluster, _| {
        let (cloud, region) = (cluster.resources.cloud.id(), &cluster.resources.region);
        cluster.note(format!("Instances launched on {cloud} in {region}"));
        cluster.note("Setting up SkyPilot runtime on cluster");
        cluster.provision_line(&style::last_of("Instance is up."));
    })?;
    for step in ["setup_runtime_on_cluster", "start_skylet_on_head_node"] {
        server.pause(RUNTIME_STEP).await;
        let line = |edge: &str| format!("--------------------{edge} {step} --------------------");
        context.change(name, |cluster, _| {
            cluster.provision_line(&line("Start:"));
            cluster.provision_line(&line("End:  "));
        })?;
    }
    context.change(name, |cluster, _| {
        cluster.launched_at = now();
        cluster.note("Cluster successfully provisioned with 1 nodes");
        cluster.enter(Status::Up);
    })
}

/// Starts a cluster that is stopped or whose launch ended early, in the place where it is.
pub async fn provision_again(context: &Context, name: &str) -> Result<(), Exception> {
    let server = &context.server;
    let resources = context.change(name, |cluster, _| {
        cluster.enter(Status::Init);
        cluster.note_provisioning();
        cluster.resources.clone()
    })?;
    let place = format!("{} {}", resources.cloud.name(), resources.region);
    context.say(&style::starting(&format!("Launching on {place}.")));
    server.pause(ACQUIRE).await;
    server.hang_while_faulty(name).await;
    if !server.has_capacity(&resources) {
        context.change(name, |cluster, _| {
            if cluster.machine.is_some() {
                cluster.enter(Status::Stopped);
            }
        })?;
        return Err(Exception::new(
            "ResourcesUnavailableError",
            format!(
                "Failed to acquire resources in all zones in {} for {{{}({})}}. \nTo keep retrying until the cluster is up, \
                 use the `--retry-until-up` flag.",
                resources.region,
                resources.cloud.name(),
                resources.instance_type
            ),
        ));
    }
    let has_machine = context.change(name, |cluster, machines| {
        let machine = cluster.machine.as_ref().and_then(|id| machines.get_mut(id));
        machine.map(|machine| machine.running = true).is_some()
    })?;
    match has_machine {
        true => boot(context, name).await,
        false => set_up(context, name).await,
    }
}

pub async fn exec(context: Context, name: String, task: String) -> Result<Value, Exception> {
    let task = Task::read(&task)?;
    let workspace = context.server.store.read(|state| {
        check_available(state, &name, "executing tasks").map(|cluster| cluster.workspace.clone())
    })?;
    check_reuse(&context, &task, &name, &workspace)?;
    // Only a launch runs the set-up.
    submit(&context, &name, &task, None)
}

fn submit(
    context: &Context,
    name: &str,
    task: &Task,
    setup: Option<String>,
) -> Result<Value, Exception> {
    let launched = |job: Option<i64>| json!({"job_id": job, "handle": PICKLED_NONE});
    if task.run.is_none() && setup.is_none() {
        context.say("Run commands not specified or empty.");
        return Ok(launched(None));
    }
    let wanted = task.resources.first();
    let spec = JobSpec {
        name: task.name.clone(),
        user_id: context.caller.id.clone(),
        setup,
        run: task.run.clone().unwrap_or_default(),
        envs: task.envs.clone(),
        accelerators: wanted.and_then(|wanted| wanted.accelerator.clone()),
    };
    let id = context.change(name, |cluster, _| {
        cluster.last_use.clone_from(&context.command);
        jobs::add(cluster, spec)
    })?;
    context.say(&style::starting(&format!("Job submitted, ID: {id}")));
    Ok(launched(Some(id)))
}

impl Context {
    /// Adds an event to a cluster, if it still exists.
    fn note(&self, name: &str, reason: &str) {
        let _ = self.change(name, |cluster, _| cluster.note(reason));
    }

    /// A cluster can only be used from its own workspace.
    pub fn check_workspace_of(&self, name: &str, workspace: &str) -> Result<(), Exception> {
        if self.workspace == workspace {
            return Ok(());
        }
        Err(Exception::new(
            "ClusterOwnerIdentityMismatchError",
            format!(
                "\u{1b}[33mThe cluster {} is in workspace {}, but the active workspace is {}.\u{1b}[39m",
                repr(name),
                repr(workspace),
                repr(&self.workspace)
            ),
        ))
    }
}
