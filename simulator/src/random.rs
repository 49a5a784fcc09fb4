//! Everything that must not be guessable or repeat, asked for in one place.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

/// `N` bytes from the system's generator.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    // The system's generator failing leaves nothing to simulate with; a world of zeros would hide it.
    #[expect(clippy::expect_used, reason = "no randomness: stop")]
    rand::fill(&mut out).expect("the system's random generator");
    out
}

/// A version 4 GUID, for request, trace and correlation ids.
pub(crate) fn guid() -> String {
    uuid::Builder::from_random_bytes(bytes()).into_uuid().to_string()
}

/// The same GUID for the same parts: object ids that need no row of their own.
pub(crate) fn derived_guid(parts: &[&str]) -> String {
    let hash = digest(&SHA256, parts.join("\u{1f}").as_bytes());
    let mut first = [0; 16];
    first.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_random_bytes(first).into_uuid().to_string()
}

/// `SM` and 32 hexadecimal digits, as Twilio names things.
pub(crate) fn sid(prefix: &str) -> String {
    format!("{prefix}{}", HEXLOWER.encode(&bytes::<16>()))
}

/// Base64url of `N` random bytes.
pub(crate) fn base64url<const N: usize>() -> String {
    BASE64URL_NOPAD.encode(&bytes::<N>())
}

/// What a person had before anyone reset anything: three classes, no name in it.
pub(crate) fn first_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let middle: String =
        bytes::<9>().iter().map(|b| LETTERS[usize::from(*b) % LETTERS.len()] as char).collect();
    format!("Old-{middle}7")
}
