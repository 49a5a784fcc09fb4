//! What a connection test found, line by line, and how bad each is; `words` says it. Pure.

use serde::{Deserialize, Serialize};
use shared::{Code, Millis};

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When.
    pub at: Millis,
    /// In the order in which it was tried.
    pub lines: Vec<Line>,
}

/// One thing that was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Line {
    /// Microsoft gave us a token.
    Token,
    /// It did not.
    NoToken {
        /// Why.
        code: Code,
        /// Microsoft's number and id.
        about: Option<String>,
    },
    /// Microsoft did not answer, or not now.
    NoAnswer,
    /// The tenant's own name.
    Tenant {
        /// As it calls itself.
        name: String,
        /// Its verified domains, in lower case: which company of a PSA it may be.
        #[serde(default)]
        domains: Vec<String>,
    },
    /// Another tenant answered than the one that was entered.
    OtherTenant,
    /// A call that needs this permission went through.
    Granted {
        /// Which.
        permission: String,
    },
    /// It was refused.
    Missing {
        /// Which.
        permission: String,
    },
    /// It can't be tried without changing something; this is what the token says.
    Claimed {
        /// Which.
        permission: String,
        /// Whether the token lists it.
        listed: bool,
    },
    /// What needs this permission was refused for another reason.
    Odd {
        /// Which.
        permission: String,
        /// What was asked.
        what: String,
        /// Why.
        code: Code,
        /// Microsoft's number and id.
        about: Option<String>,
    },
    /// What needs this permission was not answered.
    Unanswered {
        /// Which.
        permission: String,
    },
    /// The token lists a permission that nothing here needs and that is dangerous.
    TooMuch {
        /// Which.
        permission: String,
    },
    /// Setting a password would be allowed.
    MaySet,
    /// Setting a password was refused although the permission is granted.
    MayNotSet,
    /// Setting a password was refused in another way.
    SetRefused {
        /// Why.
        code: Code,
        /// What the code can't say.
        about: Option<String>,
    },
    /// Nobody was named to try it on.
    SetNotTried,
    /// The one who was named must not be reset.
    TestPersonUnfit {
        /// Why.
        code: Code,
        /// What the code can't say.
        about: Option<String>,
    },
    /// Microsoft did not say whether it is allowed.
    SetUnclear,
    /// Microsoft took a password of four digits.
    SetTaken,
    /// Neither Microsoft nor anybody here says when the secret ends.
    EndUnknown,
}

/// How bad it is.
#[derive(utoipa::ToSchema)]
#[schema(as = FindingLevel)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Nothing to do, worth knowing.
    Note,
    /// Can't be told.
    Unknown,
    /// Works, and should be looked at.
    Warn,
    /// Resets don't work.
    Bad,
}

impl Line {
    /// How bad it is. An optional permission that is missing switches something off, no more.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Line::Token | Line::Tenant { .. } | Line::Granted { .. } | Line::MaySet => Level::Ok,
            Line::Claimed { permission, listed } => match (listed, needed(permission)) {
                (true, _) => Level::Ok,
                (false, true) => Level::Bad,
                (false, false) => Level::Note,
            },
            Line::Missing { permission } if !needed(permission) => Level::Note,
            Line::SetNotTried => Level::Note,
            Line::NoAnswer | Line::Unanswered { .. } | Line::SetUnclear => Level::Unknown,
            Line::Odd { permission, .. } if !needed(permission) => Level::Note,
            Line::TooMuch { .. } | Line::TestPersonUnfit { .. } | Line::EndUnknown => Level::Warn,
            Line::NoToken { .. }
            | Line::OtherTenant
            | Line::Missing { .. }
            | Line::Odd { .. }
            | Line::MayNotSet
            | Line::SetRefused { .. }
            | Line::SetTaken => Level::Bad,
        }
    }

    /// Whether resets stop because of it: then its code.
    #[must_use]
    pub fn stops(&self) -> Option<Code> {
        match self {
            line if line.level() != Level::Bad => None,
            Line::NoToken { code, .. } | Line::Odd { code, .. } | Line::SetRefused { code, .. } => {
                Some(*code)
            }
            Line::OtherTenant => Some(Code::M365TenantUnknown),
            Line::Missing { .. } | Line::Claimed { .. } => Some(Code::M365PermissionMissing),
            Line::MayNotSet => Some(Code::M365RoleMissing),
            _ => None,
        }
    }
}

impl Line {
    /// Whether this is what a test person showed about setting a password.
    fn is_shown(&self) -> bool {
        matches!(self, Line::MaySet | Line::MayNotSet | Line::SetRefused { .. } | Line::SetTaken)
    }
}

impl Report {
    /// Where nobody was named to try a password on, what an earlier test showed still stands: a
    /// role that was missing does not come by itself. A new credential forgets it.
    pub fn keep_shown(&mut self, before: Option<&Report>) {
        let shown = before.and_then(|before| before.lines.iter().find(|line| line.is_shown()));
        let untried = self.lines.iter_mut().find(|line| **line == Line::SetNotTried);
        if let (Some(shown), Some(untried)) = (shown, untried) {
            *untried = shown.clone();
        }
    }

    /// The first reason for which resets don't work; `None` when they do, as far as was tried.
    #[must_use]
    pub fn broken(&self) -> Option<Code> {
        self.lines.iter().find_map(Line::stops)
    }

    /// In a few words, for the audit.
    #[must_use]
    pub fn in_short(&self) -> &'static str {
        match () {
            () if self.lines.contains(&Line::SetTaken) => "the test person’s password was taken",
            () if self.broken().is_some() => "does not work",
            () if self.is_unclear() => "not answered",
            () => "works",
        }
    }

    /// Whether Microsoft left something unanswered, so that the test says little.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.lines
            .iter()
            .any(|line| matches!(line, Line::NoAnswer | Line::Unanswered { .. } | Line::SetUnclear))
    }
}

fn needed(permission: &str) -> bool {
    // What we don't know is something that we need.
    crate::directory::permissions::named(permission).is_none_or(|it| it.needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::permissions::ALL;

    #[test]
    fn only_what_resets_need_stops_them() {
        let broken = |line: Line| Report { at: Millis(0), lines: vec![Line::Token, line] }.broken();
        for permission in ALL {
            let stops = permission.needed.then_some(Code::M365PermissionMissing);
            assert_eq!(broken(Line::Missing { permission: permission.name.into() }), stops);
            let listed = Line::Claimed { permission: permission.name.into(), listed: false };
            assert_eq!(broken(listed), stops);
        }
        assert_eq!(broken(Line::NoAnswer), None);
        assert_eq!(broken(Line::SetNotTried), None);
        assert_eq!(broken(Line::MayNotSet), Some(Code::M365RoleMissing));
        let refused = Line::NoToken { code: Code::M365SecretExpired, about: None };
        assert_eq!(broken(refused), Some(Code::M365SecretExpired));
    }
    #[test]
    fn what_a_test_person_showed_stands_until_the_next_one() {
        let report = |lines: &[Line]| Report { at: Millis(0), lines: lines.to_vec() };
        let kept = |before: &[Line], now: &[Line]| {
            let mut now = report(now);
            now.keep_shown(Some(&report(before)));
            now.lines
        };
        let not = [Line::Token, Line::SetNotTried];
        assert_eq!(kept(&[Line::MayNotSet], &not), [Line::Token, Line::MayNotSet]);
        assert_eq!(kept(&[Line::MaySet], &not), [Line::Token, Line::MaySet]);
        assert_eq!(kept(&[Line::MayNotSet], &[Line::MaySet]), [Line::MaySet]);
        assert_eq!(kept(&[Line::SetUnclear], &not), not);
        assert_eq!(kept(&[Line::MaySet], &[Line::NoAnswer]), [Line::NoAnswer]);
    }
}
