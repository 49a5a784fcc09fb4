//! The issuer's RSA keys, and what it publishes of them.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding,
};
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
    /// The one for ES256, published as soon as it is used.
    elliptic: Option<Elliptic>,
}

/// A key on the curve P-256 with its id.
pub(super) struct Elliptic {
    pub(super) kid: String,
    pair: EcdsaKeyPair,
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

    /// The one for ES256.
    pub(super) fn elliptic(&mut self) -> &Elliptic {
        self.elliptic.get_or_insert_with(Elliptic::new)
    }

    pub(super) fn rotate(&mut self) {
        self.current = Some(Key::new());
    }

    /// As JWKs.
    pub(super) fn published(&mut self) -> Vec<Value> {
        let rsa = self.current().public();
        [Some(rsa), self.elliptic.as_ref().map(Elliptic::public)].into_iter().flatten().collect()
    }
}

impl Elliptic {
    #[expect(clippy::expect_used, reason = "without a key there is no issuer to simulate")]
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self { kid: random::base64url::<20>(), pair }
    }

    /// RFC 7518 §6.2.1: the point's two numbers, which stand behind a byte that says so.
    fn public(&self) -> Value {
        let point = &self.pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid,
            "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y),
        })
    }

    /// ES256.
    #[expect(clippy::expect_used, reason = "the key is one of ours")]
    pub(super) fn sign(&self, signed: &str) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        signature.expect("a signature").as_ref().to_vec()
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
    pub(super) fn sign(&self, signed: &str) -> Vec<u8> {
        self.sign_as(&RSA_PKCS1_SHA256, signed)
    }

    /// PS256.
    pub(super) fn sign_pss(&self, signed: &str) -> Vec<u8> {
        self.sign_as(&RSA_PSS_SHA256, signed)
    }

    #[expect(clippy::expect_used, reason = "the key is one of ours")]
    fn sign_as(&self, padding: &'static dyn RsaEncoding, signed: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(padding, &SystemRandom::new(), signed.as_bytes(), &mut signature)
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
