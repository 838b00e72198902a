//! Records of users as admins see and change them.

use domain::{
    listing::Paging,
    users::{User, UserCount, UserDetail},
};
use jiff::Timestamp;

/// One page of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecordPage {
    /// The people of the page.
    pub items: Vec<User>,
    /// Which page this is.
    pub paging: Paging,
    /// How many match altogether.
    pub total: u64,
    /// How many match the search with each filter.
    pub counts: Vec<UserCount>,
}

/// What became of a change of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// Stored, with its audit entry; the user as of then.
    Done(Box<UserDetail>),
    /// They were so already; nothing was written.
    AlreadySo,
    /// There is nobody with this id.
    Missing,
    /// They are no longer as in the version that was named.
    Stale,
    /// It would have left the platform without an admin who is not suspended.
    LastAdmin,
}

/// Who last changed something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestChange {
    /// Their name at the time.
    pub who: String,
    /// When.
    pub at: Timestamp,
}
