//! Requests in the server's list.

use super::fields;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The id of a request: a UUID. A restarted server forgets all requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestState {
    Pending,
    /// Waiting for something else, such as another request on the same cluster.
    Waiting,
    /// In progress.
    Running,
    Succeeded,
    /// Failed; the result has the reason.
    Failed,
    Cancelled,
    /// A state that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

impl RequestState {
    /// Whether the request has not ended.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Waiting | Self::Running)
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RequestRecord {
    pub request_id: RequestId,
    /// For example `sky.launch`.
    #[serde(default)]
    pub name: String,
    pub status: RequestState,
    #[serde(default, deserialize_with = "fields::text")]
    pub cluster_name: Option<String>,
    /// What the request is waiting for.
    #[serde(default, deserialize_with = "fields::text")]
    pub status_msg: Option<String>,
    #[serde(default, deserialize_with = "fields::time")]
    pub created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "fields::time")]
    pub finished_at: Option<Timestamp>,
}

/// Requests, and the server's time when it listed them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestList {
    /// Newest first.
    pub requests: Vec<RequestRecord>,
    /// To the second; comparable with the times of the records.
    pub server_time: Option<Timestamp>,
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text is not a UUID.
#[derive(Debug, thiserror::Error)]
#[error("a SkyPilot request id is a UUID")]
pub struct NotARequestId;

impl FromStr for RequestId {
    type Err = NotARequestId;
    fn from_str(text: &str) -> Result<Self, NotARequestId> {
        let good = text.len() == 36
            && text
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        good.then(|| Self(text.to_owned())).ok_or(NotARequestId)
    }
}

impl TryFrom<String> for RequestId {
    type Error = NotARequestId;
    fn try_from(text: String) -> Result<Self, NotARequestId> {
        text.parse()
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_is_a_request_id() {
        assert!(
            "30462a9a-dd96-4720-bdf4-4c92d4c7f8b3"
                .parse::<RequestId>()
                .is_ok()
        );
        for bad in [
            "",
            "30462a9a",
            "30462a9a-dd96-4720-bdf4-4c92d4c7f8b3&all=1",
            "../30462a9a-dd96-4720-bdf4-4c92d4c7f8",
        ] {
            assert!(bad.parse::<RequestId>().is_err(), "{bad}");
        }
    }
}
