//! What a server can say about a workspace without clouds, and what it refuses.

use crate::place::Place;
use domain::money::MicroDollars;
use provisioning::ports::machines::{MachineErrorKind, Machines};
use skypilot::client::{Acting, ErrorKind, Launch, Launched, SkyPilotError};

const TASK: &str = "resources:\n  accelerators: H100:1\nrun: nvidia-smi\n";

pub async fn it_tells_version_and_prices_and_refuses_what_cannot_be_launched(place: &Place) {
    let health = place.sky.health(&place.identity).await.unwrap();
    assert_eq!(health.version.as_deref(), Some("0.14.1"));
    assert!(health.service_account_token_enabled && !health.needs_sign_in());
    let machines = place.machines(None);
    let health = machines.health().await.unwrap();
    assert_eq!(health.api_version, 62);
    assert!(health.may_administer);

    let mut offers = machines.catalogue().await.unwrap();
    offers.sort_by_key(|offer| offer.price_per_hour);
    assert_eq!(offers.len(), 4);
    let cheapest = &offers[0];
    assert_eq!(
        (cheapest.cloud.as_str(), cheapest.region.as_str()),
        ("aws", "us-east-1")
    );
    assert_eq!(cheapest.price_per_hour, Some(MicroDollars(6_880_000)));
    assert_eq!(cheapest.spot_price_per_hour, Some(MicroDollars(2_500_000)));
    assert_eq!(cheapest.device_memory_gib, Some(80.0));
    assert_eq!((offers[3].count, offers[3].spot_price_per_hour), (8, None));

    place.sky.validate(place.acting(), TASK).await.unwrap();
    let invalid = place
        .sky
        .validate(place.acting(), "resources:\n  foo: 1\n")
        .await;
    let invalid = invalid.unwrap_err();
    assert_eq!(invalid.kind, ErrorKind::InvalidTask);
    assert!(invalid.message.contains("'foo'"), "{invalid}");
    assert!(!invalid.message.contains("Traceback"), "{invalid}");

    let none = launched(place, "nowhere", TASK).await;
    assert_eq!(none.kind, ErrorKind::NoCloudAccess, "{none:?}");
    assert_eq!(none.error_type.as_deref(), Some("NoCloudAccessError"));
    let broken = launched(place, "broken", "resources: [1,2").await;
    assert_eq!(broken.kind, ErrorKind::InvalidTask, "{broken:?}");

    // Nothing is left of them, and operations on missing clusters fail.
    let acting = place.acting();
    let clusters = place.sky.status(acting, &Default::default()).await.unwrap();
    assert_eq!(clusters.len(), 0, "{clusters:?}");
    let down = place.sky.submit_down(acting, "nowhere").await.unwrap();
    let down = place.result::<()>(&down).await.unwrap_err();
    assert_eq!(down.kind, ErrorKind::NotFound, "{down:?}");
    let events = place
        .sky
        .cluster_events(acting, "nowhere")
        .await
        .unwrap_err();
    assert_eq!(events.kind, ErrorKind::NotFound, "{events:?}");
    let queue = place.sky.queue(acting, "nowhere").await.unwrap_err();
    assert_eq!(queue.kind, ErrorKind::NotFound, "{queue:?}");
    let log = place
        .sky
        .provision_log(acting, "nowhere", skypilot::client::LogLength::ALL);
    assert_eq!(log.await.map(|_| ()).unwrap_err().kind, ErrorKind::NotFound);
    let log = place
        .sky
        .job_log(acting, "nowhere", None, skypilot::client::LogLength::ALL);
    let lines: Vec<_> = futures::StreamExt::collect(log.await.unwrap()).await;
    let [Err(error)] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(error.kind, ErrorKind::NotFound, "{error:?}");

    let unauthorized = place.machines(Some("sky_nonsense".into())).health().await;
    assert_eq!(
        unauthorized.unwrap_err().kind,
        MachineErrorKind::Unauthorized
    );
}

async fn launched(place: &Place, cluster_name: &str, task: &str) -> SkyPilotError {
    let launch = Launch {
        cluster_name,
        task,
        dryrun: false,
        no_setup: false,
    };
    let acting = Acting::by(&place.identity);
    let id = place.sky.submit_launch(acting, &launch).await.unwrap();
    place.result::<Launched>(&id).await.unwrap_err()
}
