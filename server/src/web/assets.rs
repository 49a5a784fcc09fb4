//! Files that go out as they are: our own styles and scripts, and the built pod. All of them are
//! in the binary (a debug build reads them from disk, so that a reload shows a change).
//!
//! A name with a hash in it never changes its contents and may be kept for ever; all others are
//! asked for again each time and answered with 304 when nothing changed.
//!
//! The pod comes with compressed twins; our own files are compressed once, when first asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use rust_embed::{Embed, EmbeddedFile};
use shared::Code;

use super::problem::Failure;

#[derive(Embed)]
#[folder = "assets"]
struct Own;

// Not there before the pod was built for the first time.
#[derive(Embed)]
#[folder = "../pkg/dist"]
#[allow_missing = true]
struct Pod;

const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// The address of one of our own files, with its hash: `app.css` → `/assets/app.1f….css`.
#[must_use]
pub fn app(name: &str) -> String {
    format!("/assets/{}", with_hash("app", name))
}

/// The address of one of the reveal page's files.
#[must_use]
pub fn share(name: &str) -> String {
    format!("/s/assets/{}", with_hash("share", name))
}

fn with_hash(folder: &str, name: &str) -> String {
    match (Own::get(&format!("{folder}/{name}")), name.rsplit_once('.')) {
        (Some(file), Some((stem, kind))) => format!("{stem}.{}.{kind}", short_hash(&file)),
        _ => name.to_owned(),
    }
}

fn short_hash(file: &EmbeddedFile) -> String {
    HEXLOWER.encode(&file.metadata.sha256_hash()[..8])
}

/// `GET /assets/{name}`.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn own(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    own_file("app", &name, &headers)
}

/// A file of the reveal page, `GET /s/assets/{name}`.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn of_share(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    own_file("share", &name, &headers)
}

/// `GET /pkg/{*path}`: the built pod.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn pod(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let caching = if has_hash(&path) { FOREVER } else { ASK_AGAIN };
    answer(Pod::get, &path, caching, &headers)
}

fn own_file(folder: &str, name: &str, headers: &HeaderMap) -> Result<Response, Failure> {
    // `app.1f….css` is `app.css`; a page from before an update gets today's file, unkept.
    let parts: Vec<&str> = name.split('.').collect();
    let (path, hash) = match parts[..] {
        [stem, hash, kind] if has_hash(name) => (format!("{folder}/{stem}.{kind}"), Some(hash)),
        _ => (format!("{folder}/{name}"), None),
    };
    let today = Own::get(&path).map(|file| short_hash(&file));
    let caching = if hash.is_some() && hash == today.as_deref() { FOREVER } else { ASK_AGAIN };
    answer(Own::get, &path, caching, headers)
}

/// Whether a part of the file's name is a hash: eight hex digits or more.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['-', '.', '_']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|b| b.is_ascii_hexdigit())
            && part.bytes().any(|b| b.is_ascii_digit())
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ts" | "md" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(
        |list| {
            list.split(',').any(|one| {
                let mut parts = one.split(';').map(str::trim);
                let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
                named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00"))
            })
        },
    )
}

fn answer(
    get: fn(&str) -> Option<EmbeddedFile>,
    path: &str,
    caching: &'static str,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    // The compressed twin is never asked for by name, and nothing outside of the folder is.
    if path.ends_with(".br") || path.split('/').any(|part| part.starts_with('.')) {
        return Err(Code::NotFound.into());
    }
    let Some(plain) = get(path) else { return Err(Code::NotFound.into()) };
    let hash = short_hash(&plain);
    let small = accepts_brotli(headers)
        .then(|| {
            get(&format!("{path}.br")).map(|twin| twin.data).or_else(|| squeezed(&hash, &plain))
        })
        .flatten();
    let (body, etag, encoding) = match small {
        Some(small) => (small, format!("\"{hash}-br\""), Some("br")),
        None => (plain.data, format!("\"{hash}\""), None),
    };
    let mut response = if asks_for_this(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_owned().into_response()
    };
    let mut say = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    say(header::CONTENT_TYPE, kind(path));
    say(header::CACHE_CONTROL, caching);
    say(header::ETAG, &etag);
    say(header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        say(header::CONTENT_ENCODING, encoding);
    }
    Ok(response)
}

/// The file in brotli, at its smallest. A handful of files, so they are all kept.
fn squeezed(hash: &str, file: &EmbeddedFile) -> Option<Cow<'static, [u8]>> {
    static KEPT: Mutex<Option<HashMap<String, Vec<u8>>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if let Some(small) = kept.get(hash) {
        return Some(Cow::Owned(small.clone()));
    }
    let how = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &file.data[..], &mut small, &how).ok()?;
    kept.insert(hash.to_owned(), small.clone());
    Some(Cow::Owned(small))
}

fn asks_for_this(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(headers: &[(HeaderName, &str)], name: &str) -> Result<Response, Failure> {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        own_file("app", name, &headers)
    }

    #[test]
    fn a_name_with_the_right_hash_is_kept_for_ever() {
        let name = app("app.css").trim_start_matches("/assets/").to_owned();
        let response = ask(&[], &name).unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], FOREVER);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        for other in ["app.css", "app.0123456789abcdef.css"] {
            let response = ask(&[], other).unwrap();
            assert_eq!(response.headers()[header::CACHE_CONTROL], ASK_AGAIN, "{other}");
        }
    }

    #[test]
    fn nothing_changed_is_said_shortly() {
        let etag = ask(&[], "app.css").unwrap().headers()[header::ETAG].clone();
        let asked = [(header::IF_NONE_MATCH, etag.to_str().unwrap())];
        assert_eq!(ask(&asked, "app.css").unwrap().status(), StatusCode::NOT_MODIFIED);
        let other = [(header::IF_NONE_MATCH, "\"x\"")];
        assert_eq!(ask(&other, "app.css").unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn nothing_outside_is_served() {
        for path in
            ["../app/app.css", "..", ".git", "app.css.br", "nothing.css", "../../Cargo.toml"]
        {
            assert!(ask(&[], path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_hash_is_told_from_a_word() {
        for (path, hash) in [
            ("pod_bg-1a2b3c4d.wasm", true),
            ("a/b.0123456789abcdef.js", true),
            ("msp-password-reset.js", false),
            ("feedface.js", false),
            ("1a2b3c4d/x.js", false),
        ] {
            assert_eq!(has_hash(path), hash, "{path}");
        }
    }

    #[test]
    fn brotli_goes_to_those_who_take_it() {
        for (list, takes) in [
            ("gzip, br", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("gzip", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, list.parse().unwrap());
            assert_eq!(accepts_brotli(&headers), takes, "{list}");
        }
    }
}
