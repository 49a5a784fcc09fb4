//! Client assertions: a JWT that the app signs with the key of a registered certificate
//! (ENTRA certificate-credentials; SOURCES.md §1.6). Only the present form is taken: PS256 and
//! `x5t#S256`. The real endpoint still takes RS256 and `x5t` \[K\]; new code has no reason to send them.

use std::collections::HashMap;

use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::{BASE64URL_NOPAD, HEXUPPER};
use serde_json::Value;

use crate::dates;
use crate::directory::Certificate;

use super::credential::Asked;
use super::{No, no};

/// "exp" is 5 to 10 minutes ahead at most (SOURCES.md §1.6).
const LONGEST_SECONDS: i64 = 600;
const REAL_ENTRA: &str = "https://login.microsoftonline.com";
const PAGE: &str = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";

/// Whether the assertion is this app's, meant for this tenant, in time, and new.
pub(super) fn check(
    asked: &Asked<'_>,
    signed: &str,
    seen: &mut HashMap<(String, String), i64>,
) -> Result<(), No> {
    let parts = Parts::read(signed).ok_or_else(|| malformed("it is not three parts of a JWT"))?;
    let certificate = certificate(asked, &parts)?;
    let key = certificate.public_key().unwrap_or_default();
    if UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key)
        .verify(parts.signed.as_bytes(), &parts.signature)
        .is_err()
    {
        let reason = "The provided signature value did not match the expected signature value.";
        return Err(bad_signature(asked, reason, &parts.thumbprint(), Some(&certificate)));
    }
    claims(asked, &parts.claims, seen)
}

struct Parts<'a> {
    header: Value,
    claims: Value,
    /// Header and claims as they were signed.
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let bytes = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let object = |part: &str| {
            let value: Value = serde_json::from_slice(&bytes(part)?).ok()?;
            value.is_object().then_some(value)
        };
        let (header, claims) = (object(header)?, object(claims)?);
        Some(Parts { header, claims, signed, signature: bytes(signature)? })
    }

    fn thumbprint(&self) -> Vec<u8> {
        let text = self.header["x5t#S256"].as_str().unwrap_or_default();
        BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default()
    }
}

/// The registered certificate that the header names, when it is good now.
fn certificate(asked: &Asked<'_>, parts: &Parts<'_>) -> Result<Certificate, No> {
    if parts.header["alg"] != "PS256" {
        return Err(malformed("the algorithm must be PS256"));
    }
    if parts.header["typ"] != "JWT" {
        return Err(malformed("its type must be JWT"));
    }
    let thumbprint = parts.thumbprint();
    if thumbprint.is_empty() {
        return Err(malformed("No certificate thumbprint specified in token header"));
    }
    let all = &asked.tenant.app.certificates;
    let Some(found) = all.iter().find(|known| known.sha256() == thumbprint) else {
        return Err(bad_signature(asked, "The key was not found.", &thumbprint, None));
    };
    let good = found.validity().is_some_and(|validity| asked.now_ms < validity.until_ms);
    if !good {
        return Err(bad_signature(asked, "The key used is expired.", &thumbprint, Some(found)));
    }
    Ok(found.clone())
}

fn claims(
    asked: &Asked<'_>,
    claims: &Value,
    seen: &mut HashMap<(String, String), i64>,
) -> Result<(), No> {
    let app = &asked.tenant.app;
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let is_app = |name: &str| text(name).eq_ignore_ascii_case(&app.client_id);
    if !is_app("iss") || !is_app("sub") {
        let says = format!(
            "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at {PAGE} ."
        );
        return Err(no(401, "invalid_client", 700_021, says));
    }
    if !is_audience(asked, text("aud")) {
        let says = format!(
            "Client assertion audience claim does not match Realm issuer. Review the documentation at {PAGE} ."
        );
        return Err(no(401, "invalid_client", 700_023, says));
    }
    let now = asked.now_ms.div_euclid(1000);
    let Some(until) = claims["exp"].as_i64() else {
        return Err(malformed("it has no 'exp'"));
    };
    // Absent is 1970, as the endpoint itself says it. No leeway: one clock here, and less mercy.
    let from = claims["nbf"].as_i64().unwrap_or(0);
    if from > now || until <= now || until > now + LONGEST_SECONDS {
        let says = format!(
            "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}. Review the documentation at {PAGE} .",
            dates::precise(asked.now_ms),
            dates::precise(from.saturating_mul(1000)),
            dates::precise(until.saturating_mul(1000)),
        );
        return Err(no(401, "invalid_client", 700_024, says));
    }
    let id = text("jti");
    if uuid::Uuid::parse_str(id).is_err() {
        return Err(malformed("its 'jti' must be a GUID"));
    }
    seen.retain(|_, until_ms| *until_ms > asked.now_ms);
    if seen.insert((app.client_id.clone(), id.to_owned()), until.saturating_mul(1000)).is_some() {
        // What the real endpoint does with a second use is [K]; the page asks for one of a kind.
        return Err(malformed("its 'jti' was used before"));
    }
    Ok(())
}

/// This tenant's token endpoint: by the real host, or by the stand-in's.
fn is_audience(asked: &Asked<'_>, audience: &str) -> bool {
    [REAL_ENTRA, asked.entra_url].iter().any(|host| {
        let tenant = audience
            .strip_prefix(host)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|rest| rest.strip_suffix("/oauth2/v2.0/token"));
        tenant.is_some_and(|name| asked.tenant.is_called(name))
    })
}

/// 50027 is Entra's "invalid JWT"; which of its many causes gets which words is \[K\].
fn malformed(why: &str) -> No {
    no(400, "invalid_request", 50_027, format!("JWT token is invalid or malformed: {why}."))
}

/// The key goes by the thumbprint that the client sent.
fn bad_signature(
    asked: &Asked<'_>,
    reason: &str,
    thumbprint: &[u8],
    found: Option<&Certificate>,
) -> No {
    let dates = found.and_then(Certificate::validity).map(|validity| {
        let (from, until) = (dates::us(validity.from_ms), dates::us(validity.until_ms));
        format!(", Found key 'Start={from}, End={until}'")
    });
    let says = format!(
        "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: '{}'{}, Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{}'.]",
        HEXUPPER.encode(thumbprint),
        dates.unwrap_or_default(),
        asked.tenant.app.client_id,
    );
    no(401, "invalid_client", 700_027, says)
}
