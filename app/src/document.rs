//! The HTML document around every page: head, navigation, and data for the script.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use leptos::prelude::*;
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::cookie;
use crate::layout::{Layout, Session};
use crate::page::{self, Page, PageError, PageRequest, Rendering};
use crate::problem_page::{self, no_such_page};
use crate::site::{Assets, Site};
use crate::theme::{self, Theme};

/// Turns the page that the router returns into a document.
pub async fn wrap(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let site = parts.extensions.get().cloned().unwrap_or(site);
    let requested = parts.clone();
    let mut response = next.run(Request::from_parts(parts.clone(), body)).await;
    let page = if let Some(page) = response.extensions_mut().remove::<Page>() {
        Some(page)
    } else if let Some(PageError(problem)) = response.extensions_mut().remove() {
        Some(problem_page::page(problem, &Address::from(&requested.uri)))
    } else {
        None
    };
    match page {
        Some(page) => document(&site, &mut parts, page).await,
        None => response,
    }
}

/// The response at an address without a page.
pub async fn not_found(site: &Site, mut parts: Parts) -> Response {
    let page = problem_page::page(no_such_page(), &Address::from(&parts.uri));
    document(site, &mut parts, page).await
}

/// Callers who are signed in get the navigation around the page.
async fn document(site: &Site, parts: &mut Parts, page: Page) -> Response {
    let theme = cookie::value(
        &parts.headers,
        &cookie::name(site.is_https(), theme::COOKIE),
    )
    .map_or_else(Theme::default, Theme::from_word);
    let rendering = Rendering {
        address: Address::from(&parts.uri),
        now: Timestamp::now(),
    };
    let session = match PageRequest::from_request_parts(parts, site).await {
        Ok(request) if page.has_navigation => Session::load(&request).await,
        _ => None,
    };
    let Page {
        title,
        html,
        status,
        live,
        refresh_seconds,
        reloads,
        has_navigation: _,
    } = page;
    let live = (!live.is_empty()).then(|| live.join(" "));
    let assets = site.assets.clone();
    let document = page::render(rendering, move || {
        let content = match session {
            Some(session) => view! {
                <Layout session=session html=html live=live refresh_seconds=refresh_seconds />
            }
            .into_any(),
            None => view! { <div inner_html=html></div> }.into_any(),
        };
        view! {
            <html lang="en" data-theme=theme.attribute()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{format!("{title} · Hangar")}</title>
                    <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                    {files(&assets)}
                    {reloads.then(reload_without_script)}
                </head>
                <body>{content}</body>
            </html>
        }
    });
    respond(parts, status, format!("<!DOCTYPE html>{document}"))
}

/// The script is loaded while the page is read and runs after it; islands load theirs when there are any.
fn files(assets: &Assets) -> impl IntoView + use<> {
    let of = |name: &str| format!("/pkg/{name}");
    view! {
        <link rel="stylesheet" href=of(&assets.css) />
        <script
            r#type="module"
            src=of(&assets.script)
            data-islands=of(&assets.islands)
            data-wasm=of(&assets.wasm)
            id="portal-script"
        ></script>
    }
}

fn reload_without_script() -> impl IntoView {
    view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="4">"#></noscript> }
}

/// A page that has not changed since the script last got it is not sent again.
fn respond(parts: &Parts, status: StatusCode, html: String) -> Response {
    let digest = Sha256::digest(html.as_bytes());
    let tag = digest[..12]
        .iter()
        .fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}"))
        + "\"";
    let known = parts
        .headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known && status == StatusCode::OK {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, html).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}
