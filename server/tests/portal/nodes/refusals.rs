//! Bad input: a message at its field, and nothing is launched.

use super::{catalogue_is_read, node_order, ordered_node, ready_node};
use crate::{
    fixture::{Browser, DEVELOPER, TestPortal},
    skypilot_calls::launches,
};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn bad_orders_get_a_message_at_the_field_and_order_nothing() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    catalogue_is_read(&program).await;
    let bad = [
        ("name", Value::from("Trainer")),
        ("name", "".into()),
        ("name", "x".repeat(31).into()),
        ("tenant", "moon".into()),
        ("environment", "moon".into()),
        ("accelerator", "H1000".into()),
        ("accelerator", "".into()),
        ("count", 0.into()),
        ("count", 1000.into()),
        ("count", (-1).into()),
        ("count", i64::MAX.into()),
        ("cloud", "moon".into()),
        ("region", "moon-1".into()),
        ("disk_gib", 5.into()),
        ("disk_gib", i64::MIN.into()),
        ("idle_minutes", (-5).into()),
        ("idle_minutes", 0.into()),
        ("idle_minutes", i64::MAX.into()),
        ("idle_action", "explode".into()),
        ("time_to_live_hours", (-1).into()),
        ("time_to_live_hours", 100_000.into()),
        ("image", "an image".into()),
        ("setup", "\u{7}".into()),
        ("run", "x".repeat(70_000).into()),
    ];
    for (field, value) in bad {
        let mut order = node_order("fine");
        order[field] = value.clone();
        let answer = program.json(Method::POST, "/api/v1/nodes", &order).await;
        answer.assert_problem(422, "invalid");
        let errors = answer.body_json()["errors"].clone();
        assert_eq!(errors[0]["field"], field, "{value}: {errors}");
        let quote = program
            .json(Method::POST, "/api/v1/nodes/quote", &order)
            .await;
        assert_eq!(quote.status, 200, "{}", quote.body);
        assert_eq!(quote.body_json()["errors"], errors, "{field} {value}");
    }
    nothing_was_launched(&portal, &program).await;
    portal.stop().await;
}

#[tokio::test]
async fn numbers_that_are_none_are_named_with_their_field() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    for number in ["1e30", "99999999999999999999", "1.5", "\"many\"", "[1]"] {
        let order = node_order("fine").to_string();
        let order = order.replace("\"count\":1", &format!("\"count\":{number}"));
        let request = program
            .request(Method::POST, "/api/v1/nodes")
            .header("content-type", "application/json")
            .body(order);
        let answer = program.send(request).await;
        answer.assert_problem(400, "bad-request");
        let detail = answer.body_json()["detail"].clone();
        assert!(detail.as_str().unwrap().contains("count"), "{detail}");
    }
    nothing_was_launched(&portal, &program).await;
    portal.stop().await;
}

#[tokio::test]
async fn tasks_of_ones_own_that_reach_too_far_are_refused_with_the_line() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    catalogue_is_read(&program).await;
    let bomb = format!(
        "a: &a [x,x,x,x,x,x,x,x,x]\n{}run: echo\n",
        ('b'..='j')
            .zip('a'..='i')
            .map(|(this, last)| format!(
                "{this}: &{this} [{}]\n",
                vec![format!("*{last}"); 9].join(",")
            ))
            .collect::<String>()
    );
    for task in [
        "run: [",
        "resources:\n  accelerators: L4:1\nworkdir: /etc\nrun: ls\n",
        "resources:\n  accelerators: L4:1\nfile_mounts:\n  /secrets: /root/.sky\nrun: ls\n",
        &bomb,
    ] {
        let mut order = json!({
            "name": "own", "tenant": "vision", "environment": "dev", "task": task,
        });
        let answer = program.json(Method::POST, "/api/v1/nodes", &order).await;
        answer.assert_problem(422, "invalid");
        let errors = answer.body_json()["errors"].clone();
        assert_eq!(errors[0]["field"], "task", "{task}: {errors}");
        order["name"] = "other".into();
    }
    nothing_was_launched(&portal, &program).await;
    portal.stop().await;
}

#[tokio::test]
async fn what_does_not_go_with_a_nodes_state_is_a_conflict() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let address = ready_node(&program, "busy").await;
    let again = program
        .json(Method::POST, "/api/v1/nodes", &node_order("busy"))
        .await;
    again.assert_problem(409, "conflict");
    assert_eq!(again.body_json()["errors"][0]["field"], "name");

    program.post(&format!("{address}/stop")).await;
    super::until(&program, &address, |node| node["state"] == "stopped").await;
    program
        .get(&format!("{address}/ssh"))
        .await
        .assert_problem(409, "not-ready");
    program
        .json(
            Method::POST,
            &format!("{address}/jobs"),
            &json!({ "run": "true" }),
        )
        .await
        .assert_problem(409, "not-ready");
    portal.stop().await;
}

#[tokio::test]
async fn bad_jobs_and_idle_rules_get_a_message_at_the_field() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let address = ready_node(&program, "strict").await;
    for (part, method, body, field) in [
        ("jobs", Method::POST, json!({}), "run"),
        (
            "jobs",
            Method::POST,
            json!({ "run": "a", "name": "A b" }),
            "name",
        ),
        (
            "autostop",
            Method::PUT,
            json!({ "idle_minutes": -1 }),
            "idle_minutes",
        ),
        (
            "autostop",
            Method::PUT,
            json!({ "idle_minutes": i64::MAX }),
            "idle_minutes",
        ),
        (
            "autostop",
            Method::PUT,
            json!({ "idle_action": "no" }),
            "idle_action",
        ),
    ] {
        let answer = program
            .json(method, &format!("{address}/{part}"), &body)
            .await;
        answer.assert_problem(422, "invalid");
        let errors = answer.body_json()["errors"].clone();
        assert_eq!(errors[0]["field"], field, "{body}");
    }
    for query in ["follow=maybe", "tail=0", "tail=-1", "tail=1e9"] {
        let answer = program
            .get(&format!("{address}/logs/provisioning?{query}"))
            .await;
        answer.assert_problem(422, "invalid");
    }
    let page = address.strip_prefix("/api/v1").unwrap();
    let browser = portal.browser_of(DEVELOPER).await;
    for job in [
        "0x1",
        "-1",
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999",
    ] {
        let job_address = format!("{address}/jobs/{job}");
        let cancelled = program.request(Method::DELETE, &job_address);
        for answer in [
            program.get(&format!("{job_address}/logs")).await,
            program.send(cancelled).await,
            browser.get(&format!("{page}/logs/jobs/{job}")).await,
            browser.get(&format!("{page}/logs/jobs/{job}/stream")).await,
        ] {
            answer.assert_problem(404, "not-found");
        }
    }
    let list = program.get("/api/v1/nodes?sort=colour&page=0").await;
    list.assert_problem(422, "invalid");
    let offers = program.get("/api/v1/nodes/catalogue?count=many").await;
    offers.assert_problem(422, "invalid");
    portal.stop().await;
}

/// Neither in the portal nor on the SkyPilot API server.
async fn nothing_was_launched(portal: &TestPortal, program: &Browser) {
    let list = program.get("/api/v1/nodes").await.body_json();
    assert_eq!(list["total"], 0, "{list:#}");
    let launched = launches(portal.sandbox()).await;
    assert_eq!(launched, Vec::<String>::new());
    // What is right still goes through.
    ordered_node(program, "fine").await;
}
