//! The words that a search finds contacts and tickets by: lower case by Unicode, without what stands between
//! them. Each word that is looked for is the beginning of one that is there, in any order. Pure.
//!
//! Words of a contact: name, address and customer, as far as they stand in the row in clear. Of a PSA's contact
//! the address does not: it is found whole, by its keyed hash. Numbers are no words, though they stand in the
//! rows of our own list: they would stand in the index too, and stay there when a card is wiped.

use std::collections::BTreeSet;

/// A longer word is cut: nobody types so much to find somebody.
const LONGEST: usize = 40;
/// Words that are kept of one row.
const MOST_KEPT: usize = 48;
/// Words that are looked for; further ones would find nobody else.
const MOST_ASKED: usize = 8;
/// Characters of a search that are looked at.
const LONGEST_SEARCH: usize = 200;

/// How a name is sorted: in lower case, and cut where no two people's differ any more.
#[must_use]
pub fn sort_name(name: &str) -> String {
    name.trim().replace('\0', "").to_lowercase().chars().take(100).collect()
}

/// The words of these texts, each once.
#[must_use]
pub fn words<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    texts.into_iter().flat_map(split).take(MOST_KEPT).collect()
}

/// How they stand in their row: a blank before each, so that a beginning is found with it.
#[must_use]
pub fn line(words: &BTreeSet<String>) -> String {
    words.iter().flat_map(|word| [" ", word.as_str()]).collect()
}

/// What somebody looks for: the beginnings of words, the longest first. `None` when there is something to
/// look for and no word in it, so that nothing can be found.
#[must_use]
pub fn asked(search: &str) -> Option<Vec<String>> {
    let search: String = search.trim().chars().take(LONGEST_SEARCH).collect();
    if search.is_empty() {
        return Some(Vec::new());
    }
    let words: BTreeSet<String> = split(&search).collect();
    // Whoever looks for "ann" and "anna" looks for "anna".
    let more = |word: &String| words.iter().any(|it| it != word && it.starts_with(word.as_str()));
    let mut asked: Vec<String> = words.iter().filter(|word| !more(word)).cloned().collect();
    asked.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    asked.truncate(MOST_ASKED);
    (!asked.is_empty()).then_some(asked)
}

/// The first text behind every word that begins so: words are compared by their bytes.
#[must_use]
pub fn end_of(beginning: &str) -> String {
    format!("{beginning}\u{10FFFF}")
}

fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    // Marks that stand on the letter before them are part of the word.
    let between = |c: char| !(c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c));
    let words = text.split(between).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase().chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_out_of_anything() {
        let line = |texts: &[&str]| line(&words(texts.iter().copied()));
        assert_eq!(
            line(&["Ada Park", "ada.park@northwind.example", "Northwind Dental"]),
            " ada dental example northwind park"
        );
        assert_eq!(line(&["O'Neil \"Bo\" 100% _x_\0", ""]), " 100 bo neil o x");
        assert_eq!(
            line(&["Änne MÜLLER", "田中", "İpek", "Zoe\u{308}"]),
            " i\u{307}pek müller zoe\u{308} änne 田中"
        );
        assert_eq!(words(["a".repeat(99).as_str()]).first().map(String::len), Some(LONGEST));
        assert!(
            words([(0..99).map(|n| n.to_string()).collect::<Vec<_>>().join(" ").as_str()]).len()
                <= MOST_KEPT
        );
    }

    #[test]
    fn a_search_is_the_beginnings_of_words() {
        let said = |text: &str| asked(text).map(|words| words.join(" "));
        assert_eq!(said("  "), Some(String::new()));
        assert_eq!(said(" PARK, ada"), Some("park ada".into()));
        assert_eq!(said("#48213"), Some("48213".into()));
        assert_eq!(said("ann anna annab"), Some("annab".into()));
        assert_eq!(said("CARL@contoso"), Some("contoso carl".into()));
        assert_eq!(said("%_\\"), None, "nothing that could be found");
        assert_eq!(said("a b c d e f g h i j").map(|it| it.len()), Some(15));
        assert!(asked(&"x".repeat(100_000)).is_some_and(|it| it[0].len() == LONGEST));
    }

    #[test]
    fn every_word_that_begins_so_stands_before_the_end() {
        for (beginning, word) in [("an", "anna"), ("a", "a"), ("ä", "ä田"), ("z", "z\u{10FFFE}")]
        {
            assert!(word >= beginning && word < end_of(beginning).as_str(), "{word}");
        }
        assert!("b" > end_of("a").as_str());
    }

    #[test]
    fn names_are_sorted_in_lower_case() {
        assert_eq!(sort_name(" ÉLODIE Dupont\0"), "élodie dupont");
        assert_eq!(sort_name(&"x".repeat(500)).len(), 100);
    }
}
