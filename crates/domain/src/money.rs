//! Prices in micro-dollars, so that sums are exact.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    ops::{Add, Sub},
};

/// An amount of US dollars in millionths.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct MicroDollars(pub i64);

impl MicroDollars {
    /// This hourly price for `hours` hours.
    #[must_use]
    pub fn times_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_mul(hours))
    }

    /// This hourly price for `seconds` seconds, rounded down.
    #[must_use]
    pub fn times_seconds(self, seconds: i64) -> Self {
        let total = i128::from(self.0) * i128::from(seconds) / 3600;
        Self(i64::try_from(total).unwrap_or(i64::MAX))
    }
}

impl Add for MicroDollars {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for MicroDollars {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for MicroDollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

/// Dollars and cents, rounded to the nearest cent: `$5.04`, `$40,179.20`.
impl fmt::Display for MicroDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = (self.0.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.0 < 0 && cents > 0 { "-" } else { "" };
        write!(f, "{sign}${}.{:02}", grouped(cents / 100), cents % 100)
    }
}

/// A number with a comma before every three digits: `40,179`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_dollars_and_cents() {
        assert_eq!(MicroDollars(210_000).to_string(), "$0.21");
        assert_eq!(MicroDollars(210_000).times_hours(24).to_string(), "$5.04");
        assert_eq!(MicroDollars(4_999).to_string(), "$0.00");
        assert_eq!(MicroDollars(-1_500_000).to_string(), "-$1.50");
        assert_eq!(MicroDollars(999_990_000).to_string(), "$999.99");
        assert_eq!(MicroDollars(1_000_000_000).to_string(), "$1,000.00");
        assert_eq!(
            MicroDollars(55_040_000).times_hours(730).to_string(),
            "$40,179.20"
        );
    }

    #[test]
    fn half_an_hour_costs_half() {
        assert_eq!(
            MicroDollars(210_000).times_seconds(1800),
            MicroDollars(105_000)
        );
    }
}
