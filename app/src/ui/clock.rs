//! The page's idea of now. It starts from the server's time, so that server and browser first render the same words,
//! and ticks once the page has come alive.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;

/// Found in context by everything that shows a relative time.
#[derive(Clone, Copy)]
pub struct Clock {
    now: RwSignal<Timestamp>,
    /// The server's time at the last sync, and what the browser's clock said then.
    synced: StoredValue<(Timestamp, i64)>,
}

impl Clock {
    /// The current time, tracked.
    pub fn now(self) -> Timestamp {
        // A page that is on its way out needs no time any more.
        self.now.try_get().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The clock of this page; the epoch outside of a page, where nothing relative is shown.
    pub fn in_context() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Starts the clock of a page. It shows nothing meaningful before [`Clock::sync`].
    pub fn provide() -> Self {
        let clock = Self {
            now: RwSignal::new(Timestamp::UNIX_EPOCH),
            synced: StoredValue::new((Timestamp::UNIX_EPOCH, 0)),
        };
        provide_context(clock);
        Effect::new(move || {
            let Ok(interval) =
                set_interval_with_handle(move || clock.tick(), Duration::from_secs(1))
            else {
                return;
            };
            on_cleanup(move || interval.clear());
        });
        clock
    }

    /// Sets the clock to the server's time, which came with the page's data.
    pub fn sync(self, server_now: Timestamp) {
        self.synced.set_value((server_now, milliseconds()));
        self.now.set(server_now);
    }

    /// The browser's own clock may be wrong, but it tells how much time has passed.
    fn tick(self) {
        let Some((server_now, at)) = self.synced.try_get_value() else {
            return;
        };
        let passed = SignedDuration::from_millis(milliseconds() - at);
        if let Ok(now) = server_now.checked_add(passed) {
            self.now.try_set(now);
        }
    }
}

/// Milliseconds of the browser's clock; the server's page does not tick.
fn milliseconds() -> i64 {
    if is_server() {
        0
    } else {
        web_sys::js_sys::Date::now() as i64
    }
}
