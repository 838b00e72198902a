//! Relative times, with the exact time on hover. The script keeps them current.

use jiff::{Timestamp, Unit};
use leptos::prelude::*;

use crate::page::Rendering;

/// The time of the page that is rendered.
pub fn now() -> Timestamp {
    use_context::<Rendering>().map_or(Timestamp::UNIX_EPOCH, |rendering| rendering.now)
}

#[component]
pub fn RelativeTime(at: Timestamp) -> impl IntoView {
    time(at, "relative", relative_words(at, now()))
}

/// “6 h 12 min”, or “expired”.
#[component]
pub fn Remaining(until: Timestamp) -> impl IntoView {
    time(until, "remaining", remaining_words(until, now()))
}

/// The duration of something in progress.
#[component]
pub fn Elapsed(since: Timestamp) -> impl IntoView {
    time(since, "elapsed", elapsed_words(since, now()))
}

/// `kind` is the format in which the script updates the text.
fn time(at: Timestamp, kind: &'static str, words: String) -> impl IntoView {
    view! {
        <time datetime=at.to_string() title=exact(at) data-time=kind>
            {words}
        </time>
    }
}

/// “2 December 2026, 17:10:00 UTC”.
pub fn exact(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string()
}

/// "in 3 min", "just now", "3 min ago".
pub fn relative_words(at: Timestamp, now: Timestamp) -> String {
    let seconds = (at.as_second()).saturating_sub(now.as_second());
    match seconds {
        -4..=4 => "just now".to_owned(),
        5.. => format!("in {}", duration_words(seconds)),
        _ => format!("{} ago", coarse_words(-seconds)),
    }
}

/// "6 h 12 min", or "expired".
pub fn remaining_words(until: Timestamp, now: Timestamp) -> String {
    let seconds = until.as_second().saturating_sub(now.as_second());
    if seconds <= 0 {
        "expired".to_owned()
    } else {
        duration_words(seconds)
    }
}

/// A duration in its two largest units: "45 s", "12 min", "6 h 12 min", "3 d 4 h".
pub fn duration_words(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if seconds < 60 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes} min"),
        // “24 h” is more exact than “1 d”.
        () if days < 2 => two(hours, "h", minutes % 60, "min"),
        () => two(days, "d", hours % 24, "h"),
    }
}

/// The largest unit alone, for times in the past.
fn coarse_words(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn two(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// How long a step took: tenths below ten seconds, whole seconds above, then minutes.
pub fn elapsed_words(from: Timestamp, to: Timestamp) -> String {
    let milliseconds = (to - from)
        .total(Unit::Millisecond)
        .unwrap_or_default()
        .max(0.0);
    if milliseconds < 9_950.0 {
        format!("{:.1} s", milliseconds / 1000.0)
    } else {
        duration_words((milliseconds / 1000.0).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    #[test]
    fn relative_times_read_like_speech() {
        let cases = [
            (0, "just now"),
            (-12, "12 s ago"),
            (-8 * 60 - 20, "8 min ago"),
            (-9 * 3600, "9 h ago"),
            (-3 * 86_400, "3 d ago"),
            (90, "in 1 min"),
            (22_320, "in 6 h 12 min"),
        ];
        for (offset, words) in cases {
            assert_eq!(relative_words(at(offset), at(0)), words);
        }
    }

    #[test]
    fn remaining_time_ends_instead_of_going_below_zero() {
        assert_eq!(remaining_words(at(86_400), at(0)), "24 h");
        assert_eq!(remaining_words(at(3 * 86_400 + 5), at(0)), "3 d");
        assert_eq!(remaining_words(at(0), at(0)), "expired");
        assert_eq!(remaining_words(at(-5), at(0)), "expired");
    }

    #[test]
    fn short_steps_show_tenths_and_long_ones_do_not() {
        let after = |milliseconds| at(0) + SignedDuration::from_millis(milliseconds);
        assert_eq!(elapsed_words(at(0), after(940)), "0.9 s");
        assert_eq!(elapsed_words(at(0), after(14_400)), "14 s");
        assert_eq!(elapsed_words(at(0), after(59_700)), "1 min");
        assert_eq!(elapsed_words(after(500), at(0)), "0.0 s");
    }
}
