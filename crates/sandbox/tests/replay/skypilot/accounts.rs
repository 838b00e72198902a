//! Service accounts, roles and workspaces.

use serde_json::{Value, json};

use super::api::{Api, Recording};

/// Workspaces that the recorded server had before its accounts.
const EARLIER: [&str; 4] = ["087", "089", "105", "107"];

/// A server with the accounts A and B; their tokens.
async fn with_accounts(api: &mut Api) -> (String, String) {
    let admin = api.admin();
    let mut tokens = Vec::new();
    for number in ["206", "207"] {
        let made = api.replay(&admin, number).await;
        tokens.push(made["token"].as_str().unwrap().to_owned());
    }
    let b = tokens.pop().unwrap();
    (tokens.pop().unwrap(), b)
}

/// Only the rows whose `field` has one of these values.
fn only(rows: &mut Value, field: &str, values: &[&str]) {
    let rows = rows.as_array_mut().unwrap();
    rows.retain(|row| values.iter().any(|value| row[field] == *value));
}

#[tokio::test]
async fn accounts_get_tokens_with_roles() {
    let mut api = Api::start().await;
    let admin = api.admin();
    let (a, _) = with_accounts(&mut api).await;
    api.replay(&admin, "208").await;
    for number in ["210", "211"] {
        api.replay(&a, number).await;
    }
    api.replay("sky_abc.def.ghi", "212").await;
    for number in ["201", "202"] {
        api.replay("", number).await;
    }
    api.replay(&a, "223").await;
    // The other rows are of earlier users and accounts.
    let recorded = Recording::load("209");
    let names = ["tenant-a-prod", "tenant-b-prod"];
    let mut rows = api
        .ask(&admin, "GET", "/users/service-account-tokens", &Value::Null)
        .await
        .body;
    only(&mut rows, "token_name", &names);
    let mut expected = recorded.body().clone();
    only(&mut expected, "token_name", &names);
    for row in expected.as_array_mut().unwrap() {
        // A user created the recorded accounts, the portal's account these.
        row["creator_name"] = json!("hangar");
    }
    api.compare("209", &expected, &rows);
}

#[tokio::test]
async fn workspaces_are_private_to_those_they_list() {
    let mut api = Api::start().await;
    let admin = api.admin();
    let (a, b) = with_accounts(&mut api).await;
    for number in EARLIER {
        // Recorded when there were no accounts yet.
        let recording =
            Recording::load(number).expecting(|body| body["user_id"] = json!("21232f29"));
        api.replayed(&admin, number, recording).await;
    }
    for number in ["214", "216"] {
        api.replay(&admin, number).await;
    }
    for number in ["218", "220", "222"] {
        api.replay(&a, number).await;
    }

    // What B asks for is B's alone.
    let id = api
        .submit(
            &b,
            "POST",
            "/status",
            &json!({"env_vars": {}, "include_credentials": false}),
        )
        .await;
    let path = format!("/api/get?request_id={id}");
    let hidden = api.ask(&a, "GET", &path, &Value::Null).await;
    api.comparison
        .corresponds("1ec1d122-9fbe-4782-bbe5-02c68f7731b8", &id);
    let recorded = Recording::load("228");
    assert_eq!(hidden.status, 404);
    api.compare("228", recorded.body(), &hidden.body);
    api.replay(&a, "229").await;

    for number in ["263", "270"] {
        api.replay(&admin, number).await;
    }
}

#[tokio::test]
async fn a_rotated_token_is_invalid_immediately() {
    let mut api = Api::start().await;
    let admin = api.admin();
    let (a, _) = with_accounts(&mut api).await;
    let rotated = api.replay(&admin, "256").await;
    let new = rotated["token"].as_str().unwrap().to_owned();
    api.replay(&a, "257").await;
    api.replay(&new, "258").await;
}
