//! `/clusters`.

use domain::listing::ListQueryInput;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult};
use crate::resource;

pub async fn list(request: PageRequest) -> PageResult {
    let query = request.address.query::<ListQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let page = request.core.clusters.list(&request.caller, query).await?;
    Ok(resource::list(&request, page, ViewFnOnce::default()))
}
