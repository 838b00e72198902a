//! `/usage`: what was used and what it cost, by day and by what the reader asks for.

mod chart;

use axum::http::StatusCode;
use domain::problem::{Problem, ProblemKind};
use domain::usage_report::{
    Hours, ResourceFacts, UsageGroup, UsageLine, UsageQuery, UsageQueryInput, UsageReport, day_of,
};
use jiff::Span;
use jiff::civil::Date;
use leptos::prelude::*;

use self::chart::DailyCost;
use crate::address::Address;
use crate::page::{PageRequest, PageResult, Rendering};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    Card, Cell, Chip, Chips, Column, Empty, EmptyState, Icon, LinkButton, PageHeader, Row, Stat,
    Symbol, Table,
};

pub async fn usage(request: PageRequest) -> PageResult {
    let input: UsageQueryInput = request.address.query();
    let today = day_of(request.now);
    let query = match input.validate(today) {
        Ok(query) => query,
        Err(errors) => {
            let problem = Problem::invalid(errors);
            let page = request.show("Usage", || view! { <Invalid problem=problem /> });
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let report = match request.core.usage(&request.caller, &query).await {
        Ok(report) => report,
        Err(problem) if problem.kind == ProblemKind::Forbidden => {
            let page = request.show("Usage", || view! { <NoTenant /> });
            return Ok(page.status(StatusCode::FORBIDDEN));
        }
        Err(problem) => return Err(problem.into()),
    };
    Ok(request.show(
        "Usage",
        move || view! { <Usage query=query report=report /> },
    ))
}

const PERIOD: &str =
    "Each cluster and node costs what its price was when it was ordered. Days are in UTC.";

#[component]
fn Usage(query: UsageQuery, report: UsageReport) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let (from, to) = (query.first.to_string(), query.last.to_string());
    let tenant = query.tenant.clone().unwrap_or_default();
    let export = [("from", &*from), ("to", &to), ("tenant", &tenant)];
    let export = routes::with_query(routes::USAGE_EXPORT, export);
    let actions = move || {
        view! {
            <LinkButton href=export attr:data-external="">
                <Icon symbol=Symbol::Download size=16 />
                "CSV"
            </LinkButton>
        }
    };
    let content = if report.lines.is_empty() {
        let text =
            "Clusters are charged from when they are first ready, nodes while their machine runs.";
        view! {
            <Card title="Cost by day">
                <EmptyState why=Empty::NothingYet title="Nothing was used in this time" text=text />
            </Card>
        }
        .into_any()
    } else {
        let (days, last, breakdown) = (report.days.clone(), query.last, report.clone());
        view! {
            <Card title="Cost by day">
                <DailyCost days=days last=last />
            </Card>
            <Breakdown address=address.clone() report=breakdown />
        }
        .into_any()
    };
    view! {
        <PageHeader title="Usage" summary=move || PERIOD actions=actions />
        <Months address=address query=query />
        <Figures report=report />
        <div class="grid grid-cols-1 gap-3.5 mt-3.5">{content}</div>
    }
    .into_any()
}

/// The month that is shown, and links to its neighbours.
#[component]
fn Months(address: Address, query: UsageQuery) -> impl IntoView {
    let month = query.first.first_of_month();
    let is_month = query.first == month && query.last == month.last_of_month();
    let title = match is_month {
        true => month.strftime("%B %Y").to_string(),
        false => format!("{} to {}", query.first, query.last),
    };
    let of = |date: Date| {
        let from = date.to_string();
        address.with("to", "").with("from", &from).to_string()
    };
    let before = of(month.saturating_sub(Span::new().months(1)));
    let after = month.saturating_add(Span::new().months(1));
    let now = expect_context::<Rendering>().now;
    let after = (after <= day_of(now)).then(|| of(after));
    view! {
        <nav aria-label="Months" class="flex flex-wrap items-center gap-3 mb-3.5">
            <LinkButton href=before>"← Month before"</LinkButton>
            <h2>{title}</h2>
            {after.map(|href| view! { <LinkButton href=href>"Month after →"</LinkButton> })}
        </nav>
    }
    .into_any()
}

#[component]
fn Figures(report: UsageReport) -> impl IntoView {
    let unpriced: f64 = report.lines.iter().map(|line| line.unpriced.0).sum();
    let unpriced = match unpriced > 0.0 {
        true => format!("without {} of unknown price", Hours(unpriced)),
        false => "at the price of each order".to_owned(),
    };
    let forecast = report.forecast.map(|forecast| {
        let note = format!("if what runs now goes on, at {}/h", report.price_per_hour);
        view! { <Stat label="Forecast" value=forecast.to_string() note=note /> }
    });
    let running: f64 = report.lines.iter().map(|line| line.running.0).sum();
    let paused: f64 = report.lines.iter().map(|line| line.paused.0).sum();
    view! {
        <div class="grid gap-3.5 grid-cols-2 lg:grid-cols-4">
            <Stat label="Cost" value=report.cost.to_string() note=unpriced />
            {forecast}
            <Stat label="Running" value=Hours(running).to_string() note="of all clusters and nodes" />
            <Stat label="Paused" value=Hours(paused).to_string() note="of all clusters" />
        </div>
    }
    .into_any()
}

const COLUMNS: &[Column] = &[
    Column::text("Name"),
    Column::number("Running"),
    Column::number("Paused"),
    Column::number("Share"),
    Column::number("Cost"),
];

#[component]
fn Breakdown(address: Address, report: UsageReport) -> impl IntoView {
    let chosen = report.by;
    let chips = UsageGroup::ALL.map(|by| Chip {
        label: by.title(),
        count: None,
        href: address.with("by", by.as_str()).to_string(),
        chosen: by == chosen,
    });
    let total = report.cost.0;
    let rows = report
        .lines
        .into_iter()
        .map(|line| row(line, total))
        .collect::<Vec<_>>();
    view! {
        <section aria-label="Breakdown" class="bg-surface border border-line rounded-card shadow-card">
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <Chips label="Break down by" chips=chips.to_vec() />
            </div>
            <Table caption="Cost and hours" columns=COLUMNS rows=rows />
        </section>
    }
    .into_any()
}

fn row(line: UsageLine, total: i64) -> AnyView {
    let share = match total {
        0 => "–".to_owned(),
        total => format!("{:.1} %", line.cost.0 as f64 * 100.0 / total as f64),
    };
    let about = line.resource.map(|resource| {
        let ResourceFacts {
            size,
            tenant,
            environment,
            owner,
            ..
        } = resource;
        view! {
            <small class="block text-faint break-words">
                {format!("{size} · {tenant} / {environment} · {owner}")}
            </small>
        }
    });
    let unpriced = (line.unpriced.0 > 0.0).then(|| {
        view! {
            <small class="block text-faint">{format!("{} without a price", line.unpriced)}</small>
        }
    });
    view! {
        <Row id=format!("usage-{}", line.id)>
            <Cell wide_on_small=true>
                <span class="font-semibold break-words">{line.name}</span>
                {about}
            </Cell>
            <Cell number=true not_on_small=true>{line.running.to_string()}</Cell>
            <Cell number=true not_on_small=true>{line.paused.to_string()}</Cell>
            <Cell number=true>{share}</Cell>
            <Cell number=true>{line.cost.to_string()} {unpriced}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn NoTenant() -> impl IntoView {
    view! {
        <PageHeader title="Usage" />
        <Card title="Cost by day">
            <EmptyState
                why=Empty::NoPermission
                title="You are not a member of a tenant"
                text="Ask a tenant admin to add you. Then the usage of the tenant is shown here."
            />
        </Card>
    }
    .into_any()
}

#[component]
fn Invalid(problem: Problem) -> impl IntoView {
    view! {
        <PageHeader title="Usage" />
        <Card title="Cost by day">
            <ProblemPanel problem=problem />
        </Card>
    }
    .into_any()
}
