//! Everything that is kept secret on disk, and the keys for it.
//!
//! One master key; from it HKDF-SHA256 makes a key per purpose. Sealing is AES-256-GCM with a
//! random nonce. What a sealed value is *for* is associated data: moved to another row, account
//! or host it does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::{constant_time, digest, hmac};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::random;

/// A sealed value does not open: another key, another place, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open with this key in this place")]
pub struct SealBroken;

/// What a sealed value is for. Two places never share a seal.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Whose.
    pub account: Uuid,
    /// Which kind of secret, such as `share.token`.
    pub kind: &'static str,
    /// The row it belongs to.
    pub row: Uuid,
    /// What else it is bound to: the host and the client that it is sent to. May be empty.
    pub bound_to: &'a str,
}

impl Place<'_> {
    fn aad(&self) -> Vec<u8> {
        let mut aad = Vec::with_capacity(48 + self.kind.len() + self.bound_to.len());
        aad.extend_from_slice(self.account.as_bytes());
        aad.extend_from_slice(self.row.as_bytes());
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        for part in [self.kind, self.bound_to] {
            aad.extend_from_slice(&(part.len() as u64).to_be_bytes());
            aad.extend_from_slice(part.as_bytes());
        }
        aad
    }
}

/// What a keyed hash is for. Hashes for two purposes never match.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// Codes that a contact reads out.
    Code,
    /// Unlock codes.
    Unlock,
    /// Phones and addresses, to notice a change.
    Destination,
    /// Session cookies and pod tokens.
    Session,
    /// One-time set-up links.
    SetUp,
    /// The audit chain.
    Audit,
    /// A reset's body, to tell a repeat from another question.
    Body,
    /// Form tokens against cross-site requests.
    Form,
    /// Recovery codes in place of an authenticator.
    Recovery,
}

impl Purpose {
    const ALL: [(Purpose, &'static str); 9] = [
        (Purpose::Code, "hash code"),
        (Purpose::Unlock, "hash unlock"),
        (Purpose::Destination, "hash destination"),
        (Purpose::Session, "hash session"),
        (Purpose::SetUp, "hash set-up"),
        (Purpose::Audit, "hash audit"),
        (Purpose::Body, "hash body"),
        (Purpose::Form, "hash form"),
        (Purpose::Recovery, "hash recovery"),
    ];
}

/// The keys of this server. Clone is cheap enough: made once, shared in an `Arc`.
pub struct Keys {
    seal: LessSafeKey,
    hashes: Vec<hmac::Key>,
    check: [u8; 32],
}

/// HKDF-SHA256 with an empty salt, as WebCrypto's with a salt of no bytes: what pages behind links do too.
#[must_use]
pub fn derive<const N: usize>(key: &[u8], info: &str) -> Zeroizing<[u8; N]> {
    struct Len(usize);
    impl KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut out = Zeroizing::new([0; N]);
    #[expect(clippy::expect_used, reason = "fails only for outputs over 8160 bytes")]
    Salt::new(HKDF_SHA256, &[])
        .extract(key)
        .expand(&[info.as_bytes()], Len(N))
        .and_then(|okm| okm.fill(out.as_mut()))
        .expect("a short output");
    out
}

/// AES-256-GCM: nonce, then ciphertext and tag. The share uses it with the key in its link.
pub(crate) fn encrypt(key: &LessSafeKey, aad: &[u8], clear: &[u8]) -> Vec<u8> {
    let nonce = random::bytes::<NONCE_LEN>();
    let mut sealed = Vec::with_capacity(NONCE_LEN + clear.len() + 16);
    sealed.extend_from_slice(nonce.as_ref());
    let mut body = Zeroizing::new(clear.to_vec());
    #[expect(clippy::expect_used, reason = "fails only for texts over 64 GiB")]
    let tag = key
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(aad),
            body.as_mut_slice(),
        )
        .expect("a short text");
    sealed.extend_from_slice(&body);
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

/// Opens what [`encrypt`] made.
pub(crate) fn decrypt(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
    let mut body = Zeroizing::new(body.to_vec());
    let clear =
        key.open_in_place(nonce, Aad::from(aad), body.as_mut_slice()).map_err(|_| SealBroken)?;
    Ok(clear.to_vec())
}

/// The AES-256-GCM key of these bytes.
pub(crate) fn aes(key: &[u8; 32]) -> LessSafeKey {
    #[expect(clippy::expect_used, reason = "32 bytes is the right length")]
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes"))
}

impl Keys {
    /// The keys that grow from `master`.
    #[must_use]
    pub fn new(master: &[u8; 32]) -> Self {
        let hashes = Purpose::ALL
            .iter()
            .map(|(_, info)| hmac::Key::new(hmac::HMAC_SHA256, derive::<32>(master, info).as_ref()))
            .collect();
        Self {
            seal: aes(&derive::<32>(master, "seal")),
            hashes,
            check: *derive::<32>(master, "key check value"),
        }
    }

    /// A value that tells this master key from another without giving it away.
    #[must_use]
    pub fn check_value(&self) -> &[u8; 32] {
        &self.check
    }

    /// Seals `clear` for one place.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, clear: &[u8]) -> Vec<u8> {
        encrypt(&self.seal, &place.aad(), clear)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`SealBroken`] when it was sealed with another key, for another place, or is damaged.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        decrypt(&self.seal, &place.aad(), sealed)
    }

    /// A keyed hash of `parts`, for one purpose.
    #[must_use]
    pub fn hash(&self, purpose: Purpose, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.hashes[purpose as usize]);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }
}

/// A plain SHA-256, for values that are random enough to need no key.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// Whether two values are the same, in constant time.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kind: &'static str, bound_to: &'static str) -> Place<'static> {
        Place { account: Uuid::from_u128(1), kind, row: Uuid::from_u128(2), bound_to }
    }

    #[test]
    fn opens_only_in_its_place_with_its_key() {
        let keys = Keys::new(&[1; 32]);
        let sealed = keys.seal(place("a", "host"), b"secret");
        assert_eq!(keys.open(place("a", "host"), &sealed), Ok(b"secret".to_vec()));
        assert_eq!(keys.open(place("b", "host"), &sealed), Err(SealBroken));
        assert_eq!(keys.open(place("a", "other"), &sealed), Err(SealBroken));
        assert_eq!(keys.open(place("ah", "ost"), &sealed), Err(SealBroken));
        assert_eq!(Keys::new(&[2; 32]).open(place("a", "host"), &sealed), Err(SealBroken));
        for cut in 0..sealed.len() {
            assert_eq!(keys.open(place("a", "host"), &sealed[..cut]), Err(SealBroken));
        }
        assert_ne!(sealed, keys.seal(place("a", "host"), b"secret"), "a nonce is used once");
    }

    #[test]
    fn hashes_of_two_purposes_and_two_splits_differ() {
        let keys = Keys::new(&[1; 32]);
        let code = keys.hash(Purpose::Code, &[b"12", b"3"]);
        assert_eq!(code, keys.hash(Purpose::Code, &[b"12", b"3"]));
        assert_ne!(code, keys.hash(Purpose::Code, &[b"1", b"23"]));
        assert_ne!(code, keys.hash(Purpose::Unlock, &[b"12", b"3"]));
        for (i, (purpose, _)) in Purpose::ALL.iter().enumerate() {
            assert_eq!(*purpose as usize, i, "the table follows the enum");
        }
    }

    /// RFC 5869, test case 3: HKDF-SHA256 with neither salt nor info.
    #[test]
    fn derives_as_the_rfc_says() {
        let okm = derive::<42>(&[0x0b; 22], "");
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d\
                        9d201395faa4b61a96c8";
        assert_eq!(data_encoding::HEXLOWER.encode(okm.as_ref()), expected);
    }
}
