//! Records of users as admins see and change them.

use domain::{
    listing::Paging,
    users::{User, UserCount, UserDetail},
};
use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecordPage {
    pub items: Vec<User>,
    pub paging: Paging,
    /// How many users match, on all pages.
    pub total: u64,
    /// How many users match the search with each filter.
    pub counts: Vec<UserCount>,
}

/// The outcome of a change of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// Stored, with its audit entry; the user as of then.
    Done(Box<UserDetail>),
    /// Nothing to change; nothing was written.
    AlreadySo,
    Missing,
    /// Changed since the given version.
    Stale,
    /// Refused: no other platform admin is active.
    LastAdmin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestChange {
    /// The user's name at the time.
    pub who: String,
    pub at: Timestamp,
}
