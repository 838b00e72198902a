//! Finding and ordering nodes.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use crate::{
    http::{
        identity::SignedIn,
        problem::ProblemDocument,
        rest::{
            Answer, PREFIX,
            extract::{ApiJson, ApiQuery, idempotency_key},
        },
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    listing::ListQueryInput,
    node::{
        catalogue::{OfferPage, OfferQueryInput},
        order::{NodeOrderInput, Quote},
        view::{Node, NodePage},
    },
    problem::Problem,
};
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

/// List nodes
///
/// Those you may see, newest first unless asked otherwise.
#[utoipa::path(get, path = "/nodes", operation_id = "list_nodes", tag = "nodes", params(ListQueryInput), responses(
    (status = 200, description = "A page of nodes", body = NodePage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<ListQueryInput>,
) -> Answer<Json<NodePage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(portal.core.nodes.list(&caller, query).await?))
}

/// Order a node
///
/// Answers as soon as the order is kept; follow the node until its state is `ready`. Send an `Idempotency-Key` of your
/// choice to be able to repeat the request safely: the same key and order is answered with the node that was ordered
/// first.
#[utoipa::path(post, path = "/nodes", operation_id = "order_node", tag = "nodes", request_body = NodeOrderInput, params(
    ("Idempotency-Key" = Option<String>, Header, description = "At most 128 visible ASCII characters, new for each order"),
), responses(
    (status = 201, description = "Ordered", body = Node, headers(("Location" = String, description = "The node's address"))),
    (status = 200, description = "The same key and order had been accepted before", body = Node),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not order there", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The name is taken", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules, or the key stands for another order", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer and had to be asked", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn order(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    headers: HeaderMap,
    ApiJson(input): ApiJson<NodeOrderInput>,
) -> Answer<Response> {
    let key = idempotency_key(&headers)?;
    let ordered = portal.core.nodes.create(&caller, input, key).await?;
    let status = if ordered.replayed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let location = format!("{PREFIX}/nodes/{}", ordered.node.id);
    Ok((status, [(header::LOCATION, location)], Json(ordered.node)).into_response())
}

/// What an order would come to
///
/// Its price, the machines that fit, the SkyPilot task that would be sent, and in `errors` what is wrong with it.
/// Changes nothing.
#[utoipa::path(post, path = "/nodes/quote", operation_id = "quote_node", tag = "nodes", request_body = NodeOrderInput, responses(
    (status = 200, description = "The quote; also of an order that would be refused", body = Quote),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer and had to be asked", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn quote(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiJson(input): ApiJson<NodeOrderInput>,
) -> Answer<Json<Quote>> {
    Ok(Json(portal.core.nodes.quote(&caller, input).await?))
}

/// What can be launched
///
/// Accelerators with memory, count, cloud, region and prices, as your tenants' clouds allow; cheapest first unless
/// asked otherwise. Prices are in millionths of a US dollar; `read_at` says how old they are.
#[utoipa::path(get, path = "/nodes/catalogue", operation_id = "list_offers", tag = "nodes", params(OfferQueryInput), responses(
    (status = 200, description = "A page of the catalogue", body = OfferPage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "There is no SkyPilot API server", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn catalogue(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<OfferQueryInput>,
) -> Answer<Json<OfferPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(portal.core.nodes.catalogue(&caller, query).await?))
}
