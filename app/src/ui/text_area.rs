//! Several lines of text.

use leptos::prelude::*;

use super::field::FieldContext;

/// Belongs inside of a [`Field`](super::Field). In letters of one width, for commands and YAML.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    /// The text at first.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(default = 4)] rows: u32,
) -> impl IntoView {
    let field = expect_context::<FieldContext>();
    view! {
        <textarea
            id=field.id
            name=name
            rows=rows
            placeholder=placeholder
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            class="control code-control"
            aria-describedby=field.described_by()
            aria-invalid=move || field.invalid.get().then_some("true")
            inner_html=escaped(&value)
        ></textarea>
    }
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
