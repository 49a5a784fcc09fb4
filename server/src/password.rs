//! Makes passwords. Sixteen characters from an alphabet without look-alikes, each class present,
//! shuffled: always within Entra's rules (8–256 characters, three of four classes, no Unicode;
//! Entra "Password policies").

use zeroize::Zeroizing;

use crate::random;
use crate::secret::Password;

const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
const SYMBOLS: &[u8] = b"!#$%*+-=?@";
const LENGTH: usize = 16;
/// The shortest part of a name that must not occur. (Entra "Password protection": names of four
/// characters or more count against a password.)
const NAME_PART: usize = 4;

/// A new password that has no part of `names` in it.
#[must_use]
pub fn make(names: &[&str]) -> Password {
    let parts = parts(names);
    loop {
        let password = roll();
        let lower = Zeroizing::new(password.to_ascii_lowercase());
        if !parts.iter().any(|part| lower.contains(part.as_str())) {
            return Password::new(password);
        }
    }
}

fn roll() -> Zeroizing<String> {
    let pick = |from: &[u8]| {
        let at = random::below(u32::try_from(from.len()).unwrap_or(1));
        from[at as usize]
    };
    let all = [LOWER, UPPER, DIGITS, SYMBOLS].concat();
    let mut bytes = Zeroizing::new([0_u8; LENGTH]);
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = match i {
            0 => pick(LOWER),
            1 => pick(UPPER),
            2 => pick(DIGITS),
            3 => pick(SYMBOLS),
            _ => pick(&all),
        };
    }
    // Fisher–Yates, so that the classes are anywhere.
    for i in (1..LENGTH).rev() {
        let j = random::below(u32::try_from(i + 1).unwrap_or(1)) as usize;
        bytes.swap(i, j);
    }
    Zeroizing::new(bytes.iter().map(|byte| char::from(*byte)).collect())
}

/// Every run of letters and digits in the names that is long enough, in lower case.
fn parts(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|part| part.len() >= NAME_PART)
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_password_keeps_the_rules() {
        for _ in 0..2_000 {
            let password = make(&["Ada Park"]);
            let text = password.expose().as_bytes();
            assert_eq!(text.len(), LENGTH);
            for class in [LOWER, UPPER, DIGITS, SYMBOLS] {
                assert!(text.iter().any(|byte| class.contains(byte)));
            }
            assert!(!text.iter().any(|byte| b"0O1lIo".contains(byte)));
        }
    }

    #[test]
    fn positions_are_even() {
        // A digit is forced somewhere; without the shuffle it would always be the third.
        let mut at = [0_u32; LENGTH];
        for _ in 0..4_000 {
            for (i, byte) in make(&[]).expose().bytes().enumerate() {
                at[i] += u32::from(DIGITS.contains(&byte));
            }
        }
        let mean = at.iter().sum::<u32>() / u32::try_from(LENGTH).unwrap();
        assert!(at.iter().all(|n| n.abs_diff(mean) < 250), "{at:?}");
    }

    #[test]
    fn names_count_from_four_letters_on() {
        assert_eq!(
            parts(&["Ada Park", "conan.o'neil@northwind.example"]),
            ["park", "conan", "neil", "northwind", "example"]
        );
    }
}
