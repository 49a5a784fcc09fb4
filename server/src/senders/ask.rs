//! What an admin enters for Twilio or a mail server, and what of it can't be right: each field with a sentence
//! that says what to do. Pure.

use serde::Deserialize;

use crate::brand::Sender;
use crate::integration::FieldError;
use crate::mail::SmtpSettings;
use crate::outbound::{MailTls, is_address};
use crate::settings::{Outbound, Sms as Operator};
use crate::sign_in::Typed;
use crate::sms::TwilioSettings;

/// The form for Twilio, as it was typed. Empty is "not entered".
#[derive(Deserialize)]
#[serde(default)]
pub struct SmsAsk {
    /// The version that the form was made of; none for a new one.
    pub version: Option<i64>,
    /// Which region: a key of the operator's `[sms.regions]`.
    pub region: String,
    /// `AC…`.
    pub account_sid: String,
    /// Signs callbacks, and everything else where no API key is given.
    pub auth_token: Typed,
    /// `SK…`, or nothing.
    pub key_sid: String,
    /// Of that key.
    pub key_secret: Typed,
    /// A number, a name or a messaging service.
    pub sender: String,
}

/// The form for a mail server.
#[derive(Deserialize)]
#[serde(default)]
pub struct MailAsk {
    /// The version that the form was made of; none for a new one.
    pub version: Option<i64>,
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: String,
    /// `starttls`, `implicit` or, where the operator lists it, `none`.
    pub tls: String,
    /// Whom we sign in as.
    pub user: String,
    /// With which password.
    pub password: Typed,
    /// The sender's address.
    pub from: String,
}

impl Default for SmsAsk {
    fn default() -> Self {
        let nothing = || Typed::new(String::new());
        Self {
            version: None,
            region: String::new(),
            account_sid: String::new(),
            auth_token: nothing(),
            key_sid: String::new(),
            key_secret: nothing(),
            sender: String::new(),
        }
    }
}

impl Default for MailAsk {
    fn default() -> Self {
        Self {
            version: None,
            host: String::new(),
            port: String::new(),
            tls: String::new(),
            user: String::new(),
            password: Typed::new(String::new()),
            from: String::new(),
        }
    }
}

/// `AC` or `SK` and 32 hexadecimal digits. (twilio-oai: `^AC[0-9a-fA-F]{32}$`)
fn is_sid(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What Twilio's console shows as a secret is one word of letters and digits.
fn is_secret(text: &str) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=64).contains(&text.len()) && text.bytes().all(in_word)
}

impl SmsAsk {
    /// What was entered, for a new connection (`None`) or in place of these settings.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(
        &self,
        known: Option<&TwilioSettings>,
        operator: &Operator,
    ) -> Result<TwilioSettings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut note = |field, detail| errors.push(FieldError { field, detail });
        // An imported connection may be at a host that is no region: it stays there until one is chosen.
        let kept = known.filter(|_| self.region.is_empty()).map(|known| known.api.clone());
        let api = operator.regions.get(&self.region).map(|region| region.api.clone()).or(kept);
        if api.is_none() {
            note("region", "Choose where your Twilio account is: its console shows the region.");
        }
        let account_sid = self.account_sid.trim().to_owned();
        if !is_sid(&account_sid, "AC") {
            note(
                "account_sid",
                "Copy the Account SID from Twilio’s console: AC and 32 characters.",
            );
        }
        let key_sid = Some(self.key_sid.trim().to_owned()).filter(|sid| !sid.is_empty());
        if key_sid.as_ref().is_some_and(|sid| !is_sid(sid, "SK")) {
            note(
                "key_sid",
                "Copy the SID of the API key: SK and 32 characters. Or leave it empty.",
            );
        }
        let sender = Sender::parse(&self.sender);
        if let Err(why) = &sender {
            note("sender", why);
        }
        let (from, messaging_service) = match sender {
            Ok(Sender::Service(id)) => (None, Some(id)),
            Ok(sender) => (Some(sender.as_str().to_owned()), None),
            Err(_) => (None, None),
        };
        let api = api.unwrap_or_default();
        let settings = TwilioSettings { api, account_sid, key_sid, from, messaging_service };
        let moved = known.is_none_or(|known| known.bound_to() != settings.bound_to());
        let token = self.auth_token.expose().trim();
        match (token.is_empty(), known.is_some(), moved) {
            (true, false, _) => note("auth_token", "Paste the auth token from Twilio’s console."),
            (true, true, true) => note(
                "auth_token",
                "The stored auth token is only for the account that it was entered for. Enter the one of this account.",
            ),
            (false, ..) if !is_secret(token) => {
                note("auth_token", "Paste only the auth token: 32 letters and digits.");
            }
            _ => {}
        }
        let secret = self.key_secret.expose().trim();
        let other_key = moved || known.is_none_or(|known| known.key_sid != settings.key_sid);
        match (secret.is_empty(), settings.key_sid.is_some()) {
            (true, true) if other_key => {
                note("key_secret", "Paste the secret of this API key; Twilio shows it once.");
            }
            (false, false) => {
                note("key_sid", "This is the secret of a key: enter the key’s SID, too.");
            }
            (false, true) if !is_secret(secret) => {
                note("key_secret", "Paste only the key’s secret: 32 letters and digits.");
            }
            _ => {}
        }
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }
}

impl MailAsk {
    /// What was entered, for a new server (`None`) or in place of these settings.
    ///
    /// # Errors
    /// Every field that can't be right.
    pub fn check(
        &self,
        known: Option<&SmtpSettings>,
        operator: &Outbound,
    ) -> Result<SmtpSettings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut note = |field, detail| errors.push(FieldError { field, detail });
        let host = self.host.trim().to_ascii_lowercase();
        let named = !host.is_empty()
            && host.len() <= 253
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if !named {
            note("host", "Enter the server’s name alone, such as smtp.msp.example.");
        }
        let port = self.port.trim().parse::<u16>().ok().filter(|port| *port > 0);
        if port.is_none() {
            note("port", "Enter a number: 587 for STARTTLS, 465 for TLS from the start.");
        }
        let port = port.unwrap_or_default();
        let clear = operator.lists_mail(&host, port);
        let tls = match self.tls.as_str() {
            "implicit" => MailTls::Implicit,
            "none" if clear => MailTls::None,
            "starttls" => MailTls::Starttls,
            _ => {
                note("tls", "Choose how the connection is encrypted.");
                MailTls::Starttls
            }
        };
        let user = self.user.trim().to_owned();
        if user.is_empty() || user.chars().any(char::is_control) {
            note("user", "Enter whom we sign in as; most servers want the whole address.");
        }
        let from = self.from.trim().to_owned();
        if !is_address(&from) {
            note("from", "Enter the sender’s address, such as notify@msp.example.");
        }
        let settings = SmtpSettings { host, port, tls, user, from };
        let moved = known.is_none_or(|known| known.is_elsewhere(&settings));
        if self.password.expose().trim().is_empty() && moved {
            note(
                "password",
                if known.is_some() {
                    "The stored password is only for the server and user that it was entered for. Enter the one of these."
                } else {
                    "Enter the password; most providers want an app password here."
                },
            );
        }
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests;
