//! Keys in parentheses (GDOCS, "Get user"; OData URL conventions §4.3.1): `/users('$x@y.com')` is the
//! person of `/users/…`, and `/applications(appId='…')` the application of that app id.

use super::reply::Refusal;

/// The segment that stands for an application found by its app id.
pub(super) const APPLICATION_BY_APP_ID: &str = "applications(appId)";

/// Decoded segments, with keys in parentheses as segments of their own.
pub(super) fn plain(segments: Vec<String>) -> Result<Vec<String>, Refusal> {
    let mut plain = Vec::with_capacity(segments.len() + 1);
    for segment in segments {
        if let Some(key) = key_in(&segment, "users('") {
            plain.extend(["users".to_owned(), key]);
        } else if let Some(key) = key_in(&segment, "applications(appId='") {
            plain.extend([APPLICATION_BY_APP_ID.to_owned(), key]);
        } else if segment.starts_with('$') && plain.last().is_some_and(|last| last == "users") {
            // A name that begins so would be an OData word; only the parentheses take it
            // (SOURCES.md §3.2; the refusal's words are [K]).
            return Err(Refusal::odata(format!(
                "The request URI is not valid. The segment '{segment}' must be the last segment in the URI."
            )));
        } else {
            plain.push(segment);
        }
    }
    Ok(plain)
}

/// What is quoted after `start`; a quote inside is doubled.
fn key_in(segment: &str, start: &str) -> Option<String> {
    let quoted = segment.strip_prefix(start)?.strip_suffix("')")?;
    let plain = quoted.replace("''", "\u{0}");
    // A quote that stands alone would have ended the key.
    (!plain.contains('\'')).then(|| plain.replace('\u{0}', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_parentheses_become_segments() {
        let rows: [(&[&str], Option<&[&str]>); 8] = [
            (&["v1.0", "users", "ada"], Some(&["v1.0", "users", "ada"])),
            (&["v1.0", "users('ada')"], Some(&["v1.0", "users", "ada"])),
            (
                &["v1.0", "users('$ales@x.y')", "manager"],
                Some(&["v1.0", "users", "$ales@x.y", "manager"]),
            ),
            (&["v1.0", "users('o''neil@x.y')"], Some(&["v1.0", "users", "o'neil@x.y"])),
            (&["v1.0", "users('o'neil@x.y')"], Some(&["v1.0", "users('o'neil@x.y')"])),
            (&["v1.0", "users", "$ales@x.y"], None),
            (&["v1.0", "applications(appId='a')"], Some(&["v1.0", APPLICATION_BY_APP_ID, "a"])),
            (&["v1.0", "applications(id='a')"], Some(&["v1.0", "applications(id='a')"])),
        ];
        for (given, expected) in rows {
            let segments = given.iter().map(|part| (*part).to_owned()).collect();
            let found = plain(segments).ok();
            let found =
                found.as_ref().map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected, "{given:?}");
        }
    }
}
