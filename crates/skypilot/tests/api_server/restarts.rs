//! A server that is restarted during requests, and one that is gone.

use crate::place::{Place, ServiceAccounts};
use jiff::Timestamp;
use provisioning::ports::machines::{
    MachineErrorKind, MachineState, Machines, RequestState, Workspace,
};
use skypilot::client::ErrorKind;

const MACHINE: &str = "hgr-456789ab-restarted";
const TASK: &str = "resources:\n  infra: aws/us-east-1\n  instance_type: m6i.large\n  ports: [22]\nrun: hostname\n";

pub async fn after_a_restart_the_request_is_unknown_and_the_machine_is_still_found(
    place: &mut Place,
) {
    let machines = place.machines(None);
    let workspace = Workspace {
        id: "0198e1b2-7c1d-7a54-9d5c-0000aaaa1111".parse().unwrap(),
        name: "hgr-acme-dev-12345678".into(),
        account: None,
    };
    machines.ensure_workspace(&workspace).await.unwrap();
    assert_eq!(machines.enabled_clouds(&workspace).await.unwrap(), ["aws"]);
    let launch = machines
        .launch(&workspace, MACHINE, TASK, Timestamp::now())
        .await
        .unwrap();
    let reached = async |_: &Place| {
        let seen = machines.observe(&workspace, MACHINE, Some(&launch)).await;
        seen.unwrap()
    };
    place
        .until(reached, |seen| {
            let events = seen.events.iter();
            events
                .clone()
                .any(|event| event.message.starts_with("Instances launched"))
        })
        .await;
    let (_, state) = place.instances().await.pop().unwrap();
    assert_eq!(state, "running");

    place.kill_server();
    let gone = machines
        .observe(&workspace, MACHINE, Some(&launch))
        .await
        .unwrap_err();
    assert_eq!(gone.kind, MachineErrorKind::Unreachable, "{gone:?}");
    assert!(gone.message.contains("refused"), "{gone}");
    let unsent = machines
        .launch(&workspace, "hgr-456789ab-second", TASK, Timestamp::now())
        .await
        .unwrap_err();
    assert_eq!(
        unsent.kind,
        MachineErrorKind::Unreachable,
        "nothing was sent: {unsent:?}"
    );

    place.start_server(ServiceAccounts::Off).await;
    let id = launch.0.parse().unwrap();
    let lost = place
        .result::<serde::de::IgnoredAny>(&id)
        .await
        .unwrap_err();
    assert_eq!(lost.kind, ErrorKind::RequestLost);
    let seen = machines
        .observe(&workspace, MACHINE, Some(&launch))
        .await
        .unwrap();
    assert_eq!(seen.request, Some(RequestState::Unknown));
    let machine = seen.machine.expect("the server still lists the machine");
    assert_eq!(machine.state, MachineState::Launching);
    let all = machines.all_machines().await.unwrap();
    assert_eq!(all.len(), 1);
    machines
        .delete_orphan(&workspace.name, MACHINE)
        .await
        .unwrap();
    assert_eq!(machines.all_machines().await.unwrap(), []);
    let (_, state) = place.instances().await.pop().unwrap();
    assert_eq!(state, "terminated");
}
