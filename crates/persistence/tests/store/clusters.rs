//! What only clusters have.

use crate::{backend::Backend, fixtures::*};
use domain::cluster::ClusterState;
use persistence::records::OrderStored;

on_both_databases!(a_name_is_taken_on_its_host_until_the_cluster_is_gone,);

async fn a_name_is_taken_on_its_host_until_the_cluster_is_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let first = world.order("payments-ci");
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    created(database, &first).await;
    assert!(
        database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    assert!(
        !database
            .clusters()
            .name_taken("host-b", &first.name)
            .await
            .unwrap()
    );

    let again = order_in(&world.speech, 0, world.brian.id, "payments-ci");
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    delete(database, &first).await;
    assert!(matches!(
        store(database, &again).await,
        OrderStored::NameTaken
    ));
    bring_to(database, &first, ClusterState::Deleted, after(20)).await;
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &first.name)
            .await
            .unwrap()
    );
    created(database, &again).await;

    let mut elsewhere = world.order("payments-ci");
    elsewhere.details.host = "host-b".into();
    created(database, &elsewhere).await;
}
