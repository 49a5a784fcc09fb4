//! What to do next with a reset: one table, pure. The driver has no opinions of its own.

use shared::{Code, Millis, Stage};

use crate::store::{LastAnswer, Reset};

/// Passwords that Microsoft may refuse before we stop (P3): the first and two more.
const MOST_RESEALS: u32 = 2;

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Write down the attempt, then ask Microsoft to set the sealed password.
    SetPassword,
    /// Seal another password first: Microsoft said that it refused this one.
    SealAnother,
    /// Nothing was changed: end it.
    Refuse(Code),
    /// In doubt, out of tries or time: a person decides.
    CallForHelp,
    /// Not before.
    Wait(Millis),
    /// Nothing to drive.
    Rest,
}

/// Whether Microsoft may hold the sealed password although nobody said so: a try whose answer was
/// lost with us, or an answer that was none. A later refusal proves nothing then.
#[must_use]
pub(super) fn in_doubt(reset: &Reset) -> bool {
    reset.unknown || reset.tries > reset.answers
}

/// The table. `most_tries` is how often one password may be tried.
#[must_use]
pub(super) fn next(reset: &Reset, most_tries: u32, now: Millis) -> Step {
    let end = |code| if in_doubt(reset) { Step::CallForHelp } else { Step::Refuse(code) };
    let wait = Step::Wait(reset.retry_at.min(reset.apply_before));
    match (reset.stage, reset.answer) {
        (Stage::Staged | Stage::Applying, _) if now >= reset.apply_before => end(Code::TooLate),
        (Stage::Staged, _) if now < reset.retry_at => wait,
        (Stage::Staged, _) => Step::SetPassword,
        (Stage::Applying, Some(LastAnswer::Refused(code))) => end(code),
        (Stage::Applying, Some(LastAnswer::PasswordRefused)) if in_doubt(reset) => {
            Step::CallForHelp
        }
        (Stage::Applying, Some(LastAnswer::PasswordRefused)) if reset.reseals < MOST_RESEALS => {
            Step::SealAnother
        }
        (Stage::Applying, Some(LastAnswer::PasswordRefused)) => Step::Refuse(Code::PasswordRefused),
        (Stage::Applying, _) if reset.tries >= most_tries => end(Code::MicrosoftUnavailable),
        (Stage::Applying, _) if now < reset.retry_at => wait,
        (Stage::Applying, _) => Step::SetPassword,
        (Stage::Applied | Stage::Refused | Stage::Stuck | Stage::Completed, _) => Step::Rest,
    }
}

#[cfg(test)]
mod chance;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use shared::{
        AccountId, ContactId, CustomerId, IntegrationId, ResetId, TechnicianId, VerificationId,
    };
    use uuid::Uuid;

    const NOW: Millis = Millis(1_000_000);

    /// A reset as it is right after the click.
    pub(in crate::reset) fn staged() -> Reset {
        let id = Uuid::from_u128;
        Reset {
            id: ResetId(id(1)),
            account: AccountId(id(2)),
            customer: CustomerId(id(3)),
            contact: ContactId(id(4)),
            ticket: None,
            technician: TechnicianId(id(5)),
            technician_name: "Ann".into(),
            integration: IntegrationId(id(6)),
            tenant_hash: Vec::new(),
            verification: VerificationId(id(7)),
            approval: None,
            warnings: String::new(),
            directory_user: "user".into(),
            person: "Ada".into(),
            body_hash: Vec::new(),
            stage: Stage::Staged,
            asked_at: NOW,
            apply_before: NOW.plus(600_000),
            phone_masked: String::new(),
            phone_sealed: Vec::new(),
            phone_hash: Vec::new(),
            unlock_sealed: None,
            one_factor: true,
            phone_changed_at: None,
            must_change: true,
            language: None,
            tries: 0,
            answers: 0,
            unknown: false,
            answer: None,
            retry_at: Millis(0),
            reseals: 0,
            code: None,
            about: None,
            applied_at: None,
        }
    }

    fn applying(tries: u32, answers: u32, answer: Option<LastAnswer>) -> Reset {
        Reset {
            stage: Stage::Applying,
            tries,
            answers,
            unknown: answer == Some(LastAnswer::Unknown),
            answer,
            ..staged()
        }
    }

    #[test]
    fn the_table() {
        let check = |reset: &Reset, now: Millis, step: Step| {
            assert_eq!(next(reset, 5, now), step, "{:?} {:?}", reset.stage, reset.answer);
        };
        let refused = Some(LastAnswer::Refused(Code::PersonNotFound));
        check(&staged(), NOW, Step::SetPassword);
        check(&staged(), NOW.plus(600_000), Step::Refuse(Code::TooLate));
        let postponed = Reset { retry_at: NOW.plus(9), ..staged() };
        check(&postponed, NOW, Step::Wait(NOW.plus(9)));
        // A try whose answer was lost with us: the same password again, not a refusal.
        check(&applying(1, 0, None), NOW, Step::SetPassword);
        check(&applying(1, 0, None), NOW.plus(600_000), Step::CallForHelp);
        check(&applying(1, 1, Some(LastAnswer::Later)), NOW, Step::SetPassword);
        check(
            &applying(1, 1, Some(LastAnswer::Later)),
            NOW.plus(600_000),
            Step::Refuse(Code::TooLate),
        );
        check(&applying(1, 1, Some(LastAnswer::Unknown)), NOW, Step::SetPassword);
        check(&applying(1, 1, Some(LastAnswer::Unknown)), NOW.plus(600_000), Step::CallForHelp);
        check(&applying(1, 1, refused), NOW, Step::Refuse(Code::PersonNotFound));
        check(&applying(2, 1, refused), NOW, Step::CallForHelp);
        check(
            &applying(5, 5, Some(LastAnswer::Later)),
            NOW,
            Step::Refuse(Code::MicrosoftUnavailable),
        );
        check(&applying(5, 5, Some(LastAnswer::Unknown)), NOW, Step::CallForHelp);
        check(&applying(1, 1, Some(LastAnswer::PasswordRefused)), NOW, Step::SealAnother);
        let waiting = Reset { retry_at: NOW.plus(9), ..applying(1, 1, Some(LastAnswer::Later)) };
        check(&waiting, NOW, Step::Wait(NOW.plus(9)));
        check(&waiting, NOW.plus(9), Step::SetPassword);
        let third = Reset { reseals: 2, ..applying(3, 3, Some(LastAnswer::PasswordRefused)) };
        check(&third, NOW, Step::Refuse(Code::PasswordRefused));
        let doubted = Reset { unknown: true, ..applying(2, 2, Some(LastAnswer::PasswordRefused)) };
        check(&doubted, NOW, Step::CallForHelp);
        for stage in [Stage::Applied, Stage::Refused, Stage::Stuck, Stage::Completed] {
            check(&Reset { stage, ..staged() }, NOW.plus(i64::MAX / 2), Step::Rest);
        }
    }

    /// Every sequence of five answers: a refusal never follows a doubt (P1), another password is
    /// never sent after a doubt (P3), and nothing is sent after `apply_before` (P12).
    #[test]
    fn no_sequence_of_answers_breaks_a_promise() {
        let answers = [
            Some(LastAnswer::Refused(Code::MicrosoftRefused)),
            Some(LastAnswer::PasswordRefused),
            Some(LastAnswer::Later),
            Some(LastAnswer::Unknown),
            None, // our own crash
        ];
        for n in 0..answers.len().pow(5) {
            let mut reset = staged();
            let (mut n, mut doubt) = (n, false);
            for _ in 0..8 {
                match next(&reset, 5, NOW) {
                    Step::SetPassword => {
                        reset.stage = Stage::Applying;
                        reset.tries += 1;
                        let answer = answers[n % answers.len()];
                        n /= answers.len();
                        doubt |= matches!(answer, None | Some(LastAnswer::Unknown));
                        if answer.is_some() {
                            reset.answers += 1;
                            reset.answer = answer;
                            reset.unknown |= answer == Some(LastAnswer::Unknown);
                        }
                    }
                    Step::SealAnother => {
                        assert!(!doubt);
                        reset.answer = None;
                        reset.reseals += 1;
                    }
                    Step::Refuse(_) => {
                        assert!(!doubt);
                        break;
                    }
                    Step::CallForHelp => {
                        assert!(doubt);
                        break;
                    }
                    Step::Wait(_) | Step::Rest => panic!("nothing to wait for"),
                }
                assert!(!matches!(next(&reset, 5, reset.apply_before), Step::SetPassword));
            }
        }
    }
}
