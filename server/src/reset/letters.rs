//! What notification mails say. Plain text; never a password, a code, a link, or a phone in full. A
//! mail with a link in it would teach people to follow links in such mails. The person and whom they
//! report to read it in their language, admins in English.

use shared::Code;

use super::words::utc;
use crate::directory::ProofKind;
use crate::integration::health::EndFrom;
use crate::language::{self, Done, Language};
use crate::store::{Numbers, Reset, Verification};
use crate::verification;

/// A mail's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) body: String,
}

impl From<language::Mail> for Letter {
    fn from(language::Mail { subject, body }: language::Mail) -> Self {
        Self { subject, body }
    }
}

/// To the person, right after Microsoft took the new password.
pub(super) fn person(brand: &str, reset: &Reset, language: Language) -> Letter {
    language.mail_to_person(&done(brand, reset)).into()
}

/// To whom the person reports. They can ask; they are told nothing that helps to sign in.
pub(super) fn manager(brand: &str, reset: &Reset, name: &str, language: Language) -> Letter {
    language.mail_to_manager(&done(brand, reset), name).into()
}

fn done<'a>(brand: &'a str, reset: &'a Reset) -> Done<'a> {
    Done {
        brand,
        person: &reset.person,
        by: &reset.technician_name,
        phone: &reset.phone_masked,
        at: reset.applied_at.unwrap_or(reset.asked_at),
    }
}

/// To the admins: a reset that only a person can end.
pub(super) fn stuck(reset: &Reset, ticket: Option<&str>) -> Letter {
    let person = &reset.person;
    Letter {
        subject: format!("A password reset for {person} needs somebody"),
        body: format!(
            "We can’t tell whether Microsoft took the new password of {person}.\n\n{}\n\
             Open the contact. Either reset the password again with a new verification, or give \
             this reset up. Until then {person} may not be able to sign in.\n",
            facts(reset, ticket)
        ),
    }
}

/// To the admins: somebody else had the link too.
pub(super) fn late(reset: &Reset, ticket: Option<&str>, at: &str) -> Letter {
    let person = &reset.person;
    Letter {
        subject: format!("Somebody tried the link for {person} a second time"),
        body: format!(
            "Another device tried the one-time link for {person} after it was opened, {at}. It \
             was told nothing.\n\n{}\n\
             Ask {person} whether that was them, with a phone and a computer perhaps. If it was \
             not, somebody else has seen the text: reset the password again, to another phone.\n",
            facts(reset, ticket)
        ),
    }
}

/// To the admins: whoever had the link guessed at the unlock code.
pub(super) fn locked(reset: &Reset, ticket: Option<&str>, at: &str) -> Letter {
    let person = &reset.person;
    Letter {
        subject: format!("Five wrong unlock codes closed the link for {person}"),
        body: format!(
            "Somebody who has the one-time link for {person} entered five wrong unlock codes, the \
             last {at}. The link is closed; the password was not shown.\n\n{}\n\
             Ask {person} whether that was them. If it was not, somebody else has the text: speak to \
             the caller that was verified before a new link is sent, and send it to another phone.\n",
            facts(reset, ticket)
        ),
    }
}

/// To the admins: somebody may be posing as the person.
pub(super) fn denied(v: &Verification, contact: &str, at: &str) -> Letter {
    let ticket = v.ticket_number.as_ref().map(|it| format!("Ticket: {it}\n")).unwrap_or_default();
    let (whose, said) = match &v.voucher_name {
        Some(voucher) => (format!("{voucher}, who was to vouch for {contact},"), voucher.as_str()),
        None => (contact.to_owned(), contact),
    };
    Letter {
        subject: format!("{} says that it was not them who called", short(said)),
        body: format!(
            "{whose} was asked whether they are talking to your help desk, and said no, {at}. The \
             verification has failed; no password was reset by it.\n\n\
             Person: {contact}\nAsked for by: {}, {}\n{}: {}\n{ticket}\n\
             Somebody may be posing as them. Speak to the technician, end that call, and ring \
             {contact} on a number that you know.\n",
            v.technician_name,
            utc(v.sent_at),
            verification::by(v.channel),
            v.masked,
        ),
    }
}

/// To the admins: several resets in a short time.
pub(super) fn repeats(reset: &Reset, ticket: Option<&str>, of: Option<Code>) -> Letter {
    let person = &reset.person;
    let by = &reset.technician_name;
    let (subject, what) = match of == Some(Code::PersonRepeats) {
        true => (
            format!("Several password resets for {}", short(person)),
            format!("Another password for {person} was asked for after one was set within a day."),
        ),
        false => (
            format!("Many password resets by {}", short(by)),
            format!("{by} has asked for many password resets within an hour."),
        ),
    };
    Letter {
        subject,
        body: format!(
            "{what} The technician was told so and went on.\n\n{}\n\
             Somebody who calls again and again may be trying what your help desk lets them do. Ask \
             the technician, and {person} on a number that you know.\n",
            facts(reset, ticket)
        ),
    }
}

/// To the admins: the brake is on.
pub(super) fn brake(brand: &str, at: &str) -> Letter {
    Letter {
        subject: "Password resets are stopped".into(),
        body: format!(
            "More passwords were to be reset within an hour than {brand} allows. Further resets \
             are stopped since {at}, until that hour is over.\n\n\
             So many may be an attack: somebody who has a technician’s sign-in, or who talks to \
             your help desk in other people’s names. Look at who asked for the last ones and for \
             whom before you go on.\n"
        ),
    }
}

/// To the admins: a credential is about to end, or has ended as far as anybody knows.
pub(super) fn expiring(
    name: &str,
    customer: &str,
    ends: &str,
    days: i64,
    (proof, from): (ProofKind, EndFrom),
) -> Letter {
    let when = match days {
        ..0 => "has ended".to_owned(),
        0 => "ends today".to_owned(),
        1 => "ends tomorrow".to_owned(),
        days => format!("ends in {days} days"),
    };
    let (what, make) = match proof {
        ProofKind::Secret => (
            "secret",
            format!(
                "Make a new one in the app registration in the customer’s tenant, then open \
                 Settings, Integrations, \"{name}\", and replace the client secret."
            ),
        ),
        ProofKind::Certificate => (
            "certificate",
            format!(
                "Open Settings, Integrations, \"{name}\", make a new certificate there and upload \
                 it in the customer’s tenant."
            ),
        ),
    };
    let stays = "The old one stays in use until Microsoft accepts the new one.";
    // A date that somebody has typed is no more than what they knew.
    let body = if days < 0 && from == EndFrom::Typed {
        format!(
            "By the date that is stored here, the {what} of the integration \"{name}\" for \
             {customer} {when}: {ends}. Microsoft may still take it. Make a new one now, or correct \
             the date.\n\n{make} {stays}\n"
        )
    } else if days < 0 {
        format!(
            "The {what} of the integration \"{name}\" for {customer} {when}: {ends}. Microsoft may \
             refuse it from now on, and then no password of {customer} can be reset here.\n\n\
             {make} {stays}\n"
        )
    } else {
        format!(
            "The {what} of the integration \"{name}\" for {customer} {when}: {ends}.\n\n\
             When it has ended, no password of {customer} can be reset here. {make} {stays}\n"
        )
    };
    Letter { subject: format!("Microsoft 365 {what} for {} {when}", short(customer)), body }
}

/// To the admins: a tenant's connection does not work any more.
pub(super) fn failing(name: &str, customer: &str, why: &str, next: &str) -> Letter {
    Letter {
        subject: format!("Password resets for {} do not work", short(customer)),
        body: format!(
            "The integration \"{name}\" for {customer} does not work any more. {why} {next}\n\n\
             Until it is mended, no password of {customer} can be reset here. Open Settings, \
             Integrations, \"{name}\": it shows each finding with what to do about it.\n"
        ),
    }
}

/// To the admins: what protected people at a customer does so no more.
pub(super) fn loosened(name: &str, customer: &str) -> Letter {
    Letter {
        subject: format!("Who may be reset at {} was changed", short(customer)),
        body: format!(
            "An admin of yours has changed the protected group of the integration \"{name}\" for \
             {customer}, or led it to another tenant. Whoever was protected by the group before may \
             be reset now.\n\n\
             If nobody meant to do that, open Settings, Integrations, \"{name}\", and put it right. \
             The audit says who did it and when.\n"
        ),
    }
}

/// To the admins: an import brings numbers that callers may be verified by. `key`: of the program that sent it,
/// where it was no file of an admin's; a program may bring other addresses, too.
pub(super) fn numbers(numbers: Numbers, key: Option<&str>, at: &str) -> Letter {
    let contacts = |count: usize| match count {
        1 => "1 contact".to_owned(),
        count => format!("{count} contacts"),
    };
    let (by, other, what_now) = match key {
        None => (
            "An admin of yours has imported a file of contacts".to_owned(),
            "other phone numbers",
            "import the right numbers under Contacts, and have that admin's sign-in looked at",
        ),
        Some(key) => (
            format!("Within an hour a program has sent contacts with your {key}"),
            "other phone numbers or another address",
            "revoke that key under Settings, API & webhooks, and have the right cards sent",
        ),
    };
    let before = |count: usize| match count {
        1 => format!("who was there before has {other} now"),
        _ => format!("who were there before have {other} now"),
    };
    let fresh = |count: usize| match count {
        1 => "with phone numbers was not there before",
        _ => "with phone numbers were not there before",
    };
    let (who, have) = match numbers {
        Numbers { new: 0, other } => (contacts(other), before(other)),
        Numbers { new, other: 0 } => (contacts(new), fresh(new).to_owned()),
        Numbers { new, other } => {
            (contacts(other), format!("{}, and {} {}", before(other), contacts(new), fresh(new)))
        }
    };
    let subject = match numbers.other {
        0 => format!("An import added {} with phone numbers", contacts(numbers.new)),
        other => format!("An import changed the cards of {}", contacts(other)),
    };
    Letter {
        subject,
        body: format!(
            "{by}: {at}. {who} {have}. Codes and links to verify a caller go to numbers on the card, where \
             your policy takes these.\n\n\
             If nobody meant to do that, {what_now}. The audit says who did it and when.\n"
        ),
    }
}

/// For a subject: one line that is not too long.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(30).collect()
}

fn facts(reset: &Reset, ticket: Option<&str>) -> String {
    let ticket = ticket.map(|number| format!("Ticket: {number}\n")).unwrap_or_default();
    let asked_at = utc(reset.asked_at);
    format!(
        "Person: {}\nAsked for by: {}, {asked_at}\nPhone: {}\n{ticket}",
        reset.person, reset.technician_name, reset.phone_masked
    )
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::staged;
    use super::*;

    fn reset() -> Reset {
        Reset {
            person: "Zoë Übel".into(),
            phone_masked: "+1 ••• •••-••23".into(),
            unlock_sealed: Some(b"424242".to_vec()),
            applied_at: Some(shared::Millis(1_795_356_300_000)),
            ..staged()
        }
    }

    #[test]
    fn each_says_who_when_and_what_to_do() {
        let (reset, at) = (reset(), "2026-11-22 14:05 UTC");
        let ticket = Some("48213");
        let check = |letter: Letter, says: &[&str]| {
            assert!(!letter.subject.contains('\n') && letter.subject.len() < 80);
            for word in says {
                assert!(letter.body.contains(word), "{word}: {}", letter.body);
            }
            let all = letter.body + &letter.subject;
            assert!(!all.contains("http") && !all.contains("424242"), "{all}");
        };
        let en = Language::En;
        let hers = person("Brightline IT", &reset, en);
        check(hers, &["Zoë", "Ann of Brightline IT", "••23", "call", at]);
        check(
            manager("Brightline IT", &reset, "Mo Manager", en),
            &["Hello Mo Manager", "Zoë Übel", "Ann of Brightline IT", "Ask", "call", at],
        );
        assert!(manager("B", &reset, "", en).body.starts_with("Hello,"));
        for language in Language::ALL {
            let to_them = person("Brightline IT", &reset, language);
            check(to_them, &["Zoë Übel", "Ann", "Brightline IT", "••23", "14:05 UTC"]);
            let to_boss = manager("Brightline IT", &reset, "Mo", language);
            assert!(!to_boss.body.contains("••23"), "their phone is not the manager's");
            check(to_boss, &["Mo", "Zoë Übel", "Ann", "Brightline IT", "14:05 UTC"]);
        }
        check(stuck(&reset, ticket), &["Zoë", "48213", "Asked for by: Ann", "give this reset up"]);
        check(late(&reset, ticket, at), &["Zoë", "48213", at, "told nothing"]);
        check(brake("Brightline IT", at), &["Brightline IT", at, "attack"]);
        let v = Verification {
            technician_name: "Ann".into(),
            ticket_number: Some("48213".into()),
            masked: "••23".into(),
            ..verification::good()
        };
        check(
            denied(&v, "Zoë Übel", at),
            &["Zoë Übel was asked", "said no", "48213", "Ann", "••23"],
        );
        let vouched = Verification { voucher_name: Some("Grace".into()), ..v };
        check(denied(&vouched, "Zoë", at), &["Grace, who was to vouch for Zoë, was asked"]);
        let of_person = repeats(&reset, ticket, Some(Code::PersonRepeats));
        check(of_person, &["password for Zoë Übel was asked for", "48213"]);
        let by_one = repeats(&reset, None, Some(Code::TechnicianRepeats));
        check(by_one, &["Ann has asked for many password resets"]);
        let long = "Northwind Dental and Partners of the Northern Lakes";
        let ending = |days, proof, from| expiring("M365", long, at, days, (proof, from));
        let (secret, certificate) = (ProofKind::Secret, ProofKind::Certificate);
        let typed = EndFrom::Typed;
        check(
            ending(14, secret, typed),
            &["secret of the", "M365", long, at, "in 14 days", "replace the client secret"],
        );
        check(ending(0, secret, typed), &["ends today", "When it has ended, no password"]);
        check(
            ending(-2, secret, typed),
            &["date that is stored here", "has ended", "may still take it", "correct the date"],
        );
        check(ending(-2, secret, EndFrom::Record), &["has ended", "may refuse it"]);
        assert!(!ending(-2, secret, EndFrom::Record).body.contains("correct"));
        check(
            ending(14, certificate, EndFrom::Record),
            &["certificate of the", "make a new certificate there and upload", "stays in use"],
        );
        let by_certificate = ending(14, certificate, EndFrom::Record).body;
        assert!(!by_certificate.contains("secret"), "{by_certificate}");
        check(failing("M365", long, "It is so.", "Do that."), &[long, "It is so. Do that."]);
        assert!(!stuck(&reset, None).body.contains("Ticket"));
    }

    #[test]
    fn an_imports_numbers_are_counted_in_words() {
        let letter = |other, new| numbers(Numbers { new, other }, None, "today");
        assert_eq!(letter(1, 2).subject, "An import changed the cards of 1 contact");
        assert_eq!(letter(0, 2).subject, "An import added 2 contacts with phone numbers");
        for (other, new, says) in [
            (1, 0, "1 contact who was there before has other phone numbers now. Codes"),
            (0, 2, "today. 2 contacts with phone numbers were not there before. Codes"),
            (3, 1, "numbers now, and 1 contact with phone numbers was not there before. Codes"),
        ] {
            let body = letter(other, new).body;
            assert!(body.contains(says), "{says}: {body}");
        }
        let sent = numbers(Numbers { new: 0, other: 2 }, Some("key mspr_x"), "today").body;
        assert!(
            sent.contains("your key mspr_x: today. 2 contacts who were there before have other")
        );
        assert!(sent.contains("or another address now") && sent.contains("revoke that key"));
        assert_eq!(Numbers::parse("7"), Numbers { new: 0, other: 7 }, "a row of an older version");
    }
}
