//! Why a log cannot be read.

use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, HtmlElement, RequestInit, Response};

/// The parts of a problem that the viewer shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogProblem {
    /// `not-found`.
    pub kind: String,
    pub detail: String,
    pub next_step: Option<String>,
    pub reference: Option<String>,
}

impl LogProblem {
    /// Reads the problem that a stream sent, or the problem document (RFC 9457) of a refused request: the second has a
    /// URI, `urn:hangar:problem:not-found`, in place of the kind.
    pub fn from_json(json: &str) -> Option<Self> {
        let object = JSON::parse(json).ok()?;
        Self::from_fields(|name| Reflect::get(&object, &name.into()).ok()?.as_string())
    }

    /// Reads the problem that the server rendered.
    pub fn from_page(element: &HtmlElement) -> Option<Self> {
        let notice = element.query_selector("[data-problem]").ok()??;
        Self::from_fields(|name| match name {
            "kind" => notice.get_attribute("data-problem"),
            name => {
                let part = notice.query_selector(&format!("[data-part={name}]"));
                part.ok()??.text_content()
            }
        })
    }

    fn from_fields(field: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let kind = field("kind").or_else(|| Some(field("type")?.rsplit(':').next()?.to_owned()))?;
        Some(Self {
            kind,
            detail: field("detail")?,
            next_step: field("next_step"),
            reference: field("reference"),
        })
    }

    /// The problem of a stream that ended without a reason.
    pub fn interrupted() -> Self {
        Self {
            kind: "unavailable".to_owned(),
            detail: "The log was interrupted.".to_owned(),
            next_step: Some("Reload the page, or download the log.".to_owned()),
            reference: None,
        }
    }

    /// Why the stream at `address` was refused. An `EventSource` does not say; the same address asked for as JSON does.
    pub async fn of_refused(address: &str) -> Self {
        ask(address)
            .await
            .ok()
            .flatten()
            .unwrap_or_else(Self::interrupted)
    }

    /// Whether the log may be readable after the next change.
    pub fn may_pass(&self) -> bool {
        !matches!(self.kind.as_str(), "unauthenticated" | "forbidden")
    }

    pub fn view(self) -> impl IntoView {
        let next_step = self
            .next_step
            .map(|step| view! { <p data-part="next_step">{step}</p> });
        let reference = self.reference.map(|reference| {
            view! { <p>"Reference: " <code data-part="reference">{reference}</code></p> }
        });
        view! {
            <div
                role="alert"
                data-problem=self.kind
                class="m-4 rounded-box px-3.5 py-2.5 bg-bad-soft text-bad"
            >
                <p class="font-semibold">"Log not available"</p>
                <div class="prose text-text mt-0.5">
                    <p data-part="detail">{self.detail}</p>
                    {next_step}
                    {reference}
                </div>
            </div>
        }
    }
}

async fn ask(address: &str) -> Result<Option<LogProblem>, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    let options = RequestInit::new();
    options.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &options)).await?;
    let response: Response = response.dyn_into()?;
    if response.ok() {
        // The stream is readable now; its body would not end.
        if let Some(body) = response.body() {
            JsFuture::from(body.cancel()).await?;
        }
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(text
        .as_string()
        .and_then(|text| LogProblem::from_json(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Option<LogProblem> {
        LogProblem::from_fields(|name| {
            let field = fields.iter().find(|(found, _)| *found == name);
            field.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_problem_document_and_the_problem_of_a_stream_read_the_same() {
        let detail = ("detail", "There is no such job.");
        let document = read(&[
            ("type", "urn:hangar:problem:not-found"),
            ("title", "Not found"),
            detail,
        ]);
        assert_eq!(document, read(&[("kind", "not-found"), detail]));
        assert_eq!(
            document.map(|problem| problem.kind).as_deref(),
            Some("not-found")
        );
        assert_eq!(read(&[("title", "Bad gateway")]), None);
    }

    #[test]
    fn only_missing_rights_are_final() {
        for (kind, may_pass) in [
            ("not-found", true),
            ("not-ready", true),
            ("forbidden", false),
            ("unauthenticated", false),
        ] {
            let problem = LogProblem {
                kind: kind.to_owned(),
                ..LogProblem::default()
            };
            assert_eq!(problem.may_pass(), may_pass, "{kind}");
        }
    }
}
