//! `/{tenant}/oauth2/v2.0/authorize`: a page on which somebody of the tenant is picked, and types their
//! password where the world asks for it (Entra, "OAuth 2.0 authorization code flow", "Request an
//! authorization code"; errors that can't be sent back are a page, as RFC 6749 §4.1.2.1 has it).

use url::Url;

use crate::directory::Tenant;
use crate::front::{Answer, Call};
use crate::random;
use crate::state::State;
use crate::world::World;

use super::super::{No, no, unknown_tenant};
use super::{CODE_LIFE_MS, Code, OidcFault, field, fields, issuer, took};

/// What a browser asks for, once it is known where it may be sent back to.
struct Asked {
    client_id: String,
    redirect: Url,
    state: String,
    nonce: Option<String>,
    challenge: String,
    /// Why nothing comes of it, as `error` tells it.
    error: Option<&'static str>,
    asks_anew: bool,
    /// The oldest sign-in that will do, in milliseconds.
    max_age_ms: Option<i64>,
    hint: String,
}

/// Reads the request. A client or an address that is not registered is told to nobody but the person.
fn asked(tenant: &Tenant, fields: &[(String, String)]) -> Result<Asked, No> {
    let text = |name: &str| field(fields, name).to_owned();
    let client_id = text("client_id");
    let app = super::app(tenant, &client_id)?;
    let redirect_uri = text("redirect_uri");
    // Exactly as registered: neither a longer path nor another query.
    let known = app.redirect_uris.contains(&redirect_uri);
    let redirect = Url::parse(&redirect_uri).ok().filter(|_| known);
    let Some(redirect) = redirect else {
        let says = format!(
            "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'."
        );
        return Err(no(400, "invalid_request", 50_011, says));
    };
    let scopes = text("scope");
    let error = if text("response_type") != "code" {
        Some("unsupported_response_type")
    } else if !scopes.split(' ').any(|scope| scope == "openid") {
        Some("invalid_scope")
    } else if text("code_challenge_method") != "S256"
        || text("code_challenge").len() != 43
        || !["", "query"].contains(&text("response_mode").as_str())
    {
        Some("invalid_request")
    } else if text("prompt") == "none" {
        Some("login_required")
    } else {
        None
    };
    Ok(Asked {
        client_id,
        redirect,
        state: text("state"),
        nonce: Some(text("nonce")).filter(|nonce| !nonce.is_empty()),
        challenge: text("code_challenge"),
        error,
        asks_anew: text("prompt") == "login",
        max_age_ms: text("max_age").parse().ok().map(|seconds: i64| seconds * 1000),
        hint: text("login_hint"),
    })
}

/// The page.
pub(in super::super) fn page(world: &World, call: &Call, tenant: &str) -> Result<Answer, No> {
    let fields = fields(call);
    let issuer_url = world.entra_url();
    world.change(|state| {
        let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant)).cloned();
        let tenant = found.ok_or_else(|| unknown_tenant(tenant))?;
        let asked = asked(&tenant, &fields)?;
        if let Some(error) = asked.error {
            return Ok(send_back(state, &asked, &[("error", error)], &issuer(&issuer_url, &tenant.id)));
        }
        let people: String = tenant
            .users
            .iter()
            .filter(|user| user.enabled && user.user_type == "Member")
            .map(|user| {
                let hinted = if user.is_called(&asked.hint) { " class=\"hinted\"" } else { "" };
                format!(
                    "<li{hinted}><button name=\"person\" value=\"{}\"><strong>{}</strong> {}</button></li>",
                    text(&user.id),
                    text(&user.display_name),
                    text(&user.upn)
                )
            })
            .collect();
        let password = match state.issuer.knobs.asks_password {
            true => "<p><label>Password <input type=\"password\" name=\"password\"></label></p>",
            false => "",
        };
        let kept: String = fields
            .iter()
            .map(|(name, value)| {
                format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", text(name), text(value))
            })
            .collect();
        let html = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>Pick an account</title>\
             <link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head><body><main>\
             <p>Microsoft Entra, simulated</p><h1>Pick an account</h1>\
             <p>to continue to an application of {}</p>\
             <form method=\"post\" action=\"?\">{kept}{password}<ul>{people}</ul>\
             <p><button name=\"person\" value=\"\">Cancel</button></p></form></main></body></html>\n",
            text(&tenant.name)
        );
        Ok(Answer::other(200, "text/html; charset=utf-8", html).with("cache-control", "no-store"))
    })
}

/// Somebody was picked, or nobody.
pub(in super::super) fn picked(world: &World, call: &Call, tenant: &str) -> Result<Answer, No> {
    let fields = fields(call);
    let issuer_url = world.entra_url();
    world.change(|state| {
        let found = state.tenants.iter().find(|candidate| candidate.is_called(tenant)).cloned();
        let tenant = found.ok_or_else(|| unknown_tenant(tenant))?;
        let asked = asked(&tenant, &fields)?;
        let issuer = issuer(&issuer_url, &tenant.id);
        if let Some(error) = asked.error {
            return Ok(send_back(state, &asked, &[("error", error)], &issuer));
        }
        let person = field(&fields, "person");
        let denied = took(&mut state.issuer.knobs, OidcFault::AccessDenied) || person.is_empty();
        if denied {
            let says =
                ("error_description", "AADSTS65004: User declined to consent to access the app.");
            return Ok(send_back(state, &asked, &[("error", "access_denied"), says], &issuer));
        }
        if took(&mut state.issuer.knobs, OidcFault::ServerError) {
            return Ok(send_back(state, &asked, &[("error", "server_error")], &issuer));
        }
        let user = tenant.user(person).filter(|user| user.enabled);
        let asks = state.issuer.knobs.asks_password;
        let user = user.filter(|user| !asks || user.password == field(&fields, "password"));
        let Some(user) = user else {
            let says = "Error validating credentials due to invalid username or password.";
            return Err(no(400, "invalid_grant", 50_126, says));
        };
        let ago = state.issuer.knobs.signed_in_ago_ms;
        let anew = asked.asks_anew || asked.max_age_ms.is_some_and(|most| ago >= most);
        let code = format!("1.{}", random::base64url::<64>());
        state.issuer.codes.insert(
            code.clone(),
            Code {
                tenant_id: tenant.id.clone(),
                client_id: asked.client_id.clone(),
                redirect_uri: field(&fields, "redirect_uri").to_owned(),
                challenge: asked.challenge.clone(),
                nonce: asked.nonce.clone(),
                user_id: user.id.clone(),
                auth_time: if anew { call.now_ms } else { call.now_ms - ago },
                until_ms: call.now_ms + CODE_LIFE_MS,
                used: false,
            },
        );
        Ok(send_back(state, &asked, &[("code", &code)], &issuer))
    })
}

/// Sends the browser back, with what it came with.
fn send_back(state: &mut State, asked: &Asked, what: &[(&str, &str)], issuer: &str) -> Answer {
    let knobs = &mut state.issuer.knobs;
    let mut to = asked.redirect.clone();
    let mut query = to.query_pairs_mut();
    for (name, value) in what {
        query.append_pair(name, value);
    }
    match took(knobs, OidcFault::OtherState) {
        true => query.append_pair("state", &random::base64url::<32>()),
        false => query.append_pair("state", &asked.state),
    };
    if took(knobs, OidcFault::OtherIssParameter) {
        query.append_pair("iss", "https://evil.example");
    } else if knobs.names_issuer {
        query.append_pair("iss", issuer);
    }
    drop(query);
    Answer::empty(302).with("location", to.as_str()).with("cache-control", "no-store")
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:start center;padding:2rem 1rem}\
main{max-width:26rem;width:100%}h1{font-size:1.4rem;margin:0}ul{list-style:none;padding:0;display:grid;gap:.5rem}\
button{font:inherit;width:100%;text-align:left;padding:.75rem 1rem;border:1px solid #888;border-radius:6px;background:none;color:inherit;cursor:pointer}\
.hinted button{border-width:2px}input{font:inherit;padding:.5rem;width:100%;box-sizing:border-box}";

/// Text between tags or inside a quoted attribute.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
