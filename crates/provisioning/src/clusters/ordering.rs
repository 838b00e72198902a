//! Ordering: authorise, validate, write desired state + operation + audit entry in one
//! transaction, return. Nothing outside is touched here.

use super::{ClusterService, view};
use crate::{
    audit::{AuditAction, AuditEntry},
    new_id,
    records::{Idempotency, NewCluster, OrderStored},
};
use domain::{
    access::Action,
    caller::Caller,
    cluster_name::ClusterName,
    ids::ClusterId,
    kubernetes_version::KubernetesVersion,
    operation::{Operation, OperationKind},
    order::{NameCheck, OrderInput, OrderOptions},
    problem::{FieldError, Problem, ProblemKind},
    services::Ordered,
    tenancy::{EnvironmentRef, Tenant},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// The longest `Idempotency-Key`.
const MAX_KEY: usize = 128;

impl ClusterService {
    pub(super) async fn options(&self, caller: &Caller) -> Result<OrderOptions, Problem> {
        let host = self.host()?;
        let mut tenants = self.store.tenants().await?;
        tenants.retain(|tenant| caller.may(Action::OrderCluster, tenant.tenant.id));
        Ok(OrderOptions {
            tenants,
            plans: self.plans.clone(),
            kubernetes_versions: KubernetesVersion::ALL.to_vec(),
            exposures: host.exposures,
            ingress_domain: host.ingress_domain,
            host: host.name,
            now: Timestamp::now(),
            idempotency_key: uuid::Uuid::now_v7().to_string(),
        })
    }

    pub(super) async fn name_check(&self, name: &str) -> Result<NameCheck, Problem> {
        let name: ClusterName = match name.parse() {
            Ok(name) => name,
            Err(error) => return Ok(NameCheck::Invalid(error.message)),
        };
        let host = self.host()?.name;
        if !self.store.name_taken(&host, &name).await? {
            return Ok(NameCheck::Free);
        }
        for number in 2..10 {
            let stem: String = name
                .as_str()
                .chars()
                .take(ClusterName::MAX_LENGTH - 2)
                .collect();
            let Ok(candidate) = format!("{stem}-{number}").parse() else {
                break;
            };
            if !self.store.name_taken(&host, &candidate).await? {
                return Ok(NameCheck::Taken {
                    suggestion: Some(candidate.to_string()),
                });
            }
        }
        Ok(NameCheck::Taken { suggestion: None })
    }

    pub(super) async fn place_order(
        &self,
        caller: &Caller,
        input: &OrderInput,
        key: Option<&str>,
    ) -> Result<Ordered, Problem> {
        let Some(user_id) = caller.user_id else {
            return Err(Problem::unauthenticated());
        };
        let host = self.host()?;
        let idempotency = key.map(|key| idempotency(key, input)).transpose()?;
        let validated = input.validate(&self.plans, &host.exposures);
        let place = self.place(caller, input).await?;
        let (order, (tenant, environment)) = match (validated, place) {
            (Ok(order), Ok(place)) => (order, place),
            (validated, place) => {
                let mut errors = validated.err().unwrap_or_default();
                errors.extend(place.err());
                return Err(Problem::invalid(errors));
            }
        };

        let now = Timestamp::now();
        let id: ClusterId = new_id();
        let name = order.name.clone();
        let audit = AuditEntry::by(
            caller,
            AuditAction::OrderCluster,
            now,
            format!("cluster/{id}"),
            name.as_str(),
        )
        .in_tenant(tenant.tenant.id)
        .with_detail(format!(
            "{} · {} · {} · {}",
            order.plan.name,
            order.kubernetes_version,
            order.exposure.title(),
            environment.slug
        ));
        let new = NewCluster {
            id,
            name: order.name,
            tenant_id: tenant.tenant.id,
            environment_id: environment.id,
            plan: order.plan,
            kubernetes_version: order.kubernetes_version,
            exposure: order.exposure,
            host: host.name,
            created_by: user_id,
            created_at: now,
            ends_at: order
                .time_to_live
                .map(|time| now + SignedDuration::from_hours(i64::from(time.hours()))),
            operation: Operation::begin(new_id(), OperationKind::CreateCluster, now),
            idempotency,
        };
        match self.store.store_order(new, audit).await? {
            OrderStored::Created(record) => Ok(Ordered {
                cluster: view::cluster(record, caller),
                replayed: false,
            }),
            OrderStored::Replayed(record) => Ok(Ordered {
                cluster: view::cluster(record, caller),
                replayed: true,
            }),
            OrderStored::KeyReused => Err(Problem::new(
                ProblemKind::IdempotencyKeyReused,
                "The same Idempotency-Key came with a different order before.",
            )
            .next("Send a fresh key with a new order, or the first order again.")),
            OrderStored::NameTaken => Err(Problem {
                fields: vec![FieldError::new(
                    "name",
                    format!("{name} is taken; choose another name."),
                )],
                ..Problem::new(
                    ProblemKind::Conflict,
                    format!("A cluster named {name} exists already."),
                )
            }),
        }
    }

    /// The tenant and environment an order names; a field error if they are not to be had.
    async fn place(
        &self,
        caller: &Caller,
        input: &OrderInput,
    ) -> Result<Result<(Tenant, EnvironmentRef), FieldError>, Problem> {
        let tenants = self.store.tenants().await?;
        let visible = tenants.into_iter().find(|tenant| {
            tenant.tenant.slug == input.tenant && caller.may(Action::ReadCluster, tenant.tenant.id)
        });
        let Some(tenant) = visible else {
            return Ok(Err(FieldError::new(
                "tenant",
                "Choose one of your tenants: there is no such tenant, or you are not a member.",
            )));
        };
        if !caller.may(Action::OrderCluster, tenant.tenant.id) {
            return Err(Problem::forbidden(Action::OrderCluster.words()));
        }
        let environment = tenant
            .environments
            .iter()
            .find(|environment| environment.slug == input.environment)
            .cloned();
        Ok(match environment {
            Some(environment) => Ok((tenant, environment)),
            None => Err(FieldError::new(
                "environment",
                format!("{} has no such environment.", tenant.tenant.name),
            )),
        })
    }
}

/// The key with a digest of the order it stands for.
fn idempotency(key: &str, input: &OrderInput) -> Result<Idempotency, Problem> {
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::invalid(vec![FieldError::new(
            "Idempotency-Key",
            format!("Use 1 to {MAX_KEY} visible ASCII characters, for example a UUID."),
        )]));
    }
    let order = serde_json::to_vec(input).map_err(|error| crate::error::internal(&error))?;
    Ok(Idempotency {
        key: key.to_owned(),
        fingerprint: crate::hex(&Sha256::digest(order)),
    })
}
