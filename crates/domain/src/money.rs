//! Prices: whole micro-dollars, so that sums are exact.

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Add};

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

impl std::iter::Sum for MicroDollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

/// Dollars and cents, rounded to the nearest cent: `$5.04`.
impl fmt::Display for MicroDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = (self.0.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.0 < 0 && cents > 0 { "-" } else { "" };
        write!(f, "{sign}${}.{:02}", cents / 100, cents % 100)
    }
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
    }

    #[test]
    fn half_an_hour_costs_half() {
        assert_eq!(
            MicroDollars(210_000).times_seconds(1800),
            MicroDollars(105_000)
        );
    }
}
