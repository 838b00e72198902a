//! The life of a machine from launch to deletion.

use crate::place::{MACHINE, Place, TASK, workspace};
use domain::node::{
    job::JobState,
    log::NodeLog,
    order::{Autostop, IdleAction},
};
use futures::TryStreamExt;
use jiff::Timestamp;
use provisioning::ports::machines::{
    MachineErrorKind, MachineState, Machines, RequestId, RequestState, Workspace,
};
use secrecy::ExposeSecret;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_comes_up_works_stops_starts_and_is_deleted() {
    let place = Place::new().await;
    let (machines, workspace) = (&place.machines, &place.workspace);
    let health = machines.health().await.unwrap();
    assert!(health.service_accounts && health.may_administer);
    assert!(
        machines
            .enabled_clouds(workspace)
            .await
            .unwrap()
            .contains(&"aws".to_owned())
    );
    let offers = machines.catalogue().await.unwrap();
    assert!(
        offers
            .iter()
            .any(|offer| offer.accelerator == "L4" && offer.cloud == "aws")
    );
    machines.validate(workspace, TASK).await.unwrap();
    assert_eq!(place.observe(None).await.machine, None);

    let launch = machines
        .launch(workspace, MACHINE, TASK, Timestamp::now())
        .await
        .unwrap();
    let seen = place
        .until(Some(&launch), |seen| {
            seen.request != Some(RequestState::Open)
        })
        .await;
    assert_eq!(seen.request, Some(RequestState::Succeeded));
    let machine = seen.machine.unwrap();
    assert_eq!((machine.state, machine.ever_up), (MachineState::Up, true));
    assert_eq!(machine.workspace, workspace.name);
    let placement = machine.placement.unwrap();
    assert_eq!(placement.cloud, "aws");
    assert!(placement.instance_type.is_some(), "{}", machine.resources);
    assert!(seen.address.unwrap().starts_with("127.0.0.1:"));
    let events = machines.events(workspace, MACHINE).await.unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.message.starts_with("Instances launched"))
    );

    let key = machines.key(workspace, MACHINE).await.unwrap();
    assert!(!key.user.is_empty());
    assert!(key.private_key.expose_secret().contains("PRIVATE KEY"));

    let job = "name: second\nrun: echo from the second job\n";
    machines.submit_job(workspace, MACHINE, job).await.unwrap();
    let log = async |log: NodeLog, request: Option<&RequestId>| {
        let log = machines
            .log(workspace, MACHINE, request, log, true, None)
            .await
            .unwrap();
        let lines: Vec<String> = log.try_collect().await.unwrap();
        assert!(lines.iter().all(|lines| lines.ends_with('\n')));
        lines.concat()
    };
    let of_job = log(NodeLog::Job(None), None).await;
    assert!(of_job.contains("from the second job"), "{of_job}");
    let of_first = log(NodeLog::Job(Some(1)), None).await;
    assert!(
        of_first.contains("hello") && !of_first.contains("second"),
        "{of_first}"
    );
    for request in [Some(&launch), None] {
        let of_launch = log(NodeLog::Provisioning, request).await;
        assert!(
            !of_launch.is_empty() && !of_launch.contains("sky-payload"),
            "{of_launch}"
        );
    }
    let jobs = machines.jobs(workspace, MACHINE).await.unwrap();
    let done: Vec<_> = jobs
        .iter()
        .map(|job| (job.id, job.name.as_str(), job.state))
        .collect();
    assert_eq!(
        done,
        [
            (2, "second", JobState::Succeeded),
            (1, "trainer", JobState::Succeeded)
        ]
    );

    let autostop = Autostop {
        idle_minutes: 30,
        then: IdleAction::Stop,
    };
    machines
        .set_autostop(workspace, MACHINE, Some(autostop))
        .await
        .unwrap();
    let machine = place.observe(None).await.machine.unwrap();
    assert_eq!(machine.autostop, Some(autostop));
    machines
        .set_autostop(workspace, MACHINE, None)
        .await
        .unwrap();
    assert_eq!(place.observe(None).await.machine.unwrap().autostop, None);

    let stop = machines.stop(workspace, MACHINE).await.unwrap();
    assert_eq!(
        place.done(&stop).await.unwrap().state,
        MachineState::Stopped
    );
    let refused = machines
        .submit_job(workspace, MACHINE, job)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, MachineErrorKind::NotUp);
    let stop = machines.stop(workspace, MACHINE).await.unwrap();
    place.done(&stop).await.unwrap();
    let start = machines
        .start(workspace, MACHINE, Some(autostop))
        .await
        .unwrap();
    let machine = place.done(&start).await.unwrap();
    assert_eq!(
        (machine.state, machine.autostop),
        (MachineState::Up, Some(autostop))
    );

    let down = machines.delete(workspace, MACHINE).await.unwrap();
    assert_eq!(place.done(&down).await, None);
    let down = machines.delete(workspace, MACHINE).await.unwrap();
    assert_eq!(place.done(&down).await, None, "what is gone is taken down");
    let gone = machines.key(workspace, MACHINE).await.unwrap_err();
    assert_eq!(gone.kind, MachineErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_cancelled_and_a_launch_under_way_too() {
    let place = Place::new().await;
    let (machines, workspace) = (&place.machines, &place.workspace);
    let launch = place.up().await;
    machines
        .submit_job(workspace, MACHINE, "run: sleep 3600\n")
        .await
        .unwrap();
    machines.cancel_job(workspace, MACHINE, 2).await.unwrap();
    let jobs = machines.jobs(workspace, MACHINE).await.unwrap();
    assert_eq!((jobs[0].id, jobs[0].state), (2, JobState::Cancelled));
    // Completed.
    machines.cancel_request(workspace, &launch).await.unwrap();
    machines
        .cancel_request(workspace, &RequestId("nonsense".into()))
        .await
        .unwrap();
    let down = machines.delete(workspace, MACHINE).await.unwrap();
    place.done(&down).await;

    place.sandbox.faults().change(|faults| {
        faults.skypilot.launch_hangs = sandbox::faults::Scope::EVERYWHERE;
    });
    let launch = machines
        .launch(workspace, MACHINE, TASK, Timestamp::now())
        .await
        .unwrap();
    place
        .until(Some(&launch), |seen| seen.machine.is_some())
        .await;
    machines.cancel_request(workspace, &launch).await.unwrap();
    let cancelled = |state: &Option<RequestState>| *state == Some(RequestState::Cancelled);
    let seen = place
        .until(Some(&launch), |seen| cancelled(&seen.request))
        .await;
    assert_eq!(seen.machine.unwrap().state, MachineState::Launching);
    let down = machines.delete(workspace, MACHINE).await.unwrap();
    assert_eq!(place.done(&down).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_another_tenants_is_neither_seen_nor_touched() {
    let place = Place::new().await;
    let machines = &place.machines;
    place.up().await;
    let mut other = workspace("hgr-other-dev-87654321");
    other.account = machines.ensure_workspace(&other).await.unwrap();
    assert_eq!(machines.machines(&other, false).await.unwrap(), []);
    assert_eq!(
        machines
            .observe(&other, MACHINE, None)
            .await
            .unwrap()
            .machine,
        None
    );
    let key = machines.key(&other, MACHINE).await.unwrap_err();
    assert_eq!(key.kind, MachineErrorKind::NotFound);
    // The server may refuse immediately or when it executes the request.
    let refused = match machines.delete(&other, MACHINE).await {
        Err(refused) => refused,
        Ok(down) => loop {
            let seen = machines
                .observe(&other, MACHINE, Some(&down))
                .await
                .unwrap();
            match seen.request {
                Some(RequestState::Open) => {}
                Some(RequestState::Failed(refused)) => break refused,
                other => panic!("{other:?}"),
            }
        },
    };
    assert_eq!(refused.kind, MachineErrorKind::Unauthorized, "{refused:?}");
    assert_eq!(
        place.observe(None).await.machine.unwrap().state,
        MachineState::Up
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_lost_is_renewed_and_the_former_one_ends() {
    let place = Place::new().await;
    let (machines, former) = (&place.machines, &place.workspace);
    let forgotten = Workspace {
        account: None,
        ..former.clone()
    };
    let renewed = machines
        .ensure_workspace(&forgotten)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(renewed.user_id, former.account.as_ref().unwrap().user_id);
    let refused = machines.machines(former, false).await.unwrap_err();
    assert_eq!(refused.kind, MachineErrorKind::Unauthorized);
    let current = Workspace {
        account: Some(renewed),
        ..former.clone()
    };
    assert_eq!(machines.machines(&current, true).await.unwrap(), []);
    assert!(machines.ensure_workspace(&current).await.unwrap().is_none());
}
