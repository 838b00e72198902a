//! Sizes and prices of machines in words.

use domain::money::MicroDollars;

/// Gibibytes without needless digits: `80`, `22.5`.
pub fn gib(amount: f32) -> String {
    let rounded = (amount * 10.0).round() / 10.0;
    format!("{rounded}")
}

/// `from $2.99/h`.
pub fn from_price(price: Option<MicroDollars>) -> String {
    price.map_or_else(
        || "price not known".to_owned(),
        |price| format!("from {price}/h"),
    )
}

/// `$2.99/h`; a dash where no price is known.
pub fn per_hour(price: Option<MicroDollars>) -> String {
    price.map_or_else(|| "—".to_owned(), |price| format!("{price}/h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_no_more_digits_than_they_need() {
        assert_eq!(gib(80.0), "80");
        assert_eq!(gib(22.494), "22.5");
        assert_eq!(gib(1952.0), "1952");
    }

    #[test]
    fn a_price_that_is_not_known_is_not_nothing() {
        assert_eq!(per_hour(None), "—");
        assert_eq!(per_hour(Some(MicroDollars(2_990_000))), "$2.99/h");
    }
}
