//! The languages that end users are spoken to in. Technicians and admins read English.
//!
//! Which phrases there are is in `phrases.rs`, and what each language says in `en.rs`, `fr.rs`, …;
//! they are put together in [`sms`] and `mails.rs`.

mod de;
mod en;
mod es;
mod fill;
mod fr;
mod it;
mod mails;
mod nl;
pub mod page;
mod phrases;
mod pt;
pub mod sms;
#[cfg(test)]
mod tests;
mod when;

pub use mails::{Asks, Done, Mail};
use phrases::Phrases;

use serde::{Deserialize, Serialize};

/// A language that we speak.
#[derive(
    utoipa::ToSchema,
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// German.
    De,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Dutch.
    Nl,
    /// Italian.
    It,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 7] = [
        Language::En,
        Language::Fr,
        Language::De,
        Language::Es,
        Language::Pt,
        Language::Nl,
        Language::It,
    ];

    /// As in the database, in JSON and in HTML's `lang`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fr => "fr",
            Language::De => "de",
            Language::Es => "es",
            Language::Pt => "pt",
            Language::Nl => "nl",
            Language::It => "it",
        }
    }

    /// What is said in it.
    const fn phrases(self) -> &'static Phrases {
        match self {
            Language::En => &en::PHRASES,
            Language::Fr => &fr::PHRASES,
            Language::De => &de::PHRASES,
            Language::Es => &es::PHRASES,
            Language::Pt => &pt::PHRASES,
            Language::Nl => &nl::PHRASES,
            Language::It => &it::PHRASES,
        }
    }

    /// As its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::Fr => "Français",
            Language::De => "Deutsch",
            Language::Es => "Español",
            Language::Pt => "Português",
            Language::Nl => "Nederlands",
            Language::It => "Italiano",
        }
    }

    /// The language of a tag (BCP 47) such as `fr-CA`, as Microsoft's `preferredLanguage` and
    /// browsers say it; `None` for one that we don't speak.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }

    /// The one that a browser likes best, of those that we speak (RFC 9110, `Accept-Language`).
    #[must_use]
    pub fn of_browser(accept: &str) -> Option<Self> {
        let liked = accept.split(',').filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let language = Self::of_tag(parts.next()?)?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
            let weight: f32 = weight.trim().parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
            (weight > 0.0).then_some((language, weight))
        });
        // The first of those that are liked the same.
        liked
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(language, _)| language)
    }
}

#[cfg(test)]
mod choice {
    use super::*;

    #[test]
    fn tags_are_read_by_their_language() {
        for (tag, language) in [
            ("fr", Some(Language::Fr)),
            ("fr-CA", Some(Language::Fr)),
            ("PT-br", Some(Language::Pt)),
            ("de_AT", Some(Language::De)),
            ("zh-Hans", None),
            ("fra", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn a_browser_gets_what_it_likes_best() {
        for (accept, language) in [
            ("de-CH, de;q=0.9, en;q=0.8", Some(Language::De)),
            ("ja, nl;q=0.4, it;q=0.8", Some(Language::It)),
            ("en;q=0.5,es;q=0.5", Some(Language::En)),
            ("fr;q=0, pt;q=0.1", Some(Language::Pt)),
            ("fr;q=2, es;q=x, *", None),
            ("", None),
        ] {
            assert_eq!(Language::of_browser(accept), language, "{accept}");
        }
    }
}
