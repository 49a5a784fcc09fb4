//! Filling in: `{name}` in a phrase becomes what it stands for, in one pass, so that nothing in a
//! name is taken for a placeholder.

use zeroize::Zeroizing;

/// A piece of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it stands there.
    Words(&'a str),
    /// What stood in braces: letters and underscores.
    Placeholder(&'a str),
}

/// A phrase in pieces. A brace that encloses no name is words.
pub(super) fn pieces(phrase: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = phrase;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = placeholder(rest) {
            rest = after;
            return Some(Piece::Placeholder(name));
        }
        // Up to the next placeholder, or to the end.
        let braces = rest.match_indices('{').map(|(at, _)| at);
        let end = braces.filter(|at| placeholder(&rest[*at..]).is_some()).min();
        let (words, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Words(words))
    })
}

/// The name that `text` begins with, in braces, and what comes after it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_name.then_some((name, after))
}

/// The phrase with its placeholders filled in; one that is not among the values stays as it is.
/// Wiped when dropped, and never moved while it grows: a link may be among the values.
pub(super) fn fill(phrase: &str, values: &[(&str, &str)]) -> Zeroizing<String> {
    let text = |piece| match piece {
        Piece::Words(words) => [words, "", ""],
        Piece::Placeholder(name) => match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => [*value, "", ""],
            None => ["{", name, "}"],
        },
    };
    let length = pieces(phrase).flat_map(text).map(str::len).sum();
    let mut out = Zeroizing::new(String::with_capacity(length));
    pieces(phrase).flat_map(text).for_each(|part| out.push_str(part));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_once() {
        let values = [("brand", "{link}"), ("link", "https://x"), ("time", "1 hour")];
        for (phrase, expected) in [
            ("", ""),
            ("{brand}: {link} for {time}.", "{link}: https://x for 1 hour."),
            ("{brand}{brand}", "{link}{link}"),
            ("{password} {} {Brand} { {time}", "{password} {} {Brand} { 1 hour"),
            ("{{time}} {é} }{", "{1 hour} {é} }{"),
        ] {
            let filled = fill(phrase, &values);
            assert_eq!(*filled, expected);
            assert!(filled.capacity() >= filled.len());
        }
        let parts: Vec<_> = pieces("a {b} c").collect();
        assert_eq!(parts, [Piece::Words("a "), Piece::Placeholder("b"), Piece::Words(" c")]);
    }
}
