//! Why **Password Reset** does not work now, in one sentence or two.

use shared::Finding;

use crate::words::Words;

/// What happened, with what the code can't say by itself:
/// `The app registration lacks a permission: User.ReadWrite.All.`
pub(crate) fn what(finding: &Finding) -> String {
    let what = finding.code.words().what;
    match finding.about.as_deref().map(str::trim) {
        None | Some("") => what.to_owned(),
        Some(about) => format!(
            "{}: {}.",
            what.strip_suffix('.').unwrap_or(what),
            about.strip_suffix('.').unwrap_or(about)
        ),
    }
}

/// Both sentences, for the tooltip and for screen readers. Empty when nothing is in the way.
pub(crate) fn reason(blocked: Option<&Finding>) -> String {
    blocked.map_or_else(String::new, |finding| {
        format!("{} {}", what(finding), finding.code.words().next)
    })
}

/// The confirmation's line about everything that stands in the way.
pub(crate) fn summary(findings: &[Finding], words: &Words) -> String {
    match findings.len() {
        0 => String::new(),
        count => (words.in_the_way)(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;
    use shared::Code;

    fn finding(code: Code, about: Option<&str>) -> Finding {
        Finding { code, about: about.map(Into::into) }
    }

    #[test]
    fn nothing_in_the_way_says_nothing() {
        assert_eq!(reason(None), "");
        assert_eq!(summary(&[], &EN), "");
    }

    #[test]
    fn the_reason_says_what_to_do() {
        let reason = reason(Some(&finding(Code::NotVerified, None)));
        assert!(reason.starts_with("The caller has not been verified. Send a code "), "{reason}");
    }

    #[test]
    fn a_missing_permission_is_named() {
        let code = Code::M365PermissionMissing;
        let wanted = "The app registration lacks a permission: User.ReadWrite.All.";
        assert_eq!(what(&finding(code, Some("User.ReadWrite.All"))), wanted);
        assert_eq!(what(&finding(code, Some(" User.ReadWrite.All. "))), wanted);
        assert_eq!(what(&finding(code, Some(" "))), "The app registration lacks a permission.");
    }

    #[test]
    fn one_and_several_are_counted() {
        let one = [finding(Code::NoPhone, None)];
        assert_eq!(summary(&one, &EN), "One thing is in the way");
        let two = [finding(Code::NoPhone, None), finding(Code::PersonGuest, None)];
        assert_eq!(summary(&two, &EN), "2 things are in the way");
    }
}
