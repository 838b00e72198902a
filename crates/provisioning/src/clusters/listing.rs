//! Lists of clusters.

use super::{ClusterService, view};
use crate::authorization::authorize_listing;
use domain::{
    access::Action,
    caller::Caller,
    listing::{ClusterPage, ClusterQuery},
    problem::Problem,
};
use jiff::Timestamp;

impl ClusterService {
    pub(super) async fn page(
        &self,
        caller: &Caller,
        query: ClusterQuery,
    ) -> Result<ClusterPage, Problem> {
        authorize_listing(caller, Action::ReadCluster)?;
        let page = self
            .store
            .clusters(&caller.extent(Action::ReadCluster), caller.user_id, &query)
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
