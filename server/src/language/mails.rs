//! Mails to end users. Plain text.

use shared::Millis;

use super::Language;
use super::fill::fill;
use super::phrases::{Ask, Letter};

/// A mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Mail {
    /// One line, as long as its names.
    pub subject: String,
    /// What it says.
    pub body: String,
}

/// A reset that was done, as mails tell of it.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// The MSP, as end users know it.
    pub brand: &'a str,
    /// For whom.
    pub person: &'a str,
    /// The technician.
    pub by: &'a str,
    /// Where the link went, masked.
    pub phone: &'a str,
    /// When.
    pub at: Millis,
}

/// A verification, as mails tell of it.
#[derive(Debug, Clone, Copy)]
pub struct Asks<'a> {
    /// The MSP, as end users know it.
    pub brand: &'a str,
    /// To whom.
    pub name: &'a str,
    /// The technician.
    pub by: &'a str,
    /// How long it can be answered, in milliseconds.
    pub life_ms: i64,
}

impl Language {
    /// With a code to read out.
    #[must_use]
    pub fn mail_with_code(self, asks: &Asks<'_>, code: &str) -> Mail {
        self.asking(&self.phrases().mails.code, asks, ("code", code))
    }

    /// With a link to a page.
    #[must_use]
    pub fn mail_with_link(self, asks: &Asks<'_>, link: &str) -> Mail {
        self.asking(&self.phrases().mails.check, asks, ("link", link))
    }

    fn asking(self, ask: &Ask, asks: &Asks<'_>, value: (&str, &str)) -> Mail {
        let time = self.span(asks.life_ms);
        let Asks { brand, name, by, .. } = *asks;
        let values = [("brand", brand), ("name", name), ("by", by), ("time", &time), value];
        let fill = |phrase| fill(phrase, &values).to_string();
        let mails = &self.phrases().mails;
        let hello = if name.is_empty() { mails.hello_nobody } else { mails.hello };
        let parts = [hello, ask.why, ask.act, ask.unless];
        Mail { subject: fill(ask.subject), body: parts.map(fill).join("\n\n") + "\n" }
    }

    /// To the person: what was done, and what to do when they did not ask for it.
    #[must_use]
    pub fn mail_to_person(self, done: &Done<'_>) -> Mail {
        self.mail(&self.phrases().mails.person, done, done.person)
    }

    /// To whom the person reports, whose name may not be known.
    #[must_use]
    pub fn mail_to_manager(self, done: &Done<'_>, name: &str) -> Mail {
        self.mail(&self.phrases().mails.manager, done, name)
    }

    fn mail(self, letter: &Letter, done: &Done<'_>, name: &str) -> Mail {
        let at = self.at(done.at);
        let Done { brand, person, by, phone, .. } = *done;
        let values = [
            ("brand", brand),
            ("person", person),
            ("by", by),
            ("phone", phone),
            ("at", &at),
            ("name", name),
        ];
        let fill = |phrase| fill(phrase, &values).to_string();
        let mails = &self.phrases().mails;
        let hello = if name.is_empty() { mails.hello_nobody } else { mails.hello };
        let parts = [hello, letter.happened, letter.unless, mails.ending];
        Mail { subject: fill(letter.subject), body: parts.map(fill).join("\n\n") + "\n" }
    }
}
