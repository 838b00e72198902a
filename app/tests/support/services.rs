//! The service traits over a list in memory. Rules are the domain's own; there is no other logic here.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::access::{PlatformAction, TenantRole, TokenScope};
use domain::account::{ApiToken, NewApiToken, Profile, TenantMembership, TokenInput};
use domain::caller::Caller;
use domain::cluster::{Cluster, ClusterEvent, ClusterState, DoomedObjects, Kubeconfig};
use domain::exposure::ExposureKind;
use domain::ids::{ClusterId, TokenId};
use domain::kubernetes_version::KubernetesVersion;
use domain::listing::{ClusterPage, ClusterQuery, StateCount};
use domain::money::MicroDollars;
use domain::order::{NameCheck, OrderInput, OrderOptions};
use domain::overview::{Happening, Overview};
use domain::permissions::PermissionTable;
use domain::plan::Plan;
use domain::problem::{FieldError, Problem};
use domain::room::LimitedEnvironment;
use domain::services::{Account, Clusters, Ordered};
use domain::tenancy::Tenant;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{node_sample, sample};

/// The secret of every new token.
pub const SECRET: &str = "hgr_the-secret-of-a-new-token";

/// Clusters and tokens.
pub struct InMemory {
    clusters: Vec<Cluster>,
    tokens: Mutex<Vec<ApiToken>>,
}

impl Default for InMemory {
    fn default() -> Self {
        Self {
            clusters: sample::clusters(),
            tokens: Mutex::new(vec![token("deploy pipeline")]),
        }
    }
}

fn token(name: &str) -> ApiToken {
    ApiToken {
        id: Uuid::from_u128(50).into(),
        name: name.into(),
        prefix: "hgr_Zk3u".into(),
        scopes: vec![TokenScope::Read, TokenScope::Clusters],
        tenant: Some(sample::tenant()),
        created_at: sample::now(),
        expires_at: sample::now() + SignedDuration::from_hours(24 * 30),
        last_used_at: None,
    }
}

#[async_trait]
impl Clusters for InMemory {
    async fn order_options(&self, _: &Caller) -> Result<OrderOptions, Problem> {
        Ok(OrderOptions {
            tenants: vec![Tenant {
                tenant: sample::tenant(),
                environments: vec![sample::environment("dev"), sample::environment("staging")],
            }],
            rooms: vec![sample::room()],
            plans: Plan::defaults(),
            kubernetes_versions: KubernetesVersion::ALL.to_vec(),
            exposures: ExposureKind::ALL.to_vec(),
            ingress_domain: Some("clusters.example.com".into()),
            host: "eu-1".into(),
            now: sample::now(),
            idempotency_key: "0192f0c0-1111-7000-8000-000000000000".into(),
        })
    }

    async fn check_name(&self, _: &Caller, name: &str) -> Result<NameCheck, Problem> {
        let taken = self
            .clusters
            .iter()
            .any(|cluster| cluster.name.as_str() == name);
        Ok(if taken {
            NameCheck::Taken {
                suggestion: Some(format!("{name}-2")),
            }
        } else {
            NameCheck::Free
        })
    }

    async fn order(
        &self,
        caller: &Caller,
        input: OrderInput,
        _: Option<&str>,
    ) -> Result<Ordered, Problem> {
        input
            .validate(&Plan::defaults(), &ExposureKind::ALL)
            .map_err(Problem::invalid)?;
        match self.check_name(caller, &input.name).await? {
            NameCheck::Taken { .. } => {
                let error = FieldError::new("name", "The name is taken.");
                Err(Problem::invalid(vec![error]))
            }
            _ => Ok(Ordered {
                cluster: self.clusters[1].clone(),
                replayed: false,
            }),
        }
    }

    async fn list(&self, _: &Caller, query: ClusterQuery) -> Result<ClusterPage, Problem> {
        let items: Vec<_> = self
            .clusters
            .iter()
            .filter(|cluster| cluster.name.as_str().contains(&query.search))
            .filter(|cluster| query.states.is_empty() || query.states.contains(&cluster.state))
            .cloned()
            .collect();
        let counts = ClusterState::ALL
            .into_iter()
            .map(|state| StateCount {
                state,
                count: self
                    .clusters
                    .iter()
                    .filter(|cluster| cluster.state == state)
                    .count() as u64,
            })
            .collect();
        Ok(ClusterPage {
            total: items.len() as u64,
            items,
            paging: domain::listing::Paging::default(),
            per_page: query.per_page,
            counts,
            now: sample::now(),
        })
    }

    async fn get(&self, _: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        self.clusters
            .iter()
            .find(|cluster| cluster.id == id)
            .cloned()
            .ok_or_else(|| Problem::not_found("cluster"))
    }

    async fn events(&self, _: &Caller, _: ClusterId) -> Result<Vec<ClusterEvent>, Problem> {
        Ok(sample::events())
    }

    async fn kubeconfig(&self, _: &Caller, _: ClusterId) -> Result<Kubeconfig, Problem> {
        Err(Problem::not_found("kubeconfig"))
    }

    async fn doomed(&self, _: &Caller, _: ClusterId) -> Result<Vec<DoomedObjects>, Problem> {
        Ok(sample::doomed())
    }

    async fn delete(
        &self,
        caller: &Caller,
        id: ClusterId,
        confirmation: &str,
    ) -> Result<Cluster, Problem> {
        let cluster = self.get(caller, id).await?;
        if cluster.name.as_str() == confirmation {
            Ok(cluster)
        } else {
            let error = FieldError::new("confirmation", "That is not the cluster's name.");
            Err(Problem::invalid(vec![error]))
        }
    }

    async fn overview(&self, _: &Caller) -> Result<Overview, Problem> {
        let happening = |minutes, who: &str, did: &str| Happening {
            at: sample::now() - SignedDuration::from_mins(minutes),
            who: who.into(),
            did: did.into(),
            target: "checkout-preview".into(),
        };
        Ok(Overview {
            running: 1,
            moving: 2,
            needs_you: vec![self.clusters[2].clone()],
            ends_soon: vec![self.clusters[0].clone()],
            mine: self.clusters.clone(),
            nodes_running: 1,
            nodes_moving: 1,
            nodes_need_you: Vec::new(),
            nodes_end_soon: Vec::new(),
            my_nodes: node_sample::nodes(),
            price_per_hour: MicroDollars(290_000),
            spent_this_month: MicroDollars(412_000_000),
            limited: vec![LimitedEnvironment {
                tenant: sample::tenant(),
                environment: sample::environment("dev"),
                room: sample::room(),
            }],
            lately: vec![
                happening(8, "Grace", "downloaded the kubeconfig of"),
                happening(30, "Ada Keller", "ordered"),
            ],
            now: sample::now(),
        })
    }
}

#[async_trait]
impl Account for InMemory {
    async fn profile(&self, caller: &Caller) -> Result<Profile, Problem> {
        Ok(Profile {
            user_id: sample::ADA.into(),
            name: caller.name.clone(),
            email: caller.email.clone(),
            issuer: "https://login.example.com".into(),
            platform_role: caller.platform_role,
            tenants: vec![TenantMembership {
                tenant: sample::tenant(),
                environments: vec![sample::environment("dev"), sample::environment("staging")],
                role: Some(TenantRole::Developer),
            }],
            token: None,
            now: sample::now(),
        })
    }

    async fn tokens(&self, _: &Caller) -> Result<Vec<ApiToken>, Problem> {
        Ok(self.tokens.lock().expect("no test panics with it").clone())
    }

    async fn create_token(&self, _: &Caller, input: TokenInput) -> Result<NewApiToken, Problem> {
        input.validate().map_err(Problem::invalid)?;
        let token = token(&input.name);
        self.tokens
            .lock()
            .expect("no test panics with it")
            .push(token.clone());
        Ok(NewApiToken {
            token,
            secret: SECRET.into(),
        })
    }

    async fn revoke_token(&self, _: &Caller, _: TokenId) -> Result<(), Problem> {
        self.tokens.lock().expect("no test panics with it").clear();
        Ok(())
    }

    async fn permissions(&self, caller: &Caller) -> Result<PermissionTable, Problem> {
        if caller.may_on_platform(PlatformAction::ReadPermissions) {
            Ok(PermissionTable::current())
        } else {
            Err(Problem::forbidden(PlatformAction::ReadPermissions.words()))
        }
    }
}
