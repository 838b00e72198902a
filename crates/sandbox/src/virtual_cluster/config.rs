//! The configuration that a syncer reads from its Secret. Like the real one, it refuses unknown keys and merges no defaults:
//! a missing value is zero, which some values must not be.

use serde_json::Value;

/// The Secret's key.
pub const FILE: &str = "config.yaml";

const KNOWN: &[&str] = &[
    "controlPlane.backingStore",
    "controlPlane.coredns",
    "controlPlane.distro.k8s",
    "controlPlane.hostPathMapper",
    "controlPlane.ingress",
    "controlPlane.proxy.bindAddress",
    "controlPlane.proxy.extraSANs",
    "controlPlane.proxy.port",
    "controlPlane.service",
    "controlPlane.serviceMonitor",
    "controlPlane.standalone",
    "controlPlane.statefulSet",
    "controlPlane.advanced",
    "experimental",
    "exportKubeConfig.additionalSecrets",
    "exportKubeConfig.context",
    "exportKubeConfig.insecure",
    "exportKubeConfig.secret",
    "exportKubeConfig.server",
    "exportKubeConfig.serviceAccount",
    "integrations",
    "logging.encoding",
    "networking",
    "plugins",
    "policies",
    "rbac",
    "sleep",
    "sync.fromHost.configMaps",
    "sync.fromHost.csiDrivers",
    "sync.fromHost.csiNodes",
    "sync.fromHost.csiStorageCapacities",
    "sync.fromHost.customResources",
    "sync.fromHost.events",
    "sync.fromHost.ingressClasses",
    "sync.fromHost.nodes",
    "sync.fromHost.priorityClasses",
    "sync.fromHost.runtimeClasses",
    "sync.fromHost.secrets",
    "sync.fromHost.storageClasses",
    "sync.fromHost.volumeSnapshotClasses",
    "sync.toHost.configMaps",
    "sync.toHost.customResources",
    "sync.toHost.endpointSlices",
    "sync.toHost.endpoints",
    "sync.toHost.gatewayApi",
    "sync.toHost.ingresses",
    "sync.toHost.namespaces",
    "sync.toHost.networkPolicies",
    "sync.toHost.persistentVolumeClaims",
    "sync.toHost.persistentVolumes",
    "sync.toHost.podDisruptionBudgets",
    "sync.toHost.pods.enabled",
    "sync.toHost.pods.enforceTolerations",
    "sync.toHost.pods.priorityClassName",
    "sync.toHost.pods.rewriteHosts.enabled",
    "sync.toHost.pods.rewriteHosts.initContainer",
    "sync.toHost.pods.runtimeClassName",
    "sync.toHost.pods.translateImage",
    "sync.toHost.pods.useSecretsForSATokens",
    "sync.toHost.priorityClasses",
    "sync.toHost.resourceClaimTemplates",
    "sync.toHost.resourceClaims",
    "sync.toHost.secrets",
    "sync.toHost.serviceAccounts",
    "sync.toHost.services",
    "sync.toHost.storageClasses",
    "sync.toHost.volumeSnapshotContents",
    "sync.toHost.volumeSnapshots",
    "telemetry",
];

/// What must not be zero: without it the real syncer does not work.
const NEEDED: &[&str] = &[
    "controlPlane.advanced.workloadServiceAccount.enabled",
    "controlPlane.coredns.deployment.replicas",
    "controlPlane.coredns.deployment.resources",
    "controlPlane.coredns.enabled",
    "controlPlane.coredns.service.spec.type",
    "controlPlane.distro.k8s.apiServer.enabled",
    "controlPlane.distro.k8s.controllerManager.enabled",
    "controlPlane.proxy.bindAddress",
    "controlPlane.proxy.port",
    "controlPlane.service.enabled",
    "controlPlane.statefulSet.highAvailability.leaseDuration",
    "controlPlane.statefulSet.highAvailability.renewDeadline",
    "controlPlane.statefulSet.highAvailability.replicas",
    "controlPlane.statefulSet.highAvailability.retryPeriod",
    "experimental.syncSettings.setOwner",
    "logging.encoding",
    "networking.advanced.clusterDomain",
    "networking.advanced.proxyKubelets.byHostname",
    "networking.advanced.proxyKubelets.byIP",
    "sync.fromHost.csiDrivers.enabled",
    "sync.fromHost.csiNodes.enabled",
    "sync.fromHost.csiStorageCapacities.enabled",
    "sync.fromHost.events.enabled",
    "sync.fromHost.storageClasses.enabled",
    "sync.toHost.configMaps.enabled",
    "sync.toHost.endpointSlices.enabled",
    "sync.toHost.endpoints.enabled",
    "sync.toHost.gatewayApi.referenceGrants.enabled",
    "sync.toHost.persistentVolumeClaims.enabled",
    "sync.toHost.pods.enabled",
    "sync.toHost.pods.rewriteHosts.enabled",
    "sync.toHost.pods.rewriteHosts.initContainer.image.registry",
    "sync.toHost.pods.rewriteHosts.initContainer.image.repository",
    "sync.toHost.pods.rewriteHosts.initContainer.image.tag",
    "sync.toHost.pods.rewriteHosts.initContainer.resources",
    "sync.toHost.secrets.enabled",
    "sync.toHost.services.enabled",
];

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
        if let Some(unknown) = first_unknown(&config, "") {
            return Err(format!(
                "unmarshal vcluster config: error unmarshaling JSON: while decoding JSON: json: unknown field \"{unknown}\""
            ));
        }
        if let Some(zero) = NEEDED.iter().find(|path| is_zero(at(&config, path))) {
            return Err(format!(
                "vcluster config: {zero} must be set: no defaults are merged into the configuration"
            ));
        }
        if at(&config, "experimental.syncSettings.setOwner") != Some(&Value::Bool(true)) {
            return Err(
                "vcluster config: experimental.syncSettings.setOwner must be true".to_owned(),
            );
        }
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

fn is_zero(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Bool(true)) => false,
    }
}

fn first_unknown(value: &Value, path: &str) -> Option<String> {
    let Value::Object(fields) = value else {
        return None;
    };
    fields.iter().find_map(|(key, value)| {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if KNOWN.contains(&path.as_str()) {
            return None;
        }
        let leads_on = KNOWN.iter().any(|known| {
            known
                .strip_prefix(&path)
                .is_some_and(|rest| rest.starts_with('.'))
        });
        if leads_on {
            first_unknown(value, &path)
        } else {
            Some(key.clone())
        }
    })
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
