//! Ordering a node: authorise, validate, write desired state + operation + audit entry in one
//! transaction, return. Only a task of one's own is shown to the SkyPilot API server before.

use super::{NodeOrdered, Nodes, own_task};
use crate::{
    idempotency::idempotency, limits, placing, ports::machines::MachineErrorKind, resources::view,
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::{Caller, TenantScope},
    ids::NodeId,
    money::MicroDollars,
    node::{
        catalogue::Offer,
        machine_name::machine_name,
        name::NodeName,
        order::{NodeOrderInput, NodeOrderOptions, NodeSpec, NodeTerms, Quote},
        task::task_yaml,
    },
    operation::{Operation, OperationKind},
    problem::{FieldError, Problem, ProblemKind},
    quota::QuotaRequest,
    tenancy::{EnvironmentRef, Tenant},
    time_to_live::TimeToLive,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    node_records::{NewNode, NodeColumns, WorkspaceRecord},
    records::{OrderStored, QuotaCheck},
};

/// How many offers a quote shows.
const SHOWN: usize = 50;
/// What is called a month in prices.
const HOURS_A_MONTH: i64 = 730;

/// An order whose fields are all valid.
struct Valid {
    terms: NodeTerms,
    spec: NodeSpec,
    task_yaml: String,
    offers: Vec<Offer>,
    price: Option<MicroDollars>,
}

impl Nodes {
    /// What the create form offers this caller.
    ///
    /// # Errors
    /// Unavailable without a SkyPilot API server.
    pub async fn create_options(&self, caller: &Caller) -> Result<NodeOrderOptions, Problem> {
        let backend = self.backend()?;
        let mut tenants = self.db.tenants().active().await?;
        tenants.retain(|tenant| caller.may(Action::OrderNode, tenant.tenant.id));
        let offers = backend.catalogue.current();
        let scope = caller.extent(Action::OrderNode);
        Ok(NodeOrderOptions {
            quotas: self.db.tenants().quotas(&scope).await?,
            tenants,
            accelerators: super::catalogue::summaries(&offers.offers),
            read_at: offers.read_at,
            now: Timestamp::now(),
            idempotency_key: uuid::Uuid::now_v7().to_string(),
        })
    }

    /// What an order would cost, and what is wrong with it; changes nothing. The caller's own task is
    /// also validated by the SkyPilot API server.
    ///
    /// # Errors
    /// Unavailable before the prices have been read.
    pub async fn quote(&self, caller: &Caller, input: NodeOrderInput) -> Result<Quote, Problem> {
        let place = placing::place(
            &self.db,
            caller,
            Action::OrderNode,
            None,
            &input.tenant,
            &input.environment,
        )
        .await?;
        let valid = match self.validate(&input, place.as_ref().ok()).await? {
            Ok(valid) => valid,
            Err(mut errors) => {
                let machine = self.price_machine(&input, place.as_ref().ok()).await?;
                errors.extend(place.err());
                return Ok(Quote { errors, ..machine });
            }
        };
        let mut errors: Vec<FieldError> = place.as_ref().err().cloned().into_iter().collect();
        if let Ok((tenant, environment)) = &place {
            errors.extend(self.name_error(tenant, &valid.terms.name).await?);
            errors.extend(self.quota_error(tenant, environment, valid.price).await?);
        }
        Ok(Quote {
            errors,
            task_yaml: Some(valid.task_yaml),
            ..prices(valid.offers, valid.price, valid.terms.time_to_live)
        })
    }

    /// What the machine costs of an order with a fault besides it: who has found a machine and not
    /// yet a name wants to know all the same.
    async fn price_machine(
        &self,
        input: &NodeOrderInput,
        place: Option<&(Tenant, EnvironmentRef)>,
    ) -> Result<Quote, Problem> {
        let workspace = match place {
            Some((_, environment)) => self.db.workspaces().of_environment(environment.id).await?,
            None => None,
        };
        let catalogue = self.backend()?.catalogue.current();
        let offers = catalogue.of_clouds(workspace.as_ref().and_then(enabled).as_deref());
        let Ok(choice) = input.validate_machine(&offers) else {
            return Ok(Quote::default());
        };
        let price = choice
            .offers
            .first()
            .and_then(|offer| offer.price(choice.spec.spot));
        let time_to_live = input
            .time_to_live_hours
            .and_then(|hours| TimeToLive::try_from(u32::try_from(hours).ok()?).ok());
        Ok(prices(choice.offers, price, time_to_live))
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
        input: NodeOrderInput,
        idempotency_key: Option<&str>,
    ) -> Result<NodeOrdered, Problem> {
        let Some(user_id) = caller.user_id else {
            return Err(Problem::unauthenticated());
        };
        let idempotency = idempotency_key
            .map(|key| idempotency(key, &input))
            .transpose()?;
        let place = placing::place(
            &self.db,
            caller,
            Action::OrderNode,
            Some(AuditAction::OrderNode),
            &input.tenant,
            &input.environment,
        )
        .await?;
        let validated = self.validate(&input, place.as_ref().ok()).await?;
        let (valid, (tenant, environment)) = match (validated, place) {
            (Ok(valid), Ok(place)) => (valid, place),
            (validated, place) => {
                let mut errors = validated.err().unwrap_or_default();
                errors.extend(place.err());
                return Err(Problem::invalid(errors));
            }
        };

        let now = Timestamp::now();
        let id: NodeId = new_id();
        let name = valid.terms.name.clone();
        let audit = AuditEntry::by(
            caller,
            AuditAction::OrderNode,
            now,
            format!("node/{id}"),
            name.as_str(),
        )
        .in_tenant(tenant.tenant.id)
        .with_detail(format!("{} · {}", valid.spec.summary(), environment.slug));
        let new = NewNode {
            id,
            name: valid.terms.name,
            tenant_id: tenant.tenant.id,
            environment_id: environment.id,
            created_by: user_id,
            created_at: now,
            ends_at: valid
                .terms
                .time_to_live
                .map(|time| now + SignedDuration::from_hours(i64::from(time.hours()))),
            operation: Operation::begin(new_id(), OperationKind::LaunchNode, now),
            details: NodeColumns {
                autostop: valid.terms.autostop,
                price_per_hour: valid.price,
                ..NodeColumns::ordered(
                    valid.spec,
                    valid.task_yaml,
                    machine_name(tenant.tenant.id, &name),
                )
            },
            idempotency,
        };
        match self.db.nodes().create(new, audit).await? {
            OrderStored::Created(record) => Ok(NodeOrdered {
                node: view(record, caller, now),
                replayed: false,
            }),
            OrderStored::Replayed(record) => Ok(NodeOrdered {
                node: view(record, caller, now),
                replayed: true,
            }),
            OrderStored::KeyReused => Err(Problem::new(
                ProblemKind::IdempotencyKeyReused,
                "The same Idempotency-Key came with a different order before.",
            )
            .next("Send a fresh key with a new order, or the first order again.")),
            OrderStored::QuotaExceeded(quota) => Err(limits::refusal(&environment.name, quota)),
            OrderStored::NameTaken => Err(Problem {
                fields: vec![taken(&name)],
                ..Problem::new(
                    ProblemKind::Conflict,
                    format!("A node named {name} exists already."),
                )
            }),
        }
    }

    /// What a limit of the environment has against one more node, as things are now.
    async fn quota_error(
        &self,
        tenant: &Tenant,
        environment: &EnvironmentRef,
        price: Option<MicroDollars>,
    ) -> Result<Option<FieldError>, Problem> {
        let scope = TenantScope::Only(vec![tenant.tenant.id]);
        let quotas = self.db.tenants().quotas(&scope).await?;
        let quota = quotas
            .iter()
            .find(|quota| quota.environment_id == environment.id);
        let reached = quota.and_then(|quota| {
            quota
                .limits
                .reached(&quota.in_use, QuotaRequest::Node(price))
        });
        Ok(reached.and_then(|reached| {
            let refusal = limits::refusal(&environment.name, QuotaCheck::LimitReached(reached));
            refusal.fields.into_iter().next()
        }))
    }

    async fn name_error(
        &self,
        tenant: &Tenant,
        name: &NodeName,
    ) -> Result<Option<FieldError>, Problem> {
        let is_taken = self.db.nodes().name_taken(tenant.tenant.id, name).await?;
        Ok(is_taken.then(|| taken(name)))
    }

    /// Every field but the place, and the YAML they come to.
    async fn validate(
        &self,
        input: &NodeOrderInput,
        place: Option<&(Tenant, EnvironmentRef)>,
    ) -> Result<Result<Valid, Vec<FieldError>>, Problem> {
        let backend = self.backend()?;
        let terms = input.validate_terms();
        let workspace = match place {
            Some((_, environment)) => self.db.workspaces().of_environment(environment.id).await?,
            None => None,
        };
        let catalogue = backend.catalogue.current();
        let offers = catalogue.of_clouds(workspace.as_ref().and_then(enabled).as_deref());
        if let Some(task) = input.own_task() {
            return self
                .validate_own_task(input, task, terms, workspace, &offers)
                .await;
        }
        if catalogue.read_at.is_none() {
            return Err(Problem::new(
                ProblemKind::Unavailable,
                "The price lists have not been read from the SkyPilot API server yet.",
            )
            .next("Try again in a minute."));
        }
        let choice = input.validate_machine(&offers);
        let (terms, choice) = match (terms, choice) {
            (Ok(terms), Ok(choice)) => (terms, choice),
            (terms, choice) => {
                let mut errors = terms.err().unwrap_or_default();
                errors.extend(choice.err().unwrap_or_default());
                return Ok(Err(errors));
            }
        };
        Ok(Ok(Valid {
            task_yaml: task_yaml(&terms.name, &choice.spec, terms.autostop),
            price: choice
                .offers
                .first()
                .and_then(|offer| offer.price(choice.spec.spot)),
            terms,
            spec: choice.spec,
            offers: choice.offers,
        }))
    }

    async fn validate_own_task(
        &self,
        input: &NodeOrderInput,
        task: &str,
        terms: Result<NodeTerms, Vec<FieldError>>,
        workspace: Option<WorkspaceRecord>,
        offers: &[Offer],
    ) -> Result<Result<Valid, Vec<FieldError>>, Problem> {
        let mut errors = own_task::fields_besides(input);
        let terms = terms.map_err(|more| errors.extend(more)).ok();
        let name = terms.as_ref().map(|terms| &terms.name);
        let autostop = terms.as_ref().and_then(|terms| terms.autostop);
        let prepared = own_task::prepare(task, name, autostop)
            .map_err(|message| errors.push(FieldError::new("task", message)))
            .ok();
        let (Some(terms), Some(prepared)) = (terms, prepared) else {
            return Ok(Err(errors));
        };
        if errors.is_empty() {
            errors.extend(self.server_refusal(workspace, &prepared.yaml).await?);
        }
        if !errors.is_empty() {
            return Ok(Err(errors));
        }
        let mut fitting: Vec<Offer> = offers
            .iter()
            .filter(|offer| prepared.asks_for(offer))
            .cloned()
            .collect();
        fitting.sort_by_key(|offer| {
            offer
                .price(prepared.spec.spot)
                .map_or(i64::MAX, |price| price.0)
        });
        Ok(Ok(Valid {
            price: fitting
                .first()
                .and_then(|offer| offer.price(prepared.spec.spot)),
            terms,
            spec: prepared.spec,
            task_yaml: prepared.yaml,
            offers: fitting,
        }))
    }

    /// What the SkyPilot API server finds wrong with a task. A server that does not answer lets it
    /// pass: the launch tells later.
    async fn server_refusal(
        &self,
        workspace: Option<WorkspaceRecord>,
        yaml: &str,
    ) -> Result<Option<FieldError>, Problem> {
        let backend = self.backend()?;
        let Some(workspace) = workspace.filter(|workspace| workspace.ready) else {
            return Ok(None);
        };
        let workspace = backend
            .open(&workspace)
            .await
            .map_err(|error| persistence::error::internal(&error))?;
        match backend.machines.validate(&workspace, yaml).await {
            Ok(()) => Ok(None),
            Err(error) if error.kind == MachineErrorKind::Invalid => Ok(Some(FieldError::new(
                "task",
                format!("SkyPilot does not accept it: {}", error.message),
            ))),
            Err(error) => {
                tracing::warn!(%error, "a task was not validated");
                Ok(None)
            }
        }
    }
}

/// A quote's prices and places.
fn prices(
    offers: Vec<Offer>,
    price: Option<MicroDollars>,
    time_to_live: Option<TimeToLive>,
) -> Quote {
    let until_end = time_to_live.and_then(|time| Some(price?.times_hours(i64::from(time.hours()))));
    Quote {
        errors: Vec::new(),
        task_yaml: None,
        offers: offers.into_iter().take(SHOWN).collect(),
        price_per_hour: price,
        until_end,
        per_month: price.map(|price| price.times_hours(HOURS_A_MONTH)),
    }
}

/// The clouds that limit what is offered; `None`: they have not been asked yet.
pub(super) fn enabled(workspace: &WorkspaceRecord) -> Option<Vec<String>> {
    workspace
        .checked_at
        .map(|_| workspace.enabled_clouds.clone())
}

fn taken(name: &NodeName) -> FieldError {
    FieldError::new(
        "name",
        format!("{name} is taken in this tenant; choose another name."),
    )
}
