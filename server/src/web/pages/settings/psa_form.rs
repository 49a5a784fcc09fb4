//! The forms of a PSA: what was typed, and what is wrong with it, at its field.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::form::Wrong;
use super::psa_fields::{Field, fields};
use crate::psa::{PsaAsk, PsaKind, PsaSettings, PsaView};
use crate::sign_in::Typed;

/// What a form sends. One type for all of them: each sends the fields that it has. Any of them may be
/// a secret until its name says that it is none.
#[derive(Deserialize)]
pub struct Posted {
    /// The form's token.
    pub(super) form: String,
    #[serde(flatten)]
    fields: HashMap<String, Typed>,
}

/// What is kept when a form comes back: everything but the secrets.
#[derive(Clone, Default)]
pub(super) struct Values {
    /// The one that the form was made of first: one that comes back is no newer for it.
    pub(super) version: i64,
    texts: BTreeMap<&'static str, String>,
    pub(super) as_member: bool,
    pub(super) drop_frame_secret: bool,
}

impl Posted {
    /// What stands in a field that is no secret.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", Typed::expose)
    }

    fn ticked(&self, name: &str) -> bool {
        self.text(name) == "yes"
    }

    pub(super) fn values(&self, kind: PsaKind) -> Values {
        let kept = fields(kind).iter().filter(|field| !field.secret);
        Values {
            version: self.text("version").parse().unwrap_or_default(),
            texts: kept.map(|field| (field.name, self.text(field.name).to_owned())).collect(),
            as_member: self.ticked("as_member"),
            drop_frame_secret: self.ticked("drop_frame_secret"),
        }
    }

    /// What the domain is asked for.
    pub(super) fn ask(mut self, kind: PsaKind) -> PsaAsk {
        let text = |name: &str| self.text(name).to_owned();
        let ask = PsaAsk {
            kind: Some(kind),
            version: self.text("version").parse().ok(),
            site: text("site"),
            company: text("company"),
            public_key: text("public_key"),
            client_id: text("client_id"),
            as_member: self.ticked("as_member"),
            tenant: text("tenant"),
            outcome: text("outcome"),
            ticket_variable: text("ticket_variable"),
            username: text("username"),
            integration_code: text("integration_code"),
            internal_label: text("internal_label"),
            note_type_label: text("note_type_label"),
            ticket_parameter: text("ticket_parameter"),
            drop_frame_secret: self.ticked("drop_frame_secret"),
            ..PsaAsk::default()
        };
        let mut secret =
            |name| self.fields.remove(name).unwrap_or_else(|| Typed::new(String::new()));
        PsaAsk { secret: secret("secret"), frame_secret: secret("frame_secret"), ..ask }
    }
}

impl Values {
    /// Of a new one: what most have.
    pub(super) fn usual(kind: PsaKind) -> Self {
        let usual = fields(kind).iter().filter(|field| !field.usual.is_empty());
        let texts = usual.map(|field| (field.name, field.usual.to_owned())).collect();
        Self { texts, as_member: true, ..Self::default() }
    }
}

impl From<&PsaView> for Values {
    fn from(view: &PsaView) -> Self {
        let stored = serde_json::to_value(&view.settings).unwrap_or_default();
        let text =
            |field: &Field| (field.name, stored[field.name].as_str().unwrap_or("").to_owned());
        let kept = fields(view.kind).iter().filter(|field| !field.secret);
        Self {
            version: view.version.0,
            texts: kept.map(text).collect(),
            as_member: matches!(&view.settings, PsaSettings::ConnectWise(it) if it.as_member),
            drop_frame_secret: false,
        }
    }
}

/// A form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) kind: PsaKind,
    pub(super) values: Values,
    /// Whether the PSA is not connected yet.
    pub(super) new: bool,
    /// Whether HaloPSA's secret of the frame is stored.
    pub(super) has_frame_secret: bool,
    /// Which form of the page came back.
    pub(super) part: &'static str,
    pub(super) errors: Vec<Wrong>,
}

impl Form {
    /// With what is wrong, by the names that the fields have here.
    pub(super) fn with(mut self, part: &'static str, errors: Vec<Wrong>) -> Self {
        self.part = part;
        self.errors = errors;
        for wrong in &mut self.errors {
            let mut mine = fields(self.kind).iter();
            if let Some(field) = mine.find(|field| field.name == wrong.field) {
                wrong.label = field.label;
            }
        }
        self
    }

    pub(super) fn kind_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        fields(self.kind).iter()
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.values.texts.get(name).map_or("", String::as_str)
    }

    pub(super) fn problem(&self, part: &str, field: &str) -> Option<&str> {
        let mine = self.errors.iter().filter(|_| self.part == part);
        mine.into_iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    /// What did not happen.
    pub(super) fn refused(&self) -> &'static str {
        match self.part {
            "new" => "Nothing was saved yet.",
            _ => "Nothing was changed.",
        }
    }

    /// Whether this is a secret that is stored, and stays when nothing is entered.
    pub(super) fn keeps(&self, field: &Field) -> bool {
        let stored = if field.optional { self.has_frame_secret } else { !self.new };
        field.secret && stored
    }

    pub(super) fn opens(&self, part: &str) -> bool {
        self.part == part
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.as_str() == kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(text: &str) -> Posted {
        serde_html_form_like(text)
    }

    fn serde_html_form_like(text: &str) -> Posted {
        let pairs: serde_json::Map<_, _> = url::form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        serde_json::from_value(pairs.into()).unwrap()
    }

    #[test]
    fn secrets_are_not_among_what_is_shown_again() {
        let sent = "form=t&version=7&site=s&outcome=o&secret=hush&frame_secret=sign";
        let it = posted(sent);
        let values = it.values(PsaKind::Halo);
        assert_eq!((values.version, values.texts["site"].as_str()), (7, "s"));
        assert!(values.texts.values().all(|text| text != "hush" && text != "sign"));
        let ask = it.ask(PsaKind::Halo);
        assert_eq!((ask.secret.expose(), ask.frame_secret.expose()), ("hush", "sign"));
        assert_eq!(
            (ask.outcome.as_str(), ask.version, ask.kind),
            ("o", Some(7), Some(PsaKind::Halo))
        );
    }

    /// A box that is not ticked sends nothing.
    #[test]
    fn a_box_is_ticked_or_not() {
        assert!(!posted("form=t").ask(PsaKind::ConnectWise).as_member);
        assert!(posted("form=t&as_member=yes").ask(PsaKind::ConnectWise).as_member);
        assert!(posted("form=t&drop_frame_secret=yes").ask(PsaKind::Halo).drop_frame_secret);
        assert!(Values::usual(PsaKind::ConnectWise).as_member);
    }

    #[test]
    fn an_error_has_the_label_of_its_field() {
        let form = Form {
            token: String::new(),
            kind: PsaKind::Halo,
            values: Values::usual(PsaKind::Halo),
            new: true,
            has_frame_secret: false,
            part: "",
            errors: Vec::new(),
        };
        let form = form.with("new", vec![Wrong::at("client_id", "Copy it.".into())]);
        assert_eq!(form.errors[0].label, "Client ID");
        assert_eq!(form.problem("new", "client_id"), Some("Copy it."));
        assert_eq!(form.problem("change", "client_id"), None);
        assert_eq!(form.value("outcome"), "Private Note");
    }
}
