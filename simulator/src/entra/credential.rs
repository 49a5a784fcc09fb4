//! How an app proves that it is the app: by a secret or by an assertion, never by both.

use std::collections::HashMap;

use data_encoding::BASE64;

use crate::directory::Tenant;
use crate::front::Call;

use super::{No, assertion, missing, no};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the app showed.
pub(super) enum Shown {
    /// A client secret's value, from the form or from `Authorization: Basic`.
    Secret(String),
    /// A signed assertion, three parts joined by dots.
    Assertion(String),
}

/// At which tenant's door it was shown, and when.
pub(super) struct Asked<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) entra_url: &'a str,
    pub(super) now_ms: i64,
}

/// The one credential of a request.
pub(super) fn shown(form: &[(String, String)], basic: Option<String>) -> Result<Shown, No> {
    let field = |name: &str| {
        let value = form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    };
    let (secret, signed) = (field("client_secret").or(basic), field("client_assertion"));
    match (secret, signed) {
        // RFC 6749 §5.2 calls more than one way to authenticate `invalid_request`; Entra's number for
        // it is [K].
        (Some(_), Some(_)) => Err(no(
            400,
            "invalid_request",
            90_023,
            "The authentication service request isn't valid: it has both 'client_secret' and 'client_assertion'.",
        )),
        (Some(secret), None) => Ok(Shown::Secret(secret)),
        (None, Some(signed)) => {
            let kind =
                field("client_assertion_type").ok_or_else(|| missing("client_assertion_type"))?;
            if kind != JWT_BEARER {
                // The number is [K].
                let text = format!("The client assertion type '{kind}' is not supported.");
                return Err(no(400, "invalid_request", 90_023, text));
            }
            Ok(Shown::Assertion(signed))
        }
        (None, None) => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(no(401, "invalid_client", 7_000_218, text))
        }
    }
}

/// Whether what was shown is the app's.
pub(super) fn check(
    asked: &Asked<'_>,
    shown: &Shown,
    seen: &mut HashMap<(String, String), i64>,
) -> Result<(), No> {
    match shown {
        Shown::Secret(value) => secret(asked, value),
        Shown::Assertion(signed) => assertion::check(asked, signed, seen),
    }
}

/// Any of the app's secrets that has not ended. A secret's id is no secret (SOURCES.md §1.3).
fn secret(asked: &Asked<'_>, value: &str) -> Result<(), No> {
    let app = &asked.tenant.app;
    let Some(found) = app.all_secrets().into_iter().find(|secret| secret.value == value) else {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
            app.client_id
        );
        return Err(no(401, "invalid_client", 7_000_215, text));
    };
    if found.expires_ms.is_some_and(|at| at <= asked.now_ms) {
        let text = format!(
            "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
            app.client_id
        );
        return Err(no(401, "invalid_client", 7_000_222, text));
    }
    Ok(())
}

/// `Authorization: Basic`, both halves form-encoded first (RFC 6749 §2.3.1).
pub(super) fn basic(call: &Call) -> Option<(String, String)> {
    let decoded =
        BASE64.decode(call.header("authorization").strip_prefix("Basic ")?.as_bytes()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| {
        url::form_urlencoded::parse(text.replace('&', "%26").replace('=', "%3D").as_bytes())
            .next()
            .map(|(key, _)| key.into_owned())
    };
    Some((plain(id)?, plain(secret)?))
}
