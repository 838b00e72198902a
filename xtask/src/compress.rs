//! Brotli and gzip beside each file, so that the server never compresses while somebody waits.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Files that are compressed already gain nothing.
const WORTHWHILE: [&str; 8] = [
    "css",
    "html",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
];

/// Compresses every file below a folder that gains by it.
pub fn folder(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            self::folder(&path)?;
        } else if path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| WORTHWHILE.contains(&ending))
        {
            let content = fs::read(&path)?;
            write_smaller(&path, "br", &brotli(&content)?, content.len())?;
            write_smaller(&path, "gz", &gzip(&content)?, content.len())?;
        }
    }
    Ok(())
}

/// A compressed form that is no smaller would only cost the browser time.
fn write_smaller(path: &Path, ending: &str, compressed: &[u8], plain: usize) -> Result<()> {
    if compressed.len() < plain {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(ending);
        fs::write(name, compressed)?;
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
