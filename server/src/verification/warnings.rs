//! What should make a technician think twice. Pure: what is known, and what is said of it.

use shared::{Code, Finding, Millis, Outcome};

use crate::policy::Policy;
use crate::store::Verification;

/// So long an attempt that failed tells of the one that succeeded.
const TELLS_MS: i64 = 60 * 60_000;

/// What is known of a contact and a technician.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Keyed hashes of the numbers on the card.
    pub card: &'a [Vec<u8>],
    /// Keyed hash of the phone at Microsoft, where there is one.
    pub microsoft: Option<&'a [u8]>,
    /// When the card's numbers last changed.
    pub card_changed_at: Option<Millis>,
    /// When the numbers of our own list were entered: a contact who is new there had none to change.
    pub card_entered_at: Option<Millis>,
    /// Resets of this person in the last day.
    pub of_person: u32,
    /// Resets by this technician in the last hour.
    pub by_technician: u32,
    /// The contact's newest verifications, newest first.
    pub verifications: &'a [Verification],
    /// Now.
    pub now: Millis,
}

/// What to say.
#[must_use]
pub fn warnings(seen: &Seen<'_>, policy: &Policy) -> Vec<Finding> {
    let mut warnings: Vec<Finding> = Vec::new();
    if let Some(microsoft) = seen.microsoft
        && !seen.card.is_empty()
        && seen.card.iter().all(|number| number != microsoft)
    {
        warnings.push(Code::NumbersDiffer.into());
    }
    // A new number is as good as another one where it counts for a reset. Elsewhere it would be said of
    // everybody while a list is new, and nobody would read it.
    let counts = policy.accept_contact_phones && !seen.card.is_empty();
    let entered_at = seen.card_entered_at.filter(|_| counts);
    if let Some(at) = seen.card_changed_at.max(entered_at)
        && seen.now.is_within(policy.warn_changed_ms, at)
    {
        let days = seen.now.since(at) / (24 * 60 * 60_000);
        let about = match days {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        };
        warnings.push(Finding { code: Code::NumberChanged, about: Some(about) });
    }
    let times = |count: u32| match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    // The one that is about to be asked for counts.
    if seen.of_person > 0 && seen.of_person + 1 >= policy.warn_person {
        let about = Some(format!("{} in the last day", times(seen.of_person)));
        warnings.push(Finding { code: Code::PersonRepeats, about });
    }
    if seen.by_technician > 0 && seen.by_technician + 1 >= policy.warn_technician {
        let about = Some(format!("{} in the last hour", times(seen.by_technician)));
        warnings.push(Finding { code: Code::TechnicianRepeats, about });
    }
    if failed_before(seen.verifications, policy) {
        warnings.push(Code::FailedBefore.into());
    }
    warnings
}

/// Whether the newest success came after a failure: tries spent, a caller who was denied, or more
/// wrong codes than a slip of the tongue.
fn failed_before(newest_first: &[Verification], policy: &Policy) -> bool {
    let Some(at) = newest_first.iter().position(|it| it.outcome == Outcome::Verified) else {
        return false;
    };
    let success = &newest_first[at];
    let wrong = policy.tries(success.channel).saturating_sub(success.tries_left + 1);
    let failed = |it: &Verification| matches!(it.outcome, Outcome::TriesSpent | Outcome::Denied);
    let near = |it: &Verification| success.sent_at.since(it.sent_at) < TELLS_MS;
    // One that was denied since is refused, not only warned of.
    wrong >= 2 || newest_first[at + 1..].iter().any(|it| failed(it) && near(it))
}

#[cfg(test)]
mod tests {
    use shared::Channel;

    use super::super::rules::tests::good;
    use super::*;

    fn seen() -> Seen<'static> {
        Seen {
            card: &[],
            microsoft: None,
            card_changed_at: None,
            card_entered_at: None,
            of_person: 0,
            by_technician: 0,
            verifications: &[],
            now: Millis(1_000_000_000_000),
        }
    }

    fn codes(seen: &Seen<'_>) -> Vec<Code> {
        warnings(seen, &Policy::default()).iter().map(|it| it.code).collect()
    }

    #[test]
    fn nothing_known_is_nothing_to_say() {
        assert_eq!(codes(&seen()), []);
    }

    #[test]
    fn numbers_that_differ_are_told_only_where_both_are_known() {
        let (card, other) = ([vec![1], vec![2]], [vec![3]]);
        let with =
            |card: &[Vec<u8>], microsoft: Option<&[u8]>| codes(&Seen { card, microsoft, ..seen() });
        assert_eq!(with(&card[..], Some(&[2][..])), []);
        assert_eq!(with(&other[..], Some(&[2][..])), [Code::NumbersDiffer]);
        assert_eq!(with(&other[..], None), []);
        assert_eq!(with(&[], Some(&[2][..])), []);
    }

    #[test]
    fn a_change_is_told_for_a_month() {
        let now = seen().now;
        let month = Policy::default().warn_changed_ms;
        let at = |at| codes(&Seen { card_changed_at: Some(at), ..seen() });
        assert_eq!(at(now), [Code::NumberChanged]);
        assert_eq!(at(now.plus(1 - month)), [Code::NumberChanged]);
        assert_eq!(at(now.plus(-month)), []);
        let told = warnings(
            &Seen { card_changed_at: Some(now.plus(-2 * 24 * 60 * 60_000)), ..seen() },
            &Policy::default(),
        );
        assert_eq!(told[0].about.as_deref(), Some("2 days ago"));
    }

    #[test]
    fn a_new_number_is_told_of_where_it_counts_for_a_reset() {
        let (now, card) = (seen().now, [vec![1]]);
        let seen = Seen { card: &card[..], card_entered_at: Some(now), ..seen() };
        let loose = Policy { accept_contact_phones: true, ..Policy::default() };
        let told = |seen: &Seen<'_>, policy: &Policy| !warnings(seen, policy).is_empty();
        assert!(told(&seen, &loose));
        assert!(!told(&seen, &Policy::default()), "nobody is reset by it");
        assert!(!told(&Seen { card: &[], ..seen }, &loose), "there is none");
        let long_ago = Some(now.plus(-loose.warn_changed_ms));
        assert!(!told(&Seen { card_entered_at: long_ago, ..seen }, &loose));
    }

    #[test]
    fn repeats_count_the_one_that_is_asked_for() {
        let of = |of_person, by_technician| codes(&Seen { of_person, by_technician, ..seen() });
        assert_eq!(of(0, 8), []);
        assert_eq!(of(1, 0), [Code::PersonRepeats]);
        assert_eq!(of(0, 9), [Code::TechnicianRepeats]);
        assert_eq!(of(4, 9), [Code::PersonRepeats, Code::TechnicianRepeats]);
        // Where one is enough to be warned, nothing yet is not.
        let strict = Policy { warn_person: 1, warn_technician: 1, ..Policy::default() };
        assert_eq!(warnings(&seen(), &strict), []);
    }

    #[test]
    fn a_failure_before_the_success_is_told() {
        let told = |list: &[Verification]| codes(&Seen { verifications: list, ..seen() });
        let success = Verification { tries_left: 4, ..good() };
        let before = |outcome, ms: i64| Verification {
            outcome,
            sent_at: success.sent_at.plus(-ms),
            ..good()
        };
        assert_eq!(told(std::slice::from_ref(&success)), []);
        for outcome in [Outcome::TriesSpent, Outcome::Denied] {
            assert_eq!(told(&[success.clone(), before(outcome, 1)]), [Code::FailedBefore]);
            assert_eq!(told(&[success.clone(), before(outcome, TELLS_MS)]), []);
            // Nothing has succeeded since.
            assert_eq!(told(&[before(outcome, 1)]), []);
        }
        for harmless in [Outcome::Expired, Outcome::Replaced, Outcome::Unsent] {
            assert_eq!(told(&[success.clone(), before(harmless, 1)]), []);
        }
        // One wrong code is a slip; two are not.
        assert_eq!(told(&[Verification { tries_left: 3, ..good() }]), []);
        assert_eq!(told(&[Verification { tries_left: 2, ..good() }]), [Code::FailedBefore]);
        let link = Verification { channel: Channel::SmsLink, tries_left: 0, ..good() };
        assert_eq!(told(&[link]), []);
    }
}
