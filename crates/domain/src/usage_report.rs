//! Reports of what was used and what it cost.

use crate::{money::MicroDollars, problem::FieldError};
use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

const DAY: i128 = 86_400;
const HOUR: i128 = 3600;
/// The longest time that one report covers.
const MOST_DAYS: i32 = 366;

/// What a report is broken down by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UsageGroup {
    Tenant,
    Environment,
    User,
    /// The plan of a cluster, the accelerators of a node.
    #[default]
    Plan,
    Resource,
}

impl UsageGroup {
    pub const ALL: [Self; 5] = [
        Self::Tenant,
        Self::Environment,
        Self::User,
        Self::Plan,
        Self::Resource,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Environment => "environment",
            Self::User => "user",
            Self::Plan => "plan",
            Self::Resource => "resource",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Tenant => "Tenant",
            Self::Environment => "Environment",
            Self::User => "User",
            Self::Plan => "Plan or accelerator",
            Self::Resource => "Resource",
        }
    }
}

/// The time that a report is about: from the start of a day (UTC) until the end of one, or until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsagePeriod {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What is in use: as a rate, or added up over seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageTotals {
    /// In micro-dollars an hour.
    pub price: i128,
    pub running: i128,
    pub paused: i128,
    /// Of those, without a known price.
    pub unpriced: i128,
}

/// How what a group uses changed on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageChange {
    /// The id of the tenant, environment, user or resource, or the name of the plan.
    pub id: String,
    pub name: String,
    /// Only by resource.
    pub resource: Option<ResourceFacts>,
    /// When the day begins.
    pub day: Timestamp,
    pub change: UsageTotals,
    /// The sum of the changes, each times the seconds since the day began.
    pub seconds: UsageTotals,
}

/// What is known of a resource in the ledger, which it outlives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceFacts {
    /// `clusters` or `nodes`.
    pub kind: String,
    pub size: String,
    pub tenant: String,
    pub environment: String,
    pub owner: String,
}

/// A request for a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default)]
pub struct UsageQueryInput {
    /// The first day, such as `2026-12-01`; by default the first of this month.
    pub from: Option<String>,
    /// The last day; by default the last of the month of `from`.
    pub to: Option<String>,
    /// `tenant`, `environment`, `user`, `plan` or `resource`; by default `plan`.
    pub by: Option<String>,
    /// Only this tenant, by its slug.
    pub tenant: Option<String>,
}

/// A valid request for a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    pub first: Date,
    pub last: Date,
    pub by: UsageGroup,
    pub tenant: Option<String>,
}

impl UsageQueryInput {
    /// At a time of `today`.
    ///
    /// # Errors
    /// One for each invalid field.
    pub fn validate(&self, today: Date) -> Result<UsageQuery, Vec<FieldError>> {
        let mut errors = Vec::new();
        let given = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let mut date = |field: &'static str, text: Option<String>, default: Date| match text {
            None => default,
            Some(text) => text.parse().unwrap_or_else(|_| {
                let message = format!("{field} must be a date such as 2026-12-01.");
                errors.push(FieldError::new(field, message));
                default
            }),
        };
        let first = date("from", given(&self.from), today.first_of_month());
        let last = date("to", given(&self.to), first.last_of_month());
        let by = given(&self.by).map(|text| {
            let found = UsageGroup::ALL.into_iter().find(|by| by.as_str() == text);
            found.ok_or_else(|| {
                let known = UsageGroup::ALL.map(UsageGroup::as_str).join(", ");
                FieldError::new("by", format!("by must be one of {known}."))
            })
        });
        let by = match by.transpose() {
            Ok(by) => by.unwrap_or_default(),
            Err(error) => {
                errors.push(error);
                UsageGroup::default()
            }
        };
        if errors.is_empty() {
            let days = first.until(last).map_or(MOST_DAYS, |span| span.get_days());
            if last < first {
                errors.push(FieldError::new("to", "to must not be before from."));
            } else if days >= MOST_DAYS {
                let message = format!("A report covers at most {MOST_DAYS} days.");
                errors.push(FieldError::new("to", message));
            }
        }
        match errors.is_empty() {
            true => Ok(UsageQuery {
                first,
                last,
                by,
                tenant: given(&self.tenant),
            }),
            false => Err(errors),
        }
    }
}

impl UsageQuery {
    /// From the start of the first day until the end of the last, or until `now`.
    pub fn period(&self, now: Timestamp) -> UsagePeriod {
        let from = start_of(self.first);
        UsagePeriod {
            from,
            until: self.end().min(now).max(from),
        }
    }

    /// The end of the last day.
    pub fn end(&self) -> Timestamp {
        start_of(self.last.saturating_add(Span::new().days(1)))
    }
}

/// The day of a moment in UTC.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// When a day begins in UTC.
pub fn start_of(date: Date) -> Timestamp {
    let zoned = date.to_zoned(TimeZone::UTC);
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// What was used in a time, and what it cost. Amounts are in US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageReport {
    pub from: Timestamp,
    pub until: Timestamp,
    pub by: UsageGroup,
    pub lines: Vec<UsageLine>,
    /// Each day of the time with its cost.
    pub days: Vec<UsageDay>,
    pub cost: MicroDollars,
    /// What is charged an hour now.
    pub price_per_hour: MicroDollars,
    /// What the whole month will cost if everything stays as it is; only for a time that is not over.
    pub forecast: Option<MicroDollars>,
}

/// A line of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageLine {
    pub id: String,
    pub name: String,
    pub resource: Option<ResourceFacts>,
    pub cost: MicroDollars,
    pub running: Hours,
    pub paused: Hours,
    /// Of those, the ones without a known price, which `cost` lacks.
    pub unpriced: Hours,
    /// Each day in which anything was used.
    pub days: Vec<UsageDay>,
}

/// A day of a report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageDay {
    pub begins: Timestamp,
    pub cost: MicroDollars,
    pub hours: Hours,
}

/// Hours with two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Hours(pub f64);

impl Hours {
    fn of_seconds(seconds: i128) -> Self {
        Self((seconds as f64 / 36.0).round() / 100.0)
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} h", self.0)
    }
}

/// Lines and days from `changes`, which are in order of groups and days.
pub fn report(
    changes: &[UsageChange],
    period: UsagePeriod,
    by: UsageGroup,
) -> (Vec<UsageLine>, Vec<UsageDay>) {
    let days = days(period);
    let mut total = vec![UsageTotals::default(); days.len()];
    let lines = changes
        .chunk_by(|one, next| one.id == next.id)
        .map(|group| {
            let used = spread(group, &days);
            for (total, used) in total.iter_mut().zip(&used) {
                *total = total.plus(*used, 1);
            }
            line(group, &days, &used)
        });
    let mut lines: Vec<_> = lines.collect();
    if by != UsageGroup::Resource {
        lines.sort_by_key(|line| std::cmp::Reverse(line.cost));
    }
    let days = days.iter().zip(&total);
    (
        lines,
        days.map(|(begins, used)| used.day(*begins)).collect(),
    )
}

/// When each day of the time begins.
fn days(period: UsagePeriod) -> Vec<Timestamp> {
    let mut days = Vec::new();
    let mut day = period.from;
    while day < period.until {
        days.push(day);
        let Ok(next) = day.saturating_add(SignedDuration::from_hours(24)) else {
            break;
        };
        day = next;
    }
    days
}

/// What one group used on each day, in seconds.
fn spread(changes: &[UsageChange], days: &[Timestamp]) -> Vec<UsageTotals> {
    let mut changes = changes.iter().peekable();
    let mut rate = UsageTotals::default();
    let of_day = |day: &Timestamp| {
        let mut used = UsageTotals::default().plus(rate, DAY);
        while let Some(change) = changes.next_if(|change| change.day <= *day) {
            used = used.plus(change.change, DAY).plus(change.seconds, -1);
            rate = rate.plus(change.change, 1);
        }
        used
    };
    days.iter().map(of_day).collect()
}

fn line(group: &[UsageChange], days: &[Timestamp], used: &[UsageTotals]) -> UsageLine {
    let none = UsageTotals::default();
    let total = used.iter().fold(none, |total, day| total.plus(*day, 1));
    let of_days = days.iter().zip(used).filter(|(_, used)| **used != none);
    UsageLine {
        id: group[0].id.clone(),
        name: group[0].name.clone(),
        resource: group[0].resource.clone(),
        cost: total.cost(),
        running: Hours::of_seconds(total.running),
        paused: Hours::of_seconds(total.paused),
        unpriced: Hours::of_seconds(total.unpriced),
        days: of_days.map(|(begins, used)| used.day(*begins)).collect(),
    }
}

impl UsageTotals {
    fn plus(self, other: Self, times: i128) -> Self {
        Self {
            price: self.price + other.price * times,
            running: self.running + other.running * times,
            paused: self.paused + other.paused * times,
            unpriced: self.unpriced + other.unpriced * times,
        }
    }

    /// Of totals over seconds.
    fn cost(self) -> MicroDollars {
        MicroDollars(i64::try_from(self.price / HOUR).unwrap_or(i64::MAX))
    }

    fn day(self, begins: Timestamp) -> UsageDay {
        UsageDay {
            begins,
            cost: self.cost(),
            hours: Hours::of_seconds(self.running + self.paused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn change(id: &str, day: &str, price: i128, hour: i128) -> UsageChange {
        let change = UsageTotals {
            price,
            running: price.signum(),
            ..UsageTotals::default()
        };
        UsageChange {
            id: id.into(),
            name: id.into(),
            resource: None,
            day: at(day),
            change,
            seconds: UsageTotals::default().plus(change, hour * HOUR),
        }
    }

    #[test]
    fn what_goes_on_for_days_costs_on_each_of_them() {
        let period = UsagePeriod {
            from: at("2026-12-01T00:00:00Z"),
            until: at("2026-12-04T06:00:00Z"),
        };
        // A day and a half of 7 an hour, and 5 an hour all the time.
        let changes = [
            change("a", "2026-12-01T00:00:00Z", 7, 12),
            change("a", "2026-12-03T00:00:00Z", -7, 0),
            change("b", "2026-12-01T00:00:00Z", 5, 0),
            change("b", "2026-12-04T00:00:00Z", -5, 6),
        ];
        let (lines, days) = report(&changes, period, UsageGroup::Plan);
        let costs: Vec<_> = days.iter().map(|day| day.cost.0).collect();
        assert_eq!(costs, [7 * 12 + 5 * 24, 7 * 24 + 5 * 24, 5 * 24, 5 * 6]);
        let dearest: Vec<_> = lines
            .iter()
            .map(|line| (line.name.as_str(), line.cost.0))
            .collect();
        assert_eq!(dearest, [("b", 5 * 78), ("a", 7 * 36)]);
        assert_eq!(lines[1].running, Hours(36.0));
        assert_eq!(lines[1].days.len(), 2);
    }

    #[test]
    fn a_report_is_about_this_month_unless_other_days_are_given() {
        let today: Date = "2026-12-02".parse().unwrap();
        let default = UsageQueryInput::default().validate(today).unwrap();
        assert_eq!(default.first.to_string(), "2026-12-01");
        assert_eq!(default.last.to_string(), "2026-12-31");
        let now = at("2026-12-02T20:00:00Z");
        let period = default.period(now);
        assert_eq!(
            (period.from, period.until),
            (at("2026-12-01T00:00:00Z"), now)
        );
        let bad = UsageQueryInput {
            from: Some("yesterday".into()),
            by: Some("colour".into()),
            ..UsageQueryInput::default()
        };
        let fields = |input: &UsageQueryInput| -> Vec<_> {
            let errors = input.validate(today).unwrap_err();
            errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(&bad), ["from", "by"]);
        let days = |from: &str, to: &str| UsageQueryInput {
            from: Some(from.into()),
            to: Some(to.into()),
            ..UsageQueryInput::default()
        };
        assert_eq!(fields(&days("2026-12-02", "2026-12-01")), ["to"]);
        assert_eq!(fields(&days("2025-01-01", "2026-12-01")), ["to"]);
        assert!(days("2026-01-01", "2026-12-31").validate(today).is_ok());
    }
}
