//! Failures of clouds and server, and how they are reported.

use crate::place::{MACHINE, Place, TASK};
use domain::node::log::NodeLog;
use jiff::Timestamp;
use provisioning::ports::machines::{MachineErrorKind, MachineState, Machines, RequestState};
use sandbox::faults::{FailNext, FaultSettings, Scope};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_without_room_names_each_place_that_was_tried() {
    let place = Place::new().await;
    place
        .sandbox
        .faults()
        .change(|faults| faults.skypilot.no_capacity = Scope::EVERYWHERE);
    let launch = place
        .machines
        .launch(&place.workspace, MACHINE, TASK, Timestamp::now());
    let launch = launch.await.unwrap();
    let seen = place
        .until(Some(&launch), |seen| {
            seen.request != Some(RequestState::Open)
        })
        .await;
    let Some(RequestState::Failed(error)) = seen.request else {
        panic!("{seen:?}");
    };
    assert_eq!(error.kind, MachineErrorKind::NoCapacity);
    assert_eq!(
        error.server_type.as_deref(),
        Some("ResourcesUnavailableError")
    );
    assert!(!error.tried.is_empty());
    for tried in &error.tried {
        assert!(
            tried.starts_with("AWS (") && error.message.contains(tried),
            "{error:?}"
        );
    }
    assert_eq!(seen.machine, None);

    // The failed launch does not block the next one.
    place.sandbox.faults().replace(FaultSettings::default());
    place.up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_terminated_outside_the_portal_is_gone_after_the_next_query() {
    let place = Place::new().await;
    place.up().await;
    assert!(
        place
            .sandbox
            .faults()
            .skypilot()
            .unwrap()
            .end_machine(MACHINE)
    );
    let fresh = place
        .machines
        .machines(&place.workspace, true)
        .await
        .unwrap();
    assert_eq!(fresh, []);
    assert_eq!(place.observe(None).await.machine, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_whose_answer_was_lost_is_found_and_not_made_twice() {
    let place = Place::new().await;
    let since = Timestamp::now();
    let launch = async || {
        place
            .machines
            .launch(&place.workspace, MACHINE, TASK, since)
            .await
    };
    // The query for an existing launch is retried; the launch is not.
    place
        .sandbox
        .faults()
        .change(|faults| faults.skypilot.drop_answers = 1);
    let asked_again = launch().await.unwrap();
    assert_eq!(launch().await.unwrap(), asked_again);
    place.done(&asked_again).await.unwrap();
    assert_eq!(
        launch().await.unwrap(),
        asked_again,
        "also when it has ended"
    );
    let down = place
        .machines
        .delete(&place.workspace, MACHINE)
        .await
        .unwrap();
    place.done(&down).await;

    let since = Timestamp::now();
    let second = place
        .machines
        .launch(&place.workspace, MACHINE, TASK, since)
        .await
        .unwrap();
    assert_ne!(second, asked_again, "an earlier order's launch is another");
    place.done(&second).await.unwrap();
    assert_eq!(
        place
            .machines
            .jobs(&place.workspace, MACHINE)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_of_the_server_its_machines_are_there_and_its_requests_are_not() {
    let place = Place::new().await;
    let launch = place.up().await;
    place.sandbox.faults().skypilot().unwrap().restart();
    let seen = place.observe(Some(&launch)).await;
    assert_eq!(seen.request, Some(RequestState::Unknown));
    assert_eq!(seen.machine.unwrap().state, MachineState::Up);
    let log = place.machines.log(
        &place.workspace,
        MACHINE,
        Some(&launch),
        NodeLog::Provisioning,
        false,
        Some(5),
    );
    log.await.map(|_| ()).unwrap();
    let down = place
        .machines
        .delete(&place.workspace, MACHINE)
        .await
        .unwrap();
    place.done(&down).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_of_a_launch_leaves_a_machine_that_is_not_up() {
    let place = Place::new().await;
    place
        .sandbox
        .faults()
        .change(|faults| faults.skypilot.launch_hangs = Scope::EVERYWHERE);
    let launch = place
        .machines
        .launch(&place.workspace, MACHINE, TASK, Timestamp::now());
    let launch = launch.await.unwrap();
    place
        .until(Some(&launch), |seen| seen.machine.is_some())
        .await;
    place.sandbox.faults().skypilot().unwrap().restart();
    let seen = place.observe(Some(&launch)).await;
    assert_eq!(seen.request, Some(RequestState::Unknown));
    let state = seen.machine.unwrap().state;
    assert!(
        matches!(state, MachineState::Launching | MachineState::Unhealthy),
        "{state:?}"
    );
    place
        .machines
        .delete_orphan(&place.workspace.name, MACHINE)
        .await
        .unwrap();
    assert_eq!(place.observe(None).await.machine, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orphans_are_listed_and_deleted_by_the_administrator() {
    let place = Place::new().await;
    place.up().await;
    let orphan = "hgr-456789ab-forgotten";
    let actions = place.sandbox.faults().skypilot().unwrap();
    assert!(actions.make_orphan(&place.workspace.name, orphan));
    let mut names: Vec<String> = place
        .machines
        .all_machines()
        .await
        .unwrap()
        .into_iter()
        .map(|machine| machine.name)
        .collect();
    names.sort();
    assert_eq!(names, [orphan, MACHINE]);
    place
        .machines
        .delete_orphan(&place.workspace.name, orphan)
        .await
        .unwrap();
    place
        .machines
        .delete_orphan(&place.workspace.name, orphan)
        .await
        .unwrap();
    assert_eq!(place.machines.all_machines().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_busy_or_rejects_us_is_distinguished() {
    let place = Place::new().await;
    let faults = place.sandbox.faults();
    faults.change(|faults| faults.skypilot.unreachable = true);
    let gone = place.machines.health().await.unwrap_err();
    assert_eq!(gone.kind, MachineErrorKind::Unreachable, "{gone:?}");
    faults.replace(FaultSettings::default());

    faults.change(|faults| {
        faults.skypilot.fail_next = Some(FailNext {
            requests: 2,
            status: 503,
        });
    });
    place
        .machines
        .machines(&place.workspace, false)
        .await
        .unwrap();

    faults.change(|faults| faults.skypilot.unauthorized = true);
    let unknown = place
        .machines
        .machines(&place.workspace, false)
        .await
        .unwrap_err();
    assert_eq!(unknown.kind, MachineErrorKind::Unauthorized, "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_not_valid_is_refused_with_the_reason() {
    let place = Place::new().await;
    let task = "resources:\n  foo: 1\n";
    let refused = place
        .machines
        .validate(&place.workspace, task)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, MachineErrorKind::Invalid);
    assert!(refused.message.contains("foo"), "{refused}");
}
