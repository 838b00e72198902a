//! Sizes and prices of machines as text.

use domain::money::MicroDollars;

/// Gibibytes with at most one decimal: `80`, `22.5`.
pub fn gib(amount: f32) -> String {
    let rounded = (amount * 10.0).round() / 10.0;
    format!("{rounded}")
}

/// `from $2.99/h`.
pub fn from_price(price: Option<MicroDollars>) -> String {
    price.map_or_else(
        || "price unknown".to_owned(),
        |price| format!("from {price}/h"),
    )
}

/// `$2.99/h`; a dash if the price is unknown.
pub fn per_hour(price: Option<MicroDollars>) -> String {
    price.map_or_else(|| "—".to_owned(), |price| format!("{price}/h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_one_decimal() {
        assert_eq!(gib(80.0), "80");
        assert_eq!(gib(22.494), "22.5");
        assert_eq!(gib(1952.0), "1952");
    }

    #[test]
    fn an_unknown_price_is_not_zero() {
        assert_eq!(per_hour(None), "—");
        assert_eq!(per_hour(Some(MicroDollars(2_990_000))), "$2.99/h");
    }
}
