//! The mail to all admins about a PSA that leads elsewhere, is gone, or is listed on our own pages. In English; names no address and
//! has no link, as every letter here.

use super::letters::Letter;
use crate::psa::Alarm;

/// To the admins: tickets, contacts and notes of theirs come from elsewhere from now on, or from nowhere.
pub(super) fn changed(alarm: Alarm, at: &str) -> Letter {
    let (subject, what, mend) = match alarm {
        Alarm::Moved(kind) => (
            format!("{} leads elsewhere", kind.name()),
            format!(
                "An admin of yours has led the integration {} to another system, or there as somebody \
                 else: {at}. Who calls is read there from now on, and notes go there. Which customers its \
                 companies are was forgotten, and so was who your technicians are there.",
                kind.name()
            ),
            format!("open Settings, Integrations, {}, and put it right", kind.name()),
        ),
        Alarm::Deleted(kind) => (
            format!("{} was deleted", kind.name()),
            format!(
                "An admin of yours has deleted the integration {}: {at}. Its pods are signed out, its \
                 companies are forgotten, and notes do not go there any more.",
                kind.name()
            ),
            "connect it anew under Settings, Integrations".to_owned(),
        ),
        Alarm::Listed(kind) => (
            format!("{} is listed on our own pages", kind.name()),
            format!(
                "An admin of yours has switched on that our own pages list what is in {}: {at}. Everybody \
                 who may use these pages sees its ticket numbers, summaries and contact names from now on, \
                 also of tickets that {} itself does not show them.",
                kind.name(),
                kind.name()
            ),
            format!("switch it off under Settings, Integrations, {}", kind.name()),
        ),
    };
    Letter {
        subject,
        body: format!(
            "{what}\n\nIf nobody meant to do that, {mend}, and have that admin's sign-in looked at. The \
             audit says who did it and when.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psa::PsaKind;

    #[test]
    fn it_says_which_what_and_what_to_do() {
        let at = "2026-11-27 09:30 UTC";
        let said = |alarm| {
            let Letter { subject, body } = changed(alarm, at);
            assert!(body.contains(at) && body.contains("The audit says who"), "{body}");
            assert!(!body.contains("http"), "{body}");
            (subject, body)
        };
        let (subject, body) = said(Alarm::Moved(PsaKind::Halo));
        assert_eq!(subject, "HaloPSA leads elsewhere");
        assert!(body.contains("open Settings, Integrations, HaloPSA, and put it right"), "{body}");
        let (subject, body) = said(Alarm::Listed(PsaKind::ConnectWise));
        assert_eq!(subject, "ConnectWise PSA is listed on our own pages");
        assert!(body.contains("Everybody who may use these pages sees"), "{body}");
        assert!(body.contains("switch it off under Settings"), "{body}");
        let (subject, body) = said(Alarm::Deleted(PsaKind::ConnectWise));
        assert!(subject.ends_with("was deleted"));
        assert!(body.contains("connect it anew"), "{body}");
    }
}
