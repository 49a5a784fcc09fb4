//! What webhooks tell, and how: the one place where acts of the audit become events. Pure.
//!
//! The envelope (`type`, `timestamp`, `data`) is the one that the Standard Webhooks specification
//! recommends: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use serde_json::{Map, Value, json};
use shared::Millis;

use crate::audit::{Act, Entry};

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $words:literal;)+) => {
        /// Something that a webhook may tell.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event {
            $($(#[$doc])* $variant,)+
        }

        impl Event {
            /// Each that can be chosen.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As in the database and in what is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// When it is told, for people.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }
        }
    };
}

events! {
    /// A contact has proved who they are.
    VerificationSucceeded = "verification.succeeded", "A contact has proved who they are.";
    /// Somebody says that it was not them who called.
    VerificationDenied = "verification.denied", "A contact says that it was not them who called.";
    /// Microsoft holds a new password.
    ResetApplied = "reset.applied", "Microsoft has taken a new password.";
    /// Nothing was changed.
    ResetRefused = "reset.refused", "A reset was refused; nothing was changed.";
    /// A person has to decide.
    ResetStuck = "reset.stuck", "A reset is in doubt, and somebody has to decide.";
    /// One device has opened a link.
    LinkOpened = "link.opened", "A one-time link was opened.";
    /// A link's time went by.
    LinkExpired = "link.expired", "A one-time link ended unopened.";
    /// An integration stopped working.
    IntegrationFailing = "integration.failing", "An integration does not work any more.";
    /// It works again.
    IntegrationRecovered = "integration.recovered", "An integration works again.";
    /// A secret or certificate ends soon.
    SecretExpiring = "secret.expiring", "An integration’s secret or certificate ends soon.";
    /// Who may sign in, or who is who, was changed.
    PeopleChanged = "people.changed", "Who may sign in, how, or what they may do was changed.";
    /// The policy asks for less.
    PolicyLoosened = "policy.loosened", "The policy asks for less than before.";
    /// The end of the audit's chain, each hour.
    AuditHead = "audit.head", "Each hour: the end of the audit’s chain, to be kept elsewhere.";
}

/// What the test button sends; it can't be chosen.
pub const PING: &str = "ping";

impl Event {
    /// The event of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.as_str() == text)
    }

    /// What an audit entry is to webhooks; most are nothing.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        Some(match entry.act {
            Act::VerificationDone => Self::VerificationSucceeded,
            Act::VerificationDenied => Self::VerificationDenied,
            Act::ResetApplied => Self::ResetApplied,
            Act::ResetRefused => Self::ResetRefused,
            Act::ResetStuck => Self::ResetStuck,
            Act::ShareOpened => Self::LinkOpened,
            Act::ShareExpired => Self::LinkExpired,
            Act::IntegrationFailing => Self::IntegrationFailing,
            Act::IntegrationWorks => Self::IntegrationRecovered,
            Act::IntegrationExpiring => Self::SecretExpiring,
            Act::SetUpLinkMade
            | Act::SetUpDone
            | Act::AuthenticatorEnrolled
            | Act::AuthenticatorReplaced
            | Act::AuthenticatorTaken
            | Act::SecondFactorForced
            | Act::SsoLinked
            | Act::SsoUnlinked
            | Act::PersonInvited
            | Act::InvitationWithdrawn
            | Act::PersonChanged
            | Act::PersonRemoved
            | Act::PersonLinked
            | Act::PersonUnlinked => Self::PeopleChanged,
            Act::PolicyChanged if entry.loosens => Self::PolicyLoosened,
            _ => return None,
        })
    }
}

/// Names that go with ids, where an admin has asked for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Who did it.
    pub technician: Option<String>,
    /// For which customer.
    pub customer: Option<String>,
    /// About whom.
    pub contact: Option<String>,
}

/// What is told of an audit entry: ids and codes, and names only where they are given. What the entry says
/// in words stays here.
#[must_use]
pub fn data(seq: i64, entry: &Entry, names: Option<&Names>) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("audit_seq".into(), seq.into());
    if let Ok(Value::Object(told)) = serde_json::to_value(entry) {
        data.extend(told.into_iter().filter(|(name, _)| name != "about"));
    }
    if let Some(names) = names {
        let names = [
            ("technician_name", &names.technician),
            ("customer_name", &names.customer),
            ("contact_name", &names.contact),
        ];
        for (field, name) in names {
            if let Some(name) = name {
                data.insert(field.into(), name.as_str().into());
            }
        }
    }
    data
}

/// The body as it is signed and sent.
#[must_use]
pub fn body(kind: &str, at: Millis, data: Map<String, Value>) -> String {
    json!({ "type": kind, "timestamp": iso(at), "data": data }).to_string()
}

/// ISO 8601, to the millisecond.
fn iso(at: Millis) -> String {
    let whole = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000))
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (date, ms) = (whole.date(), at.0.rem_euclid(1000));
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{ms:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        whole.hour(),
        whole.minute(),
        whole.second()
    )
}

/// Events as they are stored: each with a blank before and behind it.
#[must_use]
pub fn join(events: &[Event]) -> String {
    events.iter().fold(" ".to_owned(), |all, event| all + event.as_str() + " ")
}

/// Events as they were stored. One that this version does not know is none.
#[must_use]
pub fn split(text: &str) -> Vec<Event> {
    text.split(' ').filter_map(Event::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{Code, ResetId};
    use uuid::Uuid;

    #[test]
    fn events_are_read_as_they_were_written() {
        assert_eq!(split(&join(Event::ALL)), Event::ALL);
        assert_eq!(join(&[Event::AuditHead]), " audit.head ");
        assert_eq!(split(" audit.head reset.erased "), [Event::AuditHead]);
        assert!(Event::ALL.iter().all(|event| event.words().ends_with('.')));
    }

    #[test]
    fn only_what_loosens_the_policy_is_told_of_it() {
        let entry = Entry::new(Act::PolicyChanged);
        assert_eq!(Event::of(&entry), None);
        assert_eq!(Event::of(&Entry { loosens: true, ..entry }), Some(Event::PolicyLoosened));
        assert_eq!(Event::of(&Entry::new(Act::SignedIn)), None);
    }

    #[test]
    fn ids_and_codes_go_out_and_words_stay() {
        let reset = Some(ResetId(Uuid::from_u128(7)));
        let entry = Entry { reset, ..Entry::new(Act::ResetRefused) };
        let entry = entry.because(Code::TooLate).about("+1 ••• ••23 req-9");
        let told = body("reset.refused", Millis(1_795_356_000_042), data(9, &entry, None));
        let told: Value = serde_json::from_str(&told).unwrap();
        let expected = json!({
            "type": "reset.refused",
            "timestamp": "2026-11-22T14:00:00.042Z",
            "data": {
                "audit_seq": 9, "act": "reset-refused", "code": "too-late",
                "reset": "00000000-0000-0000-0000-000000000007",
            },
        });
        assert_eq!(told, expected);
        let names = Names { contact: Some("Ada".into()), ..Names::default() };
        let told = data(9, &entry, Some(&names));
        assert_eq!((told["contact_name"].as_str(), told.get("about")), (Some("Ada"), None));
    }
}
