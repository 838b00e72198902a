//! Launches on moto's AWS, up to the point where a machine would need SSH.

use crate::place::Place;
use domain::node::log::NodeLog;
use futures::TryStreamExt;
use jiff::Timestamp;
use provisioning::ports::machines::{
    MachineErrorKind, MachineState, Machines, RequestId, RequestState, Workspace,
};
use skypilot::client::RequestState as Stands;

const MACHINE: &str = "hgr-456789ab-trainer";

fn task(region: &str) -> String {
    format!(
        "name: trainer\nresources:\n  infra: aws/{region}\n  instance_type: m6i.large\n  ports: [22]\n  \
         autostop:\n    idle_minutes: 30\n    down: true\nrun: hostname\n"
    )
}

pub async fn a_launch_reaches_a_machine_is_found_again_cancelled_and_deleted(place: &mut Place) {
    let machines = place.machines(None);
    let workspace = Workspace {
        id: "0198e1b2-7c1d-7a54-9d5c-0000aaaa1111".parse().unwrap(),
        name: "hgr-acme-dev-12345678".into(),
        account: None,
    };
    // A server without service accounts.
    assert!(
        machines
            .ensure_workspace(&workspace)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        machines
            .ensure_workspace(&workspace)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(machines.enabled_clouds(&workspace).await.unwrap(), ["aws"]);

    let since = Timestamp::now();
    let task = task("us-east-1");
    let launch = machines
        .launch(&workspace, MACHINE, &task, since)
        .await
        .unwrap();
    let again = machines
        .launch(&workspace, MACHINE, &task, since)
        .await
        .unwrap();
    assert_eq!(again, launch, "the second launch is the first one");

    let reached = place
        .until(
            async |_| {
                machines
                    .observe(&workspace, MACHINE, Some(&launch))
                    .await
                    .unwrap()
            },
            |seen| {
                let events = seen.events.iter();
                events
                    .clone()
                    .any(|event| event.message.starts_with("Instances launched"))
            },
        )
        .await;
    assert_eq!(reached.request, Some(RequestState::Open));
    let machine = reached.machine.unwrap();
    assert_eq!(machine.state, MachineState::Launching);
    assert_eq!(machine.workspace, workspace.name);
    let placement = machine.placement.unwrap();
    assert_eq!(
        (placement.cloud.as_str(), placement.region.as_str()),
        ("aws", "us-east-1")
    );
    assert_eq!(placement.instance_type.as_deref(), Some("m6i.large"));
    assert_eq!(
        place.instances().await,
        [("m6i.large".to_owned(), "running".to_owned())]
    );
    let log = machines.log(
        &workspace,
        MACHINE,
        Some(&launch),
        NodeLog::Provisioning,
        false,
        None,
    );
    let log: Vec<String> = log.await.unwrap().try_collect().await.unwrap();
    let log = log.concat();
    assert!(log.contains("Launching on AWS us-east-1"), "{log}");
    assert!(
        !log.contains("sky-payload") && !log.contains('\u{1b}'),
        "{log}"
    );

    machines.cancel_request(&workspace, &launch).await.unwrap();
    machines.cancel_request(&workspace, &launch).await.unwrap();
    let cancelled = machines
        .observe(&workspace, MACHINE, Some(&launch))
        .await
        .unwrap();
    assert_eq!(cancelled.request, Some(RequestState::Cancelled));
    assert_eq!(cancelled.machine.unwrap().state, MachineState::Launching);

    // Without credentials SkyPilot returns its stored state, and says so only in a log.
    place.withhold_credentials(true);
    let stale = machines.machines(&workspace, true).await.unwrap_err();
    assert_eq!(stale.kind, MachineErrorKind::CloudCredential, "{stale:?}");
    assert!(stale.message.contains(MACHINE), "{stale}");
    let refused = machines.delete(&workspace, MACHINE).await.unwrap();
    let refused = settled(place, &machines, &workspace, &refused).await;
    let RequestState::Failed(refused) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        refused.kind,
        MachineErrorKind::CloudCredential,
        "{refused:?}"
    );
    place.withhold_credentials(false);

    // SkyPilot reports it as up after querying the cloud, although it is not usable.
    let fresh = machines.machines(&workspace, true).await.unwrap();
    assert_eq!(fresh[0].state, MachineState::Up);
    let seen = machines.observe(&workspace, MACHINE, None).await.unwrap();
    let machine = seen.machine.unwrap();
    assert_eq!(machine.state, MachineState::Unhealthy, "{machine:?}");
    assert_eq!(seen.address, None);
    let key = machines.key(&workspace, MACHINE).await.unwrap();
    assert_eq!(key.user, "ubuntu");

    let down = machines.delete(&workspace, MACHINE).await.unwrap();
    settled(place, &machines, &workspace, &down).await;
    let gone = machines
        .observe(&workspace, MACHINE, Some(&down))
        .await
        .unwrap();
    assert_eq!(gone.request, Some(RequestState::Succeeded));
    assert_eq!(gone.machine, None);
    assert_eq!(place.instances().await[0].1, "terminated");
    let down = machines.delete(&workspace, MACHINE).await.unwrap();
    settled(place, &machines, &workspace, &down).await;
    let gone = machines
        .observe(&workspace, MACHINE, Some(&down))
        .await
        .unwrap();
    assert_eq!(
        gone.request,
        Some(RequestState::Succeeded),
        "what is gone is taken down"
    );
    machines
        .delete_orphan(&workspace.name, MACHINE)
        .await
        .unwrap();

    no_capacity(place, &machines, &workspace).await;
    let now = Timestamp::now();
    let bad = machines
        .launch(&workspace, "Bad_Name!!", &task, now)
        .await
        .unwrap();
    let refused = settled(place, &machines, &workspace, &bad).await;
    let RequestState::Failed(refused) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refused.kind, MachineErrorKind::Invalid);
    assert!(refused.message.contains("Bad_Name!!"), "{refused}");
}

/// Without a network there is no capacity for a machine.
async fn no_capacity(place: &mut Place, machines: &impl Machines, workspace: &Workspace) {
    let task = task("us-west-2");
    let launch = machines.launch(workspace, MACHINE, &task, Timestamp::now());
    let launch = launch.await.unwrap();
    let failed = settled(place, machines, workspace, &launch).await;
    let RequestState::Failed(error) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(error.kind, MachineErrorKind::NoCapacity, "{error:?}");
    assert_eq!(error.tried.len(), 1);
    assert!(
        error.tried[0].starts_with("AWS (us-west-2): Failed to acquire"),
        "{error:?}"
    );
    assert!(error.message.contains(&error.tried[0]), "{error}");
    assert_eq!(machines.machines(workspace, false).await.unwrap(), []);
    let known = place
        .sky
        .requests_about(&place.identity, MACHINE, true)
        .await
        .unwrap();
    let launches = known
        .requests
        .iter()
        .filter(|request| request.name == "sky.launch");
    let states: Vec<Stands> = launches.map(|launch| launch.status).collect();
    assert_eq!(states, [Stands::Failed, Stands::Cancelled]);
    assert!(known.server_time.is_some());
}

/// The outcome of a request.
async fn settled(
    place: &mut Place,
    machines: &impl Machines,
    workspace: &Workspace,
    request: &RequestId,
) -> RequestState {
    let stands = async |_: &Place| {
        let seen = machines.observe(workspace, MACHINE, Some(request)).await;
        seen.unwrap().request.unwrap()
    };
    place
        .until(stands, |stands| *stands != RequestState::Open)
        .await
}
