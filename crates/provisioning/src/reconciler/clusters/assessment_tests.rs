use super::*;
use crate::ports::host_clusters::{PodObservation, Workloads};
use domain::drift::DriftChange;
use domain::{
    cluster::UserRef,
    exposure::Exposure,
    kubernetes_version::KubernetesVersion,
    operation::StepState,
    plan::Plan,
    tenancy::{EnvironmentRef, TenantRef},
};
use persistence::records::ClusterColumns;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A cluster ordered at second 0.
fn ordered() -> ClusterRecord {
    ClusterRecord {
        id: persistence::new_id(),
        name: "demo".parse().unwrap(),
        tenant: TenantRef {
            id: persistence::new_id(),
            slug: "vision".into(),
            name: "Vision".into(),
        },
        environment: EnvironmentRef {
            id: persistence::new_id(),
            slug: "dev".into(),
            name: "dev".into(),
        },
        state: ClusterState::Pending,
        failure: None,
        created_by: UserRef {
            id: persistence::new_id(),
            name: "Ada".into(),
        },
        created_at: at(0),
        ready_at: None,
        ends_at: None,
        deleted_at: None,
        operation: Operation::begin(persistence::new_id(), OperationKind::CreateCluster, at(0)),
        version: 1,
        details: ClusterColumns::ordered(
            Plan::defaults().remove(0),
            KubernetesVersion::ALL[0],
            Exposure::LoadBalancer,
            "eu-1".into(),
        ),
    }
}

fn missing() -> Observation {
    Observation {
        namespace: NamespaceState::Missing,
        objects_current: false,
        object_count: 0,
        drift: Vec::new(),
        stopped: None,
        replicas_gone: false,
        workloads: Workloads::default(),
        pod: None,
        trouble: None,
        replicas_ready: false,
        endpoint: None,
        kubeconfig: false,
        api: ApiAnswer::NotAsked,
    }
}

fn applied() -> Observation {
    Observation {
        namespace: NamespaceState::Ours,
        objects_current: true,
        object_count: 12,
        ..missing()
    }
}

fn up() -> Observation {
    Observation {
        pod: Some(PodObservation {
            node: Some("eu-1-a".into()),
            images_pulled: true,
            ready: true,
            ..Default::default()
        }),
        replicas_ready: true,
        endpoint: Some("https://203.0.113.7".into()),
        kubeconfig: true,
        api: ApiAnswer::Ok,
        ..applied()
    }
}

fn ready() -> ClusterRecord {
    let cluster = ordered();
    let progress = assess(&cluster, &up(), at(20)).progress;
    let mut cluster = ClusterRecord {
        state: progress.state,
        operation: progress.operation,
        ready_at: progress.ready_at,
        ..cluster
    };
    cluster.details.endpoint = progress.findings.endpoint;
    cluster
}

fn deleting() -> ClusterRecord {
    ClusterRecord {
        state: ClusterState::Deleting,
        operation: Operation::begin(persistence::new_id(), OperationKind::DeleteCluster, at(0)),
        ..ready()
    }
}

fn trouble(code: FailureCode, lasting: bool) -> Trouble {
    Trouble {
        code,
        message: "the host's own words".into(),
        lasting,
    }
}

#[test]
fn a_new_order_begins_with_its_namespace_then_its_objects() {
    let cluster = ordered();
    assert_eq!(
        assess(&cluster, &missing(), at(1)).next,
        Move::MakeNamespace
    );
    let made = Observation {
        namespace: NamespaceState::Ours,
        ..missing()
    };
    let assessment = assess(&cluster, &made, at(1));
    assert_eq!(assessment.next, Move::Apply);
    assert_eq!(assessment.progress.state, ClusterState::Provisioning);
}

#[test]
fn a_cluster_is_ready_only_when_the_api_answers_and_address_and_kubeconfig_are_there() {
    let cluster = ordered();
    let without = [
        Observation {
            kubeconfig: false,
            ..up()
        },
        Observation {
            endpoint: None,
            ..up()
        },
        Observation {
            api: ApiAnswer::Not("connection refused".into()),
            ..up()
        },
        Observation {
            replicas_ready: false,
            ..up()
        },
    ];
    for seen in without {
        let progress = assess(&cluster, &seen, at(9)).progress;
        assert_eq!(progress.state, ClusterState::Provisioning, "{seen:?}");
        assert_eq!(progress.ready_at, None);
    }
    let progress = assess(&cluster, &up(), at(9)).progress;
    assert_eq!(progress.state, ClusterState::Ready);
    assert_eq!(progress.ready_at, Some(at(9)));
    assert_eq!(progress.operation.finished_at, Some(at(9)));
}

#[test]
fn a_cluster_out_of_the_portals_reach_is_ready_by_its_own_probe_and_says_so() {
    let seen = Observation {
        api: ApiAnswer::ReadyByProbeOnly("no route to host".into()),
        ..up()
    };
    let progress = assess(&ordered(), &seen, at(9)).progress;
    assert_eq!(progress.state, ClusterState::Ready);
    let step = &progress.operation.steps[5];
    assert!(step.detail.as_deref().unwrap().contains("no route to host"));
}

#[test]
fn a_first_pull_error_is_a_word_and_a_lasting_one_a_failure_that_heals() {
    let with = |lasting| Observation {
        pod: Some(PodObservation {
            node: Some("eu-1-a".into()),
            trouble: Some(trouble(FailureCode::ImagePull, lasting)),
            ..Default::default()
        }),
        ..applied()
    };
    let mut cluster = ordered();
    let first = assess(&cluster, &with(false), at(3)).progress;
    assert_eq!(first.state, ClusterState::Provisioning);
    assert_eq!(first.operation.steps[4].state, StepState::Running);

    let lasting = assess(&cluster, &with(true), at(4)).progress;
    assert_eq!(lasting.state, ClusterState::Failed);
    assert_eq!(
        lasting.failure.as_ref().unwrap().code,
        FailureCode::ImagePull
    );
    assert_eq!(lasting.operation.steps[4].state, StepState::Failed);

    cluster.state = lasting.state;
    cluster.failure = lasting.failure;
    cluster.operation = lasting.operation;
    // The kubelet tries once more: still the same failure.
    let again = assess(&cluster, &with(false), at(30)).progress;
    assert_eq!(again.state, ClusterState::Failed);
    assert_eq!(again.operation.steps[4].state, StepState::Failed);
    let healed = assess(&cluster, &up(), at(60)).progress;
    assert_eq!(healed.state, ClusterState::Ready);
    assert_eq!(healed.failure, None);
    assert_eq!(healed.operation.failure, None);
}

#[test]
fn a_foreign_namespace_is_never_touched() {
    let foreign = Observation {
        namespace: NamespaceState::Foreign,
        ..missing()
    };
    for cluster in [ordered(), ready(), deleting()] {
        assert_eq!(assess(&cluster, &foreign, at(1)).next, Move::Wait);
    }
    let failure = assess(&ordered(), &foreign, at(1))
        .progress
        .failure
        .unwrap();
    assert_eq!(failure.code, FailureCode::NamespaceTaken);
}

#[test]
fn a_creation_that_takes_too_long_is_a_failure_that_names_the_step() {
    let progress = assess(&ordered(), &applied(), at(16 * 60)).progress;
    assert_eq!(progress.state, ClusterState::Failed);
    let failure = progress.failure.unwrap();
    assert_eq!(failure.code, FailureCode::TakesTooLong);
    assert!(failure.message.contains("Pod scheduled"));
    assert!(progress.due_at.is_some(), "it keeps looking");
}

#[test]
fn a_ready_cluster_that_loses_its_pod_is_degraded_and_comes_back() {
    let seen = Observation {
        replicas_ready: false,
        pod: Some(PodObservation {
            trouble: Some(trouble(FailureCode::CrashLoop, true)),
            ..Default::default()
        }),
        ..up()
    };
    let progress = assess(&ready(), &seen, at(100)).progress;
    assert_eq!(progress.state, ClusterState::Degraded);
    assert_eq!(progress.failure.unwrap().code, FailureCode::CrashLoop);
    let back = assess(&ready(), &up(), at(101)).progress;
    assert_eq!((back.state, back.failure), (ClusterState::Ready, None));
    assert_eq!(back.ready_at, Some(at(20)), "first ready stays");
}

#[test]
fn a_ready_cluster_whose_namespace_vanished_is_not_made_anew() {
    let assessment = assess(&ready(), &missing(), at(100));
    assert_eq!(assessment.next, Move::Wait);
    assert_eq!(assessment.progress.state, ClusterState::Failed);
    assert_eq!(
        assessment.progress.failure.unwrap().code,
        FailureCode::ObjectsMissing
    );
}

#[test]
fn a_changed_wish_is_applied() {
    let outdated = Observation {
        objects_current: false,
        ..up()
    };
    assert_eq!(assess(&ready(), &outdated, at(100)).next, Move::Apply);
}

fn differs(object: &str, change: DriftChange, isolation: bool) -> Drift {
    Drift {
        object: object.into(),
        change,
        fields: vec!["spec".into()],
        isolation,
    }
}

fn drifted(drift: &[Drift]) -> Observation {
    Observation {
        drift: drift.to_vec(),
        ..up()
    }
}

#[test]
fn what_isolates_and_what_is_missing_is_put_right_at_once_and_the_rest_is_shown() {
    let policy = differs("NetworkPolicy/vc-work-demo", DriftChange::Changed, true);
    let opening = differs("NetworkPolicy/allow-all", DriftChange::Added, true);
    let service = differs("Service/demo", DriftChange::Missing, false);
    let image = differs("StatefulSet/demo", DriftChange::Changed, false);
    let all = [
        policy.clone(),
        opening.clone(),
        service.clone(),
        image.clone(),
    ];
    for cluster in [ready(), ordered()] {
        let assessment = assess(&cluster, &drifted(&all), at(100));
        let automatic = vec![policy.clone(), opening.clone(), service.clone()];
        assert_eq!(assessment.next, Move::Restore(automatic));
        assert_eq!(assessment.progress.drift.found, all);
    }
    let shown = assess(&ready(), &drifted(std::slice::from_ref(&image)), at(100));
    assert_eq!(shown.next, Move::Wait);
    assert_eq!(shown.progress.state, ClusterState::Ready);
    assert_eq!(shown.progress.drift.found, [image]);
}

#[test]
fn something_that_changes_objects_again_and_again_is_answered_more_slowly() {
    let policy = differs("NetworkPolicy/vc-work-demo", DriftChange::Changed, true);
    let mut cluster = ready();
    let mut restored = |at: Timestamp| {
        let assessment = assess(&cluster, &drifted(std::slice::from_ref(&policy)), at);
        let Move::Restore(restored) = assessment.next else {
            return assessment.progress.due_at;
        };
        drift::note(&mut cluster.details.drift, restored, at);
        None
    };
    for second in 100..103 {
        assert_eq!(restored(at(second)), None);
    }
    let due_at = restored(at(103)).expect("a pause");
    assert_eq!(due_at, at(106));
    assert_eq!(restored(due_at), None);
    // Long after, it is a new story.
    assert_eq!(restored(at(5000)), None);
    assert_eq!(cluster.details.drift.restored.unwrap().times, 1);
}

#[test]
fn a_stopped_cluster_is_named_as_such_and_not_started_by_itself() {
    for how in [Stopped::Paused, Stopped::ScaledToZero] {
        let set = differs("StatefulSet/demo", DriftChange::Changed, false);
        let seen = Observation {
            stopped: Some(how),
            pod: None,
            replicas_ready: false,
            api: ApiAnswer::NotAsked,
            ..drifted(&[set])
        };
        let assessment = assess(&ready(), &seen, at(100));
        assert_eq!(assessment.next, Move::Wait);
        assert_eq!(assessment.progress.state, ClusterState::Degraded);
        let failure = assessment.progress.failure.unwrap();
        assert_eq!(
            (failure.code, failure.retrying),
            (FailureCode::Stopped, false)
        );

        let creating = assess(&ordered(), &seen, at(100)).progress;
        assert_eq!(creating.state, ClusterState::Failed);
        assert_eq!(creating.failure.unwrap().code, FailureCode::Stopped);
    }
}

fn restoring() -> ClusterRecord {
    let kind = OperationKind::RestoreCluster;
    ClusterRecord {
        operation: Operation::begin(persistence::new_id(), kind, at(50)),
        ..ready()
    }
}

#[test]
fn a_restoration_puts_everything_right_and_ends_when_the_cluster_can_be_used() {
    let set = differs("StatefulSet/demo", DriftChange::Changed, false);
    let stopped = Observation {
        stopped: Some(Stopped::Paused),
        replicas_ready: false,
        pod: None,
        ..drifted(std::slice::from_ref(&set))
    };
    let mut cluster = restoring();
    let first = assess(&cluster, &stopped, at(60));
    assert_eq!(first.next, Move::Restore(vec![set]));
    assert_eq!(first.progress.operation.finished_at, None);

    let starting = Observation {
        replicas_ready: false,
        api: ApiAnswer::NotAsked,
        ..up()
    };
    let second = assess(&cluster, &starting, at(61));
    assert_eq!(second.next, Move::Wait);
    assert_eq!(second.progress.operation.steps[1].state, StepState::Done);
    cluster.operation = second.progress.operation;
    let last = assess(&cluster, &up(), at(70)).progress;
    assert_eq!(last.operation.finished_at, Some(at(70)));
    assert_eq!(
        (last.state, last.ready_at),
        (ClusterState::Ready, Some(at(20)))
    );
}

#[test]
fn a_restoration_of_what_is_gone_ends() {
    let progress = assess(&restoring(), &missing(), at(60)).progress;
    assert_eq!(progress.failure.unwrap().code, FailureCode::ObjectsMissing);
    assert!(progress.operation.finished_at.is_some());
}

#[test]
fn a_waiting_cluster_is_looked_at_seldom_and_a_starting_one_often() {
    let waiting = assess(&ordered(), &applied(), at(10)).progress.due_at;
    let starting = Observation {
        api: ApiAnswer::Not("connection refused".into()),
        ..up()
    };
    let starting = assess(&ordered(), &starting, at(10)).progress.due_at;
    assert_eq!((waiting, starting), (Some(at(30)), Some(at(12))));
    let settled = assess(&ready(), &up(), at(0)).progress.due_at.unwrap();
    assert!(settled > at(20 * 60), "{settled}");
}

#[test]
fn a_settled_cluster_is_looked_at_when_its_time_is_over() {
    let cluster = ClusterRecord {
        ends_at: Some(at(150)),
        ..ready()
    };
    let progress = assess(&cluster, &up(), at(100)).progress;
    assert_eq!(progress.due_at, Some(at(150)));
}

#[test]
fn deletion_ends_only_when_the_namespace_is_gone() {
    let assessment = assess(&deleting(), &up(), at(1));
    assert_eq!(assessment.next, Move::Delete);
    assert_eq!(assessment.progress.state, ClusterState::Deleting);

    let going = Observation {
        namespace: NamespaceState::Terminating(Some("1 pod has not ended".into())),
        ..missing()
    };
    let assessment = assess(&deleting(), &going, at(2));
    assert_eq!(assessment.next, Move::Wait);
    let progress = assessment.progress;
    assert_eq!(progress.state, ClusterState::Deleting);
    assert_eq!(
        progress.operation.steps[2].detail.as_deref(),
        Some("1 pod has not ended")
    );

    let progress = assess(&deleting(), &missing(), at(3)).progress;
    assert_eq!(progress.state, ClusterState::Deleted);
    assert_eq!(progress.deleted_at, Some(at(3)));
    assert_eq!(progress.due_at, None);
}

#[test]
fn a_deletion_that_is_held_says_by_what() {
    let held = Observation {
        namespace: NamespaceState::Terminating(Some("finalizer example.com/hold".into())),
        ..missing()
    };
    let progress = assess(&deleting(), &held, at(11 * 60)).progress;
    let failure = progress.failure.unwrap();
    assert_eq!(failure.code, FailureCode::DeletionHeld);
    assert!(failure.message.contains("example.com/hold"));
    assert_eq!(progress.state, ClusterState::Deleting);
}
