//! What came of a race, and what must never come of one. Knows answers only, no server.

use std::collections::BTreeSet;
use std::fmt;

use server::seed::Link;

use super::rush::Answer;
use super::variant::{Opener, Variant, reveals};

/// A broken promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Finding {
    /// So many devices have the password.
    Winners(usize),
    /// Nobody has it, and nobody can get it.
    Lost,
    /// Somebody without the unlock code has it.
    WithoutTheCode,
    /// 200, and not the password.
    NotThePassword,
    /// The device that won was refused when it asked again.
    Refused,
    /// A loser got something else than what an unknown link gets.
    NotDead(String),
    /// The tries left that wrong codes were told, where five must do.
    Tries(Vec<u64>),
    /// What the server remembers of it is something else.
    Remembered(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Winners(count) => write!(f, "{count} devices won"),
            Self::Lost => f.write_str("the secret is lost"),
            Self::WithoutTheCode => f.write_str("somebody without the unlock code won"),
            Self::NotThePassword => f.write_str("an answer without the password"),
            Self::Refused => f.write_str("the device that won was refused"),
            Self::NotDead(said) => write!(f, "a loser did not get the dead page but {said}"),
            Self::Tries(left) => write!(f, "wrong codes were told these tries left: {left:?}"),
            Self::Remembered(what) => write!(f, "remembered otherwise: {what}"),
        }
    }
}

/// What the answers say.
pub(crate) struct Verdict {
    /// The requests of the device that won.
    pub(crate) winners: Vec<usize>,
    /// Tries left, as wrong codes were told.
    pub(crate) tries: Vec<u64>,
    pub(crate) findings: Vec<Finding>,
}

/// Looks at each answer; `dead` is what an unknown link gets.
pub(crate) fn judge(
    variant: Variant,
    openers: &[Opener],
    answers: &[Answer],
    dead: &Answer,
    link: &Link,
) -> Verdict {
    let (mut winners, mut tries, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (opener, answer)) in openers.iter().zip(answers).enumerate() {
        let body = answer.json();
        match answer.status {
            200 => {
                winners.push(at);
                if !reveals(link, &body) {
                    findings.push(Finding::NotThePassword);
                }
                if !opener.knows_the_code {
                    findings.push(Finding::WithoutTheCode);
                }
            }
            422 if variant == Variant::WrongCodes && !opener.knows_the_code => {
                tries.push(body["tries_left"].as_u64().unwrap_or_default());
            }
            _ if answer == dead => {}
            status => findings.push(Finding::NotDead(format!("{status} {}", answer.body))),
        }
    }
    let devices: BTreeSet<[u8; 16]> = winners.iter().map(|at| openers[*at].nonce).collect();
    if devices.len() > 1 {
        findings.push(Finding::Winners(devices.len()));
    }
    // All of that device's requests got it, or none.
    let its = openers.iter().filter(|opener| devices.contains(&opener.nonce)).count();
    if devices.len() == 1 && winners.len() < its {
        findings.push(Finding::Refused);
    }
    // The fifth wrong code gets the dead page.
    tries.sort_unstable();
    let each_once = tries.windows(2).all(|two| two[0] < two[1]);
    if !each_once || !tries.iter().all(|left| (1..=4).contains(left)) {
        findings.push(Finding::Tries(tries.clone()));
    }
    let may_end_unopened = match variant {
        Variant::WrongCodes => tries.len() == 4,
        Variant::Revoked => true,
        Variant::Plain | Variant::RightCodes | Variant::OneDeviceOften => false,
    };
    if devices.is_empty() && !may_end_unopened {
        findings.push(Finding::Lost);
    }
    Verdict { winners, tries, findings }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use serde_json::json;
    use server::seal::Keys;
    use server::seed::seal;
    use server::store::Share;
    use shared::{AccountId, Millis, ResetId};
    use uuid::Uuid;

    use super::*;

    const DEAD: &str = "HTTP/1.1 410 Gone\r\na: b\r\ndate: now\r\n\r\n{\"code\":\"link-dead\"}";

    /// A link, what its winners get, and what the winners of another link get.
    struct Case {
        link: Link,
        won: Answer,
        other: Answer,
    }

    fn case() -> Case {
        let keys = Keys::new(&[5; 32]);
        let new = || seal(&keys, AccountId(Uuid::nil()), ResetId(Uuid::nil()), None, Millis(0));
        let won = |share: &Share| {
            let body = json!({ "sealed": BASE64URL_NOPAD.encode(&share.ciphertext) });
            Answer::parse(&format!("HTTP/1.1 200 OK\r\n\r\n{body}"))
        };
        let ((share, link), (other, _)) = (new().unwrap(), new().unwrap());
        Case { link, won: won(&share), other: won(&other) }
    }

    fn wrong(left: u64) -> Answer {
        Answer::parse(&format!("HTTP/1.1 422 No\r\n\r\n{{\"tries_left\":{left}}}"))
    }

    fn dead() -> Answer {
        Answer::parse(DEAD)
    }

    fn check(case: &Case, variant: Variant, answers: &[&Answer], expected: &[Finding]) {
        let openers = variant.openers(answers.len(), "123456");
        let answers: Vec<Answer> = answers.iter().map(|answer| (*answer).clone()).collect();
        let verdict = judge(variant, &openers, &answers, &dead(), &case.link);
        assert_eq!(verdict.findings, expected, "{variant}");
    }

    #[test]
    fn one_winner_is_right_and_two_or_none_are_wrong() {
        let (case, dead) = (&case(), &dead());
        let (win, other) = (&case.won, &case.other);
        for variant in [Variant::Plain, Variant::RightCodes] {
            check(case, variant, &[dead, win, dead], &[]);
            check(case, variant, &[win, win, dead], &[Finding::Winners(2)]);
            check(case, variant, &[dead, dead, dead], &[Finding::Lost]);
        }
        check(case, Variant::Plain, &[other, dead], &[Finding::NotThePassword]);
        check(case, Variant::Revoked, &[dead, dead], &[]);
        check(case, Variant::Revoked, &[win, win], &[Finding::Winners(2)]);
    }

    #[test]
    fn losers_get_the_very_bytes_of_a_dead_link() {
        let case = &case();
        let win = &case.won;
        let later = Answer::parse(&DEAD.replace("date: now", "date: later\r\nX-Request-Id: 7"));
        check(case, Variant::Plain, &[win, &later], &[]);
        for said in [DEAD.replace("a: b", "a: c"), DEAD.replace("dead", "opened")] {
            let said = Answer::parse(&said);
            let found = Finding::NotDead(format!("410 {}", said.body));
            check(case, Variant::Plain, &[win, &said], &[found]);
        }
        let found = Finding::NotDead("422 {\"tries_left\":4}".into());
        check(case, Variant::Plain, &[win, &wrong(4)], &[found]);
    }

    #[test]
    fn a_device_wins_with_all_its_taps_or_with_none() {
        let (case, dead) = (&case(), &dead());
        let win = &case.won;
        // The first and the third are one device.
        let often = Variant::OneDeviceOften;
        check(case, often, &[win, dead, win, dead], &[]);
        check(case, often, &[dead, win, dead, dead], &[]);
        check(case, often, &[win, dead, dead, dead], &[Finding::Refused]);
        check(case, often, &[win, win, win, dead], &[Finding::Winners(2)]);
    }

    #[test]
    fn five_wrong_codes_and_no_more() {
        let (case, dead) = (&case(), &dead());
        let win = &case.won;
        let left = [&wrong(0), &wrong(1), &wrong(2), &wrong(3), &wrong(4)];
        // The first knows the code.
        let codes = Variant::WrongCodes;
        check(case, codes, &[win, left[4], dead], &[]);
        check(case, codes, &[dead, left[2], left[4], left[1], left[3], dead], &[]);
        check(case, codes, &[dead, left[4]], &[Finding::Lost]);
        check(case, codes, &[dead, win], &[Finding::WithoutTheCode]);
        check(case, codes, &[win, left[4], left[4]], &[Finding::Tries(vec![4, 4])]);
        check(case, codes, &[win, left[0]], &[Finding::Tries(vec![0])]);
    }
}
