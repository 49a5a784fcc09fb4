//! The one place that is asked for randomness: the operating system's, through aws-lc.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use shared::Millis;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Fills `bytes` with randomness fit for keys.
///
/// # Panics
/// When the operating system has none to give: nothing here may go on without.
#[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
pub fn fill(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes).expect("the operating system gives randomness");
}

/// `N` random bytes, wiped when dropped.
#[must_use]
pub fn bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    fill(bytes.as_mut());
    bytes
}

/// A number in `0..limit`, each equally likely (rejection sampling, no modulo bias).
#[must_use]
pub fn below(limit: u32) -> u32 {
    debug_assert!(limit > 0);
    let zone = u32::MAX - (u32::MAX % limit) - 1;
    loop {
        let mut four = [0; 4];
        fill(&mut four);
        let number = u32::from_le_bytes(four);
        if number <= zone {
            return number % limit;
        }
    }
}

/// A new id that sorts by time (UUIDv7).
#[must_use]
pub fn id(now: Millis) -> Uuid {
    let mut ten = [0; 10];
    fill(&mut ten);
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &ten).into_uuid()
}

/// `digits` decimal digits for a person to read out.
#[must_use]
pub fn digits(digits: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(digits));
    for _ in 0..digits {
        text.push(char::from(b'0' + u8::try_from(below(10)).unwrap_or(0)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_even() {
        let mut counts = [0_u32; 10];
        for _ in 0..20_000 {
            counts[below(10) as usize] += 1;
        }
        // 2000 expected each, standard deviation 42: seven of them is no accident.
        assert!(counts.iter().all(|n| n.abs_diff(2000) < 300), "{counts:?}");
    }
}
