//! Several lines of text.

use leptos::prelude::*;

use super::field::FieldContext;

/// Belongs inside a [`Field`](super::Field). In a monospaced font, for commands and YAML.
#[component]
pub fn TextArea(
    /// The text, unless the form was sent with another one.
    #[prop(optional, into)]
    value: String,
    /// A secret is never sent back to the page.
    #[prop(optional)]
    secret: bool,
    #[prop(optional, into)] placeholder: String,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    let described_by = field.described_by();
    let invalid = field.aria_invalid();
    let value = match field.sent {
        Some(sent) if !secret => sent,
        _ => value,
    };
    view! {
        <textarea
            id=field.id
            name=field.control
            rows=rows
            placeholder=placeholder
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            class="control code-control"
            aria-describedby=described_by
            aria-invalid=invalid
            data-secret=secret.then_some("")
            inner_html=escaped(&value)
        ></textarea>
    }
    .into_any()
}

/// Children of a textarea are sent as they are, so what is typed is escaped here. A line end at the very beginning would
/// be dropped by the browser; it gets another one to drop.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    if text.starts_with('\n') {
        format!("\n{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_does_not_leave_its_field() {
        assert_eq!(
            escaped("\n</textarea><script>&"),
            "\n\n&lt;/textarea&gt;&lt;script&gt;&amp;"
        );
    }
}
