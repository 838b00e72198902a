//! Lists of clusters.

use super::{Clusters, view};
use crate::authorization::authorize_listing;
use domain::{
    access::Action,
    caller::Caller,
    cluster::{ClusterPage, ClusterQuery},
    problem::Problem,
};
use jiff::Timestamp;

impl Clusters {
    /// A page of the clusters the caller may see.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn list(&self, caller: &Caller, query: ClusterQuery) -> Result<ClusterPage, Problem> {
        authorize_listing(caller, Action::ReadCluster)?;
        let page = self
            .db
            .clusters()
            .list(&caller.extent(Action::ReadCluster), caller.user_id, &query)
            .await?;
        Ok(ClusterPage {
            items: page
                .items
                .into_iter()
                .map(|record| view::cluster(record, caller))
                .collect(),
            total: page.total,
            paging: page.paging,
            per_page: query.per_page,
            counts: page.counts,
            now: Timestamp::now(),
        })
    }
}
