//! The form of a brand as it is sent: what was typed, and what is stored as a form would send it.

use std::collections::BTreeMap;

use shared::Millis;

use crate::brand::colors::derive;
use crate::brand::{Brand, Colors, Texts};
use crate::language::Language;

/// What a form sends: texts by the names of their fields.
pub(super) struct Posted(pub(super) BTreeMap<String, String>);

/// The page's own colours (`assets/share/reveal.css`).
const OURS: [&str; 4] = ["#1f5fbf", "#ffffff", "#7db0f7", "#0d1826"];

impl Posted {
    /// What stands in a field; nothing where the form has none of that name.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// The version that the form was made of.
    pub(super) fn version(&self) -> Option<Millis> {
        self.text("version").parse().ok().map(Millis)
    }

    /// The colours that go with the main one are to be chosen for them.
    pub(super) fn derives(&self) -> bool {
        self.text("derive") == "yes"
    }

    /// What was entered, as it stands there.
    pub(super) fn brand(&self) -> Brand {
        let said = |name: &str| Some(self.text(name).to_owned());
        let accent = self.text("colors.accent");
        let typed = |name: &str| self.text(&format!("colors.{name}")).to_owned();
        let colors = match derive(accent) {
            Some(colors) if self.derives() => colors,
            // Nothing to go by: the others say nothing either, and the main one says why not.
            _ if self.derives() && accent.is_empty() => Colors {
                accent: String::new(),
                on_accent: String::new(),
                dark_accent: String::new(),
                on_dark_accent: String::new(),
            },
            _ if self.derives() => Colors { accent: accent.into(), ..ours() },
            _ => Colors {
                accent: accent.into(),
                on_accent: typed("on_accent"),
                dark_accent: typed("dark_accent"),
                on_dark_accent: typed("on_dark_accent"),
            },
        };
        let texts = Language::ALL.into_iter().map(|language| {
            let text = |field: &str| self.text(&at(language, field)).to_owned();
            let own = Texts { sms: text("sms"), intro: text("intro"), footer: text("footer") };
            (language, own)
        });
        Brand {
            name: said("name"),
            logo: None,
            colors: Some(colors),
            help: said("help"),
            sender: said("sender"),
            host: said("host"),
            language: Language::of_tag(self.text("language")),
            texts: texts.collect(),
        }
    }

    /// What is stored, as a form would send it.
    pub(super) fn of(said: &Brand, version: Option<Millis>) -> Self {
        let mut fields = BTreeMap::new();
        let mut put = |name: &str, text: &str| {
            fields.insert(name.to_owned(), text.to_owned());
        };
        put("version", &version.map_or_else(String::new, |version| version.0.to_string()));
        for (name, text) in [
            ("name", &said.name),
            ("help", &said.help),
            ("sender", &said.sender),
            ("host", &said.host),
        ] {
            put(name, text.as_deref().unwrap_or_default());
        }
        put("language", said.language.map_or("", Language::as_str));
        let derived = match &said.colors {
            None => true,
            Some(colors) => {
                put("colors.accent", &colors.accent);
                put("colors.on_accent", &colors.on_accent);
                put("colors.dark_accent", &colors.dark_accent);
                put("colors.on_dark_accent", &colors.on_dark_accent);
                derive(&colors.accent).as_ref() == Some(colors)
            }
        };
        put("derive", if derived { "yes" } else { "" });
        for (language, texts) in &said.texts {
            put(&at(*language, "sms"), &texts.sms);
            put(&at(*language, "intro"), &texts.intro);
            put(&at(*language, "footer"), &texts.footer);
        }
        Self(fields)
    }
}

/// They, as a brand would say them.
pub(super) fn ours() -> Colors {
    let [accent, on_accent, dark_accent, on_dark_accent] = OURS.map(str::to_owned);
    Colors { accent, on_accent, dark_accent, on_dark_accent }
}

/// The name of the field for a text.
pub(super) fn at(language: Language, field: &str) -> String {
    format!("texts.{}.{field}", language.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        Posted(fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect())
    }

    #[test]
    fn what_is_stored_comes_back_as_it_was() {
        let french = Texts { sms: "s".into(), intro: "i".into(), footer: "f".into() };
        let said = Brand {
            name: Some("Brightline".into()),
            help: Some("+1 206 555 0100".into()),
            colors: derive("#8a1538"),
            sender: Some("Brightline".into()),
            host: Some("https://go.ours.example".into()),
            language: Some(Language::Fr),
            texts: [(Language::Fr, french)].into(),
            logo: None,
        };
        let back = Posted::of(&said, Some(Millis(7)));
        assert!(back.version() == Some(Millis(7)) && back.derives());
        let mut again = back.brand();
        again.texts.retain(|_, texts| *texts != Texts::default());
        assert_eq!(again, said);
        // Chosen by hand: the others are the form's.
        let by_hand = Colors { dark_accent: "#ffffff".into(), ..derive("#8a1538").unwrap() };
        let said = Brand { colors: Some(by_hand), ..said };
        let back = Posted::of(&said, None);
        assert!(!back.derives() && back.version().is_none());
        assert_eq!(back.brand().colors, said.colors);
    }

    #[test]
    fn the_other_colors_are_chosen_by_us_or_by_them() {
        let colors = |fields: &[(&str, &str)]| posted(fields).brand().colors.unwrap();
        let ours = colors(&[("derive", "yes"), ("colors.accent", "#8A1538")]);
        assert_eq!(Some(ours), derive("#8a1538"));
        let nothing = colors(&[("derive", "yes"), ("colors.on_accent", "#000000")]);
        assert_eq!((nothing.accent.as_str(), nothing.on_accent.as_str()), ("", ""));
        let bad = colors(&[("derive", "yes"), ("colors.accent", "red")]);
        assert_eq!(bad.accent, "red", "it is refused for what it is");
        let theirs = colors(&[("colors.accent", "#8a1538"), ("colors.on_accent", "#eeeeee")]);
        assert_eq!((theirs.on_accent.as_str(), theirs.dark_accent.as_str()), ("#eeeeee", ""));
    }
}
