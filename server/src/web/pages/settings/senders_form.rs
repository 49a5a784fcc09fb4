//! The forms of what carries texts and mails: their fields, what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::form::Wrong;
use crate::mail::SmtpSettings;
use crate::outbound::MailTls;
use crate::senders::{MailAsk, SenderKind, SenderView, SmsAsk};
use crate::settings::{Region, Sms as Operator};
use crate::sign_in::Typed;
use crate::sms::TwilioSettings;

/// What a form sends. One type for all of them: each sends the fields that it has.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Posted(BTreeMap<String, String>);

impl Posted {
    fn get(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn token(&self) -> &str {
        self.0.get("form").map_or("", String::as_str)
    }

    pub(super) fn switches_on(&self) -> bool {
        self.get("on") == "yes"
    }

    fn version(&self) -> Option<i64> {
        self.get("version").parse().ok()
    }

    /// Takes a secret out: it is in no copy.
    fn secret(&mut self, name: &str) -> Typed {
        Typed::new(self.0.remove(name).unwrap_or_default())
    }

    /// What is kept when the form comes back: everything but secrets.
    pub(super) fn values(&self) -> Values {
        let fields = self.0.iter().filter(|(name, _)| !is_secret(name));
        Values {
            version: self.version(),
            is_on: true,
            number: self.get("number"),
            fields: fields.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }

    /// What the domain is asked for.
    pub(super) fn sms(mut self) -> SmsAsk {
        SmsAsk {
            version: self.version(),
            auth_token: self.secret("auth_token"),
            key_secret: self.secret("key_secret"),
            region: self.get("region"),
            account_sid: self.get("account_sid"),
            key_sid: self.get("key_sid"),
            sender: self.get("sender"),
        }
    }

    /// What the domain is asked for.
    pub(super) fn mail(mut self) -> MailAsk {
        MailAsk {
            version: self.version(),
            password: self.secret("password"),
            host: self.get("host"),
            port: self.get("port"),
            tls: self.get("tls"),
            user: self.get("user"),
            from: self.get("from"),
        }
    }
}

fn is_secret(name: &str) -> bool {
    matches!(name, "auth_token" | "key_secret" | "password")
}

/// What the form shows.
#[derive(Default)]
pub(super) struct Values {
    /// The one that the form was made of; `None` for a new one.
    pub(super) version: Option<i64>,
    /// Whether what is stored is switched on.
    pub(super) is_on: bool,
    /// Where a test text goes.
    pub(super) number: String,
    pub(super) fields: BTreeMap<String, String>,
}

impl Values {
    /// For a new one.
    pub(super) fn empty(kind: SenderKind) -> Self {
        let fields: &[(&str, &str)] = match kind {
            SenderKind::Sms => &[("region", "us1")],
            SenderKind::Mail => &[("port", "587"), ("tls", "starttls")],
        };
        Self { fields: owned(fields), ..Self::default() }
    }

    pub(super) fn of_sms(view: &SenderView<TwilioSettings>, operator: &Operator) -> Self {
        let it = &view.settings;
        let region = operator.regions.iter().find(|(_, region)| region.api == it.api);
        let sender = it.messaging_service.as_ref().or(it.from.as_ref());
        Self::stored(
            view,
            &[
                ("region", region.map_or("", |(name, _)| name)),
                ("account_sid", &it.account_sid),
                ("key_sid", it.key_sid.as_deref().unwrap_or_default()),
                ("sender", sender.map_or("", String::as_str)),
            ],
        )
    }

    pub(super) fn of_mail(view: &SenderView<SmtpSettings>) -> Self {
        let it = &view.settings;
        let tls = match it.tls {
            MailTls::Starttls => "starttls",
            MailTls::Implicit => "implicit",
            MailTls::None => "none",
        };
        Self::stored(
            view,
            &[
                ("host", &it.host),
                ("port", &it.port.to_string()),
                ("tls", tls),
                ("user", &it.user),
                ("from", &it.from),
            ],
        )
    }

    fn stored<T>(view: &SenderView<T>, fields: &[(&str, &str)]) -> Self {
        Self {
            version: Some(view.version),
            is_on: view.is_on,
            number: String::new(),
            fields: owned(fields),
        }
    }
}

fn owned(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A field of a form.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) optional: bool,
    pub(super) secret: bool,
    pub(super) choice: bool,
}

const fn field(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    let secret = matches!(name.as_bytes(), b"auth_token" | b"key_secret" | b"password");
    let choice = matches!(name.as_bytes(), b"region" | b"tls");
    Field { name, label, hint, placeholder: "", optional: false, secret, choice }
}

const SMS: [Field; 6] = [
    field(
        "region",
        "Region",
        "Where the account is. Twilio’s console shows it at the top; most are in the United States.",
    ),
    Field {
        placeholder: "AC…",
        ..field("account_sid", "Account SID", "Names the account: AC and 32 characters.")
    },
    field(
        "auth_token",
        "Auth token",
        "Proves that what Twilio tells us of a text comes from Twilio. It is sealed when you save, for this account only, and never shown again.",
    ),
    Field {
        placeholder: "SK…",
        optional: true,
        ..field(
            "key_sid",
            "API key SID",
            "Sends in place of the auth token, and can be withdrawn by itself: SK and 32 characters.",
        )
    },
    Field {
        optional: true,
        ..field(
            "key_secret",
            "API key secret",
            "Of that key. Twilio shows it once, when it is made.",
        )
    },
    Field {
        placeholder: "+12065550100",
        ..field(
            "sender",
            "Sender",
            "A number of yours with + and the country code, a messaging service (MG and 32 characters), or outside the United States and Canada a name of up to 11 characters.",
        )
    },
];

const MAIL: [Field; 6] = [
    Field {
        placeholder: "smtp.msp.example",
        ..field("host", "Server", "Its name, as your provider writes it under SMTP.")
    },
    Field { placeholder: "587", ..field("port", "Port", "587 for STARTTLS, 465 for TLS.") },
    field(
        "tls",
        "Encryption",
        "We say neither password nor mail before the server has proved its name.",
    ),
    Field {
        placeholder: "notify@msp.example",
        ..field("user", "User", "Whom we sign in as; most servers want the whole address.")
    },
    field(
        "password",
        "Password",
        "Many providers want an app password here. It is sealed when you save, for this server and user only, and never shown again.",
    ),
    Field {
        placeholder: "notify@msp.example",
        ..field(
            "from",
            "Sender’s address",
            "What people see as the sender. The server must be allowed to send for it (SPF, DKIM), or mails end among unwanted ones.",
        )
    },
];

/// The page’s form, as the template shows it.
pub(super) struct Form {
    pub(super) kind: SenderKind,
    pub(super) token: String,
    /// Whether what is stored is on; `None` where nothing is.
    pub(super) is_on: Option<bool>,
    pub(super) values: Values,
    pub(super) regions: BTreeMap<String, Region>,
    pub(super) errors: Vec<Wrong>,
}

impl Form {
    pub(super) const fn title(&self) -> &'static str {
        match self.kind {
            SenderKind::Sms => "Texts (SMS)",
            SenderKind::Mail => "Mail",
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        super::senders::path(self.kind)
    }

    pub(super) fn is_sms(&self) -> bool {
        self.kind == SenderKind::Sms
    }

    /// Whether there is one already.
    pub(super) fn known(&self) -> bool {
        self.is_on.is_some()
    }

    pub(super) fn off(&self) -> bool {
        self.is_on == Some(false)
    }

    pub(super) fn fields(&self) -> [Field; 6] {
        match self.kind {
            SenderKind::Sms => SMS,
            SenderKind::Mail => MAIL,
        }
    }

    pub(super) fn value(&self, field: &str) -> &str {
        self.values.fields.get(field).map_or("", String::as_str)
    }

    /// Whether an empty field keeps what is stored.
    pub(super) fn keeps(&self, field: &Field) -> bool {
        let has_key = field.name != "key_secret" || !self.value("key_sid").is_empty();
        field.secret && self.known() && has_key
    }

    /// What there is to choose from: value, label, whether it is chosen.
    pub(super) fn choices(&self, field: &str) -> Vec<(String, String, bool)> {
        let chosen = self.value(field);
        let choice = |value: &str, label: &str| (value.into(), label.into(), value == chosen);
        if field == "region" {
            let regions = self.regions.iter().map(|(name, it)| choice(name, &it.label));
            let elsewhere = chosen.is_empty().then(|| choice("", "Where it is now"));
            return elsewhere.into_iter().chain(regions).collect();
        }
        let mut ways = vec![
            choice("starttls", "STARTTLS (port 587)"),
            choice("implicit", "TLS from the start (port 465)"),
        ];
        if chosen == "none" {
            ways.push(choice("none", "None: the operator allows it for this server"));
        }
        ways
    }

    /// Which form of the page came back.
    pub(super) fn came_back(&self) -> &'static str {
        match self.errors.iter().any(|wrong| wrong.field == "number") {
            true => "test",
            false => "save",
        }
    }

    pub(super) fn problem(&self, part: &str, field: &str) -> Option<&str> {
        let mine = self.errors.iter().filter(|_| self.came_back() == part);
        mine.into_iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    /// What a field is called above the form.
    pub(super) fn label(&self, wrong: &Wrong) -> &'static str {
        let fields = self.fields();
        let known = fields.iter().find(|field| field.name == wrong.field);
        known.map_or("Test number", |field| field.label)
    }

    /// What did not happen.
    pub(super) fn refused(&self) -> &'static str {
        match (self.came_back(), self.known()) {
            ("test", _) => "Nothing was tested yet.",
            (_, false) => "Nothing was saved yet.",
            _ => "Nothing was changed.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_comes_back_with_a_form() {
        let typed = [("auth_token", "a"), ("key_secret", "b"), ("password", "c"), ("host", "d")];
        let posted = Posted(owned(&typed));
        let values = posted.values();
        assert_eq!(values.fields, owned(&[("host", "d")]));
        for field in SMS.iter().chain(&MAIL) {
            assert_eq!(field.secret, is_secret(field.name), "{}", field.name);
        }
        assert_eq!(posted.mail().password.expose(), "c");
    }
}
