//! Jobs: their order, their logs as they come, and as files.

use serde_json::{Value, json};

use super::server::Api;

const MACHINE: &str = "resources:\n  infra: aws\n  accelerators: L4:1\n";

fn about(more: Value) -> Value {
    let mut body = json!({"cluster_name": "train"});
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    body
}

async fn states(api: &Api) -> Vec<String> {
    let queue = api.ask("/queue", about(json!({}))).await.unwrap();
    let rows = queue.as_array().unwrap().iter();
    rows.map(|row| row["status"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_log_comes_while_its_job_runs_and_ends_with_it() {
    let api = Api::start().await;
    let task =
        format!("{MACHINE}run: |\n  echo first\n  echo second\n  sleep 86400\n  echo never\n");
    api.launch("train", &task).await.unwrap();
    let token = api.sandbox.skypilot_admin_token();
    let newest = about(json!({"job_id": null}));
    let mut log = api.post(token, "/logs", newest).await;
    let mut text = String::new();
    while !text.contains("second") {
        text += &String::from_utf8_lossy(&log.chunk().await.unwrap().unwrap());
    }
    let tail = about(json!({"job_id": 1, "follow": false, "tail": 1}));
    let end = api.post(token, "/logs", tail).await.text().await.unwrap();
    assert!(end.contains("second") && !end.contains("first"), "{end}");

    api.ask("/cancel", about(json!({"job_ids": [1]})))
        .await
        .unwrap();
    while let Some(more) = log.chunk().await.unwrap() {
        text += &String::from_utf8_lossy(&more);
    }
    assert!(
        text.contains("(status: CANCELLED)") && !text.contains("never"),
        "{text}"
    );
}

#[tokio::test]
async fn a_job_waits_until_the_accelerator_is_free() {
    let api = Api::start().await;
    let sleeps = format!("{MACHINE}run: sleep 86400\n");
    api.launch("train", &sleeps).await.unwrap();
    while states(&api).await != ["RUNNING"] {}
    let next = json!({"task": format!("{MACHINE}run: echo next\n")});
    api.ask("/exec", about(next)).await.unwrap();
    assert_eq!(states(&api).await, ["PENDING", "RUNNING"]);
    api.ask("/cancel", about(json!({"job_ids": [1]})))
        .await
        .unwrap();
    while states(&api).await != ["SUCCEEDED", "CANCELLED"] {}
}

#[tokio::test]
async fn a_job_that_fails_says_so_in_state_and_log() {
    let api = Api::start().await;
    let task = format!("{MACHINE}setup: exit 7\nrun: echo never\n");
    api.launch("train", &task).await.unwrap();
    let token = api.sandbox.skypilot_admin_token();
    let log = |job: i64| about(json!({"job_id": job}));
    let text = api.post(token, "/logs", log(1)).await.text().await.unwrap();
    assert!(text.contains("setup failed with return code 7"), "{text}");
    assert!(!text.contains("never"), "{text}");
    let task = json!({"task": "run: exit 3\n"});
    api.ask("/exec", about(task)).await.unwrap();
    let text = api.post(token, "/logs", log(2)).await.text().await.unwrap();
    assert!(text.contains("return code list:\u{1b}[0m [3]"), "{text}");
    assert_eq!(states(&api).await, ["FAILED", "FAILED_SETUP"]);
}

#[tokio::test]
async fn logs_are_downloaded_in_an_archive_by_those_who_fetched_them() {
    let api = Api::start().await;
    api.launch("train", &format!("name: hello\n{MACHINE}run: echo hello\n"))
        .await
        .unwrap();
    let token = api.sandbox.skypilot_admin_token();
    api.post(token, "/logs", about(json!({"job_id": 1})))
        .await
        .text()
        .await
        .unwrap();
    let paths = api
        .ask("/download_logs", about(json!({"job_ids": ["1"]})))
        .await
        .unwrap();
    let path = paths["1"].as_str().unwrap();
    assert!(path.ends_with("/sky_logs/train/1-hello"), "{path}");

    let body = json!({"folder_paths": [path]});
    let answer = api.post(token, "/download?relative=items", body).await;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let archive = answer.bytes().await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &archive).unwrap();
    // An independent reader, which checks the sums too.
    let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; \
                  print(z.namelist(), z.read('1-hello/tasks/run.log'))";
    let read = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(file.path())
        .output()
        .expect("Python is there");
    let said =
        String::from_utf8_lossy(&read.stdout).into_owned() + &String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{said}");
    let names =
        "['1-hello/', '1-hello/tasks/', '1-hello/run.log', '1-hello/tasks/run.log'] b'hello\\n'";
    assert_eq!(said.trim(), names);

    for elsewhere in [
        "/etc",
        "~/.sky/api_server/clients/sa-other/sky_logs/train/1-hello",
        &format!("{path}/../.."),
    ] {
        let refused = api
            .post(token, "/download", json!({"folder_paths": [elsewhere]}))
            .await;
        assert_eq!(refused.status(), 400, "{elsewhere}");
    }
}
