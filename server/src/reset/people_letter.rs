//! Mails to the MSP's own people: the one-time links that they ask for or are invited by, what was changed
//! about their sign-in, and to all admins what was changed about people. In English. Only the first have a
//! link, because somebody waits for it; the others name none, so that nobody learns to follow links in such
//! mails.

use super::Resets;
use super::letters::Letter;
use super::words::utc;
use crate::sign_in::links::{self, LinkKind};
use crate::store::{MAIL_PATIENCE_MS, MailKind, OutboxKind, OutboxRow, StoreError};
use crate::team::Alarm;

impl Resets {
    /// What a mail to one of our own people says; `None` when there is nothing to be said any more.
    pub(super) async fn letter_to_people(
        &self,
        row: &OutboxRow,
        to: &str,
        brand: &str,
    ) -> Result<Option<Letter>, StoreError> {
        let about = row.about.as_deref().unwrap_or_default();
        let at = utc(row.give_up_at.plus(-MAIL_PATIENCE_MS));
        match row.kind {
            OutboxKind::Mail(MailKind::Link) => {
                let kind = LinkKind::parse(about);
                let (Some(kind), Some(sealed)) = (kind, row.token_sealed.as_deref()) else {
                    return Ok(None);
                };
                let origin = &self.settings.server.origin;
                let link = links::open(&self.store.keys, row.account, row.id, sealed, origin)
                    .map_err(|_| StoreError::Inconsistent("a link's token does not open"))?;
                Ok(Some(with_link(kind, to, brand, link.expose())))
            }
            OutboxKind::Mail(MailKind::SignIn) => Ok(own_sign_in(about, to, brand, &at)),
            OutboxKind::Mail(MailKind::Team) => {
                let alarm = Alarm::parse(about);
                let alarm = alarm.ok_or(StoreError::Inconsistent("a mail about people"))?;
                let whom = match alarm.whom() {
                    Some(id) => self.store.person(row.account, id).await?.map(|it| it.name),
                    None => None,
                };
                let whom = whom.unwrap_or_else(|| "Somebody".into());
                Ok(Some(team(&alarm, &whom, &at)))
            }
            _ => Err(StoreError::Inconsistent("another mail among people's")),
        }
    }
}

/// A link that somebody waits for.
fn with_link(kind: LinkKind, to: &str, brand: &str, link: &str) -> Letter {
    match kind {
        LinkKind::Invitation => Letter {
            subject: format!("{brand} invites you to Password Reset"),
            body: format!(
                "Hello {to},\n\nan admin of {brand} has added you to Password Reset, which your help \
                 desk verifies callers and resets passwords with. Choose your password here:\n\n{link}\n\n\
                 The link works once, for 7 days; after that ask for another. Then you set up an \
                 authenticator app on your phone.\n\nIf you do not expect this, do nothing, and tell \
                 an admin.\n"
            ),
        },
        LinkKind::Forgotten => Letter {
            subject: "Choose a new password for Password Reset".into(),
            body: format!(
                "Hello {to},\n\nsomebody, you perhaps, says that you have forgotten your password for \
                 Password Reset at {brand}. Choose a new one here:\n\n{link}\n\n\
                 The link works once, for an hour, and only the newest does. You will be asked for a \
                 code from your authenticator as always.\n\nIf it was not you, do nothing: your \
                 password stays as it is.\n"
            ),
        },
    }
}

/// What was changed about somebody's own sign-in; `None` for what nobody writes.
fn own_sign_in(about: &str, to: &str, brand: &str, at: &str) -> Option<Letter> {
    let (subject, what) = match about.split_once(' ').unwrap_or((about, "")) {
        ("password", _) => (
            "Your password was changed",
            "Your password was changed. Wherever else you were signed in, you are signed out.".to_owned(),
        ),
        ("sso-linked", _) => (
            "Single sign-on was connected to you",
            "Whoever signs in at your company's issuer as the person that was connected just now comes in \
             as you."
                .into(),
        ),
        ("sso-unlinked", _) => (
            "Single sign-on is no longer connected to you",
            "Nobody comes in as you by single sign-on any more; wherever you were signed in, you are signed \
             out."
                .into(),
        ),
        ("recovery", left) => {
            let next = match left {
                "0" => "None is left: make new ones now, under your name at the top of each page.",
                "1" | "2" | "3" => "Make new ones soon, under your name at the top of each page.",
                _ => "If your phone is lost, set up another authenticator under your name.",
            };
            (
                "A recovery code was used",
                format!("A recovery code stood in for your authenticator; {left} left. {next}"),
            )
        }
        ("codes", _) => (
            "You have new recovery codes",
            "New recovery codes were made for you. The ones before them do not work any more.".into(),
        ),
        ("authenticator", _) => (
            "Your authenticator was replaced",
            "Another authenticator was set up in place of yours. Its codes and new recovery codes count \
             from now on; wherever else you were signed in, you are signed out."
                .into(),
        ),
        ("customers", which) => (
            "You have other customers now",
            format!(
                "An admin of yours has said which customers you have, and there are some among them that \
                 you did not have before. Now: {which}."
            ),
        ),
        ("taken", _) => (
            "Your authenticator was taken away",
            "An admin has taken your authenticator away, and your recovery codes with it. You are signed \
             out, and set up another authenticator when you next sign in."
                .into(),
        ),
        _ => return None,
    };
    Some(Letter {
        subject: subject.into(),
        body: format!(
            "Hello {to},\n\n{what}\n\nAt: {at}\nWhere: Password Reset, {brand}\n\nIf it was not you, and \
             nobody told you so, call an admin of yours now: somebody may be signing in as you.\n"
        ),
    })
}

/// To the admins: people may do other things than before, or a second factor is gone.
fn team(alarm: &Alarm, whom: &str, at: &str) -> Letter {
    let short: String = whom.chars().filter(|c| !c.is_control()).take(30).collect();
    let (subject, what) = match alarm {
        Alarm::Invited(_) => (
            format!("{short} was invited"),
            format!("An admin of yours has invited {whom} to Password Reset: {at}."),
        ),
        Alarm::Changed(_, words) => (
            format!("What {short} may do was changed"),
            format!("An admin of yours has changed what {whom} may do: {at}.\n\nNow {words}."),
        ),
        Alarm::AuthenticatorTaken(_) => (
            format!("The authenticator of {short} was taken away"),
            format!(
                "An admin of yours has taken away the authenticator of {whom}, who sets up another at the \
                 next sign-in: {at}. Until then their password alone is enough to do so."
            ),
        ),
        Alarm::Removed(_) => (
            format!("{short} was removed"),
            format!("An admin of yours has removed {whom} from Password Reset: {at}."),
        ),
        Alarm::MfaFreed => (
            "A second factor is not asked of everybody any more".to_owned(),
            format!(
                "An admin of yours has switched off that everybody needs a second factor: {at}. It is \
                 asked only of those for whom it is switched on, and a reset still needs one."
            ),
        ),
    };
    Letter {
        subject,
        body: format!(
            "{what}\n\nIf nobody meant to do that, open Settings, Team, and put it right, and have that \
             admin's sign-in looked at. The audit says who did it and when.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use shared::TechnicianId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_link_is_in_the_two_that_somebody_waits_for() {
        for kind in [LinkKind::Invitation, LinkKind::Forgotten] {
            let Letter { subject, body } =
                with_link(kind, "Ann", "Brightline IT", "https://x/set-up#t");
            assert!(
                body.contains("\n\nhttps://x/set-up#t\n\n") && !subject.contains("http"),
                "{body}"
            );
            assert!(body.contains("Brightline IT") && body.contains("works once"), "{body}");
        }
    }

    #[test]
    fn each_change_says_what_and_what_to_do() {
        let at = "2026-11-27 09:30 UTC";
        for about in ["password", "recovery 9", "codes", "authenticator", "taken"] {
            let Letter { body, .. } = own_sign_in(about, "Ann", "Brightline IT", at).unwrap();
            assert!(body.contains(at) && body.contains("call an admin"), "{body}");
            assert!(!body.contains("http"), "{body}");
        }
        let said = |left: &str| own_sign_in(left, "Ann", "B", at).unwrap().body;
        assert!(said("recovery 0").contains("None is left"));
        assert!(said("recovery 3").contains("3 left. Make new ones soon"));
        assert!(own_sign_in("else", "Ann", "B", at).is_none());
        let id = TechnicianId(Uuid::nil());
        for alarm in [
            Alarm::Invited(id),
            Alarm::Changed(id, "role: admin".into()),
            Alarm::AuthenticatorTaken(id),
            Alarm::Removed(id),
            Alarm::MfaFreed,
        ] {
            let Letter { subject, body } = team(&alarm, "Zoë Übel", at);
            assert!(body.contains(at) && body.contains("The audit says who"), "{body}");
            assert!(subject.len() < 80 && !body.contains("http"), "{body}");
            assert_eq!(alarm.whom().is_some(), body.contains("Zoë Übel"));
        }
    }
}
