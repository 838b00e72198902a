//! What a page shows while it waits for what it shows.

use std::sync::{Arc, Mutex};

use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// The child of a `<Suspense>` or a `<Transition>`, whatever closure it is, as one type. All that leptos does to wait is
/// made for the type of the child: with a type for each page it would be in the browser's program once for each page.
pub fn waiting<T: 'static>(view: impl FnMut() -> T + Send + 'static) -> SharedReactiveFunction<T> {
    Arc::new(Mutex::new(view))
}
