//! The site's files: scripts, wasm and styles whose names contain a hash of their content, so that browsers can cache
//! them forever.

use app::site::Assets;
use axum::{
    Router, middleware,
    response::{Redirect, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use tower_http::services::ServeDir;

/// The site's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("no site found in {}: build it with `cargo xtask build`, or pass its folder with --site-dir", .path.display())]
    Missing {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the site in {} is incomplete: build it again with `cargo xtask build`", .path.display())]
    Damaged {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

#[derive(Deserialize)]
struct Manifest {
    script: String,
    islands: String,
    wasm: String,
    css: String,
}

/// The names of the files in the site at `folder`, all of which exist.
pub fn assets(folder: &Path) -> Result<Assets, SiteError> {
    let path = folder.join("pkg/manifest.json");
    let text = std::fs::read(&path).map_err(|source| SiteError::Missing {
        path: folder.to_owned(),
        source,
    })?;
    let damaged = |source: Box<dyn std::error::Error + Send + Sync>| SiteError::Damaged {
        path: folder.to_owned(),
        source,
    };
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| damaged(error.into()))?;
    for name in [
        &manifest.script,
        &manifest.islands,
        &manifest.wasm,
        &manifest.css,
    ] {
        std::fs::metadata(folder.join("pkg").join(name))
            .map_err(|error| damaged(format!("{name}: {error}").into()))?;
    }
    Ok(Assets {
        script: manifest.script,
        islands: manifest.islands,
        wasm: manifest.wasm,
        css: manifest.css,
    })
}

/// `/pkg/…` and the icon, precompressed if the site contains compressed copies.
pub fn routes<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    let files = |path: PathBuf| {
        ServeDir::new(path)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip()
    };
    let package = Router::new()
        .nest_service("/pkg", files(folder.join("pkg")))
        .layer(middleware::map_response(keep_for_ever));
    Router::new()
        .merge(package)
        .route_service("/favicon.svg", files(folder.to_owned()))
        // Browsers request it on pages without an icon.
        .route(
            "/favicon.ico",
            get(|| async { Redirect::permanent("/favicon.svg") }),
        )
        .layer(middleware::map_response(keep_a_while))
}

async fn keep_for_ever(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        response.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
    }
    response
}

async fn keep_a_while(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        response
            .headers_mut()
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("public, max-age=3600"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_lacks_a_file_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let missing = assets(folder.path()).unwrap_err().to_string();
        assert!(missing.contains("cargo xtask build"), "{missing}");
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        std::fs::write(
            folder.path().join("pkg/manifest.json"),
            r#"{"script": "a.js", "islands": "i.js", "wasm": "a.wasm", "css": "a.css"}"#,
        )
        .unwrap();
        let damaged = assets(folder.path()).unwrap_err();
        assert!(matches!(damaged, SiteError::Damaged { .. }));
        for name in ["a.js", "i.js", "a.wasm", "a.css"] {
            std::fs::write(folder.path().join("pkg").join(name), "").unwrap();
        }
        assert_eq!(assets(folder.path()).unwrap().script, "a.js");
    }
}
