//! Sets up logging. Panics are logged and do not stop the server.

use crate::config::{LogFormat, LogSettings};
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging to standard error. Later calls do nothing.
pub fn start(settings: &LogSettings) {
    let filter = std::env::var(EnvFilter::DEFAULT_ENV)
        .ok()
        .and_then(|text| EnvFilter::try_new(text).ok())
        .or_else(|| EnvFilter::try_new(&settings.filter).ok())
        .unwrap_or_default();
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            let what = panic.payload_as_str().unwrap_or("no message");
            tracing::error!(%place, what, "panic");
        }));
    }
}
