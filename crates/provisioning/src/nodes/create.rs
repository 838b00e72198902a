//! Creates a node: authorises, validates, and writes desired state, operation and audit entry in one
//! transaction. The SkyPilot API server is asked only to validate the caller's own task.

use super::{NodeOrdered, Nodes, own_task};
use crate::{
    errors::{CreateError, InputError},
    idempotency::idempotency,
    ports::machines::MachineErrorKind,
    resources::view,
    target::{Target, target},
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
    problem::{FieldError, Problem},
    quota::QuotaRequest,
    tenancy::EnvironmentRef,
    time_to_live::TimeToLive,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    error::Stored,
    new_id,
    node_records::{NewNode, NodeColumns, WorkspaceRecord},
    records::{OrderStored, QuotaCheck},
};

/// How many offers a quote shows.
const SHOWN: usize = 50;
const HOURS_A_MONTH: i64 = 730;

/// A request whose fields are all valid.
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
        let offers = backend.catalogue.current();
        let scope = caller.extent(Action::OrderNode);
        Ok(NodeOrderOptions {
            quotas: self.db.tenants().quotas(&scope).await?,
            tenants: self.db.tenants().active_in(&scope).await?,
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
        let target = target(
            &self.db,
            caller,
            Action::OrderNode,
            None,
            &input.tenant,
            &input.environment,
        )
        .await;
        let (target, mut errors) = match target {
            Ok(target) => (Some(target), Vec::new()),
            Err(error) => (None, error.fields()?),
        };
        let valid = match self.validate(&input, target.as_ref()).await {
            Ok(valid) => valid,
            Err(error) => {
                errors.extend(error.fields()?);
                let machine = self.price_machine(&input, target.as_ref()).await?;
                return Ok(Quote { errors, ..machine });
            }
        };
        if let Some(target) = &target {
            errors.extend(self.name_error(target, &valid.terms.name).await?);
            errors.extend(self.quota_error(target, valid.price).await?);
        }
        Ok(Quote {
            errors,
            task_yaml: Some(valid.task_yaml),
            ..prices(valid.offers, valid.price, valid.terms.time_to_live)
        })
    }

    /// What the machine costs while other fields are still missing or wrong.
    async fn price_machine(
        &self,
        input: &NodeOrderInput,
        target: Option<&Target>,
    ) -> Result<Quote, Problem> {
        let workspace = self.workspace_of(target).await?;
        let catalogue = self.backend()?.catalogue.current();
        let offers = catalogue.of_clouds(workspace.as_ref().and_then(enabled).as_deref());
        let Ok(choice) = input.validate_machine(&offers) else {
            return Ok(Quote::default());
        };
        let price = max_price(&choice.offers, choice.spec.spot);
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
        let target = target(
            &self.db,
            caller,
            Action::OrderNode,
            Some(AuditAction::OrderNode),
            &input.tenant,
            &input.environment,
        )
        .await;
        let target = match target {
            Err(InputError::Failed(problem)) => return Err(problem),
            target => target,
        };
        let valid = self.validate(&input, target.as_ref().ok()).await;
        let (
            valid,
            Target {
                tenant,
                environment,
            },
        ) = InputError::both(valid, target)?;

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
        .in_tenant(tenant.id)
        .with_detail(format!("{} · {}", valid.spec.summary(), environment.slug));
        let new = NewNode {
            id,
            name: valid.terms.name,
            tenant_id: tenant.id,
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
                ..NodeColumns::ordered(valid.spec, valid.task_yaml, machine_name(tenant.id, &name))
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
            OrderStored::KeyReused => Err(CreateError::KeyReused.into()),
            OrderStored::QuotaExceeded(check) => Err(quota_exceeded(environment, check).into()),
            OrderStored::NameTaken => Err(name_taken(&name).into()),
        }
    }

    async fn workspace_of(&self, target: Option<&Target>) -> Stored<Option<WorkspaceRecord>> {
        match target {
            Some(target) => {
                let environment = target.environment.id;
                self.db.workspaces().of_environment(environment).await
            }
            None => Ok(None),
        }
    }

    /// Why the quota does not allow one more node, as things are now.
    async fn quota_error(
        &self,
        target: &Target,
        price: Option<MicroDollars>,
    ) -> Result<Vec<FieldError>, Problem> {
        let scope = TenantScope::Only(vec![target.tenant.id]);
        let quotas = self.db.tenants().quotas(&scope).await?;
        let quota = quotas
            .iter()
            .find(|quota| quota.environment_id == target.environment.id);
        let reached = quota.and_then(|quota| {
            quota
                .limits
                .reached(&quota.in_use, QuotaRequest::Node(price))
        });
        Ok(reached.map_or_else(Vec::new, |reached| {
            let check = QuotaCheck::LimitReached(reached);
            Problem::from(quota_exceeded(target.environment.clone(), check)).fields
        }))
    }

    async fn name_error(
        &self,
        target: &Target,
        name: &NodeName,
    ) -> Result<Vec<FieldError>, Problem> {
        let is_taken = self.db.nodes().name_taken(target.tenant.id, name).await?;
        Ok(if is_taken {
            Problem::from(name_taken(name)).fields
        } else {
            Vec::new()
        })
    }

    /// Every field but tenant and environment, and the YAML they come to.
    async fn validate(
        &self,
        input: &NodeOrderInput,
        target: Option<&Target>,
    ) -> Result<Valid, InputError> {
        let backend = self.backend()?;
        let workspace = self.workspace_of(target).await?;
        let catalogue = backend.catalogue.current();
        let offers = catalogue.of_clouds(workspace.as_ref().and_then(enabled).as_deref());
        if let Some(task) = input.own_task() {
            return self
                .validate_own_task(input, task, workspace, &offers)
                .await;
        }
        if catalogue.read_at.is_none() {
            return Err(InputError::Failed(CreateError::PricesNotRead.into()));
        }
        let terms = input.validate_terms().map_err(InputError::from);
        let choice = input.validate_machine(&offers).map_err(InputError::from);
        let (terms, choice) = InputError::both(terms, choice)?;
        let price = max_price(&choice.offers, choice.spec.spot);
        Ok(Valid {
            task_yaml: task_yaml(&terms.name, &choice.spec, terms.autostop, price),
            price,
            terms,
            spec: choice.spec,
            offers: choice.offers,
        })
    }

    async fn validate_own_task(
        &self,
        input: &NodeOrderInput,
        task: &str,
        workspace: Option<WorkspaceRecord>,
        offers: &[Offer],
    ) -> Result<Valid, InputError> {
        let mut errors = own_task::fields_besides(input);
        let terms = input
            .validate_terms()
            .map_err(|more| errors.extend(more))
            .ok();
        let name = terms.as_ref().map(|terms| &terms.name);
        let autostop = terms.as_ref().and_then(|terms| terms.autostop);
        let prepared = own_task::prepare(task, name, autostop)
            .map_err(|message| errors.push(FieldError::new("task", message)))
            .ok();
        let (Some(terms), Some(prepared)) = (terms, prepared) else {
            return Err(errors.into());
        };
        if errors.is_empty() {
            errors.extend(self.server_refusal(workspace, &prepared.yaml(None)).await?);
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let price = prepared.max_price(offers);
        Ok(Valid {
            price,
            task_yaml: prepared.yaml(price),
            offers: prepared.offers(offers),
            terms,
            spec: prepared.spec,
        })
    }

    /// What the SkyPilot API server finds wrong with a task. If the server does not respond, the task
    /// passes: the launch validates it again.
    async fn server_refusal(
        &self,
        workspace: Option<WorkspaceRecord>,
        yaml: &str,
    ) -> Result<Option<FieldError>, Problem> {
        let backend = self.backend()?;
        let Some(workspace) = workspace.filter(|workspace| workspace.ready) else {
            return Ok(None);
        };
        let workspace = backend.open(&workspace).await?;
        match backend.machines.validate(&workspace, yaml).await {
            Ok(()) => Ok(None),
            Err(error) if error.kind == MachineErrorKind::Invalid => Ok(Some(FieldError::new(
                "task",
                format!("SkyPilot does not accept the task: {}", error.message),
            ))),
            Err(error) => {
                tracing::warn!(%error, "a task was not validated");
                Ok(None)
            }
        }
    }
}

/// The price of the most expensive of `offers`, which SkyPilot takes where the others are not available; `None` if any
/// has no known price.
fn max_price(offers: &[Offer], spot: bool) -> Option<MicroDollars> {
    let prices: Option<Vec<_>> = offers
        .iter()
        .map(|offer| offer.price(spot).filter(|price| price.0 > 0))
        .collect();
    prices?.into_iter().max()
}

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

fn name_taken(name: &NodeName) -> CreateError {
    CreateError::NameTaken {
        kind: "node",
        name: name.to_string(),
    }
}

fn quota_exceeded(environment: EnvironmentRef, check: QuotaCheck) -> CreateError {
    CreateError::Quota {
        environment: environment.name,
        check,
    }
}
