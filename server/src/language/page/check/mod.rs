//! Every phrase of the page behind a verification's link (`templates/link_page.html`,
//! `assets/share/check.js`), by language. What the page that shows a password says as well is taken
//! from there ([`PagePhrases`]).

mod de;
mod en;
mod es;
mod fr;
mod it;
mod nl;
mod pt;

use serde::Serialize;

use super::PagePhrases;
use crate::language::Language;
use crate::language::fill::fill;

/// What the page says. Plain text, never HTML. `{}` is filled in by the page, what stands in braces
/// by [`CheckPhrases::question`].
#[derive(Debug, Serialize)]
pub struct CheckPhrases {
    // Written by the server: not among what the script gets with the page.
    /// Title of the page before it knows more.
    #[serde(skip)]
    pub title: &'static str,
    /// What to do where JavaScript is off.
    #[serde(skip)]
    pub no_script_why: &'static str,
    /// Who asks whom: `{by}` of `{brand}`.
    #[serde(skip)]
    pub why: &'static str,
    /// The same, where it is about somebody else: `{person}`.
    #[serde(skip)]
    pub why_vouching: &'static str,
    /// The quieter button: it was somebody else.
    #[serde(skip)]
    pub deny: &'static str,
    /// The same, where it is about somebody else.
    #[serde(skip)]
    pub deny_vouching: &'static str,

    /// As on the other page.
    #[serde(flatten)]
    pub common: Common,

    // The question.
    /// Heading, whoever it is about.
    pub ask: &'static str,
    /// Label of the field.
    pub code: &'static str,
    /// Below it. `{}`: the technician's first name.
    pub code_why: &'static str,
    /// Too few were typed, or too many.
    pub code_missing: &'static str,
    /// Button.
    pub confirm: &'static str,
    /// The same button while the answer is awaited.
    pub sending: &'static str,
    /// They were not the right ones; how many tries are left is said behind it.
    pub wrong: &'static str,
    /// One try is left; `{}` tries are.
    pub tries: [&'static str; 2],

    // The alarm, asked once more.
    /// Heading, whoever it is about.
    pub sure: &'static str,
    /// `{}`: the MSP's name. What follows.
    pub sure_why: &'static str,
    /// Button: do it.
    pub tell: &'static str,
    /// Button: back to the question.
    pub back: &'static str,

    // The ends.
    /// Heading: the digits were right.
    pub done: &'static str,
    /// `{}`: the technician's first name.
    pub done_why: &'static str,
    /// Heading: the alarm was raised.
    pub told: &'static str,
    /// `{}`: the help desk's number, or the MSP's name.
    pub told_why: &'static str,
    /// The same where neither is known.
    pub told_desk: &'static str,
    /// The link does not work, for whatever reason.
    pub dead_why: &'static str,
    /// The link was cut short, or the page was loaded again.
    pub partial_why: &'static str,
    /// `{}`: the MSP's name. Whom to ask for a new link.
    pub call: &'static str,
    /// The same before the help desk's number, and where nothing is known.
    pub call_desk: &'static str,
}

/// What both pages say.
#[derive(Debug, Serialize)]
pub struct Common {
    from: &'static str,
    until: &'static str,
    offline: &'static str,
    offline_why: &'static str,
    again: &'static str,
    dead: &'static str,
    partial: &'static str,
    old: &'static str,
    old_why: &'static str,
}

impl Common {
    const fn of(page: &PagePhrases) -> Self {
        Self {
            from: page.from,
            until: page.until,
            offline: page.offline,
            offline_why: page.offline_why,
            again: page.again,
            dead: page.dead,
            partial: page.partial,
            old: page.old,
            old_why: page.old_why,
        }
    }
}

impl CheckPhrases {
    /// Who asks and why, and what the quieter button says.
    #[must_use]
    pub fn question(&self, by: &str, brand: &str, person: Option<&str>) -> (String, &'static str) {
        let (why, deny) = match person {
            None => (self.why, self.deny),
            Some(_) => (self.why_vouching, self.deny_vouching),
        };
        let values = [("by", by), ("brand", brand), ("person", person.unwrap_or_default())];
        (fill(why, &values).to_string(), deny)
    }
}

/// What the page says in a language.
#[must_use]
pub const fn check(language: Language) -> &'static CheckPhrases {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_said_as_they_are_called() {
        let said = check(Language::En);
        let (why, deny) = said.question("{brand}", "A & B", None);
        assert!(why.starts_with("{brand} of A & B is "), "{why}");
        assert_eq!(deny, "This wasn’t me");
        let (why, deny) = said.question("Tess", "A & B", Some("Grace Kim"));
        assert!(why.contains("Grace Kim") && why.contains("Tess of A & B"), "{why}");
        assert_ne!(deny, said.deny);
    }
}
