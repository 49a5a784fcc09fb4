//! What fits into one text message: 160 characters of the GSM-7 alphabet (3GPP TS 23.038). One
//! other character would turn the whole text into 70 of another kind.

/// A name in characters that every phone and carrier has: accents are dropped, the rest of the
/// world's letters become `?`, at most `most` characters.
#[must_use]
pub fn clean(name: &str, most: usize) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if out.chars().count() == most {
            break;
        }
        out.push(match c {
            // `^{}\[]~|` count twice in GSM-7, and the backtick has no place at all.
            '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '`' => ' ',
            ' '..='~' => c,
            'À'..='Å' => 'A',
            'Ç' => 'C',
            'È'..='Ë' => 'E',
            'Ì'..='Ï' => 'I',
            'Ñ' => 'N',
            'Ò'..='Ö' | 'Ø' => 'O',
            'Ù'..='Ü' => 'U',
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'ß' => 's',
            '’' | '‘' => '\'',
            '–' | '—' => '-',
            _ => '?',
        });
    }
    out.trim().to_owned()
}

/// Whether a text goes out as one segment.
#[must_use]
pub fn fits_one_segment(text: &str) -> bool {
    let cost: usize = text
        .chars()
        .map(|c| match c {
            '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' => 2,
            '\n' | ' '..='_' | 'a'..='z' => 1,
            _ => 200,
        })
        .sum();
    cost <= 160
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_sendable() {
        assert_eq!(clean("Müller & Söhne", 40), "Muller & Sohne");
        assert_eq!(clean("Café [IT]", 40), "Cafe  IT");
        assert_eq!(clean("日本", 40), "??");
        assert_eq!(clean("A long name indeed", 6), "A long");
        for name in ["Ünïcode ^_^", "`tick`", "a\u{0}b"] {
            assert!(fits_one_segment(&clean(name, 40)), "{name}");
        }
    }

    #[test]
    fn segments_are_counted() {
        assert!(fits_one_segment(&"a".repeat(160)));
        assert!(!fits_one_segment(&"a".repeat(161)));
        assert!(!fits_one_segment(&"[".repeat(81)));
        assert!(!fits_one_segment("`"));
    }
}
