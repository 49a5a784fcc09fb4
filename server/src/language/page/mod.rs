//! Every phrase of the page behind a link (`templates/link_page.html`, `assets/share/reveal.js`), by
//! language. One language is one file; a missing phrase does not compile.
//!
//! `{}` is filled in by the page: a name, a time, a number, a link. Each phrase is a whole one, so
//! that no language has to bend to another's grammar.

mod check;
mod de;
mod en;
mod es;
mod fr;
mod it;
mod nl;
mod pt;

use serde::{Serialize, Serializer};

use super::Language;
pub use check::{CheckPhrases, check};

/// What the page says. Plain text, never HTML; sentences as short as a phone is narrow.
///
/// The page gets them as JSON, under these names: short ones are fewer bytes on a weak signal.
#[derive(Debug, Serialize)]
pub struct PagePhrases {
    // Written by the server, before any script: not among what the script gets.
    /// Heading while the script and its first question are under way.
    #[serde(skip)]
    pub looking: &'static str,
    /// Below it after a while: a weak signal, or a browser that is too old for the script.
    #[serde(skip)]
    pub slow: &'static str,
    /// Heading where JavaScript is off.
    #[serde(skip)]
    pub no_script: &'static str,
    /// What to do then.
    #[serde(skip)]
    pub no_script_why: &'static str,
    /// Title of the page before it knows more.
    #[serde(skip)]
    pub title: &'static str,

    /// `{}`: the MSP's name. Stands where there is no logo.
    pub from: &'static str,

    // The link works.
    /// Heading.
    pub ready: &'static str,
    /// `{}`: the MSP's name. An MSP may say something else here.
    pub ready_why: &'static str,
    /// `{}`: a time (`14:07`), or day and time (`23 Nov, 14:07`). The *link*, not the password.
    pub until: &'static str,
    /// Label of the field.
    pub code: &'static str,
    /// Below it.
    pub code_why: &'static str,
    /// Button.
    pub reveal: &'static str,
    /// The same button while the answer is awaited.
    pub opening: &'static str,
    /// Nothing was typed.
    pub code_missing: &'static str,
    /// One try is left; `{}` tries are left (2 to 4).
    pub code_wrong: [&'static str; 2],

    // No answer.
    /// Heading.
    pub offline: &'static str,
    /// Nothing is lost.
    pub offline_why: &'static str,
    /// Button.
    pub again: &'static str,

    // The password.
    /// Heading.
    pub here: &'static str,
    /// What a screen reader calls the password's box.
    pub label: &'static str,
    /// What it says there while the password is hidden.
    pub hidden: &'static str,
    /// How digits and symbols look.
    pub key: &'static str,
    /// Button.
    pub copy: &'static str,
    /// Said when it worked.
    pub copied: &'static str,
    /// Said when the browser refused.
    pub not_copied: &'static str,
    /// Button: hide the password.
    pub hide: &'static str,
    /// Button: show it.
    pub show: &'static str,
    /// Button: spell it.
    pub spell: &'static str,
    /// The same button while it is spelt.
    pub spell_not: &'static str,
    /// Heading above the spelling.
    pub spelt: &'static str,
    /// `{}`: a time. When the password leaves the screen.
    pub clears: &'static str,
    /// Button: some minutes more.
    pub longer: &'static str,
    /// Heading.
    pub next: &'static str,
    /// What to do. In the second, `{}` is the link to the sign-in.
    pub steps: [&'static str; 3],
    /// In place of the third, where nobody has to choose a new one.
    pub stays: &'static str,
    /// The warning.
    pub never: &'static str,

    // The password was on the screen.
    /// Heading.
    pub gone: &'static str,
    /// Why.
    pub gone_why: &'static str,
    /// Button.
    pub show_again: &'static str,

    // The link does not work.
    /// Heading.
    pub dead: &'static str,
    /// For whatever reason: used, run out, revoked, never there.
    pub dead_why: &'static str,
    /// For whoever comes too late, and should not be: their help desk hears of it.
    pub unseen: &'static str,
    /// Heading: the link was cut short.
    pub partial: &'static str,
    /// What to do.
    pub partial_why: &'static str,
    /// Heading: no Web Crypto.
    pub old: &'static str,
    /// What to do.
    pub old_why: &'static str,

    // Whom to call.
    /// `{}`: the help desk's number, or the MSP's name.
    pub call: &'static str,
    /// The same where neither is known.
    pub call_desk: &'static str,
    /// `{}` as in `call`. For whoever did not ask for a password.
    pub doubt: &'static str,
    /// The same where neither is known.
    pub doubt_desk: &'static str,

    // Spelling.
    /// `{}`: a capital letter.
    pub capital: &'static str,
    /// `{}`: a small letter.
    pub small: &'static str,
    /// Zero to nine.
    pub digits: [&'static str; 10],
    /// What the symbols are called that are in our passwords. Another one is shown as it is.
    #[serde(serialize_with = "as_map")]
    pub signs: &'static [(char, &'static str)],
}

/// What the page says in a language.
#[must_use]
pub const fn page(language: Language) -> &'static PagePhrases {
    match language {
        Language::En => &en::PHRASES,
        Language::Fr => &fr::PHRASES,
        Language::De => &de::PHRASES,
        Language::Es => &es::PHRASES,
        Language::Pt => &pt::PHRASES,
        Language::Nl => &nl::PHRASES,
        Language::It => &it::PHRASES,
    }
}

fn as_map<S: Serializer>(
    signs: &&'static [(char, &'static str)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(signs.iter().copied())
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Each text with the way to it.
    fn texts(value: &Value, path: &str, into: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => into.push((path.to_owned(), text.clone())),
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    texts(item, &format!("{path}.{at}"), into);
                }
            }
            Value::Object(fields) => {
                for (key, item) in fields {
                    texts(item, &format!("{path}.{key}"), into);
                }
            }
            other => panic!("{path} is {other}"),
        }
    }

    /// The page behind a verification's link.
    pub(in crate::language) fn all_of_check(language: Language) -> Vec<(String, String)> {
        let mut into = Vec::new();
        let said = check(language);
        texts(&serde_json::to_value(said).unwrap(), "", &mut into);
        for text in [said.title, said.no_script_why] {
            into.push((".server".into(), text.into()));
        }
        // With what is filled in as the page itself does it, to be counted.
        for text in [said.why, said.why_vouching, said.deny, said.deny_vouching] {
            into.push((".question".into(), text.into()));
        }
        into
    }

    pub(in crate::language) fn all(language: Language) -> Vec<(String, String)> {
        let mut into = Vec::new();
        texts(&serde_json::to_value(page(language)).unwrap(), "", &mut into);
        let said = page(language);
        for text in [said.title, said.looking, said.slow, said.no_script, said.no_script_why] {
            into.push((".server".into(), text.into()));
        }
        into
    }

    #[test]
    fn every_language_fills_in_the_same_places() {
        let both = |language| all(language).into_iter().chain(all_of_check(language));
        let places = |language| -> Vec<(String, usize)> {
            both(language).map(|(path, text)| (path, text.matches("{}").count())).collect()
        };
        let english = places(Language::En);
        for language in Language::ALL {
            assert_eq!(places(language), english, "{language:?}");
            for (path, text) in both(language) {
                assert!(!text.trim().is_empty(), "{language:?}{path} is empty");
                assert_eq!(text, text.trim(), "{language:?}{path}");
            }
        }
    }

    /// Whatever we make can be spelt. Names of more would only be longer on the wire.
    #[test]
    fn every_sign_has_a_name_of_its_own() {
        for language in Language::ALL {
            let said = page(language);
            let signs: BTreeSet<char> = said.signs.iter().map(|(sign, _)| *sign).collect();
            let ours = crate::password::SYMBOLS.iter().copied().map(char::from).collect();
            assert_eq!(signs, ours, "{language:?}");
            let names = said.signs.iter().map(|(_, name)| *name).chain(said.digits);
            let different: BTreeSet<&str> = names.clone().collect();
            assert_eq!(different.len(), names.count(), "{language:?}: two with one name");
        }
    }
}
