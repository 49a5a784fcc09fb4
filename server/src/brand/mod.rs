//! How end users see an MSP: its name, logo, colours, words, help desk and host. Pure.
//!
//! An account has one brand; a customer's may differ in whatever it says itself. `check` says what can
//! be kept and why not, `change` what a change is about, `logo` makes a picture anew.

pub mod change;
mod check;
pub mod colors;
pub mod help;
pub mod logo;
mod sender;
pub(crate) mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::{Around, Wrong, check};
pub use sender::Sender;

use crate::language::Language;

/// What an account or a customer says of its brand. What is not said is the account's, and there
/// the default.
#[derive(utoipa::ToSchema, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// What end users read in texts and on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The logo's address by its contents: hex of its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The page's colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colors: Option<Colors>,
    /// The help desk's telephone number, as people dial it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Who texts are from, where that is not the SMS integration's own sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Origin of the links, one of those that the operator gave this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What end users are spoken to in when nothing better is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Words of their own, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<Language, Texts>,
}

/// Colours of the page's button and links, `#rrggbb`, on our light and dark pages.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colors {
    /// The button, and links, on the light page.
    pub accent: String,
    /// What stands on the button.
    pub on_accent: String,
    /// The same on the dark page.
    pub dark_accent: String,
    /// What stands on that.
    pub on_dark_accent: String,
}

/// Words of an MSP's own in one language. What is empty is ours.
#[derive(utoipa::ToSchema, Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Texts {
    /// The text with the link: `{brand}`, `{link}` and `{time}` are filled in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sms: String,
    /// What the page says above the button; `{brand}` is filled in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub intro: String,
    /// What stands at the page's foot.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
}

impl Brand {
    /// This brand, and what it does not say by `account`'s.
    #[must_use]
    pub fn over(self, account: Brand) -> Brand {
        let mut texts = account.texts;
        for (language, own) in self.texts {
            let slot = texts.entry(language).or_default();
            let pick = |own: String, theirs: &mut String| {
                if !own.is_empty() {
                    *theirs = own;
                }
            };
            pick(own.sms, &mut slot.sms);
            pick(own.intro, &mut slot.intro);
            pick(own.footer, &mut slot.footer);
        }
        Brand {
            name: self.name.or(account.name),
            logo: self.logo.or(account.logo),
            colors: self.colors.or(account.colors),
            help: self.help.or(account.help),
            sender: self.sender.or(account.sender),
            host: self.host.or(account.host),
            language: self.language.or(account.language),
            texts,
        }
    }

    /// What was kept, read again. What this version does not know (a newer one's field or language)
    /// is left out and the rest stands: a link that must go out does not wait for a brand.
    #[must_use]
    pub fn read(body: &str) -> Brand {
        if let Ok(brand) = serde_json::from_str(body) {
            return brand;
        }
        tracing::error!("a brand that this version can't read as a whole");
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(body).unwrap_or_default();
        let one = |(name, value): (String, serde_json::Value)| {
            serde_json::from_value(serde_json::json!({ name: value })).ok()
        };
        fields
            .into_iter()
            .filter_map(one)
            .fold(Brand::default(), |seen, field: Brand| field.over(seen))
    }

    /// Says nothing where something can't be kept, for a preview of the rest. `field` is one that
    /// [`check()`] names; colours go together.
    pub fn leave_out(&mut self, field: &str) {
        match field.split('.').collect::<Vec<_>>()[..] {
            ["name"] => self.name = None,
            ["help"] => self.help = None,
            ["sender"] => self.sender = None,
            ["host"] => self.host = None,
            ["colors", _] => self.colors = None,
            ["texts", language, field] => {
                let texts = Language::of_tag(language).and_then(|it| self.texts.get_mut(&it));
                match (texts, field) {
                    (Some(texts), "sms") => texts.sms.clear(),
                    (Some(texts), "intro") => texts.intro.clear(),
                    (Some(texts), "footer") => texts.footer.clear(),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The name that end users read: never empty where the store gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Who its texts are from, where that is not the SMS integration's own sender.
    #[must_use]
    pub fn sender(&self) -> Option<Sender> {
        self.sender.as_deref().and_then(|sender| Sender::parse(sender).ok())
    }

    /// Its own words in a language.
    #[must_use]
    pub fn texts(&self, language: Language) -> Texts {
        self.texts.get(&language).cloned().unwrap_or_default()
    }

    /// What a person is spoken to in: their own language, else the customer's, else English.
    #[must_use]
    pub fn language_for(&self, person: Option<Language>) -> Language {
        person.or(self.language).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_does_not_take_the_rest_away() {
        let body = r##"{"name": "Brightline", "motto": "x", "language": "tlh", "help": "1"}"##;
        let read = Brand::read(body);
        assert_eq!(
            (read.name(), read.help.as_deref(), read.language),
            ("Brightline", Some("1"), None)
        );
        assert_eq!(Brand::read("nonsense"), Brand::default());
    }

    #[test]
    fn a_customer_says_only_what_differs() {
        let texts = |sms: &str, footer: &str| Texts {
            sms: sms.into(),
            footer: footer.into(),
            ..Texts::default()
        };
        let account = Brand {
            name: Some("Brightline".into()),
            help: Some("+1 206 555 0100".into()),
            texts: [(Language::En, texts("ours", "foot")), (Language::Fr, texts("", "pied"))]
                .into(),
            ..Brand::default()
        };
        let customer = Brand {
            name: Some("Northwind IT".into()),
            language: Some(Language::Fr),
            texts: [(Language::En, texts("theirs", ""))].into(),
            ..Brand::default()
        };
        let seen = customer.over(account.clone());
        assert_eq!(seen.name(), "Northwind IT");
        assert_eq!(seen.help, account.help);
        assert_eq!(seen.texts(Language::En), texts("theirs", "foot"));
        assert_eq!(seen.texts(Language::Fr), texts("", "pied"));
        assert_eq!(seen.texts(Language::It), Texts::default());
        assert_eq!(seen.language_for(None), Language::Fr);
        assert_eq!(seen.language_for(Some(Language::Nl)), Language::Nl);
        assert_eq!(account.language_for(None), Language::En);
        assert_eq!(Brand::default().over(account.clone()), account);
    }
}
