//! The issuer's RSA keys, and what it publishes of them.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use aws_lc_rs::{hmac, rand::SystemRandom};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;

use crate::random;

/// The key in use, once there is one, and one that is published nowhere. Making one takes a moment, which no
/// request should have to wait for: [`Keys::current`] and [`Keys::foreign`] are called beforehand.
#[derive(Default)]
pub(super) struct Keys {
    current: Option<Key>,
    foreign: Option<Key>,
}

/// A key with its id.
pub(super) struct Key {
    pub(super) kid: String,
    pair: KeyPair,
}

impl Keys {
    /// The key in use.
    pub(super) fn current(&mut self) -> &Key {
        self.current.get_or_insert_with(Key::new)
    }

    /// One that nobody can look up.
    pub(super) fn foreign(&mut self) -> &Key {
        self.foreign.get_or_insert_with(Key::new)
    }

    pub(super) fn rotate(&mut self) {
        self.current = Some(Key::new());
    }

    /// As a JWK.
    pub(super) fn published(&mut self) -> Value {
        self.current().public()
    }
}

impl Key {
    #[expect(clippy::expect_used, reason = "without a key there is no issuer to simulate")]
    fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        Self { kid: random::base64url::<20>(), pair }
    }

    #[expect(clippy::expect_used, reason = "the key is one of ours")]
    fn public(&self) -> Value {
        let der = self.pair.public_key().as_ref();
        let (_, key) = RSAPublicKey::from_der(der).expect("an RSA public key");
        // DER has a zero in front of a number whose first bit is set; a JWK has not (RFC 7518 §6.3.1.1).
        let number = |bytes: &[u8]| {
            let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
            BASE64URL_NOPAD.encode(&bytes[start..])
        };
        json!({
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid,
            "n": number(key.modulus), "e": number(key.exponent),
        })
    }

    /// RS256.
    #[expect(clippy::expect_used, reason = "the key is one of ours")]
    pub(super) fn sign(&self, signed: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a signature");
        signature
    }

    /// HS256 with what everybody knows: who lets the token choose the algorithm takes it.
    #[expect(clippy::expect_used, reason = "the key is one of ours")]
    pub(super) fn confuse(&self, signed: &str) -> Vec<u8> {
        let public = self.pair.public_key().as_der().expect("DER");
        let key = hmac::Key::new(hmac::HMAC_SHA256, public.as_ref());
        hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
    }
}
