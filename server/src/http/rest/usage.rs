//! `/api/v1/usage`: what was used and what it cost, in the columns of FOCUS 1.2 (FinOps Open Cost and Usage
//! Specification), which FinOps tools read. A row is one resource on one day (UTC).

use super::{
    Answer,
    extract::ApiQuery,
    operation::{Operation, get, tagged},
};
use crate::http::{attachment::attachment, call::Call, csv};
use axum::{Json, response::Response};
use domain::{
    access::Action,
    money::MicroDollars,
    problem::Problem,
    usage_report::{
        ResourceFacts, UsageDay, UsageGroup, UsageLine, UsageQuery, UsageQueryInput, day_of,
        start_of,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub fn operations() -> Vec<Operation> {
    tagged(
        "usage",
        [
            get("/usage", "list_usage", list)
                .requires(Action::ReadTenant)
                .about(
                    "A row for each cluster and node and each day (UTC) of at most 366 days, in \
                     the columns of FOCUS 1.2. Costs are in US dollars, at the price at which the \
                     resource was ordered; a row without a known price has no `BilledCost`. `by` \
                     is ignored.",
                )
                .fails([404, 422]),
            get("/usage/export", "export_usage", export)
                .requires(Action::ReadTenant)
                .about("The same as CSV.")
                .fails([404, 422])
                .sends_text(&["text/csv"]),
        ],
    )
}

#[derive(Serialize, ToSchema)]
struct UsagePage {
    items: Vec<FocusRow>,
}

/// A row in the columns of FOCUS 1.2.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct FocusRow {
    /// Empty if the price is unknown.
    billed_cost: Option<f64>,
    effective_cost: Option<f64>,
    billing_currency: &'static str,
    billing_period_start: Timestamp,
    billing_period_end: Timestamp,
    charge_period_start: Timestamp,
    charge_period_end: Timestamp,
    charge_category: &'static str,
    charge_description: String,
    consumed_quantity: f64,
    consumed_unit: &'static str,
    provider_name: &'static str,
    publisher_name: &'static str,
    resource_id: String,
    resource_name: String,
    resource_type: &'static str,
    service_category: &'static str,
    service_name: &'static str,
    /// The plan of a cluster, the accelerators of a node.
    sku_id: String,
    /// The tenant.
    sub_account_name: String,
    /// The environment and the owner.
    tags: FocusTags,
}

#[derive(Serialize, ToSchema)]
struct FocusTags {
    environment: String,
    owner: String,
}

async fn list(call: Call, ApiQuery(query): ApiQuery<UsageQueryInput>) -> Answer<Json<UsagePage>> {
    let (items, _) = usage(&call, &query).await?;
    Ok(Json(UsagePage { items }))
}

async fn export(call: Call, ApiQuery(query): ApiQuery<UsageQueryInput>) -> Answer<Response> {
    let (items, query) = usage(&call, &query).await?;
    let mut text = csv::line(COLUMNS);
    for row in &items {
        text.push_str(&row.line());
    }
    let name = format!("hangar-usage-{}-{}.csv", query.first, query.last);
    let media_type = "text/csv; charset=utf-8; header=present";
    Ok(attachment(text, media_type, &name))
}

async fn usage(
    call: &Call,
    query: &UsageQueryInput,
) -> Result<(Vec<FocusRow>, UsageQuery), Problem> {
    let today = day_of(Timestamp::now());
    let query = UsageQuery {
        by: UsageGroup::Resource,
        ..query.validate(today).map_err(Problem::invalid)?
    };
    let report = call.core().usage(&call.caller, &query).await?;
    Ok((report.lines.iter().flat_map(rows).collect(), query))
}

fn rows(line: &UsageLine) -> Vec<FocusRow> {
    let Some(resource) = &line.resource else {
        return Vec::new();
    };
    let is_priced = line.unpriced.0 == 0.0;
    let row = |day: &UsageDay| row(line, resource, day, is_priced);
    line.days.iter().map(row).collect()
}

fn row(line: &UsageLine, resource: &ResourceFacts, day: &UsageDay, is_priced: bool) -> FocusRow {
    let (kind, category, service) = match resource.kind.as_str() {
        "clusters" => ("Virtual cluster", "Containers", "vCluster"),
        _ => ("Machine", "Compute", "SkyPilot"),
    };
    let month = day_of(day.begins).first_of_month();
    let next = month.last_of_month().tomorrow().unwrap_or(month);
    let cost = is_priced.then(|| dollars(day.cost));
    let size = &resource.size;
    FocusRow {
        billed_cost: cost,
        effective_cost: cost,
        billing_currency: "USD",
        billing_period_start: start_of(month),
        billing_period_end: start_of(next),
        charge_period_start: day.begins,
        charge_period_end: end_of(day.begins),
        charge_category: "Usage",
        charge_description: format!("{} ({size})", line.name),
        consumed_quantity: day.hours.0,
        consumed_unit: "Hours",
        provider_name: "Hangar",
        publisher_name: "Hangar",
        resource_id: line.id.clone(),
        resource_name: line.name.clone(),
        resource_type: kind,
        service_category: category,
        service_name: service,
        sku_id: size.clone(),
        sub_account_name: resource.tenant.clone(),
        tags: FocusTags {
            environment: resource.environment.clone(),
            owner: resource.owner.clone(),
        },
    }
}

const COLUMNS: [&str; 21] = [
    "BilledCost",
    "EffectiveCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
    "ChargeDescription",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ProviderName",
    "PublisherName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "SkuId",
    "SubAccountName",
    "Tags",
];

impl FocusRow {
    fn line(&self) -> String {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let cells: [&str; 21] = [
            &number(self.billed_cost),
            &number(self.effective_cost),
            self.billing_currency,
            &self.billing_period_start.to_string(),
            &self.billing_period_end.to_string(),
            &self.charge_period_start.to_string(),
            &self.charge_period_end.to_string(),
            self.charge_category,
            &self.charge_description,
            &self.consumed_quantity.to_string(),
            self.consumed_unit,
            self.provider_name,
            self.publisher_name,
            &self.resource_id,
            &self.resource_name,
            self.resource_type,
            self.service_category,
            self.service_name,
            &self.sku_id,
            &self.sub_account_name,
            // Texts always become JSON.
            &serde_json::to_string(&self.tags).unwrap_or_default(),
        ];
        csv::line(cells)
    }
}

fn dollars(amount: MicroDollars) -> f64 {
    amount.0 as f64 / 1_000_000.0
}

fn end_of(day: Timestamp) -> Timestamp {
    let day_long = SignedDuration::from_hours(24);
    day.saturating_add(day_long).unwrap_or(Timestamp::MAX)
}
