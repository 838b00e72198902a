//! One call to the server, before it is sent.

use super::Acting;
use reqwest::Method;
use serde_json::{Map, Value};
use std::time::Duration;

/// Whether a call may be sent again if the first one may have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Idempotent.
    Safe,
    /// A second call would create a duplicate or lose something.
    Never,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Map<String, Value>>,
    /// The purpose, for errors: `list the clusters`.
    pub(super) tried: &'static str,
    pub(super) repeat: Repeat,
    pub(super) timeout: Option<Duration>,
}

impl Call {
    pub(super) fn get(path: &'static str, tried: &'static str) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            tried,
            repeat: Repeat::Safe,
            timeout: None,
        }
    }

    /// A POST whose body is the common part plus the fields of `body`, which must be an object.
    pub(super) fn post(
        path: &'static str,
        tried: &'static str,
        acting: &Acting<'_>,
        body: Value,
    ) -> Self {
        let mut common = acting.common();
        if let Value::Object(fields) = body {
            common.extend(fields);
        }
        Self {
            method: Method::POST,
            body: Some(common),
            ..Self::get(path, tried)
        }
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn never_repeated(mut self) -> Self {
        self.repeat = Repeat::Never;
        self
    }

    pub(super) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}
