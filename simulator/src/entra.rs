//! Microsoft Entra's token endpoint for client credentials
//! (ENTRA v2-oauth2-client-creds-grant-flow; bodies as captured in `specs/entra-token`).

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

use crate::front::{Answer, Call};
use crate::state::Grant;
use crate::world::World;
use crate::{dates, random};

/// What a real app-only Graph token lives (SOURCES.md §1.2).
const LIFE_SECONDS: i64 = 3599;

const REAL_GRAPH: &str = "https://graph.microsoft.com";

/// A refusal before it is written down.
struct No {
    status: u16,
    error: &'static str,
    code: u32,
    text: String,
}

fn no(status: u16, error: &'static str, code: u32, text: impl Into<String>) -> No {
    No { status, error, code, text: text.into() }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => match token(world, call, tenant) {
            Ok(answer) => {
                answer.with("cache-control", "no-store, no-cache").with("pragma", "no-cache")
            }
            Err(no) => refuse(call, &no),
        },
        // AADSTS900561: the endpoint takes POST only [K].
        (_, [_, "oauth2", "v2.0", "token"]) => {
            let text = "The endpoint only accepts POST requests. Received a GET request.";
            refuse(call, &no(400, "invalid_request", 900_561, text))
        }
        _ => refuse(
            call,
            &no(404, "invalid_request", 900_971, "There is no such endpoint in this stand-in."),
        )
        .unknown(),
    }
}

/// Codes that ENTRA reference-error-codes calls transient (SOURCES.md §1.3, last row).
pub(crate) fn trouble(call: &Call, status: u16) -> Answer {
    let (error, code, text) = match status {
        429 => (
            "temporarily_unavailable",
            90_055,
            "The tenant is throttled: too many requests. Try again later.",
        ),
        500..=599 => {
            ("temporarily_unavailable", 90_033, "A transient error has occurred. Please try again.")
        }
        _ => ("invalid_request", 90_012, "The request has failed on purpose."),
    };
    refuse(call, &no(status, error, code, text))
}

fn token(world: &World, call: &Call, tenant: &str) -> Result<Answer, No> {
    let form = call.form();
    let basic = basic(call);
    let field = |name: &'static str| {
        let value = form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    };
    let missing = |name: &str| {
        no(
            400,
            "invalid_request",
            900_144,
            format!("The request body must contain the following parameter: '{name}'."),
        )
    };

    if ["common", "organizations", "consumers"].contains(&tenant.to_ascii_lowercase().as_str()) {
        let text = "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        return Err(no(400, "invalid_request", 9_001_023, text));
    }
    let grant_type = field("grant_type").ok_or_else(|| missing("grant_type"))?;
    if grant_type != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        return Err(no(400, "unsupported_grant_type", 70_003, text));
    }
    let client_id = field("client_id")
        .or(basic.as_ref().map(|(id, _)| id.clone()))
        .ok_or_else(|| missing("client_id"))?;
    let scope = field("scope").ok_or_else(|| missing("scope"))?;

    world.change(|state| {
        let Some(tenant) = state.tenants.iter().find(|candidate| candidate.is_called(tenant)) else {
            return Err(unknown_tenant(tenant));
        };
        let app = &tenant.app;
        if uuid::Uuid::parse_str(&client_id).is_ok_and(|id| id.is_nil()) || uuid::Uuid::parse_str(&client_id).is_err() {
            let text = format!("{client_id} is not a valid application identifier.");
            return Err(no(400, "unauthorized_client", 700_038, text));
        }
        if !app.client_id.eq_ignore_ascii_case(&client_id) {
            let text = format!(
                "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
                tenant.name
            );
            return Err(no(400, "unauthorized_client", 700_016, text));
        }
        check_scope(&scope, &world.graph_url(), &tenant.id)?;
        let Some(secret) = field("client_secret").or(basic.map(|(_, secret)| secret)) else {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(no(401, "invalid_client", 7_000_218, text));
        };
        if secret != app.secret {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'."
            );
            return Err(no(401, "invalid_client", 7_000_215, text));
        }
        if app.secret_expires_ms.is_some_and(|at| at <= call.now_ms) {
            let text = format!(
                "The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
            );
            return Err(no(401, "invalid_client", 7_000_222, text));
        }
        let token = write_token(&tenant.id, app, call.now_ms, &world.graph_url());
        let grant = Grant {
            tenant_id: tenant.id.clone(),
            roles: app.roles.clone(),
            expires_ms: call.now_ms + LIFE_SECONDS * 1000,
        };
        state.tokens.retain(|_, grant| grant.expires_ms > call.now_ms - 86_400_000);
        state.tokens.insert(token.clone(), grant);
        Ok(Answer::json(
            200,
            json!({
                "token_type": "Bearer",
                "expires_in": LIFE_SECONDS,
                "ext_expires_in": LIFE_SECONDS,
                "access_token": token,
            }),
        ))
    })
}

fn unknown_tenant(name: &str) -> No {
    if uuid::Uuid::parse_str(name).is_err() && !name.contains('.') {
        let text = format!(
            "Specified tenant identifier '{name}' is neither a valid DNS name, nor a valid external domain."
        );
        return no(400, "invalid_request", 900_023, text);
    }
    let text = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    no(400, "invalid_request", 90_002, text)
}

/// Exactly one resource and `/.default` (SOURCES.md §1.1). Another resource is 500011 (capture).
fn check_scope(scope: &str, graph_url: &str, tenant_id: &str) -> Result<(), No> {
    let resource = scope.strip_suffix("/.default").filter(|resource| !resource.contains(' '));
    match resource {
        Some(resource) if resource == graph_url || resource == REAL_GRAPH => Ok(()),
        Some(resource) => {
            let text = format!(
                "The resource principal named {resource} was not found in the tenant named {tenant_id}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
            );
            Err(no(400, "invalid_resource", 500_011, text))
        }
        None => {
            let text = format!(
                "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' does not exist."
            );
            Err(no(400, "invalid_scope", 70_011, text))
        }
    }
}

/// `Authorization: Basic`, both halves form-encoded first (RFC 6749 §2.3.1).
fn basic(call: &Call) -> Option<(String, String)> {
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

/// Shaped like the v1.0 tokens that Graph gets (SOURCES.md §1.5). Without consent there is no `roles`
/// claim, and no error either (SOURCES.md §1.4). The signature is noise: nobody but Graph may look inside.
fn write_token(
    tenant_id: &str,
    app: &crate::directory::App,
    now_ms: i64,
    audience: &str,
) -> String {
    let now = now_ms / 1000;
    let header = json!({"typ": "JWT", "nonce": random::base64url::<32>(), "alg": "RS256", "x5t": "simulated", "kid": "simulated"});
    let mut claims = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{tenant_id}/"),
        "iat": now, "nbf": now, "exp": now + LIFE_SECONDS,
        "app_displayname": "Password Reset",
        "appid": app.client_id,
        "appidacr": "1",
        "idtyp": "app",
        "oid": random::derived_guid(&["service principal", &app.client_id]),
        "tid": tenant_id,
        "uti": random::base64url::<16>(),
        "ver": "1.0",
        "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"],
    });
    if !app.roles.is_empty() {
        claims["roles"] = json!(app.roles);
    }
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.{}", part(&header), part(&claims), random::base64url::<256>())
}

/// The trailer of the description is separated by plain spaces, as captured in August 2026.
fn refuse(call: &Call, no: &No) -> Answer {
    let (trace, correlation) = (random::guid(), correlation(call));
    let at = dates::entra(call.now_ms);
    let mut body = json!({
        "error": no.error,
        "error_description": format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}", no.code, no.text
        ),
        "error_codes": [no.code],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
    });
    // Absent for 70003 and 700038 in the captures.
    if !matches!(no.code, 70_003 | 700_038) {
        body["error_uri"] =
            json!(format!("https://login.microsoftonline.com/error?code={}", no.code));
    }
    Answer::json(no.status, body)
        .with("x-ms-request-id", trace)
        .with("cache-control", "no-store, no-cache")
}

/// A caller's own `client-request-id` comes back as the correlation id.
fn correlation(call: &Call) -> String {
    match call.header("client-request-id") {
        "" => random::guid(),
        theirs => theirs.to_owned(),
    }
}
