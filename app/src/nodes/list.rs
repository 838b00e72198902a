//! `/nodes`.

use domain::listing::ListQueryInput;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult};
use crate::resource;
use crate::routes;
use crate::ui::LinkButton;

pub async fn list(request: PageRequest) -> PageResult {
    let query = request.address.query::<ListQueryInput>();
    let query = query.validate().map_err(Problem::invalid)?;
    let page = request.core.nodes.list(&request.caller, query).await?;
    let catalogue = || view! { <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton> };
    Ok(resource::list(&request, page, catalogue.into()))
}
