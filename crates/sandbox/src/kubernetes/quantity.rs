//! Amounts of resources, such as `500m` of a processor or `2Gi` of memory.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// In which suffixes an amount was written, which is how it is written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Format {
    #[default]
    Decimal,
    Binary,
    Exponent,
}

/// An exact amount. Counted in billionths, the smallest the API knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quantity {
    billionths: i128,
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a quantity such as 500m, 2 or 2Gi")]
pub struct NotAQuantity;

const ONE: i128 = 1_000_000_000;

const DECIMAL: [(&str, i32); 10] = [
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("", 0),
    ("m", -3),
    ("u", -6),
    ("n", -9),
];

const BINARY: [(&str, u32); 6] = [
    ("Ei", 60),
    ("Pi", 50),
    ("Ti", 40),
    ("Gi", 30),
    ("Mi", 20),
    ("Ki", 10),
];

impl Quantity {
    pub fn whole(amount: i64) -> Self {
        Self {
            billionths: i128::from(amount) * ONE,
            format: Format::Decimal,
        }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.billionths == other.billionths
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.billionths.cmp(&other.billionths)
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            billionths: self.billionths.saturating_add(other.billionths),
            format: if self.billionths == 0 {
                other.format
            } else {
                self.format
            },
        }
    }
}

impl Sub for Quantity {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            billionths: self.billionths.saturating_sub(other.billionths),
            ..self
        }
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

impl FromStr for Quantity {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let (negative, text) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (digits, suffix) = text.split_at(end);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(NotAQuantity);
        }
        let (power, shift, format) = scale(suffix)?;
        let mut mantissa: i128 = 0;
        for digit in whole.chars().chain(fraction.chars()) {
            let digit = digit.to_digit(10).ok_or(NotAQuantity)?;
            mantissa = mantissa
                .checked_mul(10)
                .and_then(|m| m.checked_add(i128::from(digit)))
                .ok_or(NotAQuantity)?;
        }
        let fraction_digits = i32::try_from(fraction.len()).map_err(|_| NotAQuantity)?;
        let mut billionths = mantissa
            .checked_mul(1i128.checked_shl(shift).ok_or(NotAQuantity)?)
            .ok_or(NotAQuantity)?;
        let exponent = power + 9 - fraction_digits;
        let factor = 10i128
            .checked_pow(exponent.unsigned_abs())
            .ok_or(NotAQuantity)?;
        billionths = if exponent >= 0 {
            billionths.checked_mul(factor).ok_or(NotAQuantity)?
        } else {
            // What is smaller than a billionth is rounded up.
            (billionths + factor - 1) / factor
        };
        Ok(Self {
            billionths: if negative { -billionths } else { billionths },
            format,
        })
    }
}

fn scale(suffix: &str) -> Result<(i32, u32, Format), NotAQuantity> {
    if let Some((_, power)) = DECIMAL.iter().find(|(s, _)| *s == suffix) {
        return Ok((*power, 0, Format::Decimal));
    }
    if let Some((_, shift)) = BINARY.iter().find(|(s, _)| *s == suffix) {
        return Ok((0, *shift, Format::Binary));
    }
    let power = suffix
        .strip_prefix(['e', 'E'])
        .and_then(|power| power.parse().ok())
        .filter(|power| (-9..=18).contains(power))
        .ok_or(NotAQuantity)?;
    Ok((power, 0, Format::Exponent))
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.billionths == 0 {
            return f.write_str("0");
        }
        let whole = self.billionths / ONE;
        let is_whole = self.billionths % ONE == 0;
        if self.format == Format::Binary && is_whole && whole.unsigned_abs() >= 1024 {
            for (suffix, shift) in BINARY {
                if whole % (1i128 << shift) == 0 {
                    return write!(f, "{}{suffix}", whole >> shift);
                }
            }
            return write!(f, "{whole}");
        }
        for (suffix, power) in DECIMAL {
            let unit = 10i128.pow((power + 9).unsigned_abs());
            if self.billionths % unit == 0 {
                let amount = self.billionths / unit;
                return match self.format {
                    Format::Exponent if power != 0 => write!(f, "{amount}e{power}"),
                    _ => write!(f, "{amount}{suffix}"),
                };
            }
        }
        Ok(())
    }
}
