//! The script of every page: the modules of `frontend/script` as one file. They are plain JavaScript with checked types, so
//! that a build needs no Node.js. Their names share one scope, so bundling is putting them after one another in the order
//! of their imports.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The module that imports all others.
const ENTRY: &str = "portal.js";
/// Libraries that define a global name.
const LIBRARIES: [&str; 1] = ["vendor/idiomorph.min.js"];

/// The modules below `folder` as one, without lines of comments, which are a fifth of what is transferred.
pub fn bundle(folder: &Path) -> Result<Vec<u8>> {
    let mut libraries = String::new();
    for library in LIBRARIES {
        libraries.push_str(&read(folder, library)?);
        libraries.push('\n');
    }
    let mut modules = String::new();
    append(folder, ENTRY, &mut BTreeSet::new(), &mut modules)?;
    Ok(format!("{libraries}{{{modules}}}\n").into_bytes())
}

/// Appends a module after those that it imports, each once.
fn append(
    folder: &Path,
    name: &str,
    seen: &mut BTreeSet<String>,
    bundle: &mut String,
) -> Result<()> {
    if !seen.insert(name.to_owned()) {
        return Ok(());
    }
    let module = read(folder, name)?;
    for line in module.lines() {
        if let Some(imported) = imported(line) {
            append(folder, imported, seen, bundle)?;
        }
    }
    let mut in_comment = false;
    for line in module.lines() {
        let text = line.trim();
        in_comment |= text.starts_with("/**");
        let is_comment = text.is_empty()
            || text.starts_with("//")
            || in_comment && (!text.contains("*/") || text.ends_with("*/"));
        in_comment &= !text.contains("*/");
        if !is_comment && imported(line).is_none() {
            bundle.push_str(line.strip_prefix("export ").unwrap_or(line));
            bundle.push('\n');
        }
    }
    Ok(())
}

/// The module that a line imports from: `import { a } from './b.js';`.
fn imported(line: &str) -> Option<&str> {
    let (_, from) = line.strip_prefix("import {")?.split_once("} from './")?;
    from.strip_suffix("';")
}

fn read(folder: &Path, name: &str) -> Result<String> {
    let path = folder.join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn modules_come_after_what_they_import_and_leave_no_import_behind() {
        let folder = workspace::root().join("frontend/script");
        let bundle = String::from_utf8(bundle(&folder).unwrap()).unwrap();
        assert!(
            !bundle
                .lines()
                .any(|line| line.starts_with("import ") || line.starts_with("export "))
        );
        let at = |text: &str| {
            bundle
                .find(text)
                .unwrap_or_else(|| panic!("{text} is missing"))
        };
        assert!(
            at("var Idiomorph") < at("function morph(")
                && at("function morph(") < at("function update(")
        );
        assert!(at("function update(") < at("startVisits();"));
    }

    #[test]
    fn comments_are_left_out_and_no_text_that_spans_lines_could_lose_any() {
        let folder = workspace::root().join("frontend/script");
        let mut modules = String::new();
        append(&folder, ENTRY, &mut BTreeSet::new(), &mut modules).unwrap();
        for line in modules.lines().map(str::trim) {
            assert!(!line.starts_with("//") && !line.starts_with('*'), "{line}");
            assert!(line.matches('`').count() % 2 == 0, "{line}");
        }
    }

    #[test]
    fn no_name_is_declared_twice() {
        let folder = workspace::root().join("frontend/script");
        let bundle = String::from_utf8(bundle(&folder).unwrap()).unwrap();
        let mut names = BTreeSet::new();
        for line in bundle.lines() {
            let words = ["async function ", "function ", "const ", "let "];
            if let Some(rest) = words.iter().find_map(|word| line.strip_prefix(word)) {
                let name: String = rest
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect();
                assert!(
                    name.is_empty() || names.insert(name.clone()),
                    "{name} is declared twice"
                );
            }
        }
        assert!(names.len() > 30);
    }
}
