//! Whether an ID token is good (OpenID Connect Core 1.0 §3.1.3.7). Pure: keys and time are given.
//!
//! `jsonwebtoken` says whether the signature is right. The algorithm is chosen by us and by the key's kind,
//! never by the token alone, and times are compared with the app's clock.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use shared::Millis;

use super::factor::LEEWAY_MS;
use super::reason::Reason;

/// A token that is older was not made for this trip: that takes ten minutes at most.
const OLDEST_MS: i64 = 15 * 60_000;
/// OpenID Connect Core §2: at most 255 ASCII characters.
const LONGEST_SUBJECT: usize = 255;

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Millis,
}

/// Whom the issuer has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    /// The issuer's name for the person.
    pub(super) subject: String,
    /// How they proved it (RFC 8176); empty where the issuer does not say.
    pub(super) amr: Vec<String>,
    /// When they proved it.
    pub(super) auth_time: Option<Millis>,
}

/// What a token says of its signature.
#[derive(Deserialize)]
pub(super) struct Header {
    alg: String,
    pub(super) kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 §4.1.11): we understand none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    sub: String,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    auth_time: Option<f64>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The header, which nothing vouches for yet.
pub(super) fn header(token: &str) -> Result<Header, Reason> {
    let first = token.split('.').next().unwrap_or_default();
    let json = BASE64URL_NOPAD.decode(first.as_bytes()).map_err(|_| Reason::Malformed)?;
    let header: Header = serde_json::from_slice(&json).map_err(|_| Reason::Malformed)?;
    if header.crit.is_some() {
        return Err(Reason::Malformed);
    }
    algorithm(&header)?;
    Ok(header)
}

/// One of the three that prove something: never `none`, never a shared secret.
fn algorithm(header: &Header) -> Result<Algorithm, Reason> {
    match header.alg.as_str() {
        "RS256" => Ok(Algorithm::RS256),
        "PS256" => Ok(Algorithm::PS256),
        "ES256" => Ok(Algorithm::ES256),
        _ => Err(Reason::Algorithm),
    }
}

/// The key that the token names; where it names none, the only one there is.
pub(super) fn key<'k>(header: &Header, keys: &'k JwkSet) -> Option<&'k Jwk> {
    match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Whether a key may sign with this algorithm.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let said = key.common.key_algorithm.is_none_or(|said| {
        said.to_string().parse::<Algorithm>().is_ok_and(|said| said == algorithm)
    });
    let kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(it), Algorithm::ES256) => {
            it.curve == EllipticCurve::P256
        }
        _ => false,
    };
    signs && said && kind
}

/// Whom the token confirms.
pub(super) fn check(
    token: &str,
    header: &Header,
    key: &Jwk,
    expected: &Expected<'_>,
) -> Result<Confirmed, Reason> {
    let algorithm = algorithm(header)?;
    if !fits(key, algorithm) {
        return Err(Reason::Algorithm);
    }
    let decoding = DecodingKey::from_jwk(key).map_err(|_| Reason::Key)?;
    // The signature alone: each claim is looked at below, by our own clock.
    let mut only_signature = Validation::new(algorithm);
    only_signature.validate_exp = false;
    only_signature.validate_aud = false;
    only_signature.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(token, &decoding, &only_signature)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Reason::Signature,
            _ => Reason::Malformed,
        })?
        .claims;
    claims.confirm(expected)
}

impl Claims {
    fn confirm(self, expected: &Expected<'_>) -> Result<Confirmed, Reason> {
        if self.iss != expected.issuer {
            return Err(Reason::Issuer);
        }
        let ours = match &self.aud {
            Audience::One(one) => one == expected.client_id,
            Audience::Several(all) => {
                // Made for others too: then it has to say that we asked for it.
                all.iter().any(|one| one == expected.client_id)
                    && (all.len() == 1 || self.azp.is_some())
            }
        };
        if !ours || self.azp.as_ref().is_some_and(|azp| azp != expected.client_id) {
            return Err(Reason::Audience);
        }
        let (until, issued_at) = (millis(self.exp)?, millis(self.iat)?);
        let now = expected.now;
        if now.since(until) >= LEEWAY_MS || now.since(issued_at) > OLDEST_MS {
            return Err(Reason::Expired);
        }
        if issued_at.since(now) > LEEWAY_MS {
            return Err(Reason::Early);
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err(Reason::Nonce);
        }
        let fit = !self.sub.is_empty()
            && self.sub.len() <= LONGEST_SUBJECT
            && self.sub.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
        if !fit {
            return Err(Reason::Malformed);
        }
        let auth_time = self.auth_time.map(millis).transpose()?;
        Ok(Confirmed { subject: self.sub, amr: self.amr, auth_time })
    }
}

/// Seconds since 1970, which may have a fraction (RFC 7519 §2, "NumericDate").
fn millis(seconds: f64) -> Result<Millis, Reason> {
    // Beyond the year 5000 nothing is a time, and less than that fits exactly.
    if !(0.0..1e11).contains(&seconds) {
        return Err(Reason::Malformed);
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
    Ok(Millis((seconds * 1000.0) as i64))
}
