//! The forms of all pages, as browsers send them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use url::form_urlencoded::Serializer;

use super::pages_and_browsers;
use crate::support::{Browser, READY, TestPortal};

/// A form that sends to a server function.
struct Form {
    action: String,
    /// Where the script sends it after each change.
    preview: Option<String>,
    /// Whether a button sends it to `action`.
    can_be_sent: bool,
    body: String,
}

fn forms(page: &str) -> Vec<Form> {
    page.split("<form ").skip(1).filter_map(form).collect()
}

fn form(html: &str) -> Option<Form> {
    let (html, _) = html.split_once("</form>")?;
    let (tag, html) = html.split_once('>')?;
    let action = attribute(tag, "action").filter(|action| action.starts_with("/rpc/"))?;
    let mut body = Serializer::new(String::new());
    let (mut select, mut can_be_sent) = (None, false);
    for element in html.split('<') {
        let (tag, text) = element.split_once('>').unwrap_or_default();
        let name = attribute(tag, "name");
        let value = attribute(tag, "value").unwrap_or_default();
        match (tag.split(' ').next(), name) {
            (Some("input"), Some(name)) if is_chosen(tag) => {
                body.append_pair(&name, &value);
            }
            (Some("textarea"), Some(name)) => {
                body.append_pair(&name, &unescaped(text));
            }
            (Some("select"), Some(name)) => select = Some((name, None)),
            (Some("option"), _) => {
                if let Some((_, chosen)) = &mut select
                    && (chosen.is_none() || tag.contains(" selected"))
                {
                    *chosen = Some(value);
                }
            }
            (Some("/select"), _) => {
                if let Some((name, Some(chosen))) = select.take() {
                    body.append_pair(&name, &chosen);
                }
            }
            (Some("button"), name) if tag.contains("type=\"submit\"") || name.is_some() => {
                let is_first = !can_be_sent;
                can_be_sent |= !tag.contains("formaction=");
                if let (true, true, Some(name)) = (is_first, can_be_sent, name) {
                    body.append_pair(&name, &value);
                }
            }
            _ => {}
        }
    }
    Some(Form {
        action,
        preview: attribute(tag, "data-preview"),
        can_be_sent,
        body: body.finish(),
    })
}

/// Whether an input is sent.
fn is_chosen(tag: &str) -> bool {
    let may_be_empty =
        ["radio", "checkbox"].contains(&attribute(tag, "type").as_deref().unwrap_or_default());
    !may_be_empty || tag.contains(" checked")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!(" {name}=\"")).or_else(|| {
        tag.strip_prefix(&format!("{name}=\""))
            .map(|value| ("", value))
    })?;
    let (value, _) = value.split_once('"')?;
    Some(unescaped(value))
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Every page, also in states with other forms.
async fn pages_with_forms() -> Vec<(Browser, String)> {
    let portal = TestPortal::start().await.with_clusters().await;
    let portal = portal.with_credentials().await;
    let portal = portal.with_an_invitation().await.with_a_token().await;
    let portal = portal.with_orphans().await.with_sessions().await;
    let spare = portal.credential("spare").await.id;
    let credentials = &portal.core.credentials;
    credentials
        .suspend(&portal.admin_caller(), spare)
        .await
        .unwrap();
    // A cluster that is to be paused, beside those that are listed anyway.
    let admin = portal.admin_caller();
    let cluster = READY.into();
    portal.core.clusters.pause(&admin, cluster).await.unwrap();
    let of_admins = [
        format!("/clusters/{READY}/settings"),
        format!("/tenants/vision/credentials/{spare}"),
        "/tenants/vision/invitations".to_owned(),
        "/admin/identity-provider".to_owned(),
        "/admin/identity-provider/corp/grace".to_owned(),
        "/admin/orphans?machine=hgr-3f2a77aa-forgotten".to_owned(),
        format!("/admin/users/{}", portal.grace),
    ];
    let mut pages = pages_and_browsers().await;
    pages.extend(of_admins.map(|page| (portal.admin(), page)));
    pages.push((portal.developer(), "/account".to_owned()));
    pages
}

#[tokio::test]
async fn every_form_is_read_by_its_function() {
    let mut sent = BTreeSet::new();
    for (browser, page) in pages_with_forms().await {
        for form in forms(&browser.get(&page).await.text) {
            if !form.can_be_sent {
                continue;
            }
            // Without a session nothing is changed, but the arguments are read first.
            let answer = browser
                .portal
                .signed_out()
                .post(&form.action, &form.body)
                .await;
            let (action, body) = (&form.action, &form.body);
            assert_eq!(
                answer.status,
                StatusCode::SEE_OTHER,
                "{page} {action} {body}"
            );
            sent.insert(form.action);
        }
    }
    let functions = app::function_paths()
        .into_iter()
        .map(|(_, path)| path.to_owned());
    let untested: Vec<_> = functions
        .filter(|function| !sent.contains(function))
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[tokio::test]
async fn every_form_that_is_previewed_is_shown_again() {
    for (browser, page) in pages_and_browsers().await {
        for form in forms(&browser.get(&page).await.text) {
            let Some(preview) = form.preview else {
                continue;
            };
            let answer = browser.post(&preview, &form.body).await;
            assert_eq!(answer.status, StatusCode::OK, "{page} {preview}");
            let actions: Vec<_> = forms(&answer.text)
                .into_iter()
                .map(|form| form.action)
                .collect();
            assert!(actions.contains(&form.action), "{page} {preview}");
        }
    }
}

#[tokio::test]
async fn a_problem_is_shown_on_the_page_of_every_form() {
    for (browser, page) in pages_with_forms().await {
        for form in forms(&browser.get(&page).await.text) {
            // The arguments are missing.
            let body = form.body.split('&').filter(|field| field.starts_with('_'));
            let body = body.collect::<Vec<_>>().join("&");
            let answer = browser.post(&form.action, &body).await;
            if answer.status.is_redirection() || answer.status == StatusCode::OK {
                continue;
            }
            assert_eq!(
                answer.status,
                StatusCode::BAD_REQUEST,
                "{page} {}",
                form.action
            );
            if page == "/sign-in" {
                // Sets only the theme and shows no problems.
                continue;
            }
            let problems = answer.text.matches("data-problem=\"bad-request\"").count();
            assert_eq!(problems, 1, "{page} {}", form.action);
            assert!(answer.text.contains("<h1"), "{page} {}", form.action);
        }
    }
}
