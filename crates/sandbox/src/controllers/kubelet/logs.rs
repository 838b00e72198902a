//! The logs of containers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::kubernetes::{PodLogs, Refusal, object};

/// The last lines of each container, by pod uid and container name. Clones share them.
#[derive(Clone, Default)]
pub struct Logs(Arc<Mutex<Lines>>);

type Lines = HashMap<(String, String), Vec<String>>;

const MOST_LINES: usize = 1000;

impl Logs {
    pub fn append(&self, pod: &Value, container: &str, text: &str) {
        let mut logs = self.lock();
        let lines = logs.entry(key(pod, container)).or_default();
        if lines.len() >= MOST_LINES {
            lines.remove(0);
        }
        lines.push(format!("{text}\n"));
    }

    pub fn forget(&self, pod_uid: &str) {
        self.lock().retain(|(uid, _), _| uid != pod_uid);
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(pod: &Value, container: &str) -> (String, String) {
    (object::uid(pod).to_owned(), container.to_owned())
}

impl PodLogs for Logs {
    fn read(&self, pod: &Value, container: &str) -> Result<String, Refusal> {
        let names: Vec<&str> = ["initContainers", "containers"]
            .iter()
            .flat_map(|list| object::items(pod["spec"].get(list)))
            .filter_map(|container| container["name"].as_str())
            .collect();
        let pod_name = object::name(pod);
        let container = match (&names[..], container) {
            ([only], "") => *only,
            (_, "") => {
                return Err(Refusal::bad_request(format!(
                    "a container name must be specified for pod {pod_name}, choose one of: [{}]",
                    names.join(" ")
                )));
            }
            (_, name) => name,
        };
        let logs = self.lock();
        let lines = logs.get(&key(pod, container)).ok_or_else(|| {
            Refusal::bad_request(format!(
                "container \"{container}\" in pod \"{pod_name}\" is waiting to start"
            ))
        })?;
        Ok(lines.concat())
    }
}
