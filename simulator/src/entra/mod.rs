//! Microsoft Entra's token endpoint for client credentials
//! (ENTRA v2-oauth2-client-creds-grant-flow; bodies as captured in `specs/entra-token`), and Entra as an issuer
//! for people (`oidc`).

mod access;
mod assertion;
mod credential;
pub(crate) mod oidc;

use serde_json::json;

use crate::directory::{App, Tenant};
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

fn missing(name: &str) -> No {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    no(400, "invalid_request", 900_144, text)
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
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => {
            oidc::describe(world, tenant).unwrap_or_else(|no| refuse(call, &no))
        }
        ("GET", [_, "discovery", "v2.0", "keys"]) => oidc::keys(world),
        ("GET", [tenant, "oauth2", "v2.0", "authorize"]) => {
            oidc::page(world, call, tenant).unwrap_or_else(|no| refuse(call, &no))
        }
        ("POST", [tenant, "oauth2", "v2.0", "authorize"]) => {
            oidc::picked(world, call, tenant).unwrap_or_else(|no| refuse(call, &no))
        }
        ("GET", ["favicon.ico"]) => Answer::empty(404),
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
    let basic = credential::basic(call);
    let field = |name: &'static str| {
        let value = form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    };
    if ["common", "organizations", "consumers"].contains(&tenant.to_ascii_lowercase().as_str()) {
        let text = "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        return Err(no(400, "invalid_request", 9_001_023, text));
    }
    let grant_type = field("grant_type").ok_or_else(|| missing("grant_type"))?;
    if grant_type == "authorization_code" {
        return oidc::redeem(world, call, tenant);
    }
    if grant_type != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        return Err(no(400, "unsupported_grant_type", 70_003, text));
    }
    let client_id = field("client_id")
        .or(basic.as_ref().map(|(id, _)| id.clone()))
        .ok_or_else(|| missing("client_id"))?;
    let scope = field("scope").ok_or_else(|| missing("scope"))?;
    let shown = credential::shown(&form, basic.map(|(_, secret)| secret));

    world.change(|state| {
        let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant));
        let tenant = found.ok_or_else(|| unknown_tenant(tenant))?;
        known_app(tenant, &client_id)?;
        check_scope(&scope, &world.graph_url(), &tenant.id)?;
        let shown = shown?;
        let asked = credential::Asked {
            tenant,
            entra_url: &world.entra_url(),
            now_ms: call.now_ms,
        };
        credential::check(&asked, &shown, &mut state.assertions_seen)?;
        if tenant.app.blocked_by_policy {
            // After the credential has proved right; which `error` goes with it is [K].
            let text = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
            return Err(no(400, "invalid_grant", 53_003, text));
        }
        let written = access::Written { tenant, shown: &shown, now_ms: call.now_ms };
        let token = written.token(&world.graph_url());
        let grant = Grant {
            tenant_id: tenant.id.clone(),
            roles: tenant.app.roles.clone(),
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

/// Whether the tenant has such an app, and lets it sign in here at all (SOURCES.md §1.3).
fn known_app(tenant: &Tenant, client_id: &str) -> Result<(), No> {
    if tenant.other_cloud {
        let text = "Confidential Client is not supported in Cross Cloud request.";
        return Err(no(400, "invalid_request", 900_382, text));
    }
    if uuid::Uuid::parse_str(client_id).map_or(true, |id| id.is_nil()) {
        let text = format!("{client_id} is not a valid application identifier.");
        return Err(no(400, "unauthorized_client", 700_038, text));
    }
    if !tenant.app.client_id.eq_ignore_ascii_case(client_id) {
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        return Err(no(400, "unauthorized_client", 700_016, text));
    }
    if tenant.app.disabled {
        // Known from sign-in pages, which ask for no credential first; the status is [K].
        let text = format!("Application '{client_id}'({}) is disabled.", App::NAME);
        return Err(no(400, "unauthorized_client", 7_000_112, text));
    }
    Ok(())
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
    // Absent for 70003 and 700038 in the captures, and in public logs of 900382.
    if !matches!(no.code, 70_003 | 700_038 | 900_382) {
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
