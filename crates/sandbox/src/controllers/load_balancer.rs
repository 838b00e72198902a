//! The cloud's load balancers: each Service of that type gets a loopback address of its own, where somebody really can
//! listen (see `virtual_cluster/exposure.rs`).

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Cluster, Controller, EventType, events};
use crate::kubernetes::resources::SERVICES;
use crate::kubernetes::{GroupResource, Key, object};

const COMPONENT: &str = "service-controller";

pub struct LoadBalancers {
    cluster: Cluster,
    begun: Mutex<HashMap<String, Instant>>,
}

impl LoadBalancers {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
            begun: Mutex::default(),
        }
    }

    fn tell(&self, service: &Value, reason: &str, message: &str) {
        events::record(
            &self.cluster.store,
            COMPONENT,
            service,
            EventType::Normal,
            reason,
            message,
        );
    }

    /// An address that no other Service has. Random, so that sandboxes side by side do not meet.
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
        let begun = {
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            *begun
                .entry(object::uid(&service).to_owned())
                .or_insert_with(|| {
                    self.tell(&service, "EnsuringLoadBalancer", "Ensuring load balancer");
                    Instant::now()
                })
        };
        let left = (begun + self.cluster.pace.units(3)).saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Some(left);
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
        self.begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(object::uid(&service));
        None
    }
}
