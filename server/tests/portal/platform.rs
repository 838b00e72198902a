//! Host clusters and plans over REST, and on the page without a script.

use crate::fixture::{ADMIN, DEVELOPER, TestPortal, ordered};

const HOSTS: &str = "/api/v1/host-clusters";

#[tokio::test]
async fn admins_see_what_is_on_the_host_and_who_has_which_plan() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let developer = portal.program_of(DEVELOPER).await;
    for name in ["one", "two"] {
        ordered(&developer, name).await;
    }
    let hosts = admin.get(HOSTS).await.body_json();
    let host = &hosts[0];
    assert_eq!(hosts.as_array().unwrap().len(), 1, "{hosts}");
    assert_eq!(host["configured"], true);
    assert_eq!(host["takes_new_clusters"], true);
    assert_eq!(host["clusters"], 2);
    assert_eq!(host["need_attention"], 0);

    let plans = admin.get("/api/v1/plans").await.body_json();
    let small = &plans[0];
    assert_eq!(small["plan"]["name"], "small");
    assert_eq!(small["clusters"], 2);
    assert_eq!(small["price_in_30_days"], 80_000 * 720);
    assert_eq!(plans[1]["clusters"], 0);

    for path in [HOSTS, "/api/v1/plans"] {
        let refused = developer.get(path).await;
        refused.assert_problem(403, "forbidden");
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_host_is_asked_for_every_permission_that_the_portal_needs() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let hosts = admin.get(HOSTS).await.body_json();
    let name = hosts[0]["name"].as_str().unwrap();
    let check = format!("{HOSTS}/{name}/check");

    let answer = admin.post(&check).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let checked = answer.body_json();
    assert!(checked["permissions"].as_u64().unwrap() > 100, "{checked}");
    assert_eq!(checked["missing"].as_array().unwrap().len(), 0, "{checked}");
    let log = admin.get("/api/v1/audit?action=check_host").await;
    let entry = &log.body_json()["items"][0];
    assert_eq!(entry["target"], format!("host/{name}"), "{}", log.body);
    assert_eq!(entry["outcome"], "done");

    let faults = portal.sandbox().faults();
    faults.change(|faults| faults.kubernetes.unreachable = true);
    let answer = admin.post(&check).await;
    answer.assert_problem(503, "unavailable");
    assert!(answer.body_json()["next_step"].is_string());

    let developer = portal.program_of(DEVELOPER).await;
    let refused = developer.post(&check).await;
    refused.assert_problem(403, "forbidden");
    let unknown = admin.post(&format!("{HOSTS}/nowhere/check")).await;
    unknown.assert_problem(404, "not-found");
    portal.stop().await;
}
