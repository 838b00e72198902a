//! The configuration that a syncer reads from its Secret. Like the real one, it refuses unknown keys and merges no defaults:
//! a missing value is zero, which some values must not be. It knows the keys that the portal writes.

use serde_json::{Map, Value};

/// The Secret's key.
pub const FILE: &str = "config.yaml";

const KEYS: &str = include_str!("config_keys.yaml");

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncerConfig {
    /// Names and addresses the serving certificate must hold.
    pub extra_sans: Vec<String>,
    pub exported_server: String,
    pub coredns_resources: Value,
}

impl SyncerConfig {
    /// Reads and checks the file. The error is what the syncer would log before it exits.
    pub fn parse(yaml: &str) -> Result<Self, String> {
        let config: Value = serde_norway::from_str(yaml)
            .map_err(|error| format!("unmarshal vcluster config: {error}"))?;
        if !config.is_object() {
            return Err("unmarshal vcluster config: the document is not a mapping".to_owned());
        }
        let keys: Value = serde_norway::from_str(KEYS).map_err(|error| error.to_string())?;
        check(&config, &keys, "")?;
        let extra_sans = match at(&config, "controlPlane.proxy.extraSANs") {
            None | Some(Value::Null) => Vec::new(),
            Some(sans) => serde_json::from_value(sans.clone()).map_err(|error| {
                format!("unmarshal vcluster config: controlPlane.proxy.extraSANs: {error}")
            })?,
        };
        Ok(Self {
            extra_sans,
            exported_server: at(&config, "exportKubeConfig.server")
                .and_then(Value::as_str)
                .filter(|server| !server.is_empty())
                .unwrap_or("https://localhost:8443")
                .to_owned(),
            coredns_resources: at(&config, "controlPlane.coredns.deployment.resources")
                .cloned()
                .unwrap_or_default(),
        })
    }
}

fn at<'a>(config: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(config, |value, key| value.get(key))
}

fn check(config: &Value, keys: &Value, path: &str) -> Result<(), String> {
    let Value::Object(keys) = keys else {
        return match keys == "needed" && is_zero(config) {
            true => Err(format!(
                "vcluster config: {path} must be set: no defaults are merged into the configuration"
            )),
            false => Ok(()),
        };
    };
    let mut given = config.as_object().into_iter().flat_map(Map::keys);
    if let Some(unknown) = given.find(|key| !keys.contains_key(*key)) {
        return Err(format!(
            "unmarshal vcluster config: error unmarshaling JSON: while decoding JSON: json: unknown field \"{unknown}\""
        ));
    }
    keys.iter().try_for_each(|(key, below)| {
        let path = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        check(&config[key], below, &path)
    })
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTED: &str = include_str!("../../tests/kubectl/vcluster-config.yaml");

    #[test]
    fn the_configuration_that_a_real_syncer_booted_with_is_accepted() {
        let config = SyncerConfig::parse(BOOTED).unwrap();
        assert_eq!(config.extra_sans, ["demo.clusters.example.com"]);
        assert_eq!(config.exported_server, "https://demo.clusters.example.com");
        assert_eq!(config.coredns_resources["requests"]["cpu"], "20m");
    }
}
