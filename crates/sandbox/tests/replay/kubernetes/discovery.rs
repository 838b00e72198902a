//! Every resource that is served is described as the real server describes it.

use serde_json::Value;

use super::api::{Api, Recording};

async fn answered(api: &Api, name: &str) -> (Value, Value) {
    let recording = Recording::read(name);
    let answer = api.send(&recording.request).await;
    assert_eq!(answer["status"], 200, "{name}");
    assert_eq!(
        answer["headers"]["Content-Type"],
        recording.response["headers"]["Content-Type"]
    );
    (recording.response["body"].clone(), answer["body"].clone())
}

fn items<'a>(list: &'a Value, field: &str) -> &'a [Value] {
    list[field].as_array().unwrap()
}

#[tokio::test]
async fn resources_are_described_as_recorded() {
    let api = Api::start();
    for name in ["005-api-v1", "006-apps-v1"] {
        let (recorded, ours) = answered(&api, name).await;
        for field in ["kind", "apiVersion", "groupVersion"] {
            assert_eq!(ours.get(field), recorded.get(field), "{name} {field}");
        }
        assert!(!items(&ours, "resources").is_empty());
        for resource in items(&ours, "resources") {
            let mut expected = items(&recorded, "resources")
                .iter()
                .find(|r| r["name"] == resource["name"])
                .unwrap_or_else(|| panic!("{} is no resource of a real server", resource["name"]))
                .clone();
            expected
                .as_object_mut()
                .unwrap()
                .remove("storageVersionHash");
            assert_eq!(*resource, expected);
        }
    }
}

#[tokio::test]
async fn groups_are_described_as_recorded() {
    let api = Api::start();
    let (recorded, ours) = answered(&api, "004-apis").await;
    assert_eq!(ours["kind"], recorded["kind"]);
    for group in items(&ours, "groups") {
        assert!(items(&recorded, "groups").contains(group), "{group}");
    }
}
