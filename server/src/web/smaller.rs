//! Fewer bytes on the wire: brotli, kept once it was made; and our own scripts and styles without
//! what only we read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use brotli::enc::BrotliEncoderParams;
use data_encoding::HEXLOWER;

use crate::seal::sha256;

/// How many are kept: our files, and the reveal page for some hosts in every language.
const KEPT: usize = 256;

/// Whether who asks takes brotli.
pub(super) fn accepts_brotli(headers: &HeaderMap) -> bool {
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

/// In brotli at its smallest, which takes milliseconds: for what is sent again and again.
pub(super) fn kept(bytes: &[u8]) -> Option<Arc<[u8]>> {
    static MADE: Mutex<Option<HashMap<String, Arc<[u8]>>>> = Mutex::new(None);
    let hash = HEXLOWER.encode(&sha256(bytes));
    let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(small) = made().get_or_insert_default().get(&hash) {
        return Some(small.clone());
    }
    let small: Arc<[u8]> = squeezed(bytes, 11)?.into();
    let mut made = made();
    let made = made.get_or_insert_default();
    if made.len() >= KEPT {
        made.clear();
    }
    made.insert(hash, small.clone());
    Some(small)
}

/// In brotli at once: for what is sent to one. `None` for what fits a packet with its headers anyway
/// and would hardly shrink. Some kilobytes are worth some tenths of a millisecond, a few hundred
/// bytes some hundredths.
pub(super) fn at_once(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.len() {
        ..400 => None,
        400..1500 => squeezed(bytes, 3),
        _ => squeezed(bytes, 9),
    }
}

fn squeezed(mut bytes: &[u8], quality: i32) -> Option<Vec<u8>> {
    // A window of 64 kB: no file of ours needs more, and a larger one costs its memory each time.
    let how = BrotliEncoderParams {
        quality,
        lgwin: 16,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut small, &how).ok()?;
    Some(small)
}

/// The folder of the reveal page, which has a budget.
const SHARE: &str = "share";

/// What a script says as well without its blanks. No text or pattern of ours has one of them in it (a
/// test looks).
const ROOMY: [(&str, &str); 9] = [
    (" => ", "=>"),
    (" = ", "="),
    (" === ", "==="),
    (" !== ", "!=="),
    (" && ", "&&"),
    (" || ", "||"),
    (") {", "){"),
    (", ", ","),
    (": ", ":"),
];

/// The same of a style.
const ROOMY_STYLE: [(&str, &str); 4] = [(" {", "{"), ("{ ", "{"), (", ", ","), (": ", ":")];

/// A script or style without indentation, without the lines that are comments only, and without blanks
/// that say nothing. Ours hold no text that goes over a line's end (a test looks).
pub(super) fn lean<'a>(path: &str, bytes: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
    let Ok(text) = str::from_utf8(&bytes) else { return bytes };
    let css = match path.rsplit('.').next() {
        Some("css") => true,
        Some("js") => false,
        _ => return bytes,
    };
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines() {
        let line = if css { after_comments(line, &mut in_comment) } else { line.trim() };
        if !line.is_empty() && (css || !line.starts_with("//")) {
            let roomy: &[_] = match (path.starts_with(SHARE), css) {
                (true, true) => &ROOMY_STYLE,
                (true, false) => &ROOMY,
                (false, _) => &[],
            };
            let line =
                roomy.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
            out.push_str(&line);
            // A line's end says nothing after one of these.
            let goes_on =
                line.ends_with(if css { [';', '{', '}', ','] } else { [';', '{', '(', ','] });
            if !(path.starts_with(SHARE) && goes_on && !line.contains("//")) {
                out.push('\n');
            }
        }
    }
    Cow::Owned(out.into_bytes())
}

/// What stands in a line after the comments that it begins with.
fn after_comments<'a>(line: &'a str, in_comment: &mut bool) -> &'a str {
    let mut rest = line.trim();
    loop {
        if *in_comment {
            let Some((_, after)) = rest.split_once("*/") else { return "" };
            *in_comment = false;
            rest = after.trim_start();
        }
        match rest.strip_prefix("/*") {
            Some(comment) => (*in_comment, rest) = (true, comment),
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_was_made_small_is_the_same_again() {
        let plain = b"abc".repeat(200);
        let long = plain.repeat(5);
        for (plain, small) in [
            (&plain, kept(&plain).unwrap().to_vec()),
            (&plain, at_once(&plain).unwrap()),
            (&long, at_once(&long).unwrap()),
        ] {
            let mut again = Vec::new();
            brotli::BrotliDecompress(&mut &small[..], &mut again).unwrap();
            assert!(&again == plain && small.len() < 60, "{}", small.len());
        }
        assert!(at_once(b"abcabcabc").is_none());
    }

    #[test]
    fn only_what_we_read_is_left_out() {
        let lean = |path, text: &'static str| {
            String::from_utf8(lean(path, Cow::Borrowed(text.as_bytes())).into_owned()).unwrap()
        };
        assert_eq!(lean("a.js", "// why\n  f('//'); // stays\n\n  }\n"), "f('//'); // stays\n}\n");
        assert_eq!(
            lean("a.css", "/* one */\na { }\n/* two\n   lines */\n  b { }\n"),
            "a { }\nb { }\n"
        );
        assert_eq!(
            lean("share/a.js", "if (a === b) {\n  f(x, () => 1);\n}\n"),
            "if (a===b){f(x,()=>1);}\n"
        );
        assert_eq!(lean("share/a.css", "a, b { c: d }\n"), "a,b{c:d }");
        assert_eq!(lean("a.svg", "  <svg/>\n"), "  <svg/>\n");
    }

    /// What stands between quotes: without what a template computes, but with the quotes in there.
    fn said(code: &str) -> Vec<String> {
        let mut said = Vec::new();
        for (nth, part) in code.split('`').enumerate() {
            let (mut text, mut computed) = (String::new(), String::new());
            for piece in part.split("${") {
                match (nth % 2, piece.split_once('}')) {
                    (1, Some((code, rest))) => {
                        computed.push_str(code);
                        text.push_str(rest);
                    }
                    _ => text.push_str(piece),
                }
            }
            let code = if nth % 2 == 1 { &computed } else { &text };
            said.extend(code.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned));
            if nth % 2 == 1 {
                said.push(text);
            }
        }
        said
    }

    #[test]
    fn what_is_said_is_found() {
        assert_eq!(said("f('a, b') + `${x, y}: c${g('d')}`"), ["a, b", "d", ": c"]);
    }

    /// What `lean` relies on, in each script and style of ours.
    #[test]
    fn no_text_goes_over_a_lines_end() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut seen = 0;
        for folder in std::fs::read_dir(root).unwrap().flatten() {
            for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
                let text = std::fs::read_to_string(file.path()).unwrap();
                if file.path().extension().is_some_and(|kind| kind == "js" || kind == "css") {
                    seen += 1;
                    for line in text.lines() {
                        assert!(line.matches('`').count() % 2 == 0, "{:?}: {line}", file.path());
                        assert!(!line.ends_with('\\'), "{:?}: {line}", file.path());
                        let code = line.trim();
                        if folder.file_name() == SHARE && !code.starts_with(['/', '*']) {
                            for said in said(code) {
                                let roomy = ROOMY.iter().chain(&ROOMY_STYLE);
                                let lost = roomy.into_iter().any(|(from, _)| said.contains(from));
                                assert!(!lost, "{:?}: {said}", file.path());
                            }
                        }
                    }
                }
            }
        }
        assert!(seen >= 4);
    }
}
