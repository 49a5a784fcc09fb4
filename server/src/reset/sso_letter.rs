//! The mail to all admins about how technicians sign in. In English; names no address and has no link, as
//! every letter here.

use super::letters::Letter;
use crate::sign_in::sso::Alarm;

/// To the admins: others may come in from now on, or with less asked of them.
pub(super) fn changed(alarm: &Alarm, at: &str) -> Letter {
    let (subject, what) = match alarm {
        Alarm::Added => (
            "Single sign-on was connected",
            format!(
                "An admin of yours has connected an issuer for single sign-on: {at}. Technicians who link \
                 themselves can sign in there from now on."
            ),
        ),
        Alarm::Moved => (
            "Single sign-on leads elsewhere",
            format!(
                "An admin of yours has led single sign-on to another issuer, or to another application \
                 there: {at}. Nobody is linked any more; technicians link themselves anew."
            ),
        ),
        Alarm::Looser(names) => {
            let words = |name: &&str| Alarm::LOOSER.iter().find(|(known, _)| known == name);
            let what: Vec<&str> = names.iter().filter_map(words).map(|(_, words)| *words).collect();
            (
                "Sign-in asks for less than before",
                format!(
                    "An admin of yours has changed single sign-on: {at}. From now on {}.",
                    what.join("; ")
                ),
            )
        }
        Alarm::PasswordsAgain => (
            "Passwords are taken again",
            format!(
                "An admin of yours has switched off or deleted single sign-on, which was the only way to \
                 sign in: {at}. Technicians sign in with their passwords again."
            ),
        ),
    };
    Letter {
        subject: subject.to_owned(),
        body: format!(
            "{what}\n\nIf nobody meant to do that, open Settings, Sign-in, and put it right, and have that \
             admin's sign-in looked at. The audit says who did it and when.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_and_what_to_do() {
        let at = "2026-11-27 09:30 UTC";
        let looser = Alarm::Looser(Alarm::LOOSER.iter().map(|(name, _)| *name).collect());
        for alarm in [Alarm::Added, Alarm::Moved, looser.clone(), Alarm::PasswordsAgain] {
            let Letter { subject, body } = changed(&alarm, at);
            assert!(!subject.is_empty() && body.contains(at), "{body}");
            assert!(body.contains("open Settings, Sign-in") && !body.contains("http"), "{body}");
        }
        let body = changed(&looser, at).body;
        for (_, words) in Alarm::LOOSER {
            assert!(body.contains(words), "{words}");
        }
    }
}
