//! The form of a brand as the page shows it: each field with what holds while it is empty, and with
//! what is wrong in it.

use shared::AccountId;

use super::branding_form::{Posted, at, ours};
use crate::brand::Wrong;
use crate::branding::BrandView;
use crate::language::Language;
use crate::language::page::page;
use crate::language::sms;

/// How a field looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Line,
    Area,
    Color,
    Choice,
}

/// One field as the template shows it.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) value: String,
    /// What holds while it is empty.
    pub(super) placeholder: String,
    pub(super) hint: String,
    pub(super) wrong: Option<String>,
    pub(super) kind: Kind,
    pub(super) choices: Vec<(String, String)>,
}

impl Field {
    pub(super) fn is_area(&self) -> bool {
        self.kind == Kind::Area
    }

    pub(super) fn is_color(&self) -> bool {
        self.kind == Kind::Color
    }

    pub(super) fn is_choice(&self) -> bool {
        self.kind == Kind::Choice
    }
}

/// One language's texts.
pub(super) struct Tongue {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    /// Something is said in it, or something is wrong there.
    pub(super) open: bool,
    pub(super) own: bool,
    pub(super) fields: Vec<Field>,
}

/// Something that could not be kept, for the list above the form.
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) words: String,
}

/// The form as the template shows it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) who: Vec<Field>,
    pub(super) accent: Field,
    pub(super) derive: bool,
    pub(super) others: Vec<Field>,
    pub(super) links: Vec<Field>,
    pub(super) tongues: Vec<Tongue>,
    pub(super) errors: Vec<Listed>,
    /// Somebody else has changed the brand since this form was made.
    pub(super) changed: bool,
}

impl Form {
    /// Of what was typed (or is stored), beside what holds otherwise.
    pub(super) fn new(
        token: String,
        account: AccountId,
        view: &BrandView,
        posted: &Posted,
        errors: &[Wrong],
    ) -> Self {
        let make = Maker { view, posted, errors, account };
        let tongues = Language::ALL.into_iter().map(|language| make.tongue(language)).collect();
        let (accent, others) = make.colors();
        let mut form = Self {
            token,
            version: posted.text("version").to_owned(),
            who: make.who(),
            accent,
            derive: posted.derives(),
            others,
            links: make.links(),
            tongues,
            errors: Vec::new(),
            changed: false,
        };
        let tongue = |field: &Field| {
            let tag = field.name.split('.').nth(1).filter(|_| field.name.starts_with("texts."));
            tag.and_then(Language::of_tag).map(Language::own_name)
        };
        form.errors = form
            .fields()
            .filter_map(|field| {
                let label = match tongue(field) {
                    Some(language) => format!("{} ({language})", field.label),
                    None => field.label.to_owned(),
                };
                Some(Listed { id: field.id.clone(), label, words: field.wrong.clone()? })
            })
            .collect();
        // A colour that can't be read must be seen with those that go with it.
        form.derive &= form.others.iter().all(|field| field.wrong.is_none());
        form
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        let one = std::iter::once(&self.accent);
        let texts = self.tongues.iter().flat_map(|tongue| &tongue.fields);
        self.who.iter().chain(one).chain(&self.others).chain(&self.links).chain(texts)
    }
}

struct Maker<'a> {
    view: &'a BrandView,
    posted: &'a Posted,
    errors: &'a [Wrong],
    account: AccountId,
}

impl Maker<'_> {
    fn field(&self, name: &str, label: &'static str, kind: Kind) -> Field {
        let wrong = self.errors.iter().find(|wrong| wrong.field == name);
        Field {
            name: name.to_owned(),
            id: name.replace(['.', '_'], "-"),
            label,
            value: self.posted.text(name).to_owned(),
            placeholder: String::new(),
            hint: String::new(),
            wrong: wrong.map(|wrong| wrong.detail.clone()),
            kind,
            choices: Vec::new(),
        }
    }

    /// What a field is for, and what holds while it is empty: the account's, or what `empty` says.
    fn hint(&self, what: &str, above: Option<&str>, empty: &str) -> String {
        let holds = match (&self.view.customer, above) {
            (Some(_), Some(above)) => format!("Empty: as the account, {above}."),
            (Some(_), None) => "Empty: as the account.".to_owned(),
            (None, _) => empty.to_owned(),
        };
        format!("{what} {holds}").trim().to_owned()
    }

    fn who(&self) -> Vec<Field> {
        let above = &self.view.above;
        let mut name = self.field("name", "Name", Kind::Line);
        name.placeholder = above.name().to_owned();
        let what = "What people read in texts, and on the page where there is no logo.";
        name.hint = self.hint(what, Some(above.name()), "");
        let mut help = self.field("help", "Help desk’s telephone number", Kind::Line);
        help.placeholder = above.help.clone().unwrap_or_default();
        let what = "The page says to call it in doubt, and a tap dials it. Begin with + and the \
                    country code.";
        help.hint = self.hint(what, above.help.as_deref(), "");
        let mut language = self.field("language", "Language", Kind::Choice);
        let inherited = above.language.unwrap_or_default().own_name();
        let nothing = match self.view.customer {
            Some(_) => format!("As the account: {inherited}"),
            None => format!("{inherited}, where nothing is known"),
        };
        let all = Language::ALL.map(|one| (one.as_str().to_owned(), one.own_name().to_owned()));
        language.choices = std::iter::once((String::new(), nothing)).chain(all).collect();
        language.hint =
            "For people whose own language Microsoft does not know, or we don’t speak.".into();
        vec![name, help, language]
    }

    fn colors(&self) -> (Field, Vec<Field>) {
        let held = self.view.above.colors.clone().unwrap_or_else(ours);
        let one = |name: &'static str, label, holds: &str, hint: &str| {
            let mut field = self.field(name, label, Kind::Color);
            field.placeholder = holds.to_owned();
            field.hint = hint.to_owned();
            field
        };
        let inherited = self.view.above.colors.as_ref().map(|colors| colors.accent.as_str());
        let hint = self.hint("The button, and links.", inherited, "Empty: our blue.");
        let accent = one("colors.accent", "Main colour", &held.accent, &hint);
        let others = vec![
            one("colors.on_accent", "Text on it", &held.on_accent, "What stands on the button."),
            one(
                "colors.dark_accent",
                "Main colour, dark",
                &held.dark_accent,
                "For phones that are set to dark: lighter than the main colour.",
            ),
            one(
                "colors.on_dark_accent",
                "Text on it, dark",
                &held.on_dark_accent,
                "What stands on the button there.",
            ),
        ];
        (accent, others)
    }

    fn links(&self) -> Vec<Field> {
        let above = &self.view.above;
        let mut host = self.field("host", "Links lead to", Kind::Choice);
        let inherited = above.host.as_deref().unwrap_or(&self.view.common_host);
        let nothing = match self.view.customer {
            Some(_) => format!("As the account: {inherited}"),
            None => self.view.common_host.clone(),
        };
        host.choices = vec![(String::new(), nothing)];
        host.choices.extend(self.view.hosts.iter().map(|own| (own.clone(), own.clone())));
        if !host.value.is_empty() && !self.view.hosts.contains(&host.value) {
            let gone = format!("{} (no longer yours: not used)", host.value);
            host.choices.push((host.value.clone(), gone));
        }
        host.hint = if self.view.hosts.is_empty() {
            format!(
                "Your operator can give you a host name of your own, in [share.hosts] of the \
                 settings. They need your account’s id: {}",
                self.account
            )
        } else {
            "Host names come from your operator.".into()
        };
        let mut sender = self.field("sender", "Texts are from", Kind::Line);
        sender.placeholder = above.sender.clone().unwrap_or_default();
        let what = "A number of yours at your SMS provider (+12065550100), a name of up to 11 \
                    letters and digits, or a messaging service (MG…). A name can’t be answered, so a \
                    STOP does not reach it; numbers that begin with +1 get the SMS connection’s own, \
                    as the United States and Canada take no names.";
        let empty = "Empty: the SMS connection’s own.";
        sender.hint = self.hint(what, above.sender.as_deref(), empty);
        vec![host, sender]
    }

    fn tongue(&self, language: Language) -> Tongue {
        let above = self.view.above.texts(language);
        let or = |own: String, ours: String| if own.is_empty() { ours } else { own };
        let mut fields = Vec::new();
        for (field, label, holds, hint) in [
            (
                "sms",
                "Text with the link",
                or(above.sms, sms::ours(language).to_owned()),
                "{brand}, {link} and {time} are filled in. It stays one text message.",
            ),
            (
                "intro",
                "On the page, above the button",
                or(above.intro, page(language).ready_why.replace("{}", "{brand}")),
                "{brand} is filled in. At most 300 characters, no addresses.",
            ),
            ("footer", "At the page’s foot", above.footer, "At most 300 characters, no addresses."),
        ] {
            let mut made = self.field(&at(language, field), label, Kind::Area);
            made.placeholder = holds;
            made.hint = hint.to_owned();
            fields.push(made);
        }
        Tongue {
            tag: language.as_str(),
            name: language.own_name(),
            open: fields.iter().any(|field| field.wrong.is_some()),
            own: fields.iter().any(|field| !field.value.is_empty()),
            fields,
        }
    }
}
