//! What came of it, and what must never come of it. Knows answers and what is remembered, no server.

use std::fmt;

use shared::Outcome;

use super::variant::{Said, Variant};
use crate::race::rush::Answer;

/// A broken promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Finding {
    /// It was verified so often.
    Verified(usize),
    /// Nobody was verified, and somebody must have been.
    Lost,
    /// So many wrong answers were tried, more than it allows.
    Beyond(usize),
    /// Somebody with a wrong answer was told yes.
    WrongTaken,
    /// An answer that fits nothing.
    Odd(String),
    /// What is remembered is something else.
    Remembered(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified(times) => write!(f, "verified {times} times"),
            Self::Lost => f.write_str("the right answer was lost"),
            Self::Beyond(tries) => write!(f, "{tries} wrong answers were tried"),
            Self::WrongTaken => f.write_str("a wrong answer was taken"),
            Self::Odd(said) => write!(f, "an odd answer: {said}"),
            Self::Remembered(what) => write!(f, "remembered otherwise: {what}"),
        }
    }
}

/// What is remembered after a round.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    pub(super) outcome: Outcome,
    pub(super) tries_left: u32,
    /// Entries of the audit.
    pub(super) done: usize,
    pub(super) wrong: usize,
    pub(super) denied: usize,
}

/// Looks at each answer, and at what is remembered.
pub(super) fn judge(
    variant: Variant,
    said: &[Said],
    answers: &[Answer],
    right: &str,
    after: &After,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut wrong_told = 0;
    for (said, answer) in said.iter().zip(answers) {
        let is_right = matches!(said, Said::Digits(digits) if digits == right);
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        match (answer.status, code.as_str()) {
            (200..=204, _) if is_right || *said == Said::NotMe => {}
            (200..=204, _) => findings.push(Finding::WrongTaken),
            (422, "code-wrong") if !is_right => wrong_told += 1,
            (410, _) => {}
            (status, _) => findings.push(Finding::Odd(format!("{status} {}", answer.body))),
        }
    }
    if after.done > 1 {
        findings.push(Finding::Verified(after.done));
    }
    let allowed = variant.tries() as usize;
    let tried = after.wrong.max(wrong_told);
    if tried > allowed {
        findings.push(Finding::Beyond(tried));
    }
    let nobody = variant_must_verify(variant) && after.done == 0;
    if nobody {
        findings.push(Finding::Lost);
    }
    let fits = match after.outcome {
        Outcome::Verified => after.done == 1 && after.denied == 0,
        // Also a success that was a moment faster is taken back.
        Outcome::Denied => after.done <= 1 && after.denied == 1 && variant == Variant::Denied,
        Outcome::TriesSpent => after.done == 0 && after.wrong == allowed && after.tries_left == 0,
        _ => false,
    };
    let counted = after.done + after.wrong + after.tries_left as usize == allowed;
    if !fits || (!counted && after.outcome != Outcome::Denied) {
        findings.push(Finding::Remembered(format!("{after:?}")));
    }
    findings
}

/// Where everybody is right, one of them is taken.
fn variant_must_verify(variant: Variant) -> bool {
    matches!(variant, Variant::RightCodes | Variant::RightDigits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: &str) -> Answer {
        Answer::parse(&format!("HTTP/1.1 {status} X\r\n\r\n{{\"code\":\"{code}\"}}"))
    }

    fn digits(text: &str) -> Said {
        Said::Digits(text.into())
    }

    const DONE: After =
        After { outcome: Outcome::Verified, tries_left: 4, done: 1, wrong: 0, denied: 0 };
    const SPENT: After =
        After { outcome: Outcome::TriesSpent, tries_left: 0, done: 0, wrong: 5, denied: 0 };

    fn told(variant: Variant, said: &[Said], answers: &[Answer], after: After) -> Vec<Finding> {
        judge(variant, said, answers, "123456", &after)
    }

    #[test]
    fn one_success_is_right_and_none_or_two_are_wrong() {
        let (said, yes) =
            ([digits("123456"), digits("123456")], [answer(200, ""), answer(200, "")]);
        let right = Variant::RightCodes;
        assert_eq!(told(right, &said, &yes, DONE), []);
        let twice = After { done: 2, tries_left: 3, ..DONE };
        assert!(told(right, &said, &yes, twice).contains(&Finding::Verified(2)));
        let none = After { outcome: Outcome::Pending, done: 0, tries_left: 5, ..DONE };
        let no = [answer(410, "code-expired"), answer(410, "code-expired")];
        assert!(told(right, &said, &no, none).contains(&Finding::Lost));
    }

    #[test]
    fn wrong_answers_are_tried_as_often_as_allowed_and_never_taken() {
        let said: Vec<Said> = (0..7).map(|nth| digits(&format!("00000{nth}"))).collect();
        let wrong = |count: usize| -> Vec<Answer> {
            (0..7)
                .map(|at| if at < count { answer(422, "code-wrong") } else { answer(410, "x") })
                .collect()
        };
        let codes = Variant::WrongCodes;
        assert_eq!(told(codes, &said, &wrong(4), SPENT), []);
        assert!(told(codes, &said, &wrong(6), SPENT).contains(&Finding::Beyond(6)));
        let more = After { wrong: 6, ..SPENT };
        assert!(told(codes, &said, &wrong(4), more).contains(&Finding::Beyond(6)));
        let mut taken = wrong(4);
        taken[6] = answer(200, "");
        assert!(told(codes, &said, &taken, SPENT).contains(&Finding::WrongTaken));
        let odd = vec![answer(500, "internal"); 7];
        assert!(matches!(told(codes, &said, &odd, SPENT)[0], Finding::Odd(_)));
    }

    #[test]
    fn a_denial_and_a_success_exclude_each_other() {
        let said = [Said::NotMe, digits("123456")];
        let answers = [answer(204, ""), answer(410, "link-dead")];
        let denied =
            After { outcome: Outcome::Denied, tries_left: 2, done: 0, wrong: 0, denied: 1 };
        assert_eq!(told(Variant::Denied, &said, &answers, denied), []);
        let both = After { outcome: Outcome::Verified, done: 1, tries_left: 1, ..denied };
        assert!(matches!(told(Variant::Denied, &said, &answers, both)[0], Finding::Remembered(_)));
    }
}
