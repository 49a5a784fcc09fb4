//! `docs/policy.md` has the table of fields, as it is in the code.

use super::fields::{Field, Kind, SECTIONS, Scope};
use super::layers::built_in;
use super::value::{in_words, texts};

/// A line of the table.
fn line(field: &Field) -> String {
    let value = built_in(field);
    let default = match (field.kind, texts(value)) {
        (Kind::Countries, Some(items)) => format!("{} countries, see below", items.len()),
        _ => in_words(field, value),
    };
    let allowed = match field.kind {
        Kind::Channels { .. } => {
            "list of `duo-push`, `sms-code`, `sms-link`, `email-code`, `email-link`".to_owned()
        }
        Kind::Time { unit, least, most } => {
            format!("{} to {} (ms)", least * unit.ms(), most * unit.ms())
        }
        Kind::Count { least, most } => format!("{least} to {most}"),
        Kind::Switch => "`true`, `false`".into(),
        Kind::Choice(choices) => {
            choices.iter().map(|(name, _)| format!("`\"{name}\"`")).collect::<Vec<_>>().join(", ")
        }
        Kind::Countries => "list of `\"US\"`, `\"+1876\"`".into(),
        Kind::Groups | Kind::Contacts => "list of ids".into(),
    };
    let only = match field.scope {
        Scope::Both => "",
        Scope::Account => " *Account only.*",
        Scope::Customer => " *Customer only.*",
    };
    let risk = if field.risk.is_empty() { String::new() } else { format!(" **{}**", field.risk) };
    let (name, label, hint) = (field.name, field.label, field.hint);
    format!("| `{name}` | {default} | {allowed} | {label}. {hint}{risk}{only} |")
}

#[test]
fn the_document_has_each_field_as_it_is() {
    let document = include_str!("../../../docs/policy.md");
    let mut expected = String::new();
    for section in SECTIONS {
        expected += &format!("### {}\n\n{}\n\n", section.title, section.lead);
        expected +=
            "| field | built in | may be | what it does, and what follows |\n|---|---|---|---|\n";
        for field in section.fields {
            expected += &line(field);
            expected.push('\n');
        }
        expected.push('\n');
    }
    let countries = super::fields::named("countries").map(built_in).and_then(texts).unwrap();
    expected += &format!("Countries that are texted by default: {}.\n", countries.join(", "));
    if !document.contains(&expected) {
        let place = std::env::temp_dir().join("policy-fields.md");
        std::fs::write(&place, &expected).unwrap();
        panic!("docs/policy.md should have what stands in {}", place.display());
    }
}
