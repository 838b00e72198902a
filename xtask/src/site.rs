//! The folder of files that `hangar serve` hands out, and the manifest that tells it their names.
//!
//! Names carry a hash of the content, so that a browser may keep a file for ever and still gets the new one
//! after a release. The folder is written anew beside the old one and then takes its place, so a server that
//! reads it meanwhile never sees half of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::compress;
use crate::wasm::Browser;

/// The folder below the site that holds everything with a hash in its name.
const PACKAGE: &str = "pkg";

/// The names of the site's files, as `manifest.json` gives them to the server.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Manifest {
    /// The script of every page.
    pub script: String,
    /// The loader of the islands.
    pub islands: String,
    /// The islands, which the loader fetches.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

impl Manifest {
    /// The names that these contents get.
    fn naming(script: &[u8], browser: &Browser, css: &[u8]) -> Self {
        Self {
            script: format!("portal-{}.js", fingerprint(script)),
            islands: format!("islands-{}.js", fingerprint(&browser.javascript)),
            wasm: format!("islands-{}_bg.wasm", fingerprint(&browser.wasm)),
            css: format!("hangar-{}.css", fingerprint(css)),
        }
    }
}

/// Writes the site and returns its manifest. `assets` are files that keep their names, such as the icon.
pub fn write(
    site: &Path,
    script: &[u8],
    browser: &Browser,
    css: &[u8],
    assets: &BTreeMap<String, Vec<u8>>,
    compressed: bool,
) -> Result<Manifest> {
    let fresh = site.with_extension("new");
    let old = site.with_extension("old");
    for folder in [&fresh, &old] {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot clear {}", folder.display()))?;
        }
    }
    let package = fresh.join(PACKAGE);
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;

    let manifest = Manifest::naming(script, browser, css);
    fs::write(package.join(&manifest.script), script)?;
    fs::write(package.join(&manifest.islands), &browser.javascript)?;
    fs::write(package.join(&manifest.wasm), &browser.wasm)?;
    fs::write(package.join(&manifest.css), css)?;
    for (path, content) in &browser.snippets {
        let path = package.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, content)?;
    }
    for (name, content) in assets {
        fs::write(fresh.join(name), content)?;
    }
    if compressed {
        compress::folder(&fresh)?;
    }
    fs::write(
        package.join("manifest.json"),
        serde_json::to_vec_pretty(&manifest)?,
    )?;

    if site.exists() {
        fs::rename(site, &old)?;
    }
    fs::rename(&fresh, site).with_context(|| format!("cannot put {} in place", site.display()))?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(manifest)
}

/// The manifest of a site that is complete.
pub fn read(site: &Path) -> Option<Manifest> {
    let package = site.join(PACKAGE);
    let manifest: Manifest =
        serde_json::from_slice(&fs::read(package.join("manifest.json")).ok()?).ok()?;
    [
        &manifest.script,
        &manifest.islands,
        &manifest.wasm,
        &manifest.css,
    ]
    .iter()
    .all(|name| package.join(name).is_file())
    .then_some(manifest)
}

/// The sizes a person cares about: of each file, as it is and as it travels.
pub fn sizes(site: &Path, manifest: &Manifest) -> Result<Vec<(String, u64, Option<u64>)>> {
    let package = site.join(PACKAGE);
    [
        &manifest.script,
        &manifest.css,
        &manifest.islands,
        &manifest.wasm,
    ]
    .into_iter()
    .map(|name| {
        let plain = fs::metadata(package.join(name))?.len();
        let brotli = fs::metadata(package.join(format!("{name}.br")))
            .ok()
            .map(|file| file.len());
        Ok((name.clone(), plain, brotli))
    })
    .collect()
}

/// Sixteen hexadecimal digits that change with the content.
pub fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(wasm: &[u8]) -> Browser {
        Browser {
            javascript: b"export default function init() {}".to_vec(),
            wasm: wasm.to_vec(),
            snippets: vec![(
                "snippets/app/clock.js".into(),
                b"export const now = 0;".to_vec(),
            )],
        }
    }

    fn scratch(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-site-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn only_the_changed_file_gets_a_new_name() {
        let before = Manifest::naming(b"s", &browser(b"one"), b"a{}");
        let after = Manifest::naming(b"s", &browser(b"two"), b"a{}");
        assert_ne!(before.wasm, after.wasm);
        assert_eq!((before.islands, before.css), (after.islands, after.css));
    }

    #[test]
    fn a_rebuild_leaves_nothing_of_the_old_site() {
        let folder = scratch("rebuild");
        let site = folder.join("site");
        let assets = BTreeMap::from([("favicon.svg".to_owned(), b"<svg/>".to_vec())]);
        let first = write(&site, b"s", &browser(b"one"), b"a{}", &assets, false).unwrap();
        let second = write(&site, b"s", &browser(b"two"), b"a{}", &assets, false).unwrap();
        assert!(!site.join(PACKAGE).join(first.wasm).exists());
        assert!(site.join(PACKAGE).join(&second.wasm).exists());
        assert!(site.join(PACKAGE).join("snippets/app/clock.js").exists());
        assert!(site.join("favicon.svg").exists());
        assert_eq!(read(&site), Some(second));
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "only the site itself is left"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_site_that_lacks_a_file_counts_as_missing() {
        let folder = scratch("incomplete");
        let site = folder.join("site");
        let manifest = write(
            &site,
            b"s",
            &browser(b"one"),
            b"a{}",
            &BTreeMap::new(),
            false,
        )
        .unwrap();
        fs::remove_file(site.join(PACKAGE).join(manifest.css)).unwrap();
        assert_eq!(read(&site), None);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_release_has_each_text_file_in_three_forms() {
        let folder = scratch("release");
        let site = folder.join("site");
        let css = b"a{color:red}".repeat(100);
        let manifest = write(&site, b"s", &browser(b"one"), &css, &BTreeMap::new(), true).unwrap();
        let package = site.join(PACKAGE);
        for ending in ["", ".br", ".gz"] {
            assert!(
                package.join(format!("{}{ending}", manifest.css)).exists(),
                "{ending}"
            );
        }
        let (_, plain, brotli) = sizes(&site, &manifest)
            .unwrap()
            .into_iter()
            .find(|(name, ..)| *name == manifest.css)
            .unwrap();
        assert!(brotli.unwrap() < plain);
        fs::remove_dir_all(folder).unwrap();
    }
}
