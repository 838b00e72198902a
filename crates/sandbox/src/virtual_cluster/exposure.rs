//! How a vCluster is reached from outside: it listens where its Services say, on the load balancer's address and on node
//! ports, and an ingress that passes TLS through leads to it by name.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};

use super::VirtualClusters;
use super::running::VirtualCluster;
use crate::controllers::{Cluster, Controller, EventType, load_balancer};
use crate::kubernetes::resources::{PODS, SERVICES};
use crate::kubernetes::{GroupResource, Key, object};
use crate::tls::{Endpoint, TlsListener};

const INGRESSES: GroupResource = GroupResource::new("networking.k8s.io", "ingresses");
const SYNCER_PORT: u64 = 8443;

pub struct Exposure {
    host: Cluster,
    vclusters: Arc<VirtualClusters>,
    listeners: Mutex<HashMap<Key, Listening>>,
}

#[derive(Default)]
struct Listening {
    pod_uid: String,
    by_address: HashMap<SocketAddr, TlsListener>,
}

impl Exposure {
    pub fn new(host: &Cluster, vclusters: Arc<VirtualClusters>) -> Self {
        Self {
            host: host.clone(),
            vclusters,
            listeners: Mutex::default(),
        }
    }

    pub fn route(&self, server_name: &str) -> Option<Arc<Endpoint>> {
        let (ingresses, _) = self.host.store.list(INGRESSES, None);
        ingresses.iter().find_map(|ingress| {
            let namespace = object::namespace(ingress);
            let service = rules(ingress).find_map(|(host, service)| {
                (host.eq_ignore_ascii_case(server_name)).then_some(service)
            })?;
            let service = self
                .host
                .store
                .get(&Key::new(SERVICES, namespace, service))?;
            Some(self.backend(&service)?.endpoint().clone())
        })
    }

    /// The API behind a port (by number or name) of a Service, for the host API's proxy.
    pub fn service_router(&self, namespace: &str, name: &str, port: &str) -> Option<Router> {
        let service = self.host.store.get(&Key::new(SERVICES, namespace, name))?;
        let leads_to_api = syncer_ports(&service).any(|p| {
            port.is_empty() || p["name"] == port || p["port"].as_u64() == port.parse().ok()
        });
        if !leads_to_api {
            return None;
        }
        Some(self.backend(&service)?.endpoint().router().clone())
    }

    fn backend(&self, service: &Value) -> Option<Arc<VirtualCluster>> {
        let vcluster = self.vclusters.in_namespace(object::namespace(service))?;
        let labels = object::labels(&vcluster.pod)?;
        let selector = service.pointer("/spec/selector")?.as_object()?;
        let selects = !selector.is_empty()
            && selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value));
        selects.then_some(vcluster)
    }

    /// Frees ports before others are bound, then binds what is missing; what could not be bound.
    fn listen(
        &self,
        key: &Key,
        vcluster: Option<&VirtualCluster>,
        wanted: &[SocketAddr],
    ) -> Vec<(SocketAddr, std::io::Error)> {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(vcluster) = vcluster.filter(|_| !wanted.is_empty()) else {
            listeners.remove(key);
            return Vec::new();
        };
        let pod_uid = object::uid(&vcluster.pod);
        let listening = listeners.entry(key.clone()).or_default();
        if listening.pod_uid != pod_uid {
            *listening = Listening {
                pod_uid: pod_uid.to_owned(),
                by_address: HashMap::new(),
            };
        }
        listening
            .by_address
            .retain(|address, _| wanted.contains(address));
        let mut failed = Vec::new();
        for address in wanted {
            if listening.by_address.contains_key(address) {
                continue;
            }
            match TlsListener::bind(*address, vcluster.endpoint().clone()) {
                Ok(listener) => {
                    listening.by_address.insert(*address, listener);
                }
                Err(error) => failed.push((*address, error)),
            }
        }
        failed
    }

    fn reconcile_service(&self, key: &Key) -> Option<Duration> {
        let service = self
            .host
            .store
            .get(key)
            .filter(|service| !object::is_terminating(service));
        let Some(service) = service else {
            self.listen(key, None, &[]);
            return None;
        };
        let vcluster = self.backend(&service);
        let wanted = addresses(&service);
        if let Some(vcluster) = &vcluster {
            let names = wanted
                .iter()
                .map(|address| address.ip().to_string())
                .chain(cluster_ip(&service).map(str::to_owned));
            if let Err(error) = vcluster.also_serve_as(names) {
                tracing::warn!(%error, vcluster = vcluster.name, "a vCluster's certificate stays as it was");
            }
        }
        let failed = self.listen(key, vcluster.as_deref(), &wanted);
        for (address, error) in &failed {
            let message = format!("the sandbox cannot listen on {address}: {error}");
            let warning = EventType::Warning;
            self.host
                .record("sandbox", &service, warning, "CannotListen", &message);
        }
        (!failed.is_empty()).then(|| self.host.pace.units(10))
    }

    fn reconcile_ingress(&self, key: &Key) {
        let _ = self.host.store.modify(key, |ingress| {
            let status = object::field_mut(ingress, "status");
            status.insert(
                "loadBalancer".into(),
                json!({"ingress": [{"ip": "127.0.0.1"}]}),
            );
        });
    }
}

fn addresses(service: &Value) -> Vec<SocketAddr> {
    let balancer = load_balancer::address_of(service);
    syncer_ports(service)
        .flat_map(|port| {
            let number = |field: &str| port[field].as_u64().and_then(|n| u16::try_from(n).ok());
            let balanced = balancer
                .zip(number("port"))
                .map(|(ip, port)| SocketAddr::new(IpAddr::V4(ip), port));
            let on_node = number("nodePort")
                .map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
            [balanced, on_node].into_iter().flatten()
        })
        .collect()
}

fn syncer_ports(service: &Value) -> impl Iterator<Item = &Value> {
    object::items(service.pointer("/spec/ports"))
        .iter()
        .filter(|port| {
            port["targetPort"].as_u64() == Some(SYNCER_PORT) && port["name"] != "kubelet"
        })
}

fn cluster_ip(service: &Value) -> Option<&str> {
    service
        .pointer("/spec/clusterIP")?
        .as_str()
        .filter(|ip| !ip.is_empty() && *ip != "None")
}

fn rules(ingress: &Value) -> impl Iterator<Item = (&str, &str)> {
    object::items(ingress.pointer("/spec/rules"))
        .iter()
        .flat_map(|rule| {
            let host = rule["host"].as_str().unwrap_or_default();
            object::items(rule.pointer("/http/paths"))
                .iter()
                .filter_map(move |path| {
                    Some((host, path.pointer("/backend/service/name")?.as_str()?))
                })
        })
}

impl Controller for Exposure {
    fn watches(&self) -> Vec<GroupResource> {
        vec![SERVICES, INGRESSES, PODS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        if resource != PODS {
            return vec![Key::of(resource, object)];
        }
        if super::syncer_of(object).is_none() {
            return Vec::new();
        }
        let (services, _) = self
            .host
            .store
            .list(SERVICES, Some(object::namespace(object)));
        services
            .iter()
            .map(|service| Key::of(SERVICES, service))
            .collect()
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        if key.resource == INGRESSES {
            self.reconcile_ingress(key);
            return None;
        }
        self.reconcile_service(key)
    }
}
