//! Who gets through where: every page, server function and route of the API, for everybody.
//!
//! The routes are the router's own. Each has a line in [`table`] with what it needs; one without fails. What a
//! caller may is asked of the table of permissions, which has a test of its own against the table written out.

mod callers;
pub mod table;
pub mod world;

use crate::fixture::{TestPortal, body_of};
use callers::Asker;
use domain::{
    access::{Action, PlatformAction},
    caller::Channel,
};
use reqwest::Method;
use server::http::rest::Permission;
use std::collections::BTreeSet;
use table::{Body, Route, routes};
use world::{World, without_names};

/// What a route needs.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// That somebody is known.
    SomebodyKnown,
    /// That somebody sits in front of a browser; a token is not enough.
    Session,
    /// This, in the tenant of what the address or body names.
    In(Action),
    /// This, in the tenant that an order names.
    OrderIn(Action),
    /// Leave to ask for a list; what is in it, others test.
    List(Action),
    /// This.
    OnPlatform(PlatformAction),
    /// The same to a tenant, which is not there for whoever does not see it.
    OnPlatformIn(PlatformAction),
}

/// What an asker is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Sign in first.
    Unauthenticated,
    /// You may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// A field is wrong: the tenant.
    NoSuchTenant,
    /// Anything else.
    Answer,
}

fn expected(route: &Route, asker: &Asker, world: &World) -> Vec<Told> {
    let Some(caller) = &asker.caller else {
        return match route.need {
            // A program must learn that its token is not valid before it changes something.
            Need::Nothing if !asker.sends_token() || route.method == Method::GET => {
                vec![Told::Answer]
            }
            _ => vec![Told::Unauthenticated],
        };
    };
    let tenant = world.tenant.id;
    let visible = caller.may(Action::ReadTenant, tenant);
    match route.need {
        Need::Nothing | Need::SomebodyKnown => vec![Told::Answer],
        Need::Session if caller.channel == Channel::Session => vec![Told::Answer],
        Need::Session => vec![Told::Forbidden],
        Need::In(action) if caller.may(action, tenant) => vec![Told::Answer],
        Need::In(_) if visible => vec![Told::Forbidden],
        Need::In(_) => vec![Told::NotFound],
        Need::OrderIn(action) if caller.may(action, tenant) => vec![Told::Answer],
        Need::OrderIn(_) if visible => vec![Told::Forbidden],
        Need::OrderIn(_) => vec![Told::NoSuchTenant],
        Need::List(action) => {
            let reached = caller
                .token_reach
                .as_ref()
                .is_none_or(|reach| reach.scopes.iter().any(|scope| scope.includes(action)));
            vec![if reached {
                Told::Answer
            } else {
                Told::Forbidden
            }]
        }
        Need::OnPlatform(action) | Need::OnPlatformIn(action) if caller.may_on_platform(action) => {
            vec![Told::Answer]
        }
        Need::OnPlatformIn(_) if visible => vec![Told::Forbidden],
        Need::OnPlatformIn(_) => vec![Told::NotFound],
        // Pages of admins are not there for others.
        Need::OnPlatform(_) if route.is_api() => vec![Told::Forbidden],
        Need::OnPlatform(_) => vec![Told::Forbidden, Told::NotFound],
    }
}

/// Asks; the body is read of refusals only, since streams have no end.
async fn ask(route: &Route, asker: &Asker, names: &World) -> (u16, String) {
    let mut request = asker.request(route.method.clone(), &names.filled(route.address));
    if route.is_page() {
        request = request.header("accept", "text/html");
    }
    request = match &route.body {
        Body::None => request,
        Body::Json(json) => request
            .header("content-type", "application/json")
            .body(names.filled(json)),
        Body::Form(form) => request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(names.filled(form)),
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let leads_to_sign_in = answer
        .headers()
        .get("location")
        .is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in"));
    if leads_to_sign_in && !matches!(route.need, Need::Nothing) {
        return (401, String::new());
    }
    let body = if status >= 400 {
        body_of(answer).await
    } else {
        String::new()
    };
    (status, body)
}

fn told(route: &Route, status: u16, body: &str) -> Told {
    match status {
        401 => Told::Unauthenticated,
        403 => Told::Forbidden,
        // Whoever may ask is told what is missing, whoever may not that there is nothing at all.
        404 if route.misses.is_none_or(|what| !body.contains(what)) => Told::NotFound,
        422 if body.contains("\"tenant\"") => Told::NoSuchTenant,
        _ => Told::Answer,
    }
}

#[test]
fn every_route_has_a_line_in_the_table() {
    let mut real: BTreeSet<(String, String)> = server::http::list_of_routes()
        .into_iter()
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let pages = server::http::pages::list_of_pages();
    assert!(pages.len() >= 20, "{pages:?}");
    real.extend(pages.into_iter().map(|path| ("GET".to_owned(), path)));
    let table: BTreeSet<(String, String)> = routes()
        .into_iter()
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    let missing: Vec<_> = real.difference(&table).collect();
    assert!(missing.is_empty(), "without a line: {missing:#?}");
    let gone: Vec<_> = table.difference(&real).collect();
    assert!(gone.is_empty(), "of no route: {gone:#?}");
}

#[test]
fn operations_declare_the_permission_that_they_need() {
    let table = routes();
    for operation in server::http::rest::operations() {
        let path = operation.full_path();
        let route = table
            .iter()
            .find(|route| route.method == operation.method && route.path == path)
            .unwrap();
        let needed = match route.need {
            Need::In(action) | Need::OrderIn(action) | Need::List(action) => {
                Some(Permission::InTenant(action))
            }
            Need::OnPlatform(action) | Need::OnPlatformIn(action) => {
                Some(Permission::OnPlatform(action))
            }
            Need::Nothing | Need::SomebodyKnown | Need::Session => None,
        };
        assert_eq!(operation.permission, needed, "{} {path}", operation.method);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_through_where_the_table_lets_them_and_nowhere_else() {
    let portal = TestPortal::start().await;
    let world = World::of(&portal).await;
    let askers = callers::everybody(&portal, &world).await;
    let mut wrong = Vec::new();
    for route in routes() {
        for asker in &askers {
            let expected = expected(&route, asker, &world);
            if route.only_refusals && expected.contains(&Told::Answer) {
                continue;
            }
            let (status, body) = ask(&route, asker, &world).await;
            let got = told(&route, status, &body);
            if !expected.contains(&got) {
                let start: String = body.chars().take(300).collect();
                wrong.push(format!(
                    "{} {} by {}: expected {expected:?}, got {got:?} ({status}) {start}",
                    route.method, route.path, asker.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    portal.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foreign_looks_like_what_is_missing() {
    let portal = TestPortal::start().await;
    let world = World::of(&portal).await;
    let missing = world.missing();
    let askers = callers::everybody(&portal, &world).await;
    let mut wrong = Vec::new();
    for route in routes() {
        let of_tenant = matches!(
            route.need,
            Need::In(_) | Need::OrderIn(_) | Need::OnPlatformIn(_)
        );
        if !of_tenant {
            continue;
        }
        let foreign = askers.iter().filter(|asker| {
            let caller = asker.caller.as_ref();
            caller.is_some_and(|caller| !caller.may(Action::ReadTenant, world.tenant.id))
        });
        for asker in foreign {
            let there = ask(&route, asker, &world).await;
            let not_there = ask(&route, asker, &missing).await;
            let same = there.0 == not_there.0
                && without_names(&there.1, &world) == without_names(&not_there.1, &missing);
            if !same {
                wrong.push(format!(
                    "{} {} by {}:\n  foreign {there:?}\n  missing {not_there:?}",
                    route.method, route.path, asker.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    portal.stop().await;
}

#[test]
fn the_table_has_no_line_twice() {
    let mut seen = BTreeSet::new();
    for route in routes() {
        let line = (route.method.to_string(), route.path, route.address);
        assert!(seen.insert(line.clone()), "{line:?}");
    }
}
