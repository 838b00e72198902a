//! The cloud's load balancers: each Service of that type gets its own loopback address, where vClusters listen (see
//! `virtual_cluster/exposure.rs`).

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::{Value, json};

use super::timers::Timers;
use super::{Cluster, Controller, EventType};
use crate::kubernetes::resources::SERVICES;
use crate::kubernetes::{GroupResource, Key, object};

const COMPONENT: &str = "service-controller";

pub struct LoadBalancers {
    cluster: Cluster,
    ensuring: Timers<()>,
}

impl LoadBalancers {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
            ensuring: Timers::new(cluster.pace),
        }
    }

    fn tell(&self, service: &Value, reason: &str, message: &str) {
        self.cluster
            .record(COMPONENT, service, EventType::Normal, reason, message);
    }

    /// An address that no other Service has; random, so that sandboxes on one machine use different ones.
    fn free_address(&self) -> Ipv4Addr {
        let (services, _) = self.cluster.store.list(SERVICES, None);
        loop {
            let [b, c, d]: [u8; 3] = rand::random();
            let address = Ipv4Addr::new(127, 64 + b % 128, c, 1 + d % 254);
            if !services
                .iter()
                .any(|service| address_of(service) == Some(address))
            {
                return address;
            }
        }
    }
}

pub fn address_of(service: &Value) -> Option<Ipv4Addr> {
    service
        .pointer("/status/loadBalancer/ingress/0/ip")?
        .as_str()?
        .parse()
        .ok()
}

impl Controller for LoadBalancers {
    fn watches(&self) -> Vec<GroupResource> {
        vec![SERVICES]
    }

    fn affected(&self, _: GroupResource, service: &Value) -> Vec<Key> {
        vec![Key::of(SERVICES, service)]
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let service = self.cluster.store.get(key)?;
        let wants_one = service.pointer("/spec/type") == Some(&json!("LoadBalancer"));
        let has_one = address_of(&service).is_some();
        if !wants_one || object::is_terminating(&service) {
            if has_one {
                let _ = self.cluster.store.modify(key, |service| {
                    service["status"]["loadBalancer"] = json!({});
                });
            }
            return None;
        }
        if has_one {
            return None;
        }
        let faults = self.cluster.faults.current().workloads;
        if faults.no_load_balancer.covers(&key.namespace) {
            // A change of the faults wakes this controller.
            return None;
        }
        let begin = || self.tell(&service, "EnsuringLoadBalancer", "Ensuring load balancer");
        let left = self.ensuring.left(object::uid(&service), (), 3, begin);
        if left.is_some() {
            return left;
        }
        let address = self.free_address();
        let given = self.cluster.store.modify(key, |service| {
            object::field_mut(service, "status").insert(
                "loadBalancer".into(),
                json!({"ingress": [{"ip": address.to_string(), "ipMode": "VIP"}]}),
            );
        });
        if given.is_ok() {
            self.tell(&service, "EnsuredLoadBalancer", "Ensured load balancer");
        }
        self.ensuring.forget(object::uid(&service));
        None
    }
}
