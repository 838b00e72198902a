//! The stylesheet: tokens, base rules and the utility classes that the pages use, in one minified file.
//!
//! Classes are collected from three kinds of places and no other: `class="..."` attributes, `tw("...")` calls and
//! `class:name=` toggles. The utilities are generated from that same collection. So whatever is styled has been checked,
//! and a misspelled class cannot hide: it shows up in [`Css::unknown`], and a test holds that list empty.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use encre_css::{Config, Preflight, Scanner};

/// Where views are written.
const SOURCES: [&str; 2] = ["app/src", "frontend/src"];
/// The name of the stylesheet in the output folder; a content hash is the caller's business.
const STYLESHEET: &str = "hangar.css";
/// Copied beside the stylesheet as it is.
const FAVICON: &str = "favicon.svg";

/// What [`build`] made.
#[derive(Debug)]
pub struct Css {
    /// The stylesheet that was written.
    pub path: PathBuf,
    /// Its length in bytes, minified and not compressed.
    pub bytes: usize,
    /// Classes that neither the generator nor `style/base.css` knows.
    pub unknown: Vec<UnknownClass>,
}

/// A class in a view that has no rule.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownClass {
    /// The class as written.
    pub name: String,
    /// The files that use it.
    pub files: Vec<PathBuf>,
}

/// Writes the stylesheet and the favicon into the folder `out`.
pub fn build(root: &Path, out: &Path) -> Result<Css> {
    let style = root.join("style");
    let tokens = read(&style.join("tokens.css"))?;
    let base = read(&style.join("base.css"))?;
    let classes = collect(root)?;
    let generator = Generator::new(&style.join("utilities.toml"))?;

    let utilities = generator.rules(classes.keys().map(String::as_str));
    let text = minify(&format!("{tokens}\n{base}\n{utilities}"));
    let unknown = unknown(&classes, &generator, &base);

    fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    let path = out.join(STYLESHEET);
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    fs::copy(style.join(FAVICON), out.join(FAVICON)).context("cannot copy the favicon")?;
    Ok(Css {
        path,
        bytes: text.len(),
        unknown,
    })
}

/// Each class with the files that use it.
type Classes = BTreeMap<String, BTreeSet<PathBuf>>;

fn collect(root: &Path) -> Result<Classes> {
    let mut classes = Classes::new();
    for source in SOURCES {
        for file in rust_files(&root.join(source))? {
            let text = read(&file)?;
            let name = file.strip_prefix(root).unwrap_or(&file).to_owned();
            let found = literals(&text).flat_map(str::split_whitespace);
            for class in found.chain(toggles(&text)) {
                classes
                    .entry(class.to_owned())
                    .or_default()
                    .insert(name.clone());
            }
        }
    }
    Ok(classes)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The string literals of `class="..."` and `tw("...")`, outside of comments.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    ["class=", "tw("].into_iter().flat_map(move |opening| {
        source
            .match_indices(opening)
            .filter(|(at, _)| is_code(source, *at))
            .filter_map(move |(at, _)| {
                // rustfmt may put a long literal on the line after the parenthesis.
                let literal = source[at + opening.len()..]
                    .trim_start()
                    .strip_prefix('"')?;
                literal.find('"').map(|end| &literal[..end])
            })
    })
}

/// The names in `class:name=...`, which a condition switches on and off.
fn toggles(source: &str) -> impl Iterator<Item = &str> {
    source
        .match_indices("class:")
        .filter(|(at, _)| is_code(source, *at))
        .filter_map(|(at, opening)| {
            let name = &source[at + opening.len()..];
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
            (end > 0 && name[end..].starts_with('=')).then(|| &name[..end])
        })
}

/// Whether a word starts here, on a line that is not a comment.
fn is_code(source: &str, at: usize) -> bool {
    let before = &source[..at];
    let line = before.rsplit('\n').next().unwrap_or(before);
    let inside_a_word = before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || "_-".contains(c));
    !inside_a_word && !line.trim_start().starts_with("//")
}

/// The utility generator with our configuration.
struct Generator(Config);

impl Generator {
    fn new(configuration: &Path) -> Result<Self> {
        let mut config = Config::from_file(configuration)
            .with_context(|| format!("cannot use {}", configuration.display()))?;
        config.preflight = Preflight::None;
        config.scanner = Scanner::from_fn(|classes| classes.split_whitespace().collect());
        Ok(Self(config))
    }

    fn rules<'a>(&self, classes: impl IntoIterator<Item = &'a str>) -> String {
        encre_css::generate(classes, &self.0)
    }

    fn knows(&self, class: &str) -> bool {
        !self.rules([class]).trim().is_empty()
    }
}

/// Classes that only mark an element for the `group-hover:` and `peer-checked:` kind of variants.
const MARKERS: [&str; 2] = ["group", "peer"];

fn unknown(classes: &Classes, generator: &Generator, base: &str) -> Vec<UnknownClass> {
    let declared = declared(base);
    classes
        .iter()
        .filter(|(class, _)| {
            let class = class.as_str();
            !MARKERS.contains(&class) && !declared.contains(class) && !generator.knows(class)
        })
        .map(|(class, files)| UnknownClass {
            name: class.clone(),
            files: files.iter().cloned().collect(),
        })
        .collect()
}

/// The class names that occur in the selectors of a hand-written stylesheet.
fn declared(css: &str) -> BTreeSet<&str> {
    css.match_indices('.')
        .filter_map(|(at, _)| {
            let name = &css[at + 1..];
            let end = name
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .unwrap_or(name.len());
            let name = &name[..end];
            name.starts_with(|c: char| c.is_ascii_lowercase())
                .then_some(name)
        })
        .collect()
}

/// Takes out comments and the white space that means nothing; strings stay as they are.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' || c == '\'' {
            let length = rest[1..].find(c).map_or(rest.len(), |end| end + 2);
            out.push_str(&rest[..length]);
            length
        } else if c.is_whitespace() {
            let next = rest.trim_start();
            let joins = out.ends_with(['{', '}', ';', ',', ':', '>']) || out.is_empty();
            if !joins && !next.starts_with(['{', '}', ';', ',', '>']) && !next.is_empty() {
                out.push(' ');
            }
            rest.len() - next.len()
        } else {
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn generator() -> Generator {
        Generator::new(&root().join("style/utilities.toml")).unwrap()
    }

    #[test]
    fn every_class_in_a_view_has_a_rule() {
        let classes = collect(&root()).unwrap();
        let base = read(&root().join("style/base.css")).unwrap();
        assert!(classes.len() > 50, "found only {} classes", classes.len());
        assert_eq!(unknown(&classes, &generator(), &base), []);
    }

    #[test]
    fn a_misspelled_class_is_reported_with_its_file() {
        let file = PathBuf::from("app/src/page.rs");
        let classes = ["flex", "felx", "group", "link"]
            .map(|class| (class.to_owned(), BTreeSet::from([file.clone()])))
            .into();
        let expected = UnknownClass {
            name: "felx".to_owned(),
            files: vec![file],
        };
        assert_eq!(
            unknown(&classes, &generator(), ".link { color: red }"),
            [expected]
        );
    }

    #[test]
    fn classes_come_from_attributes_and_marked_literals_only() {
        let source = r#"
            // <p class="comment">
            view! { <p class="flex p-2" aria-label="not-this" data-class="nor-this"></p> }
            let tone = tw("bg-ok-soft");
            let long = tw(
                "text-ok md:hidden",
            );
            let other = tower("neither-this");
            view! { <p class:invisible=move || hidden.get()></p> }
            struct Tag { class: String }
        "#;
        let found: Vec<_> = literals(source).chain(toggles(source)).collect();
        assert_eq!(
            found,
            ["flex p-2", "bg-ok-soft", "text-ok md:hidden", "invisible"]
        );
    }

    #[test]
    fn tokens_are_colours_in_every_variant() {
        let rules = generator().rules(["hover:bg-surface", "md:text-text", "border-line"]);
        for value in ["var(--surface)", "var(--text)", "var(--line)"] {
            assert!(rules.contains(value), "{value} is missing in {rules}");
        }
    }

    #[test]
    fn minifying_keeps_meaning() {
        let css = "/* why */\n.a .b > a:hover,\n.c {\n  width: calc(1px + 2rem);\n  content: \" /* x ; \";\n}\n@media (width < 48rem) and (print) {\n  .d {\n    color: red;\n  }\n}\n";
        assert_eq!(
            minify(css),
            ".a .b>a:hover,.c{width:calc(1px + 2rem);content:\" /* x ; \"}@media (width < 48rem) and (print){.d{color:red}}"
        );
    }
}
