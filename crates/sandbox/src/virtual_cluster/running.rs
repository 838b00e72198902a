//! One running vCluster: its own small API with controllers behind it, and its syncer.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::time::Instant;

use super::config::SyncerConfig;
use super::disk::Disk;
use super::sync::Sync;
use crate::controllers::{self, Cluster, ControlLoop, Controller};
use crate::faults::Faults;
use crate::kubernetes::resources::{DEPLOYMENTS, PODS, SERVICES};
use crate::kubernetes::{ApiServer, ApiServerOptions};
use crate::kubernetes::{GroupResource, Key, object};
use crate::pki::KeyedCertificate;
use crate::tls::Endpoint;

pub const ADMINISTRATOR: &str = "kubernetes-super-admin";

/// The running vCluster. Dropping it stops it; what is on its disk stays.
pub struct VirtualCluster {
    pub name: String,
    pub namespace: String,
    pub pod: Arc<Value>,
    pub config: SyncerConfig,
    pub disk: Arc<Disk>,
    pub sync: Arc<Sync>,
    endpoint: Arc<Endpoint>,
    served_names: Mutex<BTreeSet<String>>,
    started: Instant,
    _controllers: ControlLoop,
}

impl VirtualCluster {
    pub fn start(
        name: &str,
        pod: &Value,
        config: SyncerConfig,
        disk: Arc<Disk>,
        host: &Cluster,
    ) -> Result<Self> {
        let options = ApiServerOptions {
            root_certificate: disk.authority.certificate_pem().to_owned(),
            ..ApiServerOptions::default()
        };
        let api = ApiServer::new(disk.store.clone(), options);
        // Faults are the host's; inside, all is well.
        let inside = Cluster::new(api, Faults::default(), host.pace);
        let sync = Arc::new(Sync {
            vcluster: name.to_owned(),
            host_namespace: object::namespace(pod).to_owned(),
            host: host.clone(),
            inside: inside.clone(),
        });
        for object in coredns(&config.coredns_resources)? {
            let resource = match object::kind(&object) {
                "Deployment" => DEPLOYMENTS,
                _ => SERVICES,
            };
            if inside.store.get(&Key::of(resource, &object)).is_none() {
                inside
                    .admit("vcluster", resource, object)
                    .map_err(|refusal| anyhow::anyhow!("apply CoreDNS: {refusal}"))?;
            }
        }
        let names = Self::names(name, object::namespace(pod), pod, &config);
        let certificate = Self::certificate(&disk, &names)?;
        let endpoint = Endpoint::new(
            &certificate,
            disk.authority.certificate_pem(),
            inside.api.router(),
        )?;
        let mut behind = controllers::control_plane(&inside);
        behind.push(Arc::new(ToHost(sync.clone())));
        let controllers = ControlLoop::start(&inside.store, behind, inside.faults.subscribe());
        Ok(Self {
            name: name.to_owned(),
            namespace: object::namespace(pod).to_owned(),
            pod: Arc::new(pod.clone()),
            config,
            disk,
            sync,
            endpoint,
            served_names: Mutex::new(names),
            started: Instant::now(),
            _controllers: controllers,
        })
    }

    pub fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Answers under these names and addresses too, from now on; picked up without a restart.
    pub fn also_serve_as(&self, more: impl IntoIterator<Item = String>) -> Result<()> {
        let mut names = self
            .served_names
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = names.len();
        names.extend(more);
        if names.len() != before {
            let certificate = Self::certificate(&self.disk, &names)?;
            self.endpoint
                .replace_certificate(&certificate, self.disk.authority.certificate_pem())?;
        }
        Ok(())
    }

    pub fn issue_administrator(&self) -> Result<KeyedCertificate> {
        self.disk
            .authority
            .issue_client(ADMINISTRATOR, Some("system:masters"))
    }

    fn names(name: &str, namespace: &str, pod: &Value, config: &SyncerConfig) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = [
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "localhost",
            "127.0.0.1",
        ]
        .map(str::to_owned)
        .into();
        names.extend([
            name.to_owned(),
            format!("{name}.{namespace}"),
            format!("*.{name}.{namespace}.nodes.vcluster.com"),
        ]);
        names.extend(config.extra_sans.iter().cloned());
        if let Some(ip) = pod.pointer("/status/podIP").and_then(Value::as_str) {
            names.insert(ip.to_owned());
        }
        names
    }

    fn certificate(disk: &Disk, names: &BTreeSet<String>) -> Result<KeyedCertificate> {
        let names: Vec<_> = names.iter().cloned().collect();
        disk.authority
            .issue_server("kube-apiserver", &names)
            .context("issue the serving certificate")
    }
}

impl Drop for VirtualCluster {
    fn drop(&mut self) {
        // Listeners may be shared with others: they lead nowhere from now on.
        self.endpoint.set_open(false);
    }
}

fn coredns(resources: &Value) -> Result<Vec<Value>> {
    let mut objects: Vec<Value> = serde_norway::from_str(include_str!("coredns.yaml"))?;
    objects[0]["spec"]["template"]["spec"]["containers"][0]["resources"] = resources.clone();
    Ok(objects)
}

struct ToHost(Arc<Sync>);

impl Controller for ToHost {
    fn watches(&self) -> Vec<GroupResource> {
        vec![PODS, SERVICES]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        vec![Key::of(resource, object)]
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        if key.resource == PODS {
            self.0.pod(key);
            // A refusal of the host (its quota, say) may pass.
            let waits = self.0.inside.store.get(key).is_some_and(|pod| {
                pod.pointer("/spec/nodeName").is_none() && !object::is_terminating(&pod)
            });
            return waits.then(|| self.0.host.pace.units(4));
        }
        self.0.service(key);
        None
    }
}
