//! When to try again after the outside refused or did not answer.

use jiff::SignedDuration;

const LONGEST_SECONDS: i64 = 60;

/// The pause after `attempts` failures in a row: 1 s, doubling to a minute, a quarter more or less
/// so that many clusters do not return at once.
pub(super) fn pause(attempts: u32) -> SignedDuration {
    steady(attempts) * rand::random_range(750..=1250) / 1000
}

/// The same without chance, for what is reckoned anew in each pass: an end that moves might never come.
pub(super) fn steady(attempts: u32) -> SignedDuration {
    let doubled = 1_i64.checked_shl(attempts.saturating_sub(1).min(6));
    SignedDuration::from_secs(doubled.unwrap_or(LONGEST_SECONDS).min(LONGEST_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_a_minute_and_a_quarter() {
        for (attempts, least, most) in [
            (0, 750, 1250),
            (1, 750, 1250),
            (3, 3000, 5000),
            (7, 45_000, 75_000),
            (u32::MAX, 45_000, 75_000),
        ] {
            let pause = pause(attempts).as_millis();
            assert!((least..=most).contains(&pause), "{attempts}: {pause}");
        }
    }
}
