//! Launching: choose a machine, try one place after the other, set it up, and give it the task as its first job.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Autostop, Cluster, Machine, Status, check_available};
use crate::skypilot::clock::{now, now_precise};
use crate::skypilot::exception::Exception;
use crate::skypilot::http::Context;
use crate::skypilot::jobs::{self, NewJob};
use crate::skypilot::names::{CLUSTER_NAME_PATTERN, is_cluster_name};
use crate::skypilot::optimizer::{self, Candidate};
use crate::skypilot::python::repr;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::ssh_key::SshKey;
use crate::skypilot::style;
use crate::skypilot::task::{AutostopWish, Task};

/// A second of the clouds is so many units of the sandbox's pace.
const ACQUIRE: u32 = 3;
const BOOT: u32 = 3;
const RUNTIME: u32 = 4;
const RETRY_GAP_SECONDS: u32 = 30;
const UNITS_PER_SECOND: u32 = 2;

pub struct LaunchOrder {
    pub cluster: String,
    pub task: String,
    pub retry_until_up: bool,
    pub dryrun: bool,
    pub no_setup: bool,
    pub idle_minutes: Option<i64>,
    pub down: bool,
}

pub async fn launch(context: Context, order: LaunchOrder) -> Result<Value, Exception> {
    let task = Task::read(&order.task)?;
    check_name(&order.cluster)?;
    let name = order.cluster.as_str();
    // Two launches of one name wait for each other.
    let lock = context.server.lock(name);
    let _guard = lock.lock().await;

    let existing = context.server.store.read(|state| {
        let cluster = state.clusters.get(name)?;
        Some((cluster.workspace.clone(), cluster.status))
    });
    match existing {
        Some((workspace, status)) => {
            check_reuse(&context, &task, name, &workspace)?;
            if order.dryrun {
                return Ok(launched(None));
            }
            if !status.is_usable() {
                provision_again(&context, name).await?;
            }
        }
        None => {
            let clouds = context.usable_clouds(&task).await;
            let candidates = optimizer::candidates(&task, &clouds)?;
            show_choice(&context, &candidates);
            if order.dryrun {
                context.say("Dryrun finished.");
                return Ok(launched(None));
            }
            provision(&context, &task, name, &candidates, order.retry_until_up).await?;
        }
    }
    // The real server says both whether or not there is anything to do.
    context.note(name, "Syncing file mounts");
    if !order.no_setup {
        context.note(name, "Running setup commands to install dependencies");
    }
    set_autostop(&context, name, &task, &order);
    submit(&context, name, &task, !order.no_setup)
}

fn launched(job: Option<i64>) -> Value {
    json!({"job_id": job, "handle": PICKLED_NONE})
}

fn check_name(name: &str) -> Result<(), Exception> {
    if is_cluster_name(name) {
        return Ok(());
    }
    Err(Exception::new(
        "InvalidClusterNameError",
        format!(
            "Cluster name \"{name}\" is invalid; ensure it is fully matched by regex (e.g., only contains letters, numbers \
             and dash): {CLUSTER_NAME_PATTERN}"
        ),
    ))
}

fn check_reuse(
    context: &Context,
    task: &Task,
    name: &str,
    workspace: &str,
) -> Result<(), Exception> {
    context.check_workspace_of(name, workspace)?;
    let resources = context.server.store.read(|state| {
        state
            .clusters
            .get(name)
            .map(|cluster| cluster.resources.clone())
    });
    let Some(has) = resources else {
        return Err(Exception::no_cluster(name));
    };
    let fits = task.resources.iter().any(|wanted| {
        let infra = &wanted.infra;
        infra.other_cloud.is_none()
            && infra.cloud.is_none_or(|cloud| cloud == has.cloud)
            && infra
                .region
                .as_ref()
                .is_none_or(|region| *region == has.region)
            && wanted
                .instance_type
                .as_ref()
                .is_none_or(|name| *name == has.instance_type)
            && (!wanted.spot || has.spot)
            && wanted.accelerator.as_ref().is_none_or(|(name, count)| {
                has.accelerator
                    .as_ref()
                    .is_some_and(|(has_name, has_count)| has_name == name && count <= has_count)
            })
    });
    if fits {
        return Ok(());
    }
    Err(Exception::new(
        "ResourcesMismatchError",
        format!(
            "Requested resources do not match the existing cluster.\n  Requested:\t{}x {}\n  Existing:\t1x {}({})\n\u{1b}[33mTo \
             fix: specify a new cluster name, or down the existing cluster first: sky down {name}\u{1b}[0m",
            task.num_nodes,
            task.wanted(),
            has.cloud.name(),
            has.instance_type,
        ),
    ))
}

fn show_choice(context: &Context, candidates: &[Candidate]) {
    for line in optimizer::table(candidates) {
        context.say(&line);
    }
}

async fn provision(
    context: &Context,
    task: &Task,
    name: &str,
    candidates: &[Candidate],
    retry: bool,
) -> Result<(), Exception> {
    let server = &context.server;
    loop {
        let mut failures = Vec::new();
        for candidate in candidates {
            if !failures.is_empty() {
                context.say("");
                context.say(&style::retry("Trying other potential resources."));
            }
            begin(context, task, name, candidate).await?;
            let resources = candidate.resources();
            server.pause(ACQUIRE).await;
            server.hang_if_told(name).await;
            if server.has_capacity(candidate.offer, candidate.wanted.spot) {
                return set_up(context, name).await;
            }
            let why = format!(
                "Failed to acquire resources in all zones in {} for {}. ",
                resources.region,
                task.wanted_set()
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
        let tried = failures.len();
        let reasons = format!(
            "Reasons for provision failures (for details, please check the log above):\nProvision failures (tried {tried} \
             infra):\n\n{}\n",
            failures.join("\n\n")
        );
        if !retry {
            server.store.change(|state| {
                // What never had a machine leaves no trace in the history.
                state.clusters.remove(name);
            });
            let hint = style::provision_hint(name);
            context.say(&style::error(&format!(
                "Failed to provision resources. {hint}"
            )));
            return Err(Exception::new(
                "ResourcesUnavailableError",
                format!(
                    "\u{1b}[31mFailed to provision all possible launchable resources.\u{1b}[0m Relax the task's resource \
                     requirements: {}x {}\nTo keep retrying until the cluster is up, use the `--retry-until-up` \
                     flag.\n{reasons}",
                    task.num_nodes,
                    task.wanted()
                ),
            ));
        }
        context.note(
            name,
            &format!("Retrying provisioning after {RETRY_GAP_SECONDS}s"),
        );
        context.say(&style::retry(&format!("Retry after {RETRY_GAP_SECONDS}s ")));
        server.pause(RETRY_GAP_SECONDS * UNITS_PER_SECOND).await;
    }
}

async fn begin(
    context: &Context,
    task: &Task,
    name: &str,
    candidate: &Candidate,
) -> Result<(), Exception> {
    let resources = candidate.resources();
    let cloud = resources.cloud;
    let zone = resources
        .zone
        .as_ref()
        .map_or_else(String::new, |zone| format!(" ({zone})"));
    let place = format!("{} {}{zone}", cloud.name(), resources.region);
    context.say(&style::starting(&format!("Launching on {place}.")));
    let owner = context.cloud_identity(cloud).await;
    let key = SshKey::generate(name)
        .map_err(|error| Exception::new("RuntimeError", error.to_string()))?;
    context.server.store.change(|state| {
        let cluster = state
            .clusters
            .entry(name.to_owned())
            .or_insert_with(|| Cluster {
                name: name.to_owned(),
                hash: Uuid::new_v4().to_string(),
                user_id: context.caller.id.clone(),
                workspace: context.workspace.clone(),
                status: Status::Init,
                launched_at: now(),
                status_updated_at: now(),
                ever_up: false,
                last_use: context.command.clone(),
                autostop: Autostop::default(),
                owner: None,
                resources: resources.clone(),
                yaml: task.yaml.clone(),
                command: context.command.clone(),
                events: Vec::new(),
                usage: Vec::new(),
                jobs: Vec::new(),
                provision_log: String::new(),
                machine: None,
                private_key: key.private,
                public_key: key.public,
                unhealthy: None,
            });
        cluster.owner = owner;
        cluster.resources = resources.clone();
        cluster.provision_line(&format!("Launching on {place}."));
        cluster.note(format!(
            "Provisioning on {} in {}",
            cloud.id(),
            resources.region
        ));
    });
    Ok(())
}

async fn set_up(context: &Context, name: &str) -> Result<(), Exception> {
    let server = &context.server;
    context.change(name, |cluster, machines| {
        let machine = format!("i-{}", &Uuid::new_v4().simple().to_string()[..17]);
        machines.insert(
            machine.clone(),
            Machine {
                cluster: cluster.name.clone(),
                running: true,
            },
        );
        cluster.machine = Some(machine);
        cluster.launched_at = now();
        cluster.start_usage();
    })?;
    boot(context, name).await?;
    context.change(name, |cluster, _| {
        cluster.launched_at = now();
        cluster.provision_line(&style::finishing(&format!("Cluster launched: {name}.")));
        cluster.note("Cluster successfully provisioned with 1 nodes");
        cluster.enter(Status::Up);
    })?;
    let hint = style::provision_hint(name);
    let done = style::finishing(&format!("Cluster launched: {name}."));
    context.say(&format!("{done}  {hint}"));
    server.hang_if_told(name).await;
    Ok(())
}

/// Waits until a machine runs and SkyPilot's runtime on it.
async fn boot(context: &Context, name: &str) -> Result<(), Exception> {
    let server = &context.server;
    server.pause(BOOT).await;
    context.change(name, |cluster, _| {
        let resources = &cluster.resources;
        let place = format!("{} in {}", resources.cloud.id(), resources.region);
        cluster.note(format!("Instances launched on {place}"));
        cluster.provision_line(&style::last_of("Instance is up."));
    })?;
    context.say(&style::last_of("Instance is up."));
    context.change(name, |cluster, _| {
        cluster.note("Setting up SkyPilot runtime on cluster");
        cluster
            .provision_line("--------------------Start: internal_file_mounts --------------------");
    })?;
    for step in [
        "setup_runtime_on_cluster",
        "start_ray_on_head_node",
        "start_skylet_on_head_node",
    ] {
        server.pause(RUNTIME / 2).await;
        context.change(name, |cluster, _| {
            cluster.provision_line(&format!(
                "--------------------Start: {step} --------------------"
            ));
            cluster.provision_line(&format!(
                "--------------------End:   {step} --------------------"
            ));
        })?;
    }
    Ok(())
}

/// Brings a cluster up that is stopped or was left half-way: where it is, without looking elsewhere.
pub async fn provision_again(context: &Context, name: &str) -> Result<(), Exception> {
    let server = &context.server;
    let resources = context.change(name, |cluster, _| {
        let resources = cluster.resources.clone();
        cluster.enter(Status::Init);
        cluster.unhealthy = None;
        cluster.note(format!(
            "Provisioning on {} in {}",
            resources.cloud.id(),
            resources.region
        ));
        resources
    })?;
    let place = format!("{} {}", resources.cloud.name(), resources.region);
    context.say(&style::starting(&format!("Launching on {place}.")));
    server.pause(ACQUIRE).await;
    server.hang_if_told(name).await;
    if !server.has_capacity_for(&resources) {
        context.change(name, |cluster, _| {
            let status = if cluster.machine.is_some() {
                Status::Stopped
            } else {
                Status::Init
            };
            cluster.enter(status);
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
        cluster.start_usage();
        machine.map(|machine| machine.running = true).is_some()
    })?;
    if !has_machine {
        return set_up(context, name).await;
    }
    boot(context, name).await?;
    context.change(name, |cluster, _| {
        cluster.launched_at = now();
        cluster.note("Cluster successfully provisioned with 1 nodes");
        cluster.enter(Status::Up);
    })
}

fn set_autostop(context: &Context, name: &str, task: &Task, order: &LaunchOrder) {
    let in_body = order.idle_minutes.map(|idle_minutes| AutostopWish {
        idle_minutes,
        down: order.down,
        wait_for: None,
    });
    let wish = task.resources.first().and_then(|wanted| wanted.autostop);
    let Some(mut wish) = wish.or(in_body) else {
        return;
    };
    if wish.idle_minutes == 0 {
        let verb = if wish.down { "torn down" } else { "stopped" };
        context.say(&style::dim(&format!(
            "The cluster will be {verb} after 1 minutes of idleness (after all jobs finish)."
        )));
        wish.idle_minutes = 1;
    }
    // The cluster may have gone meanwhile; then there is nothing to set.
    let _ = context.change(name, |cluster, _| {
        cluster.autostop = Autostop {
            idle_minutes: wish.idle_minutes.max(-1),
            down: wish.down,
            wait_for: wish.wait_for.unwrap_or_default(),
            since: now_precise(),
        };
    });
}

pub async fn exec(context: Context, name: String, task: String) -> Result<Value, Exception> {
    let task = Task::read(&task)?;
    let workspace = context.server.store.read(|state| {
        check_available(state, &name, "executing tasks").map(|cluster| cluster.workspace.clone())
    })?;
    check_reuse(&context, &task, &name, &workspace)?;
    // Set-up belongs to the launch.
    submit(&context, &name, &task, false)
}

fn submit(
    context: &Context,
    name: &str,
    task: &Task,
    with_setup: bool,
) -> Result<Value, Exception> {
    let setup = task.setup.clone().filter(|_| with_setup);
    if task.run.is_none() && setup.is_none() {
        context.say("Run commands not specified or empty.");
        return Ok(launched(None));
    }
    let accelerators = task
        .resources
        .first()
        .and_then(|wanted| wanted.accelerator.clone());
    let new = NewJob {
        name: task.name.clone(),
        user_id: context.caller.id.clone(),
        setup,
        run: task.run.clone().unwrap_or_default(),
        envs: task.envs.clone(),
        accelerators,
    };
    let id = context.change(name, |cluster, _| {
        cluster.last_use.clone_from(&context.command);
        jobs::add(cluster, new)
    })?;
    context.say(&style::starting(&format!("Job submitted, ID: {id}")));
    for line in [
        "",
        "📋 Useful Commands",
        &format!("Job ID: {id}"),
        &style::one_of(&format!("To cancel the job:\t\tsky cancel {name} {id}")),
        &style::one_of(&format!("To stream job logs:\t\tsky logs {name} {id}")),
        &style::last_of(&format!("To view job queue:\t\tsky queue {name}")),
    ] {
        context.say(line);
    }
    Ok(launched(Some(id)))
}

impl Context {
    /// Notes that something happened to a cluster, if it is still there.
    pub fn note(&self, name: &str, reason: &str) {
        let _ = self.change(name, |cluster, _| cluster.note(reason));
    }

    /// A cluster must be used from its own workspace.
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
