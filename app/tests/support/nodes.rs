//! The node service over lists in memory. Rules are the domain's own; there is no other logic here.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::access::{Action, PlatformAction};
use domain::caller::Caller;
use domain::ids::NodeId;
use domain::node::catalogue::{AcceleratorSummary, Offer, OfferPage, OfferQuery};
use domain::node::connection::SshAccess;
use domain::node::job::{Job, JobInput};
use domain::node::listing::{NodePage, NodeQuery, NodeStateCount};
use domain::node::order::{AutostopInput, NodeOrderInput, NodeOrderOptions, Quote};
use domain::node::task::task_yaml;
use domain::node::view::{Node, NodeEvent, NodeState, Orphan};
use domain::problem::{FieldError, Problem, ProblemKind};
use domain::services::{LogLines, LogStream, NodeLog, NodeOrdered, Nodes};
use domain::tenancy::Tenant;

use super::{node_sample, sample};

/// Offers and nodes.
pub struct NodesInMemory {
    /// Whether the prices have been read.
    priced: bool,
    /// Whether the SkyPilot API server answers what is asked of it at once.
    answers: bool,
    nodes: Vec<Node>,
}

impl Default for NodesInMemory {
    fn default() -> Self {
        Self {
            priced: true,
            answers: true,
            nodes: node_sample::nodes(),
        }
    }
}

impl NodesInMemory {
    /// Before the prices have been read.
    pub fn without_prices() -> Self {
        Self {
            priced: false,
            ..Self::default()
        }
    }

    /// While the SkyPilot API server does not answer.
    pub fn without_server() -> Self {
        Self {
            answers: false,
            ..Self::default()
        }
    }

    fn ask(&self) -> Result<(), Problem> {
        if self.answers {
            return Ok(());
        }
        let problem = Problem::new(
            ProblemKind::Unavailable,
            "The SkyPilot API server does not answer.",
        );
        Err(problem.next("Try again in a minute."))
    }

    fn offers(&self) -> Vec<Offer> {
        if self.priced {
            node_sample::offers()
        } else {
            Vec::new()
        }
    }

    fn find(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        let found = self.nodes.iter().find(|node| node.id == id);
        let mut node = found.cloned().ok_or_else(|| Problem::not_found("node"))?;
        let may = |action| caller.may(action, node.tenant.id);
        let allowed = &mut node.allowed;
        allowed.connect &= may(Action::ConnectNode);
        allowed.logs &= may(Action::ReadNodeLogs);
        allowed.delete &= may(Action::DeleteNode);
        for operating in [
            &mut allowed.jobs,
            &mut allowed.stop,
            &mut allowed.start,
            &mut allowed.autostop,
        ] {
            *operating &= may(Action::OperateNode);
        }
        Ok(node)
    }
}

fn accelerators(offers: &[Offer]) -> Vec<AcceleratorSummary> {
    let mut by_name: BTreeMap<&str, Vec<&Offer>> = BTreeMap::new();
    for offer in offers {
        by_name.entry(&offer.accelerator).or_default().push(offer);
    }
    by_name
        .into_iter()
        .map(|(name, offers)| {
            let mut counts: Vec<u32> = offers.iter().map(|offer| offer.count).collect();
            counts.sort_unstable();
            counts.dedup();
            let mut clouds: Vec<String> = offers.iter().map(|offer| offer.cloud.clone()).collect();
            clouds.sort_unstable();
            clouds.dedup();
            AcceleratorSummary {
                name: name.into(),
                device_memory_gib: offers[0].device_memory_gib,
                counts,
                cheapest: offers.iter().filter_map(|offer| offer.price_per_hour).min(),
                cheapest_spot: offers
                    .iter()
                    .filter_map(|offer| offer.spot_price_per_hour)
                    .min(),
                clouds,
            }
        })
        .collect()
}

#[async_trait]
impl Nodes for NodesInMemory {
    async fn catalogue(&self, _: &Caller, query: OfferQuery) -> Result<OfferPage, Problem> {
        let offers = self.offers();
        let mut items: Vec<_> = offers
            .iter()
            .filter(|offer| {
                query
                    .accelerator
                    .as_ref()
                    .is_none_or(|name| offer.accelerator == *name)
                    && query
                        .cloud
                        .as_ref()
                        .is_none_or(|cloud| offer.cloud == *cloud)
                    && query.count.is_none_or(|count| offer.count == count)
                    && offer
                        .accelerator
                        .to_lowercase()
                        .contains(&query.search.to_lowercase())
            })
            .cloned()
            .collect();
        items.sort_by_key(|offer| offer.price_per_hour);
        if query.descending {
            items.reverse();
        }
        Ok(OfferPage {
            total: items.len() as u64,
            items,
            page: query.page,
            per_page: query.per_page,
            accelerators: accelerators(&offers),
            clouds: if self.priced {
                vec!["aws".into(), "gcp".into(), "lambda".into()]
            } else {
                Vec::new()
            },
            read_at: self
                .priced
                .then(|| sample::now() - jiff::SignedDuration::from_mins(12)),
            now: sample::now(),
        })
    }

    async fn order_options(&self, caller: &Caller) -> Result<NodeOrderOptions, Problem> {
        let tenant = sample::tenant();
        let may_order = caller.may(Action::OrderNode, tenant.id);
        Ok(NodeOrderOptions {
            tenants: may_order
                .then(|| Tenant {
                    tenant,
                    environments: vec![sample::environment("dev"), sample::environment("staging")],
                })
                .into_iter()
                .collect(),
            rooms: Vec::new(),
            accelerators: accelerators(&self.offers()),
            read_at: self.priced.then(sample::now),
            now: sample::now(),
            idempotency_key: "0192f0c0-2222-7000-8000-000000000000".into(),
        })
    }

    async fn quote(&self, _: &Caller, input: NodeOrderInput) -> Result<Quote, Problem> {
        let terms = input.validate_terms();
        let machine = input.validate_machine(&self.offers());
        let mut errors = terms.as_ref().err().cloned().unwrap_or_default();
        errors.extend(machine.as_ref().err().cloned().unwrap_or_default());
        let offers = machine
            .as_ref()
            .map(|choice| choice.offers.clone())
            .unwrap_or_default();
        let price = offers.first().and_then(|offer| offer.price(input.spot));
        let yaml = match (&terms, &machine) {
            (Ok(terms), Ok(choice)) => Some(task_yaml(&terms.name, &choice.spec, terms.autostop)),
            _ => None,
        };
        Ok(Quote {
            errors,
            task_yaml: yaml,
            offers,
            price_per_hour: price,
            until_end: price
                .zip(input.time_to_live_hours)
                .map(|(price, hours)| price.times_hours(hours)),
            per_month: price.map(|price| price.times_hours(730)),
        })
    }

    async fn order(
        &self,
        caller: &Caller,
        input: NodeOrderInput,
        _: Option<&str>,
    ) -> Result<NodeOrdered, Problem> {
        let mut errors = self.quote(caller, input.clone()).await?.errors;
        if self
            .nodes
            .iter()
            .any(|node| node.name.as_str() == input.name)
        {
            errors.push(FieldError::new("name", "The name is taken."));
        }
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        Ok(NodeOrdered {
            node: self.nodes[1].clone(),
            replayed: false,
        })
    }

    async fn list(&self, _: &Caller, query: NodeQuery) -> Result<NodePage, Problem> {
        let items: Vec<_> = self
            .nodes
            .iter()
            .filter(|node| node.name.as_str().contains(&query.search))
            .filter(|node| query.states.is_empty() || query.states.contains(&node.state))
            .cloned()
            .collect();
        let count = |state| self.nodes.iter().filter(|node| node.state == state).count() as u64;
        Ok(NodePage {
            total: items.len() as u64,
            items,
            paging: domain::listing::Paging::default(),
            per_page: query.per_page,
            counts: NodeState::ALL
                .into_iter()
                .map(|state| NodeStateCount {
                    state,
                    count: count(state),
                })
                .collect(),
            now: sample::now(),
        })
    }

    async fn get(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        self.find(caller, id)
    }

    async fn events(&self, caller: &Caller, id: NodeId) -> Result<Vec<NodeEvent>, Problem> {
        self.find(caller, id)?;
        Ok(vec![NodeEvent {
            at: sample::now(),
            message: "Cluster is up.".into(),
        }])
    }

    async fn log(
        &self,
        caller: &Caller,
        id: NodeId,
        log: NodeLog,
        _: bool,
        tail: Option<u32>,
    ) -> Result<LogStream, Problem> {
        self.find(caller, id)?;
        self.ask()?;
        if matches!(log, NodeLog::Job(Some(job)) if job > 3) {
            return Err(Problem::not_found("job"));
        }
        let mut lines = node_sample::log_lines();
        if let Some(tail) = tail {
            let surplus = lines.len().saturating_sub(tail as usize);
            lines.drain(..surplus);
        }
        let lines = lines.into_iter().zip(1..);
        let lines = lines.map(|(text, through)| Ok(LogLines { text, through }));
        Ok(Box::pin(futures::stream::iter(lines)))
    }

    async fn ssh(&self, _: &Caller, _: NodeId) -> Result<SshAccess, Problem> {
        Err(Problem::not_found("key"))
    }

    async fn jobs(&self, caller: &Caller, id: NodeId) -> Result<Vec<Job>, Problem> {
        self.find(caller, id)?;
        self.ask()?;
        Ok(node_sample::jobs())
    }

    async fn submit_job(
        &self,
        caller: &Caller,
        id: NodeId,
        input: JobInput,
    ) -> Result<(), Problem> {
        self.find(caller, id)?;
        input.validate().map_err(Problem::invalid)?;
        Ok(())
    }

    async fn cancel_job(&self, caller: &Caller, id: NodeId, job: u64) -> Result<(), Problem> {
        self.find(caller, id)?;
        if job > 3 {
            return Err(Problem::not_found("job"));
        }
        self.ask()
    }

    async fn stop(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        let node = self.find(caller, id)?;
        if node.state.is_up() {
            return Ok(node);
        }
        Err(Problem::new(ProblemKind::Conflict, "It cannot be stopped now.").next("Wait."))
    }

    async fn start(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        self.find(caller, id)
    }

    async fn set_autostop(
        &self,
        caller: &Caller,
        id: NodeId,
        input: AutostopInput,
    ) -> Result<Node, Problem> {
        let rule = domain::node::order::Autostop::validate(input.idle_minutes, &input.idle_action)
            .map_err(|error| Problem::invalid(vec![error]))?;
        let mut node = self.find(caller, id)?;
        node.autostop = rule;
        Ok(node)
    }

    async fn take_down(
        &self,
        caller: &Caller,
        id: NodeId,
        confirmation: &str,
    ) -> Result<Node, Problem> {
        let node = self.find(caller, id)?;
        if node.name.as_str() == confirmation {
            Ok(node)
        } else {
            let error = FieldError::new("confirmation", "That is not the name of the node.");
            Err(Problem::invalid(vec![error]))
        }
    }

    async fn orphans(&self, caller: &Caller) -> Result<Vec<Orphan>, Problem> {
        if caller.may_on_platform(PlatformAction::ManageOrphans) {
            Ok(node_sample::orphans())
        } else {
            Err(Problem::forbidden(PlatformAction::ManageOrphans.words()))
        }
    }

    async fn take_down_orphan(
        &self,
        caller: &Caller,
        machine: &str,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let orphans = self.orphans(caller).await?;
        if !orphans.iter().any(|orphan| orphan.machine == machine) {
            return Err(Problem::not_found("machine"));
        }
        if machine == confirmation {
            Ok(())
        } else {
            let error = FieldError::new("confirmation", "That is not the name of the machine.");
            Err(Problem::invalid(vec![error]))
        }
    }
}
