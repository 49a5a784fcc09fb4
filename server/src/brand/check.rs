//! What somebody enters for a brand, and whether it can be kept.

use serde::Serialize;

use super::{Brand, Colors, Texts, colors, help, sender::Sender, text};
use crate::language::sms;

/// Something that can't be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Where it was entered: `name`, `colors.accent`, `texts.fr.sms`.
    pub field: String,
    /// What is wrong, and what to do.
    pub detail: String,
}

impl Wrong {
    /// In this field.
    #[must_use]
    pub fn at(field: &str, detail: String) -> Self {
        Self { field: field.to_owned(), detail }
    }
}

/// What the operator's settings and the stored brand say to a new one.
pub struct Around<'a> {
    /// The account's own share hosts.
    pub hosts: &'a [&'a str],
    /// The host as it is stored, which may stay though the operator has taken it away.
    pub kept: Option<&'a str>,
    /// The longest origin that a link of the account may have: texts must have room for it.
    pub longest: &'a str,
}

/// The brand in our own spelling. What is empty is not said.
///
/// # Errors
/// Everything that can't be kept.
pub fn check(said: &Brand, around: &Around<'_>) -> Result<Brand, Vec<Wrong>> {
    let mut all = Errors(Vec::new());
    let name = all.text("name", &said.name, text::name);
    let help = all.text("help", &said.help, help::check);
    let own = |text: &str| Sender::parse(text).map(|sender| sender.as_str().to_owned());
    let sender = all.text("sender", &said.sender, own);
    let host = all.text("host", &said.host, |chosen| {
        let chosen = chosen.trim_end_matches('/');
        if around.hosts.contains(&chosen) || around.kept == Some(chosen) {
            return Ok(chosen.to_owned());
        }
        Err("Choose one of the hosts that your operator has given you.")
    });
    let colors = said.colors.as_ref().filter(|colors| !is_empty(colors)).and_then(|said| {
        colors::check(said)
            .map_err(|wrong| wrong.into_iter().for_each(|(field, words)| all.note(field, words)))
            .ok()
    });
    let mut texts = std::collections::BTreeMap::new();
    for (language, said) in &said.texts {
        let at = |field: &str| format!("texts.{}.{field}", language.as_str());
        let kept = Texts {
            sms: all.page_text(&at("sms"), &said.sms, |text| {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                sms::check(&text, *language, around.longest).map_err(|bad| sentence(&bad))?;
                Ok(text)
            }),
            intro: all.page_text(&at("intro"), &said.intro, |text| text::page(text, true)),
            footer: all.page_text(&at("footer"), &said.footer, |text| text::page(text, false)),
        };
        if kept != Texts::default() {
            texts.insert(*language, kept);
        }
    }
    let brand = Brand {
        name,
        logo: said.logo.clone(),
        colors,
        help,
        sender,
        host,
        language: said.language,
        texts,
    };
    if all.0.is_empty() { Ok(brand) } else { Err(all.0) }
}

/// As it stands alone beside a field.
fn sentence(bad: &sms::BadTemplate) -> String {
    let words = bad.to_string();
    let mut chars = words.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

fn is_empty(colors: &Colors) -> bool {
    [&colors.accent, &colors.on_accent, &colors.dark_accent, &colors.on_dark_accent]
        .iter()
        .all(|color| color.trim().is_empty())
}

struct Errors(Vec<Wrong>);

impl Errors {
    fn note(&mut self, field: &str, detail: String) {
        self.0.push(Wrong { field: field.into(), detail });
    }

    /// A field that may be left empty.
    fn text(
        &mut self,
        field: &str,
        said: &Option<String>,
        check: impl Fn(&str) -> Result<String, &'static str>,
    ) -> Option<String> {
        let said = said.as_deref().map(str::trim).filter(|said| !said.is_empty())?;
        check(said).map_err(|words| self.note(field, words.into())).ok()
    }

    fn page_text(
        &mut self,
        field: &str,
        said: &str,
        check: impl Fn(&str) -> Result<String, String>,
    ) -> String {
        if said.trim().is_empty() {
            return String::new();
        }
        check(said).map_err(|words| self.note(field, words)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const HOSTS: [&str; 1] = ["https://go.ours.example"];

    fn check(said: &Brand, kept: Option<&str>) -> Result<Brand, Vec<Wrong>> {
        super::check(said, &Around { hosts: &HOSTS, kept, longest: HOSTS[0] })
    }

    fn said(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn what_is_empty_is_not_said() {
        let texts = [(Language::Fr, Texts { intro: "  ".into(), ..Texts::default() })].into();
        let empty = ["", " ", "\t", ""].map(str::to_owned);
        let [accent, on_accent, dark_accent, on_dark_accent] = empty;
        let entered = Brand {
            name: said(""),
            help: said("  "),
            sender: said(""),
            host: said(""),
            colors: Some(Colors { accent, on_accent, dark_accent, on_dark_accent }),
            texts,
            ..Brand::default()
        };
        assert_eq!(check(&entered, None), Ok(Brand::default()));
    }

    #[test]
    fn everything_wrong_is_told_at_its_field() {
        let french = Texts { sms: "no link".into(), intro: "www.x.y".into(), footer: "{".into() };
        let entered = Brand {
            name: said(&"x".repeat(61)),
            help: said("call us"),
            sender: said("much too long"),
            host: said("https://go.theirs.example"),
            colors: super::super::colors::derive("#ffff00"),
            texts: [(Language::Fr, french)].into(),
            ..Brand::default()
        };
        let wrong = check(&entered, None).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field.as_str()).collect();
        let all = [
            "name",
            "help",
            "sender",
            "host",
            "colors.accent",
            "texts.fr.sms",
            "texts.fr.intro",
            "texts.fr.footer",
        ];
        assert_eq!(fields, all);
        assert_eq!(wrong[5].detail, "{link} must be in it, once.");
        // Without all of it, the rest can be kept.
        let mut rest = entered;
        wrong.iter().for_each(|wrong| rest.leave_out(&wrong.field));
        assert_eq!(check(&rest, None), Ok(Brand::default()));
    }

    #[test]
    fn a_host_is_one_of_the_accounts() {
        let choose = |host: &str, kept: Option<&str>| {
            let entered = Brand { host: said(host), ..Brand::default() };
            check(&entered, kept).map(|brand| brand.host)
        };
        assert_eq!(choose("https://go.ours.example/", None), Ok(said("https://go.ours.example")));
        assert!(choose("https://s.example", None).is_err());
        assert!(choose("https://go.ours.example.evil.example", None).is_err());
        // What the operator took away may stay as it is: links go to everybody's host then.
        assert!(choose("https://old.ours.example", Some("https://old.ours.example")).is_ok());
        assert!(choose("https://old.ours.example", None).is_err());
    }

    #[test]
    fn what_is_kept_is_in_our_spelling() {
        let english = Texts { intro: " Hello\nfrom {brand}. ".into(), ..Texts::default() };
        let entered = Brand {
            name: said(" Brightline "),
            sender: said("+1 206 555 0100"),
            logo: said("hash"),
            texts: [(Language::En, english)].into(),
            ..Brand::default()
        };
        let kept = check(&entered, None).unwrap();
        assert_eq!(kept.name.as_deref(), Some("Brightline"));
        assert_eq!(kept.sender.as_deref(), Some("+12065550100"));
        assert_eq!(kept.logo.as_deref(), Some("hash"), "a logo has a way of its own");
        assert_eq!(kept.texts(Language::En).intro, "Hello from {brand}.");
    }
}
