//! What tickets say of a verification, in English. Never a code or a link.

use shared::{Channel, Millis, Outcome};

use crate::language::Language;
use crate::store::Verification;

/// The internal note in the ticket, when an attempt has come to its end.
#[must_use]
pub fn note(v: &Verification, contact: &str) -> String {
    let utc = |at: Millis| Language::En.at(at);
    let what = match v.outcome {
        Outcome::Verified => "succeeded",
        Outcome::Denied => "was denied: the person says that it was not them",
        Outcome::TriesSpent => "failed: too many wrong answers",
        Outcome::Expired | Outcome::Pending => "ran out: nobody answered in time",
        Outcome::Replaced => "was replaced by a newer one",
        Outcome::Unsent => "could not be sent",
    };
    let why = match (v.outcome, v.code) {
        (Outcome::Unsent, Some(code)) => format!(" {}", code.words().what),
        (Outcome::Denied, _) => " Somebody may be posing as them.".to_owned(),
        _ => String::new(),
    };
    let vouched = match (&v.voucher_name, &v.note) {
        (Some(voucher), Some(note)) => format!("\n{voucher} vouches for them: {note}"),
        _ => String::new(),
    };
    format!(
        "Verification of {contact} {what}, {}.{why}\n{} to {}, asked for by {}, {}.{vouched}",
        utc(v.ended_at.unwrap_or(v.expires_at)),
        by(v.channel),
        v.masked,
        v.technician_name,
        utc(v.sent_at),
    )
}

/// `Code by text`.
#[must_use]
pub const fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::SmsCode => "Code by text",
        Channel::SmsLink => "Link by text",
        Channel::EmailCode => "Code by mail",
        Channel::EmailLink => "Link by mail",
        Channel::DuoPush => "Push by Duo",
    }
}

#[cfg(test)]
mod tests {
    use shared::Code;

    use super::super::rules::tests::good;
    use super::*;

    #[test]
    fn each_end_is_told_as_what_it_is() {
        let v =
            Verification {
                masked: "+1 ••• ••23".into(), technician_name: "Ann".into(), ..good()
            };
        let told = |outcome, code| note(&Verification { outcome, code, ..v.clone() }, "Ada Park");
        let done = told(Outcome::Verified, None);
        assert!(done.starts_with("Verification of Ada Park succeeded, 1970-01-12"), "{done}");
        assert!(done.contains("Code by text to +1 ••• ••23, asked for by Ann, "), "{done}");
        assert!(told(Outcome::Denied, Some(Code::CallerDenied)).contains("posing as them"));
        let unsent = told(Outcome::Unsent, Some(Code::SmsOptedOut));
        assert!(unsent.contains(Code::SmsOptedOut.words().what), "{unsent}");
        let vouched = Verification {
            voucher_name: Some("Grace".into()),
            note: Some("Ada lost her phone".into()),
            ..v.clone()
        };
        assert!(note(&vouched, "Ada").ends_with("Grace vouches for them: Ada lost her phone"));
    }
}
