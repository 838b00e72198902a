//! The limits of an environment as typed. An empty field is no limit.

use domain::money::MicroDollars;
use domain::problem::FieldError;
use domain::tenancy::EnvironmentLimits;
use serde::{Deserialize, Serialize};

/// The most digits before the point: a million dollars an hour has seven.
const MOST_DIGITS: usize = 7;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsDraft {
    /// A whole number.
    pub max_clusters: String,
    /// A whole number.
    pub max_nodes: String,
    /// Dollars: `12.50`.
    pub max_price_per_hour: String,
}

impl From<EnvironmentLimits> for LimitsDraft {
    fn from(limits: EnvironmentLimits) -> Self {
        let number = |limit: Option<u32>| limit.map_or_else(String::new, |limit| limit.to_string());
        Self {
            max_clusters: number(limits.max_clusters),
            max_nodes: number(limits.max_nodes),
            max_price_per_hour: limits.max_price_per_hour.map_or_else(String::new, dollars),
        }
    }
}

impl LimitsDraft {
    /// The limits, or an error for each field that cannot be read.
    pub fn to_limits(&self) -> Result<EnvironmentLimits, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut number = |field: &str, typed: &str| match typed.trim() {
            "" => None,
            typed => typed.parse::<u32>().ok().or_else(|| {
                let message = "Enter a whole number, or leave the field empty for no limit.";
                errors.push(FieldError::new(field, message));
                None
            }),
        };
        let max_clusters = number("max_clusters", &self.max_clusters);
        let max_nodes = number("max_nodes", &self.max_nodes);
        let max_price_per_hour = match self.max_price_per_hour.trim() {
            "" => None,
            typed => micro_dollars(typed).or_else(|| {
                let message =
                    "Enter dollars per hour, such as 12.50, or leave the field empty for no limit.";
                errors.push(FieldError::new("max_price_per_hour", message));
                None
            }),
        };
        if errors.is_empty() {
            Ok(EnvironmentLimits {
                max_clusters,
                max_nodes,
                max_price_per_hour,
            })
        } else {
            Err(errors)
        }
    }
}

/// “12.50”, “$12.5” or “12”.
fn micro_dollars(typed: &str) -> Option<MicroDollars> {
    let typed = typed.strip_prefix('$').unwrap_or(typed).trim();
    let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > MOST_DIGITS
        || part.len() > 6
        || !digits(whole)
        || !digits(part)
    {
        return None;
    }
    let micro: i64 = format!("{whole}{part:0<6}").parse().ok()?;
    Some(MicroDollars(micro))
}

/// Without trailing zeros, but with cents.
fn dollars(amount: MicroDollars) -> String {
    let (whole, part) = (amount.0 / 1_000_000, amount.0 % 1_000_000);
    let part = format!("{part:06}");
    let mut part = part.trim_end_matches('0').to_owned();
    while part.len() < 2 {
        part.push('0');
    }
    format!("{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_survive_the_form() {
        for micro in [0, 12_500_000, 4_999, 40_179_200_000] {
            let limits = EnvironmentLimits {
                max_clusters: Some(4),
                max_nodes: None,
                max_price_per_hour: Some(MicroDollars(micro)),
            };
            assert_eq!(LimitsDraft::from(limits).to_limits(), Ok(limits));
        }
        assert_eq!(dollars(MicroDollars(12_500_000)), "12.50");
    }

    #[test]
    fn each_field_that_is_no_limit_has_an_error() {
        let draft = LimitsDraft {
            max_clusters: "-1".into(),
            max_nodes: "many".into(),
            max_price_per_hour: "1e9".into(),
        };
        let errors = draft.to_limits().unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["max_clusters", "max_nodes", "max_price_per_hour"]);
        for price in ["1.2345678", ".", "-1", "99999999999999999999"] {
            assert_eq!(micro_dollars(price), None, "{price}");
        }
    }
}
