//! Why a call gave no answer, and what to say about it.

use shared::{Code, Problem};

use crate::words::Words;

/// A call that did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server said why.
    Problem(Problem),
    /// No answer, or none from our server: the call may or may not have arrived.
    Unheard,
    /// An answer that this version of the pod does not understand.
    Outdated,
    /// Nobody is signed in, and a new token did not help.
    SignedOut,
    /// The page that embeds the pod did not say which contact, or in no way we know.
    Misplaced,
}

impl Trouble {
    /// Whether asking again by itself, later, may help.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Problem(problem) => {
                problem.status >= 500 || matches!(problem.code, Code::TooMany | Code::LimitReached)
            }
            Self::Unheard => true,
            Self::Outdated | Self::SignedOut | Self::Misplaced => false,
        }
    }

    /// Seconds that the server asked us to wait.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            _ => None,
        }
    }

    /// Whether signing in helps.
    pub(crate) fn wants_sign_in(&self) -> bool {
        match self {
            Self::SignedOut => true,
            Self::Problem(problem) => {
                matches!(problem.code, Code::NotSignedIn | Code::SecondFactorNeeded)
            }
            _ => false,
        }
    }

    /// What happened, and what to do next. The server's own words win: it may be newer.
    pub(crate) fn sentences(&self, words: &Words) -> (String, String) {
        let (what, next) = match self {
            Self::Problem(problem) => {
                let known = problem.code.words();
                return (or(&problem.title, known.what), or(&problem.detail, known.next));
            }
            Self::Unheard => words.unheard,
            Self::Outdated => words.outdated,
            Self::SignedOut => words.signed_out,
            Self::Misplaced => words.misplaced,
        };
        (what.to_owned(), next.to_owned())
    }
}

fn or(given: &str, otherwise: &str) -> String {
    if given.is_empty() { otherwise.to_owned() } else { given.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    #[test]
    fn only_what_passes_is_asked_again() {
        let problem = |code| Trouble::Problem(Problem::new(code));
        assert!(Trouble::Unheard.passes());
        assert!(problem(Code::Internal).passes());
        assert!(problem(Code::MicrosoftUnavailable).passes());
        assert!(problem(Code::TooMany).passes());
        assert!(!problem(Code::NotFound).passes());
        assert!(!problem(Code::AccountOff).passes());
        assert!(!Trouble::SignedOut.passes());
        assert!(!Trouble::Outdated.passes());
    }

    #[test]
    fn every_trouble_says_what_and_what_next() {
        let mut all = vec![
            Trouble::Unheard,
            Trouble::Outdated,
            Trouble::SignedOut,
            Trouble::Misplaced,
            Trouble::Problem(Problem {
                title: String::new(),
                detail: String::new(),
                ..Problem::new(Code::Brake)
            }),
        ];
        all.extend(Code::ALL.iter().map(|code| Trouble::Problem(Problem::new(*code))));
        for trouble in all {
            let (what, next) = trouble.sentences(&EN);
            assert!(what.ends_with('.') && next.ends_with('.'), "{trouble:?}");
        }
    }
}
