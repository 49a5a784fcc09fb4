//! `POST /{tenant}/oauth2/v2.0/token` for `authorization_code`: once, with the verifier, from the same app.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use crate::front::{Answer, Call};
use crate::random;
use crate::world::World;

use super::super::{LIFE_SECONDS, No, credential, missing, no, unknown_tenant};
use super::{field, id_token};

/// The errors are Entra's (SOURCES.md §1.9); which number goes with another redirect URI is \[K\].
pub(in super::super) fn redeem(world: &World, call: &Call, tenant: &str) -> Result<Answer, No> {
    let form = call.form();
    let basic = credential::basic(call);
    let need = |name: &'static str| {
        let value = field(&form, name);
        if value.is_empty() { Err(missing(name)) } else { Ok(value.to_owned()) }
    };
    let client_id = match &basic {
        Some((id, _)) => id.clone(),
        None => need("client_id")?,
    };
    let (code, redirect_uri) = (need("code")?, need("redirect_uri")?);
    let in_form = !field(&form, "client_secret").is_empty();
    let shown = credential::shown(&form, basic.map(|(_, secret)| secret))?;
    let entra_url = world.entra_url();
    world.change(|state| {
        let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant));
        let tenant = found.ok_or_else(|| unknown_tenant(tenant))?;
        super::app(tenant, &client_id)?;
        if state.issuer.knobs.basic_only && in_form {
            // Of issuers other than Entra: RFC 6749 §5.2.
            let text = "The client secret is taken in the Authorization header only.";
            return Err(no(401, "invalid_client", 7_000_218, text));
        }
        let asked = credential::Asked { tenant, entra_url: &entra_url, now_ms: call.now_ms };
        credential::check(&asked, &shown, &mut state.assertions_seen)?;
        let bad = |number, text| Err(no(400, "invalid_grant", number, text));
        let Some(known) = state.issuer.codes.get_mut(&code) else {
            return bad(9_002_313, "Invalid request. Request is malformed or invalid.");
        };
        if known.used {
            return bad(
                54_005,
                "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
            );
        }
        if call.now_ms >= known.until_ms {
            return bad(
                70_008,
                "The provided authorization code or refresh token has expired due to inactivity.",
            );
        }
        if known.client_id != client_id || known.tenant_id != tenant.id {
            return bad(70_000, "The provided value for the 'code' parameter is not valid.");
        }
        if known.redirect_uri != redirect_uri {
            return bad(
                500_112,
                "The reply address does not match the reply address provided when requesting Authorization code.",
            );
        }
        let verifier = field(&form, "code_verifier");
        let challenge = BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
        if verifier.len() < 43 || challenge != known.challenge {
            return bad(
                501_481,
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            );
        }
        known.used = true;
        let Some(known) = state.issuer.codes.remove(&code) else {
            return bad(70_000, "The provided value for the 'code' parameter is not valid.");
        };
        let id_token = id_token::write(&mut state.issuer, &known, &entra_url, call.now_ms);
        state.issuer.codes.insert(code, known);
        let mut body = json!({
            "token_type": "Bearer",
            "scope": "openid",
            "expires_in": LIFE_SECONDS,
            "ext_expires_in": LIFE_SECONDS,
            "access_token": random::base64url::<64>(),
        });
        if let Some(id_token) = id_token {
            body["id_token"] = json!(id_token);
        }
        Ok(Answer::json(200, body))
    })
}
