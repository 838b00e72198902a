//! Creates a cluster: authorises, validates, and writes desired state, operation and audit entry in
//! one transaction. No outside system is asked.

use super::{Clusters, Ordered};
use crate::{
    errors::{CreateError, InputError},
    idempotency::idempotency,
    resources::view,
    target::{Target, target},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster_name::ClusterName,
    ids::ClusterId,
    kubernetes_version::KubernetesVersion,
    operation::{Operation, OperationKind},
    order::{NameCheck, OrderInput, OrderOptions},
    problem::Problem,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    records::{ClusterColumns, NewCluster, OrderStored},
};

impl Clusters {
    /// What the create form offers this caller.
    ///
    /// # Errors
    /// Unavailable without a host cluster.
    pub async fn create_options(&self, caller: &Caller) -> Result<OrderOptions, Problem> {
        let host = self.host()?;
        let scope = caller.extent(Action::OrderCluster);
        Ok(OrderOptions {
            quotas: self.db.tenants().quotas(&scope).await?,
            tenants: self.db.tenants().active_in(&scope).await?,
            plans: self.backend.plans.clone(),
            kubernetes_versions: KubernetesVersion::ALL.to_vec(),
            exposures: host.exposures,
            ingress_domain: host.ingress_domain,
            host: host.name,
            now: Timestamp::now(),
            idempotency_key: uuid::Uuid::now_v7().to_string(),
        })
    }

    /// Whether a name is valid and free.
    ///
    /// # Errors
    /// Unavailable without a host cluster.
    pub async fn check_name(&self, _caller: &Caller, name: &str) -> Result<NameCheck, Problem> {
        let name: ClusterName = match name.parse() {
            Ok(name) => name,
            Err(error) => return Ok(NameCheck::Invalid(error.message)),
        };
        let host = self.host()?.name;
        if !self.db.clusters().name_taken(&host, &name).await? {
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
            if !self.db.clusters().name_taken(&host, &candidate).await? {
                return Ok(NameCheck::Taken {
                    suggestion: Some(candidate.to_string()),
                });
            }
        }
        Ok(NameCheck::Taken { suggestion: None })
    }

    /// Accepts an order: desired state, operation and audit entry are in the database when this
    /// returns. The same `idempotency_key` (at most 128 visible ASCII characters) by the same
    /// caller gives the first answer again.
    ///
    /// # Errors
    /// Invalid fields, forbidden, a name in use, a limit of the environment, or the key of another
    /// order.
    pub async fn create(
        &self,
        caller: &Caller,
        input: OrderInput,
        idempotency_key: Option<&str>,
    ) -> Result<Ordered, Problem> {
        let Some(user_id) = caller.user_id else {
            return Err(Problem::unauthenticated());
        };
        let host = self.host()?;
        let idempotency = idempotency_key
            .map(|key| idempotency(key, &input))
            .transpose()?;
        let target = target(
            &self.db,
            caller,
            Action::OrderCluster,
            Some(AuditAction::OrderCluster),
            &input.tenant,
            &input.environment,
        )
        .await;
        let valid = input.validate(&self.backend.plans, &host.exposures);
        let (
            order,
            Target {
                tenant,
                environment,
            },
        ) = InputError::both(valid.map_err(InputError::from), target)?;

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
        .in_tenant(tenant.id)
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
            tenant_id: tenant.id,
            environment_id: environment.id,
            created_by: user_id,
            created_at: now,
            ends_at: order
                .time_to_live
                .map(|time| now + SignedDuration::from_hours(i64::from(time.hours()))),
            operation: Operation::begin(new_id(), OperationKind::CreateCluster, now),
            details: ClusterColumns::ordered(
                order.plan,
                order.kubernetes_version,
                order.exposure,
                host.name,
            ),
            idempotency,
        };
        match self.db.clusters().create(new, audit).await? {
            OrderStored::Created(record) => Ok(Ordered {
                cluster: view(record, caller, now),
                replayed: false,
            }),
            OrderStored::Replayed(record) => Ok(Ordered {
                cluster: view(record, caller, now),
                replayed: true,
            }),
            OrderStored::KeyReused => Err(CreateError::KeyReused.into()),
            OrderStored::QuotaExceeded(check) => Err(CreateError::Quota {
                environment: environment.name,
                check,
            }
            .into()),
            OrderStored::NameTaken => Err(CreateError::NameTaken {
                kind: "cluster",
                name: name.to_string(),
            }
            .into()),
        }
    }
}
