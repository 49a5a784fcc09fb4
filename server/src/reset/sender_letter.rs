//! The mail to all admins about texts or mails that go out elsewhere, or not at all. In English; names no
//! address and has no link, as every letter here.

use shared::Millis;

use super::letters::Letter;
use super::words::utc;
use crate::outbound::{Mail, Mailbox};
use crate::random;
use crate::senders::{Alarm, SenderKind};
use crate::store::{MAIL_PATIENCE_MS, OutboxRow, StoreError};

/// The letter that a row of the outbox is for.
pub(super) fn of_row(row: &OutboxRow) -> Result<Letter, StoreError> {
    let alarm = row.about.as_deref().and_then(Alarm::parse);
    let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about a sender"))?;
    Ok(changed(alarm, &utc(row.give_up_at.plus(-MAIL_PATIENCE_MS))))
}

/// The same as a mail that no row is for: by the mail server that is about to go.
#[must_use]
pub fn sender_mail(alarm: Alarm, at: Millis, from: Mailbox, to: Mailbox) -> Mail {
    let Letter { subject, body } = changed(alarm, &utc(at));
    Mail { id: random::id(at), from, to, subject, body, at }
}

/// To the admins.
fn changed(alarm: Alarm, at: &str) -> Letter {
    let (Alarm::Connected(kind)
    | Alarm::Moved(kind)
    | Alarm::SwitchedOff(kind)
    | Alarm::Deleted(kind)) = alarm;
    let (whats, page) = match kind {
        SenderKind::Sms => ("texts", "Texts (SMS)"),
        SenderKind::Mail => ("mails", "Mail"),
    };
    let (subject, what) = match alarm {
        Alarm::Connected(_) => (
            format!("Your {whats} go out now"),
            format!(
                "An admin of yours has connected what sends the {whats} of the password reset: {at}. \
                 Whoever keeps that account or server can read what it sends: links, codes and \
                 notices such as this one."
            ),
        ),
        Alarm::Moved(_) => (
            format!("What sends your {whats} was changed"),
            format!(
                "An admin of yours has changed what sends the {whats} of the password reset: {at}. \
                 Whoever keeps that account or server can read what it sends: links, codes and \
                 notices such as this one."
            ),
        ),
        Alarm::SwitchedOff(_) => (
            format!("Your {whats} are switched off"),
            format!(
                "An admin of yours has switched off what sends the {whats} of the password reset: \
                 {at}. Until it is on again no {whats} go out."
            ),
        ),
        Alarm::Deleted(_) => (
            format!("What sent your {whats} was deleted"),
            format!(
                "An admin of yours has deleted what sent the {whats} of the password reset: {at}. No \
                 {whats} go out until something is connected anew."
            ),
        ),
    };
    Letter {
        subject,
        body: format!(
            "{what}\n\nIf nobody meant to do that, open Settings, Integrations, {page}, put it right, \
             and have that admin's sign-in looked at. The audit says who did it and when.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_goes_elsewhere_and_what_to_do() {
        let at = "2026-11-27 09:30 UTC";
        for (alarm, subject) in [
            (Alarm::Moved(SenderKind::Sms), "What sends your texts was changed"),
            (Alarm::Moved(SenderKind::Mail), "What sends your mails was changed"),
            (Alarm::SwitchedOff(SenderKind::Sms), "Your texts are switched off"),
            (Alarm::Deleted(SenderKind::Mail), "What sent your mails was deleted"),
        ] {
            let letter = changed(alarm, at);
            assert_eq!(letter.subject, subject);
            assert!(letter.body.contains(at) && letter.body.contains("The audit says who"));
            assert!(!letter.body.contains("http"), "{}", letter.body);
        }
    }
}
