//! Makes passwords that Entra takes: 8–256 of its characters, three of four classes, no Unicode, no
//! part of a name. (Entra "Password policies" and "Password protection".)

mod names;
mod phrase;
#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use crate::policy::PasswordKind;
use crate::secret::Password;
use names::Names;

const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
/// What is neither letter nor digit in any password of ours.
pub(crate) const SYMBOLS: &[u8] = b"!#$%*+-=?@";
/// Symbols that Entra does not read as letters: `$` counts as `s`, `@` as `a`.
const SEPARATORS: &[u8] = b"!#%*+-=?";
const LENGTH: usize = 16;
/// Throws before names are avoided by the way a password is built. The names of most people are in
/// one passphrase of ten, and in one random password of thousands.
const TRIES: usize = 64;

/// A number below another, each equally likely.
type Below<'a> = &'a mut dyn FnMut(u32) -> u32;

/// A new password of this kind that has no part of `names` in it. A passphrase is random characters
/// after all where the names leave hardly a word.
#[must_use]
pub fn make(kind: PasswordKind, names: &[&str]) -> Password {
    throw(kind, &Names::of(names), &mut crate::random::below)
}

fn throw(kind: PasswordKind, names: &Names, below: Below<'_>) -> Password {
    for _ in 0..TRIES {
        let password = match kind {
            PasswordKind::Random => random(below),
            PasswordKind::Passphrase => phrase::draw(below),
        };
        if !names.occur_in(&password) {
            return Password::new(password);
        }
    }
    Password::new(nameless(below))
}

fn pick(from: &[u8], below: Below<'_>) -> u8 {
    from[below(u32::try_from(from.len()).unwrap_or(1)) as usize]
}

/// One of each class, then anything, then shuffled.
fn random(below: Below<'_>) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0_u8; LENGTH]);
    draw(&mut bytes, below);
    shuffle(&mut *bytes, below);
    text(&bytes)
}

fn draw(bytes: &mut [u8; LENGTH], below: Below<'_>) {
    let all = [LOWER, UPPER, DIGITS, SYMBOLS].concat();
    for (i, byte) in bytes.iter_mut().enumerate() {
        let from = [LOWER, UPPER, DIGITS, SYMBOLS].get(i).copied().unwrap_or(&all);
        *byte = pick(from, below);
    }
}

/// Fisher–Yates, so that the classes are anywhere.
fn shuffle(bytes: &mut [u8], below: Below<'_>) {
    for i in (1..bytes.len()).rev() {
        let j = below(u32::try_from(i + 1).unwrap_or(1)) as usize;
        bytes.swap(i, j);
    }
}

/// Three letters or digits, a separator, and so on: no part of four is in it, whatever the names.
/// 79 bits.
fn nameless(below: Below<'_>) -> Zeroizing<String> {
    let all = [LOWER, UPPER, DIGITS].concat();
    let mut bytes = Zeroizing::new([0_u8; LENGTH]);
    for (i, byte) in bytes.iter_mut().enumerate() {
        let from = match i {
            _ if i % 4 == 3 => SEPARATORS,
            0 => LOWER,
            1 => UPPER,
            2 => DIGITS,
            _ => &all,
        };
        *byte = pick(from, below);
    }
    shuffle(&mut bytes[..3], below);
    text(&bytes)
}

fn text(bytes: &[u8; LENGTH]) -> Zeroizing<String> {
    Zeroizing::new(bytes.iter().map(|byte| char::from(*byte)).collect())
}
