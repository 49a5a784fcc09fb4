//! The mail to the admins that texts and pages lead elsewhere, or say something else, than before.

use super::letters::Letter;
use crate::language::Language;

/// To the admins: what of whose brand was changed. What stands there now is not repeated: whoever
/// reads this looks it up at home, not behind something in a mail.
pub(super) fn changed(customer: Option<&str>, fields: &[&str], at: &str) -> Letter {
    let whose = match customer {
        Some(name) => format!("what people at {name} see of you"),
        None => "what end users see of you".to_owned(),
    };
    let place = match customer {
        Some(name) => format!("Settings, Branding, \"{name}\""),
        None => "Settings, Branding".to_owned(),
    };
    let changed: String = fields.iter().map(|field| format!("  - {}\n", in_words(field))).collect();
    let short: String =
        customer.unwrap_or_default().chars().filter(|c| !c.is_control()).take(30).collect();
    let subject = if short.is_empty() {
        "Texts and pages for end users were changed".to_owned()
    } else {
        format!("Texts and pages for {short} were changed")
    };
    Letter {
        subject,
        body: format!(
            "An admin of yours has changed {whose}, {at}:\n\n{changed}\n\
             If nobody meant to do that, open {place}, and put it right: links, texts and calls of \
             the people whom you help go where it says. The audit says who did it.\n"
        ),
    }
}

fn in_words(field: &str) -> String {
    let text = |which: &str, language: &str| {
        let language = Language::of_tag(language).map_or("?", Language::own_name);
        format!("{which} ({language})")
    };
    match field {
        "name" => "the name".into(),
        "logo" => "the logo".into(),
        "help" => "the help desk's telephone number".into(),
        "sender" => "whom texts are from".into(),
        "host" => "the host that links lead to".into(),
        other => match other.split('.').collect::<Vec<_>>()[..] {
            ["texts", language, "sms"] => text("the text with the link", language),
            ["texts", language, "intro"] => text("what the page says above its button", language),
            ["texts", language, "footer"] => text("what stands at the page's foot", language),
            _ => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brand::change::is_told;

    #[test]
    fn it_says_what_whose_and_where_to_put_it_right() {
        let at = "2026-11-22 14:05 UTC";
        let letter = changed(None, &["help", "texts.fr.sms"], at);
        for says in ["telephone number", "with the link (Français)", at, "Settings, Branding,"] {
            assert!(letter.body.contains(says), "{says}: {}", letter.body);
        }
        let letter = changed(Some("Northwind\nDental"), &["host"], at);
        assert!(letter.subject.contains("NorthwindDental") && !letter.subject.contains('\n'));
        assert!(letter.body.contains("the host that links lead to"), "{}", letter.body);
        let texts = ["texts.it.sms", "texts.it.intro", "texts.it.footer"];
        for field in ["name", "logo", "help", "sender", "host"].into_iter().chain(texts) {
            assert!(is_told(field) && in_words(field) != field, "{field} has words");
        }
    }
}
