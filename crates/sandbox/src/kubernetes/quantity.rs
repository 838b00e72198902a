//! Amounts of resources, such as `500m` of a processor or `2Gi` of memory.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// In which suffixes an amount was written, which is how it is written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Format {
    #[default]
    Decimal,
    Binary,
}

/// An exact amount. Counted in billionths, the smallest the API knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quantity {
    pub billionths: i128,
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

impl FromStr for Quantity {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (digits, suffix) = text.split_at(end.unwrap_or(text.len()));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        // Billionths of the unit, cut to nine digits.
        let billionths = format!("{whole}{fraction:0<9.9}");
        if digits.is_empty() {
            return Err(NotAQuantity);
        }
        let billionths: i128 = billionths.parse().map_err(|_| NotAQuantity)?;
        let (factor, divisor, format) = scale(suffix)?;
        let billionths = billionths.checked_mul(factor).ok_or(NotAQuantity)?;
        Ok(Self {
            // An amount below a billionth is rounded up.
            billionths: (billionths + divisor - 1) / divisor,
            format,
        })
    }
}

/// Factor and divisor of a suffix.
fn scale(suffix: &str) -> Result<(i128, i128, Format), NotAQuantity> {
    if let Some((_, power)) = DECIMAL.iter().find(|(s, _)| *s == suffix) {
        let unit = 10i128.pow(power.unsigned_abs());
        let (factor, divisor) = if *power < 0 { (1, unit) } else { (unit, 1) };
        return Ok((factor, divisor, Format::Decimal));
    }
    let binary = BINARY.iter().find(|(s, _)| *s == suffix);
    let (_, shift) = binary.ok_or(NotAQuantity)?;
    Ok((1 << shift, 1, Format::Binary))
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
                return write!(f, "{amount}{suffix}");
            }
        }
        Ok(())
    }
}
