//! Pages that go on changing, where no script tells them so.

use leptos::prelude::*;

/// Without a script the page looks again by itself. As HTML in one piece, because where scripts run the browser takes
/// what is inside of `<noscript>` for text.
pub fn reload_without_script() -> impl IntoView {
    view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="4">"#></noscript> }
}
