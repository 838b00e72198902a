//! The entry point of the program: the script calls it for every island of a page.

use std::any::Any;

use leptos::mount::mount_to;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

use crate::log::{LogSource, LogTail, log_viewer};

/// A mounted island. `free()` in the script unmounts it and closes what it has open.
#[wasm_bindgen]
pub struct Handle {
    _view: Box<dyn Any>,
}

/// Replaces what the server rendered in `element` by the island `name`.
#[wasm_bindgen]
pub fn mount(name: &str, element: HtmlElement) -> Option<Handle> {
    console_error_panic_hook::set_once();
    let props = js_sys::JSON::parse(&element.dataset().get("props")?).ok()?;
    match name {
        "log" => {
            let source = LogSource::from_props(&props)?;
            let tail = LogTail::from_page(&element);
            element.set_text_content(None);
            let view = mount_to(element, move || log_viewer(tail, Some(source)));
            Some(Handle {
                _view: Box::new(view),
            })
        }
        _ => None,
    }
}
