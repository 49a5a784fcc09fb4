//! How likely it is that somebody guesses, within the limits of the built-in policy: worked out here,
//! and held against what `docs/policy.md` says, so that the two can't drift.

use shared::Channel;

use super::Policy;

/// Windows of an hour that a day can touch: one begins with its first code, so the day's first moments
/// may belong to the one before.
const WINDOWS: u32 = 25;

/// The chance that at least one of so many independent tries hits.
fn any(of_one: f64, times: u32) -> f64 {
    // ln_1p and exp_m1: plain powers lose what is this close to nothing.
    -(f64::from(times) * (-of_one).ln_1p()).exp_m1()
}

/// `1 in 667`.
fn one_in(chance: f64) -> String {
    if chance > 0.5 {
        return "as good as sure".into();
    }
    format!("1 in {}", (1.0 / chance).round())
}

/// As a percentage with two digits that count.
fn percent(chance: f64) -> String {
    let percent = chance * 100.0;
    let digits = if percent >= 1.0 {
        1
    } else if percent >= 0.1 {
        2
    } else {
        4
    };
    format!("{percent:.digits$} %")
}

#[test]
fn the_document_says_how_likely_guessing_is() {
    let policy = Policy::default();
    let code = f64::from(policy.tries(Channel::SmsCode))
        / 10_f64.powi(i32::try_from(policy.code_digits).unwrap());
    let digits = f64::from(policy.tries(Channel::SmsLink)) / 100.0;
    let link = 2_f64.powi(-128) * digits;
    let day = |per_hour: u32| per_hour * WINDOWS;
    let rows = [
        ("one code", 1, code),
        (
            "one contact, every code that the limits allow in a day",
            day(policy.codes_per_contact),
            code,
        ),
        ("one technician’s codes of a day", day(policy.codes_per_technician), code),
        ("the whole account’s codes of a day", day(policy.codes_per_account), code),
        ("one link in hand: its two digits", 1, digits),
        ("one contact, every link of a day in hand", day(policy.codes_per_contact), digits),
        ("the whole account, every link of a day in hand", day(policy.codes_per_account), digits),
    ];
    let mut expected = vec![
        "| guessing at | codes or links | chance | that is |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    for (what, count, of_one) in rows {
        let chance = any(of_one, count);
        expected.push(format!("| {what} | {count} | {} | {} |", percent(chance), one_in(chance)));
    }
    // No floating point tells this from nothing within a day.
    assert!(any(link, day(policy.codes_per_account)) < 1e-35);
    expected.push(
        "| a link that is not in hand | any | 2^-128 for each guess, and then its digits | never |"
            .into(),
    );
    let expected = expected.join("\n");
    let document = include_str!("../../../docs/policy.md");
    assert!(document.contains(&expected), "docs/policy.md should say:\n{expected}");
    assert_eq!(any(0.5, 2), 0.75);
}
