//! Quantities of Kubernetes: `1` and `1000m` are the same.

/// In billionths; `None` if it is none, or too large to compare.
fn parse(text: &str) -> Option<i128> {
    let digits = text
        .find(|letter: char| !matches!(letter, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let factor = match suffix {
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "" => 1_000_000_000,
        "k" => 10_i128.pow(12),
        "M" => 10_i128.pow(15),
        "G" => 10_i128.pow(18),
        "T" => 10_i128.pow(21),
        "P" => 10_i128.pow(24),
        "E" => 10_i128.pow(27),
        "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei" => {
            let power = "KMGTPE".find(&suffix[..1])? + 1;
            1_000_000_000 * 1024_i128.pow(u32::try_from(power).ok()?)
        }
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            10_i128.checked_pow(u32::try_from(power + 9).ok()?)?
        }
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(digits.checked_mul(factor)? / scale)
}

/// Whether both are the same amount.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one == other || parse(one).is_some_and(|amount| Some(amount) == parse(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_amount_is_written_in_many_ways() {
        for (one, other) in [
            ("1", "1000m"),
            ("1", "1.0"),
            ("0.5", "500m"),
            ("1Gi", "1024Mi"),
            ("8Gi", "8589934592"),
            ("1k", "1000"),
            ("1e3", "1000"),
            ("2E", "2000P"),
            ("100u", "100000n"),
            ("+3", "3"),
        ] {
            assert!(is_same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn other_amounts_and_other_texts_differ() {
        for (one, other) in [
            ("1", "1m"),
            ("1Gi", "1G"),
            ("10", "100"),
            ("", "0"),
            ("a", "b"),
            ("1", "1x"),
            ("1e400", "1e401"),
        ] {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
