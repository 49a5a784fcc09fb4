//! Mails to all admins about keys and webhooks. In English; they name no address and have no link, as every
//! letter here.

use super::letters::Letter;
use crate::webhooks;

/// To the admins: somebody has made a key.
pub(super) fn key_made(name: &str, by: &str, may: &str, until: &str) -> Letter {
    Letter {
        subject: format!("A key for a program was made: {}", short(name)),
        body: format!(
            "{by} has made the key \"{name}\". Until {until}, whoever holds it may: {may}. No key resets a \
             password or verifies anybody.\n\n\
             If nobody meant to do that, open Settings, API & webhooks, revoke it, and have that admin's \
             sign-in looked at.\n"
        ),
    }
}

/// To the admins: a key ends soon.
pub(super) fn key_ending(name: &str, until: &str) -> Letter {
    Letter {
        subject: format!("A key for a program ends soon: {}", short(name)),
        body: format!(
            "The key \"{name}\" ends {until}. The program that holds it is refused from then on.\n\n\
             Open Settings, API & webhooks, make a new one, give it to the program, and revoke the old one.\n"
        ),
    }
}

/// To the admins: what happens here is told elsewhere, or no more.
pub(super) fn webhook(alarm: webhooks::Alarm, at: &str) -> Letter {
    use webhooks::Alarm;
    let (subject, what) = match alarm {
        Alarm::Added => (
            "A webhook was added",
            "An admin of yours has added a webhook: what happens here is told to another system from now on",
        ),
        Alarm::Moved => (
            "A webhook leads elsewhere",
            "An admin of yours has led a webhook to another address: what happens here is told there from \
             now on, with a new signing key",
        ),
        Alarm::Wider => (
            "A webhook tells more than before",
            "An admin of yours has had a webhook tell more events than before, or names with them",
        ),
        Alarm::Off => (
            "A webhook was switched off",
            "The other side of a webhook has taken nothing for three days, or wants no more: it was \
             switched off, and what waited for it is not sent any more",
        ),
    };
    let next = match alarm {
        Alarm::Off => {
            "Open Settings, API & webhooks, test it, and switch it on again when the other side works. What \
             it missed stands in the audit, which a key can read."
        }
        _ => {
            "If nobody meant to do that, open Settings, API & webhooks, switch it off, and have that admin's \
             sign-in looked at. The audit says who did it and when."
        }
    };
    Letter { subject: subject.into(), body: format!("{what}: {at}.\n\n{next}\n") }
}

/// For a subject: one line that is not too long.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_and_what_to_do() {
        let at = "2026-11-27 09:30 UTC";
        let made = key_made("SIEM\nexport", "Ann", "read the audit", at);
        assert!(made.subject.ends_with("SIEMexport") && made.body.contains("Ann has made"));
        let letters = [
            made,
            key_ending("SIEM", at),
            webhook(webhooks::Alarm::Added, at),
            webhook(webhooks::Alarm::Moved, at),
            webhook(webhooks::Alarm::Wider, at),
            webhook(webhooks::Alarm::Off, at),
        ];
        for Letter { subject, body } in letters {
            assert!(subject.len() < 80 && !subject.contains('\n'), "{subject}");
            let next = body.contains("pen Settings, API & webhooks");
            assert!(body.contains(at) && next && !body.contains("http"), "{body}");
        }
    }
}
