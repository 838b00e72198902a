//! What the API offers for every kind of resource; a kind adds its own operations.

use super::{
    Answer,
    extract::{ApiJson, ApiQuery, Confirmation, IdempotencyKey},
    operation::{Operation, delete, get, post},
    path::PathId,
    reply::{Accepted, Created, Ordered},
};
use crate::http::{
    call::Call,
    events::{self, Payload},
    resource::Resource,
};
use axum::{Json, response::Response};
use domain::{
    event_page::{EventPage, EventQueryInput},
    listing::ListQueryInput,
    problem::Problem,
};

/// List, create, get, delete, host events and event stream of `R`.
pub fn operations<R: Resource>() -> [Operation; 6] {
    let (one, many) = (R::NAME, R::COLLECTION);
    let (all, id) = (format!("/{many}"), format!("/{many}/{{id}}"));
    [
        get(&all, format!("list_{many}"), list::<R>)
            .requires(R::READ)
            .about("Newest first by default.")
            .fails([422]),
        post(&all, format!("create_{one}"), create::<R>)
            .requires(R::CREATE)
            .about(format!(
                "The response is sent as soon as the request is stored. Follow the {one} until \
                 its state is `ready`."
            ))
            .fails([409]),
        get(&id, format!("get_{one}"), read::<R>).requires(R::READ),
        delete(&id, format!("delete_{one}"), remove::<R>)
            .requires(R::DELETE)
            .about(format!(
                "Deletes the {one} and all data on it. The response is sent as soon as the \
                 request is stored. The {one} is `deleting` until nothing of it is left, and \
                 gone afterwards."
            )),
        get(
            format!("{id}/events"),
            format!("list_{one}_events"),
            host_events::<R>,
        )
        .requires(R::READ)
        .about(R::EVENTS)
        .fails([422]),
        get(format!("{id}/stream"), format!("follow_{one}"), stream::<R>)
            .requires(R::READ)
            .about(format!(
                "Server-sent events named `{one}` with the {one} as data: one at the start and \
                 one after each change. The stream ends when the {one} is gone or the caller's \
                 access is revoked."
            ))
            .sends_events::<R>(one),
    ]
}

async fn list<R: Resource>(
    call: Call,
    ApiQuery(query): ApiQuery<ListQueryInput>,
) -> Answer<Json<R::Page>> {
    Ok(Json(R::list(call.core(), &call.caller, query).await?))
}

async fn create<R: Resource>(
    call: Call,
    IdempotencyKey(key): IdempotencyKey,
    ApiJson(input): ApiJson<R::Input>,
) -> Answer<Ordered<R>> {
    let (resource, replayed) = R::create(call.core(), &call.caller, input, key.as_deref()).await?;
    let created = Created {
        path: format!("/{}/{}", R::COLLECTION, resource.id()),
        body: resource,
    };
    Ok(Ordered { created, replayed })
}

async fn read<R: Resource>(call: Call, PathId(id): PathId<R::Id>) -> Answer<Json<R>> {
    Ok(Json(R::get(call.core(), &call.caller, id).await?))
}

async fn remove<R: Resource>(
    call: Call,
    PathId(id): PathId<R::Id>,
    Confirmation(name): Confirmation,
) -> Answer<Accepted<R>> {
    let deleting = R::delete(call.core(), &call.caller, id, &name).await?;
    Ok(Accepted(deleting))
}

async fn host_events<R: Resource>(
    call: Call,
    PathId(id): PathId<R::Id>,
    ApiQuery(query): ApiQuery<EventQueryInput>,
) -> Answer<Json<EventPage<R::Event>>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(
        R::events(call.core(), &call.caller, id, &query).await?,
    ))
}

async fn stream<R: Resource>(call: Call, PathId(id): PathId<R::Id>) -> Answer<Response> {
    events::of_one::<R>(call, id, Payload::Full).await
}
