//! The ID token (Entra, "ID token claims reference", v2.0), and each way to make a bad one.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::random;

use super::keys::Keys;
use super::{Code, Issuer, OidcFault, OidcSignature, issuer, took};

/// An ID token lives an hour (Entra, "ID tokens").
const LIFE_SECONDS: i64 = 3600;

/// `sub` is pairwise: the same person is another one to another application.
pub(super) fn subject(client_id: &str, user_id: &str) -> String {
    let hash = digest(&SHA256, format!("sub\u{1f}{client_id}\u{1f}{user_id}").as_bytes());
    BASE64URL_NOPAD.encode(hash.as_ref())
}

/// The token for a code; `None` where the reply is to have none.
pub(super) fn write(it: &mut Issuer, code: &Code, entra_url: &str, now_ms: i64) -> Option<String> {
    let knobs = &mut it.knobs;
    if took(knobs, OidcFault::NoIdToken) {
        return None;
    }
    let mut now = now_ms / 1000;
    if took(knobs, OidcFault::Expired) {
        now -= 2 * LIFE_SECONDS;
    } else if took(knobs, OidcFault::Early) {
        now += LIFE_SECONDS;
    }
    let mut claims = json!({
        "aud": code.client_id,
        "iss": issuer(entra_url, &code.tenant_id),
        "iat": now, "nbf": now, "exp": now + LIFE_SECONDS,
        "sub": subject(&code.client_id, &code.user_id),
        "tid": code.tenant_id,
        "uti": random::base64url::<16>(),
        "ver": "2.0",
    });
    if let Some(nonce) = &code.nonce {
        claims["nonce"] = json!(nonce);
    }
    if !knobs.amr.is_empty() {
        claims["amr"] = json!(knobs.amr);
    }
    if knobs.sends_auth_time {
        claims["auth_time"] = json!(code.auth_time / 1000);
    }
    let other = "0d1e2f30-0000-4000-8000-00000000000f";
    if took(knobs, OidcFault::OtherNonce) {
        claims["nonce"] = json!(random::base64url::<32>());
    } else if took(knobs, OidcFault::NoNonce) {
        claims.as_object_mut().map(|claims| claims.remove("nonce"));
    } else if took(knobs, OidcFault::OtherAudience) {
        claims["aud"] = json!(other);
    } else if took(knobs, OidcFault::TwoAudiences) {
        claims["aud"] = json!([code.client_id, other]);
    } else if took(knobs, OidcFault::OtherParty) {
        claims["aud"] = json!([code.client_id, other]);
        claims["azp"] = json!(other);
    } else if took(knobs, OidcFault::OtherIssuer) {
        claims["iss"] = json!(issuer(entra_url, other));
    }
    if took(knobs, OidcFault::UnknownKey) {
        let other = it.keys.foreign();
        let text = unsigned("RS256", &other.kid, &claims);
        return Some(joined(&text, &other.sign(&text)));
    }
    let key = it.keys.current();
    if took(knobs, OidcFault::AlgNone) {
        return Some(format!("{}.", unsigned("none", &key.kid, &claims)));
    }
    if took(knobs, OidcFault::HmacWithPublicKey) {
        let text = unsigned("HS256", &key.kid, &claims);
        return Some(joined(&text, &key.confuse(&text)));
    }
    let signs_with = knobs.signs_with;
    let broken = took(knobs, OidcFault::BrokenSignature);
    let (text, signature) = signed(&mut it.keys, signs_with, &claims);
    if broken {
        claims["sub"] = json!(subject(&code.client_id, other));
        return Some(joined(&signed(&mut it.keys, signs_with, &claims).0, &signature));
    }
    Some(joined(&text, &signature))
}

/// What is signed, and the signature.
fn signed(keys: &mut Keys, signs_with: OidcSignature, claims: &Value) -> (String, Vec<u8>) {
    let algorithm = signs_with.as_str();
    if signs_with == OidcSignature::Es256 {
        let key = keys.elliptic();
        let text = unsigned(algorithm, &key.kid, claims);
        let signature = key.sign(&text);
        return (text, signature);
    }
    let key = keys.current();
    let text = unsigned(algorithm, &key.kid, claims);
    let signature = match signs_with {
        OidcSignature::Ps256 => key.sign_pss(&text),
        _ => key.sign(&text),
    };
    (text, signature)
}

fn unsigned(algorithm: &str, kid: &str, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": algorithm, "kid": kid});
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", part(&header), part(claims))
}

fn joined(text: &str, signature: &[u8]) -> String {
    format!("{text}.{}", BASE64URL_NOPAD.encode(signature))
}
