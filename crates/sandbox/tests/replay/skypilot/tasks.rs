//! Tasks that make no sense, and some that do, as SkyPilot 0.14.1 takes them. `tasks.json` holds what its own functions
//! (`load_dag_from_yaml_str`, then `validate`) said of each.

use serde_json::{Value, json};

use super::api::Api;

/// Messages that list what a catalogue holds are compared without the list: each has its own.
const LISTS: [&str; 3] = [
    "\nList of supported",
    "\nDid you mean one of these",
    " Please choose one of",
];

fn without_list(message: &str) -> &str {
    let ends = LISTS.iter().filter_map(|list| message.find(list));
    &message[..ends.min().unwrap_or(message.len())]
}

#[tokio::test]
async fn tasks_are_validated_as_the_real_server_validates_them() {
    let api = Api::start().await;
    let admin = api.admin();
    let tasks: Vec<Value> = serde_json::from_str(include_str!("tasks.json")).unwrap();
    let mut differences = Vec::new();
    for task in &tasks {
        let body = json!({"dag": task["task"], "request_options": null});
        let answer = api.ask(&admin, "POST", "/validate", &body).await;
        let (class, message) = match answer.status {
            200 => (Value::Null, Value::Null),
            _ => {
                let detail = &answer.body["detail"];
                (detail["type"].clone(), detail["message"].clone())
            }
        };
        let text = |value: &Value| without_list(value.as_str().unwrap_or_default()).to_owned();
        if class != task["type"] || text(&message) != text(&task["message"]) {
            differences.push(format!(
                "{}\n  {class}: {message}\n  not {}: {}",
                task["task"], task["type"], task["message"]
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
