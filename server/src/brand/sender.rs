//! Who a text is from: a number, a name, or a messaging service of the provider.

/// A sender that Twilio knows three kinds of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A number in E.164.
    Number(String),
    /// A name in place of a number. Can't be answered, so a STOP does not reach it, and does not
    /// work in the United States and Canada. (twilio.com/docs/api/errors/21657)
    Name(String),
    /// A messaging service, which chooses the sender.
    Service(String),
}

impl Sender {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, for the form.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('+') {
            let digits: String = digits.chars().filter(|c| !" -().".contains(*c)).collect();
            let e164 = (8..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && !digits.starts_with('0');
            return if e164 {
                Ok(Sender::Number(format!("+{digits}")))
            } else {
                Err("Write a number with + and the country code, such as +12065550100.")
            };
        }
        // `^MG[0-9a-fA-F]{32}$` (twilio-oai, Messaging Service)
        if let Some(id) = text.strip_prefix("MG")
            && id.len() == 32
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Ok(Sender::Service(text.to_owned()));
        }
        // "up to 11 characters […] upper- and lower-case ASCII letters, the digits 0 through 9, and
        // space […] at least one letter" (twilio.com/docs/api/errors/21709)
        if text.is_empty() || text.len() > 11 {
            return Err(
                "A sender’s name has 1 to 11 characters. Or enter a number with + and the country \
                 code, or a messaging service (MG and 32 characters).",
            );
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
            return Err("A sender’s name has only letters from A to Z, digits and blanks.");
        }
        if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err(
                "A sender’s name needs a letter. If this is a number, begin it with + and the \
                 country code.",
            );
        }
        Ok(Sender::Name(text.to_owned()))
    }

    /// As it is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Sender::Number(text) | Sender::Name(text) | Sender::Service(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_twilio_takes_is_taken() {
        let service = format!("MG{}", "0123456789abcdefABCDEF0123456789");
        for (text, sender) in [
            ("+1 (206) 555-0100", Sender::Number("+12065550100".into())),
            (" Brightline ", Sender::Name("Brightline".into())),
            ("Adventure 1", Sender::Name("Adventure 1".into())),
            ("A", Sender::Name("A".into())),
            (service.as_str(), Sender::Service(service.clone())),
        ] {
            assert_eq!(Sender::parse(text), Ok(sender), "{text}");
        }
        for (text, says) in [
            ("", "1 to 11"),
            ("Brightline IT", "1 to 11"),
            ("Bright-IT", "only letters"),
            ("Zoë", "only letters"),
            ("2065550100", "begin it with +"),
            ("12 34", "begin it with +"),
            ("+0206555", "country code"),
            ("+1206", "country code"),
            ("+1206555010x", "country code"),
            ("MG0123", "only letters, really a name"),
            (&service[..33], "1 to 11"),
        ] {
            match Sender::parse(text) {
                Err(words) => assert!(words.contains(says), "{text}: {words}"),
                Ok(sender) => assert_eq!(sender, Sender::Name("MG0123".into()), "{text}"),
            }
        }
    }
}
