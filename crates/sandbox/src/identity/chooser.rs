//! The pages of the provider: who are you, something is wrong, you are signed out. Plain forms, no script.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::Person;
use super::authorize::AuthorizationRequest;

const STYLE: &str = include_str!("chooser.css");

pub async fn stylesheet() -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "max-age=300"),
        ],
        STYLE,
    )
        .into_response()
}

pub fn page(request: &AuthorizationRequest, people: &[Person], redirect: &Url) -> Response {
    let application = redirect.origin().ascii_serialization();
    let request = serde_json::to_value(request).unwrap_or_default();
    let fields: String = request
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name, escaped(value.as_str()?))))
        .map(|(name, value)| format!(r#"<input type="hidden" name="{name}" value="{value}">"#))
        .collect();
    let buttons: String = people.iter().map(person_button).collect();
    let body = format!(
        r#"<h1>Who are you today?</h1>
<p>Choose a person to sign in to <b>{application}</b>.</p>
<form method="post" action="/authorize/choice">{fields}
<ul>{buttons}</ul>
<button class="cancel" name="person" value="">Cancel and go back</button>
</form>"#,
        application = escaped(&application)
    );
    // Browsers apply form-action to the redirect that follows the form as well.
    document(StatusCode::OK, "Sign in", &body, &application)
}

pub fn problem(status: StatusCode, text: &str) -> Response {
    let body = format!(
        r#"<h1>That does not work</h1><p>{}</p><p class="hint">Go back to the application and start again from there.</p>"#,
        escaped(text)
    );
    document(status, "That does not work", &body, "")
}

/// The end of a sign-out without an address to go to.
pub fn signed_out() -> Response {
    document(
        StatusCode::OK,
        "Signed out",
        "<h1>You are signed out</h1><p>You can close this page.</p>",
        "",
    )
}

fn person_button(person: &Person) -> String {
    format!(
        r#"<li><button class="person" name="person" value="{email}"><span class="picture" aria-hidden="true">{initials}</span><span class="who"><b>{name}</b><small>{role}</small></span><small class="mail">{email}</small></button></li>"#,
        email = escaped(person.email),
        initials = escaped(&person.initials()),
        name = escaped(person.name),
        role = escaped(person.role),
    )
}

fn document(status: StatusCode, title: &str, body: &str, form_target: &str) -> Response {
    let html = format!(include_str!("chooser.html"), title = title, body = body);
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {form_target}; base-uri 'none'; frame-ancestors 'none'"
    );
    (
        status,
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy),
        ],
        html,
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
