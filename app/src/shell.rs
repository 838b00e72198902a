//! The HTML document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::server_context::{Assets, PageContext, cookie};
use crate::theme::{self, Theme};

/// The document: theme by the person's cookie, stylesheet, and the script that brings the page alive.
pub fn shell() -> impl IntoView {
    let theme = cookie(theme::COOKIE).map_or_else(Theme::default, |word| Theme::from_word(&word));
    let assets = use_context::<PageContext>().map(|context| context.assets);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                {assets.map(|assets| site_files(&assets))}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// File names carry a hash of their content, so they are named here one by one.
fn site_files(assets: &Assets) -> impl IntoView + use<> {
    let Assets { js, wasm, css } = assets;
    let (js, wasm, css) = (
        format!("/pkg/{js}"),
        format!("/pkg/{wasm}"),
        format!("/pkg/{css}"),
    );
    // The names are ours: a build makes them of letters, digits, dots and hyphens.
    let script = format!(
        "import init, {{ hydrate }} from '{js}'; init({{ module_or_path: '{wasm}' }}).then(() => hydrate());"
    );
    view! {
        <link rel="stylesheet" href=css />
        <link rel="modulepreload" href=js crossorigin="anonymous" />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=use_nonce()>
            {script}
        </script>
    }
}
