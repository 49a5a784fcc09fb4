//! The rules, for many throws and for the worst names; and that every outcome is equally likely.

use super::*;
use crate::random::below;

const BOTH: [PasswordKind; 2] = [PasswordKind::Random, PasswordKind::Passphrase];
const ADA: [&str; 4] = ["Ada", "Park", "ada.park@northwind.example", "Northwind Dental"];

/// What Entra asks of a password's characters.
fn allowed(password: &str) -> bool {
    let classes = [LOWER, UPPER, DIGITS]
        .map(|class| password.bytes().any(|byte| class.contains(&byte)))
        .into_iter()
        .filter(|there| *there)
        .count();
    let symbol = password.bytes().any(|byte| !byte.is_ascii_alphanumeric());
    (8..=256).contains(&password.len())
        && password.bytes().all(|byte| byte.is_ascii_graphic())
        && classes + usize::from(symbol) >= 3
}

#[test]
fn every_password_keeps_the_rules() {
    let names = Names::of(&ADA);
    for kind in BOTH {
        for _ in 0..2_000 {
            let password = make(kind, &ADA);
            let text = password.expose();
            assert!(allowed(text) && !names.occur_in(text), "{text}");
        }
    }
}

#[test]
fn random_ones_have_every_class_and_no_look_alikes() {
    for _ in 0..2_000 {
        let password = make(PasswordKind::Random, &[]);
        let text = password.expose().as_bytes();
        assert_eq!(text.len(), LENGTH);
        for class in [LOWER, UPPER, DIGITS, SYMBOLS] {
            assert!(text.iter().any(|byte| class.contains(byte)));
        }
        assert!(!text.iter().any(|byte| b"0O1lIo".contains(byte)));
    }
}

#[test]
fn passphrases_read_as_such() {
    for _ in 0..2_000 {
        let password = make(PasswordKind::Passphrase, &[]);
        let text = password.expose();
        assert_eq!(text.bytes().filter(u8::is_ascii_digit).count(), 1, "{text}");
        assert!(text.starts_with(|first: char| first.is_ascii_uppercase()), "{text}");
        let plain = text.to_ascii_lowercase().replace(|c: char| c.is_ascii_digit(), "");
        let parts: Vec<&str> = plain.split('-').collect();
        assert_eq!(parts.len(), phrase::WORDS as usize, "{text}");
        assert!(parts.iter().all(|word| phrase::words().contains(word)), "{text}");
    }
}

/// Names that are in everything: it ends, and what comes is still a password without them.
#[test]
fn the_worst_names_are_avoided_too() {
    // Every run of four letters that a word has, and thousands of the random alphabet.
    let words = phrase::words().to_vec();
    let thrown: Vec<String> = (0..5_000).map(|_| random(&mut below).to_string()).collect();
    let thrown: Vec<&str> = thrown.iter().map(String::as_str).collect();
    // Each throw gives the same, which is a name.
    let mut stuck = |limit: u32| 7 % limit;
    let same = random(&mut stuck);
    for names in [words.clone(), [thrown, words].concat(), vec![same.as_str()]] {
        let runs = Names::of(&names);
        for kind in BOTH {
            let password = throw(kind, &runs, &mut below);
            assert!(allowed(password.expose()) && !runs.occur_in(password.expose()));
            let password = throw(kind, &runs, &mut stuck);
            assert!(!runs.occur_in(password.expose()));
        }
    }
    for _ in 0..500 {
        let password = nameless(&mut below);
        assert!(allowed(&password), "{}", *password);
        let three = password.split(|c: char| !c.is_ascii_alphanumeric());
        assert!(three.clone().all(|part| part.len() <= 3), "{}", *password);
        assert!(!password.contains(['$', '@']), "{}", *password);
    }
}

/// Most people’s names cost little of what a passphrase is worth.
#[test]
fn names_rule_out_few_passphrases() {
    let names = Names::of(&ADA);
    let out = (0..4_000).filter(|_| names.occur_in(&phrase::draw(&mut below))).count();
    assert!(out < 4_000 / 4, "{out}");
}

/// Bounds that chi-square passes once in 50 000 million fair runs, by its degrees of freedom. There
/// are some twenty figures: less than one failure in 10⁹ runs of these tests.
const BOUND_65: f64 = 171.0;
const BOUND_47: f64 = 142.0;
const BOUND_WORDS: f64 = 1611.0;

fn chi_square(seen: &[u32], expected: impl Fn(usize) -> f64) -> f64 {
    let each = seen.iter().enumerate();
    each.map(|(i, seen)| (f64::from(*seen) - expected(i)).powi(2) / expected(i)).sum()
}

/// The worst position, and all positions together.
fn unevenness(mut make: impl FnMut() -> [u8; LENGTH]) -> (f64, f64) {
    const RUNS: u32 = 20_000;
    let all = [LOWER, UPPER, DIGITS, SYMBOLS].concat();
    let mut seen = vec![[0_u32; 66]; LENGTH];
    for _ in 0..RUNS {
        for (at, byte) in make().iter().enumerate() {
            seen[at][all.iter().position(|one| one == byte).unwrap()] += 1;
        }
    }
    // One of sixteen is of a class for certain, twelve are anything; a shuffle gives every place
    // the same share of both.
    let share = |i: usize| {
        let class = [LOWER, UPPER, DIGITS, SYMBOLS].into_iter().find(|c| c.contains(&all[i]));
        (1.0 / class.unwrap().len() as f64 + 12.0 / all.len() as f64) / LENGTH as f64
    };
    let worst =
        seen.iter().map(|at| chi_square(at, |i| share(i) * f64::from(RUNS))).fold(0.0, f64::max);
    let sums: Vec<u32> = (0..66).map(|i| seen.iter().map(|at| at[i]).sum()).collect();
    // What is forced varies less than chance: the bound is on the safe side.
    let together = chi_square(&sums, |i| share(i) * f64::from(RUNS) * LENGTH as f64);
    (worst, together)
}

fn bytes_of(text: &str) -> [u8; LENGTH] {
    text.as_bytes().try_into().unwrap()
}

/// As few bits as hold the number, and the remainder: the mistake that this test is for.
fn modulo(limit: u32) -> u32 {
    below(limit.next_power_of_two() * 2) % limit
}

#[test]
fn random_passwords_are_even() {
    let (worst, together) = unevenness(|| bytes_of(make(PasswordKind::Random, &[]).expose()));
    assert!(worst < BOUND_65 && together < BOUND_65, "{worst} {together}");
}

#[test]
fn the_test_sees_modulo_bias_and_a_missing_shuffle() {
    let (_, together) = unevenness(|| bytes_of(&random(&mut modulo)));
    assert!(together > BOUND_65 * 2.0, "modulo bias: {together}");
    let (worst, _) = unevenness(|| {
        let mut bytes = [0; LENGTH];
        draw(&mut bytes, &mut below);
        bytes
    });
    assert!(worst > BOUND_65 * 2.0, "no shuffle: {worst}");
}

/// Words wherever they stand; digits with their places.
fn unevenness_of_phrases(mut make: impl FnMut() -> String) -> (f64, f64) {
    const RUNS: u32 = 20_000;
    let words = phrase::words();
    let mut seen = vec![0_u32; words.len()];
    let mut digits = vec![0_u32; DIGITS.len() * phrase::WORDS as usize];
    for _ in 0..RUNS {
        for (place, part) in make().to_ascii_lowercase().split('-').enumerate() {
            let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
            seen[words.binary_search(&word).unwrap()] += 1;
            if let Some(digit) = part.as_bytes().get(word.len()) {
                let which = DIGITS.iter().position(|one| one == digit).unwrap();
                digits[place * DIGITS.len() + which] += 1;
            }
        }
    }
    let of_words = f64::from(RUNS * phrase::WORDS) / words.len() as f64;
    let of_digits = f64::from(RUNS) / digits.len() as f64;
    (chi_square(&seen, |_| of_words), chi_square(&digits, |_| of_digits))
}

#[test]
fn passphrases_are_even() {
    assert_eq!(phrase::words().len(), 1252, "the bound is for so many words");
    let make = || make(PasswordKind::Passphrase, &[]).expose().to_owned();
    let (words, digits) = unevenness_of_phrases(make);
    assert!(words < BOUND_WORDS && digits < BOUND_47, "{words} {digits}");
}

#[test]
fn the_test_sees_uneven_passphrases() {
    let (words, _) = unevenness_of_phrases(|| phrase::draw(&mut modulo).to_string());
    assert!(words > BOUND_WORDS * 1.5, "modulo bias: {words}");
    // A digit that always stands at the end.
    let (_, digits) = unevenness_of_phrases(|| {
        let mut first = true;
        let fixed =
            &mut |limit: u32| if std::mem::take(&mut first) { limit - 1 } else { below(limit) };
        phrase::draw(fixed).to_string()
    });
    assert!(digits > BOUND_47 * 2.0, "no place: {digits}");
}
