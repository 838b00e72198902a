//! The position in a list, and links to its other parts.

use leptos::prelude::*;

/// “26 to 50 of 1,320”, and the links that lead somewhere.
#[component]
pub fn Pagination(
    /// Position of the first row shown, from 1.
    from: u64,
    /// Position of the last row shown.
    to: u64,
    total: u64,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    last: Option<String>,
) -> impl IntoView {
    let link = |href: Option<String>, label: &'static str, rel: Option<&'static str>| {
        href.map(|href| {
            view! {
                <a href=href rel=rel class="link">
                    {label}
                </a>
            }
        })
    };
    view! {
        <nav aria-label="Pages" class="flex flex-wrap items-center gap-4 px-4 py-2.5 border-t border-line text-small text-muted tabular-nums">
            <span>{format!("{from} to {to} of {}", separated(total))}</span>
            {link(first, "First", None)}
            {link(previous, "Previous", Some("prev"))}
            {link(next, "Next", Some("next"))}
            {link(last, "Last", None)}
        </nav>
    }
    .into_any()
}

/// "1,234,567".
fn separated(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::separated;

    #[test]
    fn thousands_are_separated() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(separated(number), text);
        }
    }
}
