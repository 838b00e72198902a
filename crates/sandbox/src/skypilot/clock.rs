//! SkyPilot's times: seconds since 1970, whole in its tables and with fractions in its requests and job queues.

use jiff::Timestamp;

/// Now, in whole seconds.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// Now, with microseconds, as Python's `time.time()` gives it.
pub fn now_precise() -> f64 {
    // Exact: microseconds since 1970 have fewer than 53 bits until the year 2255.
    #[expect(clippy::cast_precision_loss)]
    let microseconds = Timestamp::now().as_microsecond() as f64;
    microseconds / 1e6
}
