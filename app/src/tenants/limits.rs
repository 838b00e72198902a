//! The limits of an environment, as they are typed: empty means that there is none.

use domain::money::MicroDollars;
use domain::tenancy::EnvironmentLimits;
use serde::{Deserialize, Serialize};

/// The fields of the form.
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

impl LimitsDraft {
    /// The limits as the form shows them.
    pub fn of(limits: EnvironmentLimits) -> Self {
        let number = |limit: Option<u32>| limit.map_or_else(String::new, |limit| limit.to_string());
        Self {
            max_clusters: number(limits.max_clusters),
            max_nodes: number(limits.max_nodes),
            max_price_per_hour: limits.max_price_per_hour.map_or_else(String::new, dollars),
        }
    }
}

/// Dollars without trailing zeros of the micro-dollars, but at least in cents.
fn dollars(amount: MicroDollars) -> String {
    let (whole, part) = (amount.0 / 1_000_000, amount.0 % 1_000_000);
    let part = format!("{part:06}");
    let mut part = part.trim_end_matches('0').to_owned();
    while part.len() < 2 {
        part.push('0');
    }
    format!("{whole}.{part}")
}

#[cfg(feature = "ssr")]
mod reading {
    use domain::money::MicroDollars;
    use domain::problem::FieldError;
    use domain::tenancy::EnvironmentLimits;

    use super::LimitsDraft;

    impl LimitsDraft {
        /// The limits that are meant.
        ///
        /// # Errors
        /// One [`FieldError`] for each field that is no limit.
        pub fn read(&self) -> Result<EnvironmentLimits, Vec<FieldError>> {
            let mut errors = Vec::new();
            let mut number = |field: &str, typed: &str| match typed.trim() {
                "" => None,
                typed => typed.parse::<u32>().ok().or_else(|| {
                    let message = "A whole number from 0 on, or nothing for no limit.";
                    errors.push(FieldError::new(field, message));
                    None
                }),
            };
            let max_clusters = number("max_clusters", &self.max_clusters);
            let max_nodes = number("max_nodes", &self.max_nodes);
            let max_price_per_hour = match self.max_price_per_hour.trim() {
                "" => None,
                typed => micro_dollars(typed).or_else(|| {
                    let message = "Dollars an hour, such as 12.50, or nothing for no limit.";
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

    /// The most digits before the point: a million dollars an hour.
    const MOST_DIGITS: usize = 7;

    /// “12.50”, “$12.5” or “12”.
    pub fn micro_dollars(typed: &str) -> Option<MicroDollars> {
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
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::reading::micro_dollars;
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_what_it_was() {
        for micro in [0, 12_500_000, 4_999, 40_179_200_000] {
            let limits = EnvironmentLimits {
                max_clusters: Some(4),
                max_nodes: None,
                max_price_per_hour: Some(MicroDollars(micro)),
            };
            assert_eq!(LimitsDraft::of(limits).read(), Ok(limits));
        }
        assert_eq!(dollars(MicroDollars(12_500_000)), "12.50");
    }

    #[test]
    fn what_is_no_limit_is_refused_beside_its_field() {
        let draft = LimitsDraft {
            max_clusters: "-1".into(),
            max_nodes: "many".into(),
            max_price_per_hour: "1e9".into(),
        };
        let errors = draft.read().unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["max_clusters", "max_nodes", "max_price_per_hour"]);
        for price in ["1.2345678", ".", "-1", "99999999999999999999"] {
            assert_eq!(micro_dollars(price), None, "{price}");
        }
    }
}
