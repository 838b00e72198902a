//! `cpus:`, `memory:` and `disk_size:`: amounts, some of them with a unit or a plus for "at least".

use serde_norway::Mapping;

use super::scalar;
use super::schema::invalid;
use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;

/// An amount, or at least as much.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub amount: f64,
    pub or_more: bool,
    /// As SkyPilot writes it.
    pub written: String,
}

impl Quantity {
    /// Whether a machine has it.
    pub fn accepts(&self, amount: f64) -> bool {
        if self.or_more {
            amount >= self.amount
        } else {
            (amount - self.amount).abs() < f64::EPSILON
        }
    }
}

/// `cpus`.
pub fn cpus(config: &Mapping) -> Result<Option<Quantity>, Exception> {
    let Some(written) = config.get("cpus").and_then(scalar) else {
        return Ok(None);
    };
    let (digits, or_more) = without_plus(&written);
    let amount: f64 = digits.parse().map_err(|_| {
        Exception::value(format!(
            "The \"cpus\" field should be either a number or a string \"<number>+\". Found: {}",
            repr(&written)
        ))
    })?;
    positive("cpus", amount, &written)?;
    Ok(Some(Quantity {
        amount,
        or_more,
        written,
    }))
}

/// `memory`, in GiB.
pub fn memory(config: &Mapping) -> Result<Option<Quantity>, Exception> {
    let Some(written) = config.get("memory").and_then(scalar) else {
        return Ok(None);
    };
    let (digits, or_more) = without_plus(&written);
    let amount = gibibytes(digits).ok_or_else(|| {
        Exception::value(format!(
            "\"memory\" field should be a number (e.g. \"16\") or \"<number><unit>\" where unit is one of KB/MB/GB/TB/PB \
             (e.g. \"16GB\") or \"<number>+\" for \"at least\". Got: {}",
            repr(&written)
        ))
    })?;
    positive("memory", amount, &written)?;
    let plus = if or_more { "+" } else { "" };
    Ok(Some(Quantity {
        amount,
        or_more,
        written: format!("{amount:?}{plus}"),
    }))
}

/// `disk_size`, in GB.
pub fn disk_size(config: &Mapping, prefix: &str) -> Result<Option<i64>, Exception> {
    let Some(value) = config.get("disk_size") else {
        return Ok(None);
    };
    let written = scalar(value).unwrap_or_default();
    let size = gibibytes(&written);
    if value.is_string() && (size.is_none() || written.contains(['-', '.'])) {
        return Err(invalid(format!(
            "{prefix}{} does not match '^[0-9]+(kb|ki|mb|mi|gb|gi|tb|ti|pb|pi|KB|KI|MB|MI|GB|GI|TB|TI|PB|PI|Kb|Ki|Mb|Mi|Gb|Gi|Tb|\
             Ti|Pb|Pi)?$'. Check problematic field(s): $.disk_size",
            repr(&written)
        )));
    }
    // Disks are far from what this cuts off.
    #[expect(clippy::cast_possible_truncation)]
    let size = size.unwrap_or(0.0) as i64;
    if size <= 0 {
        return Err(Exception::value(format!(
            "\"disk_size\" must be a positive integer (in GB). Got: {}.",
            repr(&written)
        )));
    }
    Ok(Some(size))
}

fn positive(field: &str, amount: f64, written: &str) -> Result<(), Exception> {
    if amount > 0.0 {
        return Ok(());
    }
    Err(Exception::value(format!(
        "The \"{field}\" field should be positive. Found: {}",
        repr(written)
    )))
}

fn without_plus(written: &str) -> (&str, bool) {
    match written.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (written, false),
    }
}

/// A number with or without a unit.
fn gibibytes(written: &str) -> Option<f64> {
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match written[digits.len()..].to_ascii_lowercase().as_str() {
        "kb" | "ki" => 1.0 / 1024.0 / 1024.0,
        "mb" | "mi" => 1.0 / 1024.0,
        "" | "gb" | "gi" => 1.0,
        "tb" | "ti" => 1024.0,
        "pb" | "pi" => 1024.0 * 1024.0,
        _ => return None,
    };
    let number: f64 = digits.trim().parse().ok()?;
    number.is_finite().then_some(number * factor)
}
