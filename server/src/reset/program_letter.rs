//! Mails to all admins about keys and webhooks. In English; they name no address and have no link, as every
//! letter here.

use super::letters::Letter;
use crate::webhooks;

/// To the admins: somebody has made a key.
pub(super) fn key_made(name: &str, by: &str, may: &str, until: &str, revoked: bool) -> Letter {
    let since = if revoked { " It has been revoked since." } else { "" };
    Letter {
        subject: format!("A key for a program was made: {}", short(name)),
        body: format!(
            "{by} has made the key \"{name}\". Until {until}, whoever holds it may: {may}. No key resets a \
             password or verifies anybody.{since}\n\n\
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
        Alarm::Narrower => (
            "A webhook tells less than before",
            "An admin of yours has had a webhook tell fewer events than before, or no names any more",
        ),
        Alarm::Otherwise => (
            "A webhook tells other things than before",
            "An admin of yours has had a webhook tell other things than before: some more, and some not any \
             more",
        ),
        Alarm::Rekeyed => (
            "A webhook has a new signing key",
            "An admin of yours has given a webhook a new signing key: whoever has it can sign what looks \
             as if it came from here",
        ),
        Alarm::SwitchedOn => (
            "A webhook was switched on",
            "An admin of yours has switched a webhook on: what happens here is told there from now on",
        ),
        Alarm::SwitchedOff => (
            "A webhook was switched off",
            "An admin of yours has switched a webhook off: nothing is told there any more",
        ),
        Alarm::Deleted => (
            "A webhook was deleted",
            "An admin of yours has deleted a webhook: nothing is told there any more",
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
        Alarm::Added | Alarm::Moved | Alarm::Wider | Alarm::SwitchedOn => {
            "If nobody meant to do that, open Settings, API & webhooks, switch it off, and have that admin's \
             sign-in looked at. The audit says who did it and when."
        }
        Alarm::Narrower
        | Alarm::Otherwise
        | Alarm::Rekeyed
        | Alarm::SwitchedOff
        | Alarm::Deleted => {
            "If nobody meant to do that, open Settings, API & webhooks, set it right, and have that admin's \
             sign-in looked at. The audit says who did it and when, and what was not told meanwhile."
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
        let made = key_made("SIEM\nexport", "Ann", "read the audit", at, true);
        assert!(made.subject.ends_with("SIEMexport") && made.body.contains("Ann has made"));
        assert!(made.body.contains("revoked since"));
        let alarms = webhooks::Alarm::ALL.into_iter().map(|alarm| webhook(alarm, at));
        let letters = [made, key_ending("SIEM", at)].into_iter().chain(alarms);
        for Letter { subject, body } in letters {
            assert!(subject.len() < 80 && !subject.contains('\n'), "{subject}");
            let next = body.contains("pen Settings, API & webhooks");
            assert!(body.contains(at) && next && !body.contains("http"), "{body}");
        }
    }
}
