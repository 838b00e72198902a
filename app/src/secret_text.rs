//! Secrets that a script asks for: by the same POST as the form beside it, so that they are audited alike, and never part
//! of the page that the server sends.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

/// What a refusal says, of its document.
#[derive(Deserialize)]
struct Refused {
    detail: String,
    next_step: Option<String>,
}

/// The text at `address`.
///
/// # Errors
/// What the portal says, or that it says nothing.
pub async fn ask(address: &str) -> Result<String, Problem> {
    let no_answer = || {
        Problem::new(ProblemKind::Unavailable, "The portal does not answer.")
            .next("Check your connection and try again.")
    };
    let response = post(address).await.ok_or_else(no_answer)?;
    let text = text_of(&response).await.ok_or_else(no_answer)?;
    if response.ok() {
        return Ok(text);
    }
    let kind = match response.status() {
        401 => ProblemKind::Unauthenticated,
        403 => ProblemKind::Forbidden,
        404 => ProblemKind::NotFound,
        409 => ProblemKind::NotReady,
        500 => ProblemKind::Internal,
        _ => ProblemKind::Unavailable,
    };
    Err(refusal(kind, &text))
}

async fn post(address: &str) -> Option<Response> {
    let request = RequestInit::new();
    request.set_method("POST");
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &request));
    response.await.ok()?.dyn_into().ok()
}

async fn text_of(response: &Response) -> Option<String> {
    let text: JsValue = JsFuture::from(response.text().ok()?).await.ok()?;
    text.as_string()
}

fn refusal(kind: ProblemKind, document: &str) -> Problem {
    match serde_json::from_str::<Refused>(document) {
        Ok(Refused { detail, next_step }) => Problem {
            next_step,
            ..Problem::new(kind, detail)
        },
        Err(_) => Problem::new(kind, "The portal refused.").next("Reload the page and try again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_the_portals_words_and_nothing_else_gets_through() {
        let said = r#"{"title":"Not ready yet","detail":"It is stopped.","next_step":"Start it."}"#;
        let problem = refusal(ProblemKind::NotReady, said);
        assert_eq!(problem.detail, "It is stopped.");
        assert_eq!(problem.next_step.as_deref(), Some("Start it."));
        let proxy = refusal(ProblemKind::Unavailable, "<html>10.0.0.7 upstream</html>");
        assert!(!proxy.detail.contains("10.0.0.7"));
    }
}
