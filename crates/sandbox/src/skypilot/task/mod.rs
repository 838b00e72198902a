//! Tasks: what is written in SkyPilot's YAML, checked as the real server checks it.

mod accelerators;
mod autostop;
mod infra;
mod quantity;
mod resources;
mod schema;
mod yaml;

use std::collections::BTreeMap;

use serde_norway::{Mapping, Value};

pub use autostop::AutostopWish;
pub use resources::Wanted;

use super::exception::Exception;
use super::python::repr;

/// What is to be run, and on what.
#[derive(Clone, Debug)]
pub struct Task {
    pub name: Option<String>,
    pub setup: Option<String>,
    pub run: Option<String>,
    pub envs: BTreeMap<String, String>,
    pub num_nodes: i64,
    /// Any of these will do.
    pub resources: Vec<Wanted>,
    /// Whether the first that can be had is to be taken instead of the cheapest.
    pub ordered: bool,
    /// The text it was read from, in SkyPilot's own order.
    pub yaml: String,
}

impl Task {
    /// Reads a task that is to be launched: there must be one alone.
    pub fn read(text: &str) -> Result<Self, Exception> {
        let mut tasks = Self::read_all(text)?;
        match (tasks.pop(), tasks.len()) {
            (Some(task), 0) => Ok(task),
            (_, others) => Err(Exception::new(
                "AssertionError",
                format!("We support 1 task for now. Got {}", others + 1),
            )),
        }
    }

    /// Reads tasks that follow on each other.
    pub fn read_all(text: &str) -> Result<Vec<Self>, Exception> {
        let mut documents = yaml::documents(text)?;
        // A first document with a name alone names the whole.
        let name = match documents.first() {
            Some(Value::Mapping(first)) if documents.len() > 1 && is_only_a_name(first) => {
                let name = first.get("name").and_then(scalar);
                documents.remove(0);
                name
            }
            _ => None,
        };
        if documents.is_empty() {
            documents.push(Value::Null);
        }
        let read = documents.into_iter().map(|document| match document {
            Value::Null => Self::of(Mapping::new()),
            Value::Mapping(config) => Self::of(config),
            other => Err(Exception::new(
                "AttributeError",
                format!(
                    "'{}' object has no attribute 'keys'",
                    schema::type_name(&other)
                ),
            )),
        });
        let mut tasks = read.collect::<Result<Vec<_>, _>>()?;
        if let [only] = tasks.as_mut_slice() {
            only.name = only.name.take().or(name);
        }
        Ok(tasks)
    }

    fn of(mut config: Mapping) -> Result<Self, Exception> {
        let yaml = serde_norway::to_string(&config).unwrap_or_default();
        let envs = take_envs(&mut config)?;
        schema::check_task(&config)?;
        for (name, value) in &envs {
            if value.is_none() {
                return Err(Exception::value(format!(
                    "Environment variable {} is None. Please set a value for it in task YAML or with --env flag. To set it \
                     to be empty, use an empty string ({name}: \"\" in task YAML or --env {name}=\"\" in CLI).",
                    repr(name)
                )));
            }
        }
        let num_nodes = config.get("num_nodes").and_then(Value::as_i64);
        if let Some(nodes) = num_nodes.filter(|nodes| *nodes < 1) {
            return Err(Exception::value(format!(
                "num_nodes should be a positive int. Got: {nodes}"
            )));
        }
        let (resources, ordered) = resources::read(config.get("resources"))?;
        let text = |field: &str| config.get(field).and_then(scalar);
        Ok(Self {
            name: text("name"),
            setup: text("setup"),
            run: text("run"),
            envs: envs
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            num_nodes: num_nodes.unwrap_or(1),
            resources,
            ordered,
            yaml,
        })
    }

    /// What its resources are called in messages: the first of them stands for all.
    pub fn wanted(&self) -> String {
        self.resources
            .first()
            .map_or_else(String::new, ToString::to_string)
    }

    /// All of them, as a Python set.
    pub fn wanted_set(&self) -> String {
        let all: Vec<_> = self.resources.iter().map(ToString::to_string).collect();
        format!("{{{}}}", all.join(", "))
    }
}

fn is_only_a_name(document: &Mapping) -> bool {
    document.len() == 1 && document.contains_key("name")
}

/// Texts and what YAML takes for numbers and the like.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        _ => None,
    }
}

/// Names and values of variables become texts before anything is checked.
fn take_envs(config: &mut Mapping) -> Result<BTreeMap<String, Option<String>>, Exception> {
    let Some(Value::Mapping(envs)) = config.get("envs") else {
        return Ok(BTreeMap::new());
    };
    let mut taken = BTreeMap::new();
    for (name, value) in envs {
        let name = scalar(name).unwrap_or_default();
        let value = match value {
            Value::Null => None,
            other => Some(scalar(other).unwrap_or_else(|| schema::shown(other))),
        };
        taken.insert(name, value);
    }
    let good = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some(bad) = taken.keys().find(|name| !good(name)) {
        return Err(Exception::new(
            "InvalidSkyPilotConfigError",
            format!(
                "Invalid task YAML: The `envs` field contains invalid keys:\n{} does not match any of the regexes: \
                 '^[a-zA-Z_][a-zA-Z0-9_]*$'",
                repr(bad)
            ),
        ));
    }
    config.remove("envs");
    Ok(taken)
}
