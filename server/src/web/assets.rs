//! Files that go out as they are: our own styles and scripts, and the built pod. All of them are
//! in the binary (a debug build reads them from disk, so that a reload shows a change).
//!
//! A name with a hash in it never changes its contents and may be kept for ever; all others are
//! asked for again each time and answered with 304 when nothing changed.
//!
//! The pod comes with compressed twins; our own files are compressed once, when first asked for.
//! So is the reveal page, which is the same for everybody at one host in one language.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use rust_embed::{Embed, EmbeddedFile};
use serde::Serialize;
use shared::Code;

use super::problem::Failure;
use super::smaller::{accepts_brotli, at_once, kept, lean};
use crate::seal::sha256;

#[derive(Embed)]
#[folder = "assets"]
struct Own;

// Not there before the pod was built for the first time.
#[derive(Embed)]
#[folder = "../pkg/dist"]
#[allow_missing = true]
struct Pod;

/// A file: what is in it, and a hash of that.
struct File {
    data: Cow<'static, [u8]>,
    hash: [u8; 32],
}

impl From<EmbeddedFile> for File {
    fn from(file: EmbeddedFile) -> Self {
        Self { hash: file.metadata.sha256_hash(), data: file.data }
    }
}

/// One of our own files. What the pages behind links have in common stands in front of each one's
/// own: one request, on a weak signal.
fn ours(path: &str) -> Option<File> {
    let own = File::from(Own::get(path)?);
    let common = match path {
        "share/reveal.js" | "share/check.js" => "share/common.js",
        "share/reveal.css" | "share/check.css" => "share/common.css",
        _ => return Some(own),
    };
    let common = File::from(Own::get(common)?);
    let hash = sha256(&[common.hash, own.hash].concat());
    let hash = hash.try_into().ok()?;
    Some(File { data: [common.data, own.data].concat().into(), hash })
}

fn built(path: &str) -> Option<File> {
    Pod::get(path).map(File::from)
}

/// The address of a file of the built pod whose name has a hash in it, by what stands before and after
/// that: `pod-`, `_bg.wasm` → `/pkg/pod-1f…_bg.wasm`. `None` before the pod was built.
#[must_use]
pub fn built_name(before: &str, after: &str) -> Option<String> {
    Pod::iter().find(|name| between_is_hash(name, before, after)).map(|name| format!("/pkg/{name}"))
}

fn between_is_hash(name: &str, before: &str, after: &str) -> bool {
    let middle = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    middle.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_hexdigit()))
}

const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// The address of one of our own files, with its hash: `app.css` → `/assets/app.1f….css`. The
/// reveal page's files are there too, for its preview in Settings.
#[must_use]
pub fn app(name: &str) -> String {
    let folder = folder_of(name);
    format!("/assets/{}", with_hash(folder, name))
}

/// Where a file of `/assets` is: pages' own, else the reveal page's.
fn folder_of(name: &str) -> &'static str {
    if Own::get(&format!("app/{name}")).is_some() { "app" } else { "share" }
}

/// The address of one of the reveal page's files.
#[must_use]
pub fn share(name: &str) -> String {
    format!("/s/assets/{}", with_hash("share", name))
}

/// A file of the reveal page: its name, its bytes as they are written and as they are sent.
pub(super) fn weight_of_share(name: &str) -> (String, usize, usize) {
    let Some(file) = ours(&format!("share/{name}")) else { return (name.to_owned(), 0, 0) };
    let raw = file.data.len();
    let wire = kept(&lean(&format!("share/{name}"), file.data)).map_or(0, |small| small.len());
    (name.to_owned(), raw, wire)
}

fn with_hash(folder: &str, name: &str) -> String {
    match (ours(&format!("{folder}/{name}")), name.rsplit_once('.')) {
        (Some(file), Some((stem, kind))) => format!("{stem}.{}.{kind}", short_hash(&file)),
        _ => name.to_owned(),
    }
}

fn short_hash(file: &File) -> String {
    HEXLOWER.encode(&file.hash[..8])
}

/// `GET /assets/{name}`.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn own(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    own_file(None, &name, &headers)
}

/// A file of the reveal page, `GET /s/assets/{name}`.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn of_share(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    own_file(Some("share"), &name, &headers)
}

/// `GET /pkg/{*path}`: the built pod.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn pod(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let caching = if has_hash(&path) { FOREVER } else { ASK_AGAIN };
    answer(built, &path, caching, &headers)
}

fn own_file(folder: Option<&str>, name: &str, headers: &HeaderMap) -> Result<Response, Failure> {
    // `app.1f….css` is `app.css`; a page from before an update gets today's file, unkept.
    let parts: Vec<&str> = name.split('.').collect();
    let (file, hash) = match parts[..] {
        [stem, hash, kind] if has_hash(name) => (format!("{stem}.{kind}"), Some(hash)),
        _ => (name.to_owned(), None),
    };
    let path = format!("{}/{file}", folder.unwrap_or_else(|| folder_of(&file)));
    let today = ours(&path).map(|file| short_hash(&file));
    let caching = if hash.is_some() && hash == today.as_deref() { FOREVER } else { ASK_AGAIN };
    answer(ours, &path, caching, headers)
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

fn answer(
    get: fn(&str) -> Option<File>,
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
    let twin = get(&format!("{path}.br"));
    // The built pod is as small as it gets.
    let body = if twin.is_some() { plain.data } else { lean(path, plain.data) };
    let small = accepts_brotli(headers)
        .then(|| match twin {
            Some(twin) => Some(Bytes::from(twin.data.into_owned())),
            None => kept(&body).map(Bytes::from_owner),
        })
        .flatten();
    let (body, etag, encoding) = match small {
        Some(small) => (small, format!("\"{hash}-br\""), Some("br")),
        None => (body.into_owned().into(), format!("\"{hash}\""), None),
    };
    let mut response = if asks_for_this(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
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

/// A page that many get alike, in brotli for those who take it. Who calls says what it varies by.
pub(super) fn page(text: String, headers: &HeaderMap) -> Response {
    let small = accepts_brotli(headers).then(|| kept(text.as_bytes())).flatten();
    let encoded = small.is_some();
    let body = small.map_or_else(|| text.into(), Bytes::from_owner);
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if encoded {
        let brotli = HeaderValue::from_static("br");
        response.headers_mut().insert(header::CONTENT_ENCODING, brotli);
    }
    response
}

/// JSON for one, in brotli where they take it.
///
/// # Errors
/// When the value is none in JSON.
pub(super) fn json_at_once(
    value: &impl Serialize,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let bytes = serde_json::to_vec(value).map_err(|_| Code::Internal)?;
    let small = accepts_brotli(headers).then(|| at_once(&bytes)).flatten();
    let kind = HeaderValue::from_static("application/json");
    let vary = HeaderValue::from_static("accept-encoding");
    let said = [(header::CONTENT_TYPE, kind), (header::VARY, vary)];
    Ok(match small {
        Some(small) => {
            let brotli = [(header::CONTENT_ENCODING, HeaderValue::from_static("br"))];
            (said, brotli, small).into_response()
        }
        None => (said, bytes).into_response(),
    })
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
        own_file(None, name, &headers)
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
    fn a_built_file_is_found_by_what_stands_around_its_hash() {
        for (name, before, after, found) in [
            ("pod-1a2b3c.js", "pod-", ".js", true),
            ("pod-1a2b3c_bg.wasm", "pod-", "_bg.wasm", true),
            ("pod-1a2b3c.js.br", "pod-", ".js", false),
            ("pod-1a2b3c_bg.wasm", "pod-", ".wasm", false),
            ("web-1a2b3c.js", "pod-", ".js", false),
            ("pod-.js", "pod-", ".js", false),
        ] {
            assert_eq!(between_is_hash(name, before, after), found, "{name} {before} {after}");
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
}
