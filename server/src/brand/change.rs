//! What a change of a brand is about: for the audit, and for the mail that admins get.

use shared::CustomerId;
use uuid::Uuid;

use super::Brand;
use crate::directory::mask_phone;
use crate::language::Language;

/// The fields in which two brands differ, in order.
#[must_use]
pub fn fields(old: &Brand, new: &Brand) -> Vec<String> {
    let mut fields = Vec::new();
    let mut note = |differs: bool, field: &str| {
        if differs {
            fields.push(field.to_owned());
        }
    };
    note(old.name != new.name, "name");
    note(old.logo != new.logo, "logo");
    note(old.colors != new.colors, "colors");
    note(old.help != new.help, "help");
    note(old.sender != new.sender, "sender");
    note(old.host != new.host, "host");
    note(old.language != new.language, "language");
    for language in Language::ALL {
        let (old, new) = (old.texts(language), new.texts(language));
        for (differs, field) in [
            (old.sms != new.sms, "sms"),
            (old.intro != new.intro, "intro"),
            (old.footer != new.footer, "footer"),
        ] {
            note(differs, &format!("texts.{}.{field}", language.as_str()));
        }
    }
    fields
}

/// Whether admins hear of a change of this field: what leads people elsewhere, or speaks to them in
/// the MSP's name (design §9).
#[must_use]
pub fn is_told(field: &str) -> bool {
    matches!(field, "name" | "logo" | "help" | "sender" | "host") || field.starts_with("texts.")
}

/// What the mail to admins is told to tell: whose brand, and which of these fields they hear of.
/// `None` when of none.
#[must_use]
pub fn alarm(customer: Option<CustomerId>, fields: &[String]) -> Option<String> {
    let told: Vec<&str> =
        fields.iter().map(String::as_str).filter(|field| is_told(field)).collect();
    let whose = customer.map_or(Uuid::nil(), |customer| customer.0);
    (!told.is_empty()).then(|| format!("{whose} {}", told.join(" ")))
}

/// What [`alarm`] wrote, read again: whose brand, and which fields.
#[must_use]
pub fn read_alarm(about: &str) -> Option<(Option<CustomerId>, Vec<&str>)> {
    let (whose, fields) = about.split_once(' ')?;
    let whose: Uuid = whose.parse().ok()?;
    Some(((!whose.is_nil()).then_some(CustomerId(whose)), fields.split(' ').collect()))
}

/// For the audit: which fields, and what stood and stands in those that give nothing away.
#[must_use]
pub fn in_words(old: &Brand, new: &Brand) -> String {
    let shown = |brand: &Brand, field: &str| match field {
        "name" => brand.name.clone(),
        "host" => brand.host.clone(),
        "language" => brand.language.map(|language| language.as_str().to_owned()),
        "colors" => brand.colors.as_ref().map(|colors| colors.accent.clone()),
        "logo" => brand.logo.as_deref().map(|hash| hash.chars().take(8).collect()),
        // The audit holds no number in full.
        "help" => brand.help.as_deref().map(mask_phone),
        "sender" => brand.sender.as_deref().map(|sender| match sender.strip_prefix('+') {
            Some(_) => mask_phone(sender),
            None => sender.to_owned(),
        }),
        _ => None,
    };
    let said = |brand: &Brand, field: &str| shown(brand, field).unwrap_or_else(|| "–".into());
    let one = |field: String| match field.as_str() {
        text if text.starts_with("texts.") => field,
        _ => format!("{field}: {} → {}", said(old, &field), said(new, &field)),
    };
    fields(old, new).into_iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brand::{Texts, colors};

    #[test]
    fn each_field_is_noticed_and_no_number_stands_in_full() {
        let old = Brand { name: Some("Old".into()), ..Brand::default() };
        let texts = Texts { sms: "s".into(), intro: "i".into(), footer: "f".into() };
        let new = Brand {
            name: None,
            logo: Some("0123456789abcdef".into()),
            colors: colors::derive("#1f5fbf"),
            help: Some("+1 206 555 0100".into()),
            sender: Some("+12065550199".into()),
            host: Some("https://go.ours.example".into()),
            language: Some(Language::Fr),
            texts: [(Language::It, texts)].into(),
        };
        assert_eq!(fields(&old, &old), Vec::<String>::new());
        let changed = fields(&old, &new);
        assert_eq!(changed.len(), 10, "{changed:?}");
        let told: Vec<_> = changed.iter().filter(|field| is_told(field)).collect();
        let all = [
            "name",
            "logo",
            "help",
            "sender",
            "host",
            "texts.it.sms",
            "texts.it.intro",
            "texts.it.footer",
        ];
        assert_eq!(told, all);
        let alarm = |customer| alarm(customer, &changed).unwrap();
        let (whose, fields) = (None, told.iter().map(|field| field.as_str()).collect::<Vec<_>>());
        assert_eq!(read_alarm(&alarm(None)), Some((whose, fields)));
        let customer = Some(CustomerId(Uuid::from_u128(7)));
        assert_eq!(read_alarm(&alarm(customer)).unwrap().0, customer);
        assert_eq!(super::alarm(None, &["colors".into(), "language".into()]), None);
        let words = in_words(&old, &new);
        assert!(words.starts_with("name: Old → –; logo: – → 01234567; colors: – → #1f5fbf;"));
        assert!(words.contains("host: – → https://go.ours.example"), "{words}");
        assert!(words.contains("texts.it.sms") && !words.contains("0100"), "{words}");
        assert!(!words.contains("5550199") && !words.contains("555 01"), "{words}");
        let named = Brand { sender: Some("Brightline".into()), ..Brand::default() };
        assert_eq!(in_words(&Brand::default(), &named), "sender: – → Brightline");
    }
}
