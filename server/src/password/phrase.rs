//! Passphrases, for people who type on a phone: `Maple-tiger7-brick-salsa-onion-vivid`. One capital
//! at the start and a digit beside a hyphen, where the keyboard changes its face anyway: three of
//! Entra's four classes, always.

use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::{Below, DIGITS, pick};

/// Source and licence stand in the file.
const LIST: &str = include_str!("words.txt");
/// 62 bits of words, and 5 of the digit and its place.
pub(super) const WORDS: u32 = 6;
/// More than the longest: it never moves in memory.
const ROOM: usize = 64;

static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    LIST.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// The words.
pub(super) fn words() -> &'static [&'static str] {
    &ALL
}

/// A passphrase.
pub(super) fn draw(below: Below<'_>) -> Zeroizing<String> {
    let words = words();
    let count = u32::try_from(words.len()).unwrap_or(1);
    let with_digit = below(WORDS);
    let mut phrase = Zeroizing::new(String::with_capacity(ROOM));
    for place in 0..WORDS {
        let word = words[below(count) as usize];
        let (first, rest) = word.split_at(1);
        if place == 0 {
            phrase.push(char::from(first.as_bytes()[0].to_ascii_uppercase()));
        } else {
            phrase.push('-');
            phrase.push_str(first);
        }
        phrase.push_str(rest);
        if place == with_digit {
            phrase.push(char::from(pick(DIGITS, below)));
        }
    }
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_many_short_and_plain() {
        let words = words();
        assert!(words.len() >= 1200, "{}", words.len());
        assert!(words.is_sorted_by(|a, b| a < b), "each once, in order");
        for word in words {
            assert!((3..=5).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
        let longest = WORDS as usize * 6 + 1;
        assert!(longest <= ROOM);
    }

    #[test]
    fn it_is_worth_64_bits() {
        let bits = |choices: usize| (choices as f64).log2();
        let words = f64::from(WORDS) * bits(words().len());
        assert!(words + bits(DIGITS.len()) + bits(WORDS as usize) >= 64.0);
    }
}
