//! Certificates in place of client secrets: made here, the private key sealed, the public part
//! uploaded at Microsoft; and the assertion that is signed with one. (Entra "Certificate
//! credentials for application authentication": PS256, `x5t#S256`.)
//!
//! The assertion is three lines of JSON and one signature of the crypto provider that we have.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PSS_SHA256;
use data_encoding::{BASE64_MIME_PERMISSIVE, BASE64URL_NOPAD};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose, PKCS_RSA_SHA256,
    RsaKeySize,
};
use serde_json::json;
use shared::Millis;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::tenant::{Certificate, M365Settings};
use crate::random;
use crate::seal::sha256;

/// What Entra calls a sensible life of a credential, and what the guide proposes for secrets too.
pub const LIFE_DAYS: i64 = 730;
/// An assertion is for one request. (Entra: five to ten minutes at most.)
const ASSERTION_SECONDS: i64 = 300;
/// A clock of ours that is a little ahead must not make it "not yet valid".
const SKEW_SECONDS: i64 = 60;
const DAY_MS: i64 = 24 * 60 * 60_000;

/// The private key of a certificate. No `Debug`: it is not for logs.
pub struct PrivateKey(Zeroizing<Vec<u8>>);

/// Something could not be made or read; never says what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate or its key can't be used")]
pub struct BadCertificate;

impl PrivateKey {
    /// Takes over what came out of a seal (PKCS #8).
    #[must_use]
    pub fn from_sealed(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// PKCS #8, for sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// A new key with its self-signed certificate, for 730 days from now.
///
/// # Errors
/// When the crypto provider can't make one.
pub fn make(now: Millis) -> Result<(PrivateKey, Certificate), BadCertificate> {
    let bad = |_| BadCertificate;
    let pair =
        rcgen::KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072).map_err(bad)?;
    let until = now.plus(LIFE_DAYS * DAY_MS);
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "MSP Process: M365 Password Reset");
    params.not_before = moment(now.plus(-SKEW_SECONDS * 1000))?;
    params.not_after = moment(until)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.self_signed(&pair).map_err(bad)?;
    let key = PrivateKey(Zeroizing::new(pair.serialize_der()));
    Ok((key, Certificate { pem: certificate.pem(), until }))
}

fn moment(at: Millis) -> Result<OffsetDateTime, BadCertificate> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).map_err(|_| BadCertificate)
}

/// The certificate itself out of its PEM.
fn der(certificate: &Certificate) -> Result<Vec<u8>, BadCertificate> {
    let body: String = certificate.pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_MIME_PERMISSIVE.decode(body.as_bytes()).map_err(|_| BadCertificate)
}

/// SHA-1 would be what the portal calls "Thumbprint"; the newer one is what the assertion names.
///
/// # Errors
/// When the PEM is none.
pub fn thumbprint(certificate: &Certificate) -> Result<String, BadCertificate> {
    Ok(data_encoding::HEXUPPER.encode(&sha256(&der(certificate)?)))
}

/// A fresh assertion for one token request.
///
/// # Errors
/// When key or certificate can't be read.
pub(super) fn assertion(
    settings: &M365Settings,
    certificate: &Certificate,
    key: &PrivateKey,
    now: Millis,
) -> Result<Zeroizing<String>, BadCertificate> {
    let seconds = now.0.div_euclid(1000);
    let header = json!({
        "alg": "PS256",
        "typ": "JWT",
        "x5t#S256": BASE64URL_NOPAD.encode(&sha256(&der(certificate)?)),
    });
    let claims = json!({
        "aud": settings.token_url(),
        "iss": settings.client_id,
        "sub": settings.client_id,
        "jti": random::id(now).to_string(),
        "nbf": seconds - SKEW_SECONDS,
        "iat": seconds,
        "exp": seconds + ASSERTION_SECONDS,
    });
    let part = |value: &serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let mut text = Zeroizing::new(format!("{}.{}", part(&header), part(&claims)));
    let pair = KeyPair::from_pkcs8(key.expose()).map_err(|_| BadCertificate)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| BadCertificate)?;
    text.push('.');
    text.push_str(&BASE64URL_NOPAD.encode(&signature));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    fn settings() -> M365Settings {
        serde_json::from_value(json!({
            "login": "https://login.example", "graph": "https://graph.example",
            "tenant": "contoso.example", "client_id": "a1b2c3d4-0001-4000-8000-000000000001",
        }))
        .unwrap()
    }

    #[test]
    fn an_assertion_is_signed_by_the_certificate_that_it_names() {
        let now = Millis(1_795_356_000_000);
        let (key, certificate) = make(now).unwrap();
        assert_eq!(certificate.until.since(now), LIFE_DAYS * DAY_MS);
        let key = PrivateKey::from_sealed(key.expose().to_vec());
        let text = assertion(&settings(), &certificate, &key, now).unwrap();
        let parts: Vec<&str> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("three parts") };
        let read = |part: &str| {
            let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
        };
        assert_eq!(read(header)["alg"], "PS256");
        let named = read(header)["x5t#S256"].as_str().unwrap().to_owned();
        let named =
            data_encoding::HEXUPPER.encode(&BASE64URL_NOPAD.decode(named.as_bytes()).unwrap());
        assert_eq!(named, thumbprint(&certificate).unwrap());
        let claims = read(claims);
        assert_eq!(claims["aud"], "https://login.example/contoso.example/oauth2/v2.0/token");
        assert_eq!(claims["iss"], claims["sub"]);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        let signed = &text[..text.rfind('.').unwrap()];
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
        use aws_lc_rs::signature::KeyPair as _;
        let public = KeyPair::from_pkcs8(key.expose()).unwrap().public_key().as_ref().to_vec();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public)
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let again = assertion(&settings(), &certificate, &key, now).unwrap();
        assert_ne!(*text, *again, "each is for one request");
    }

    #[test]
    fn rubbish_is_refused() {
        let (key, mut certificate) = make(Millis(1_795_356_000_000)).unwrap();
        let sign = |certificate: &Certificate, key: &PrivateKey| {
            assertion(&settings(), certificate, key, Millis(0)).map(drop)
        };
        let none = PrivateKey::from_sealed(b"no key".to_vec());
        assert_eq!(sign(&certificate, &none), Err(BadCertificate));
        certificate.pem = "-----BEGIN CERTIFICATE-----\n???\n".into();
        assert_eq!(sign(&certificate, &key), Err(BadCertificate));
    }
}
