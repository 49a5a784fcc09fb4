//! Who is asking: the cookie of a browser on our own pages, or the bearer of a pod. The one is
//! never taken for the other.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{AppendHeaders, IntoResponse};
use cookie::{Cookie, SameSite};
use serde::Deserialize;
use shared::{Code, PodTokenAsk, PodTokenView, Problem, TechnicianView};

use super::forms::{Address, OwnJson};
use super::problem::Failure;
use super::still;
use crate::app::App;
use crate::sign_in::session::{self, Token};
use crate::sign_in::{self, Refused, Typed, admins, whence};
use crate::store::{Session, SessionKind};

/// `__Host-`: no other host, no path, no plain http can set or read it (browsers treat names
/// under `localhost` as secure).
const COOKIE: &str = "__Host-session";

/// The cookie that continues the pairing of a frame. Browsers keep it apart for each site that frames us.
const FRAME_COOKIE: &str = "__Host-frame";

/// The cookie of a browser that was sent to an issuer. `Lax`: it comes back by a link from there.
const TRIP_COOKIE: &str = "__Host-sso";

/// The header that a browser takes along to an issuer, for ten minutes.
pub fn leaves(token: &Token) -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    AppendHeaders([set_cookie(&trip_cookie(token.expose(), cookie::time::Duration::minutes(10)))])
}

/// The header that makes it forget that trip.
pub fn comes_back() -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    AppendHeaders([set_cookie(&trip_cookie("", cookie::time::Duration::ZERO))])
}

/// What a browser took along, whatever it is worth.
#[must_use]
pub fn trip_token(headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, TRIP_COOKIE)
}

fn trip_cookie(value: &str, life: cookie::time::Duration) -> Cookie<'_> {
    let cookie = Cookie::build((TRIP_COOKIE, value)).path("/").secure(true).http_only(true);
    cookie.same_site(SameSite::Lax).max_age(life).build()
}

/// The session token in the cookie, whatever it is worth.
fn cookie_token(headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, COOKIE)
}

/// What continues a frame's pairing, whatever it is worth.
#[must_use]
pub fn frame_cookie(headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, FRAME_COOKIE)
}

/// The header that continues a frame's pairing. `None` and `Partitioned`: it is sent within the site that
/// frames us, and to none of our own pages.
pub fn continues(token: &Token) -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    let cookie = Cookie::build((FRAME_COOKIE, token.expose()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::None)
        .partitioned(true);
    AppendHeaders([set_cookie(&cookie.build())])
}

/// The pod's session that a request's bearer is for, if it has one that is any good.
///
/// # Errors
/// When the database can't be read.
pub async fn bearer_session(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Failure> {
    match bearer(headers) {
        Some(token) => Ok(session::look_up(app, token, SessionKind::Pod).await?),
        None => Ok(None),
    }
}

/// What stands behind `Authorization: Bearer`, whatever it is worth.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

fn cookie_named(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn cookie(value: &str) -> cookie::CookieBuilder<'_> {
    // No Max-Age: it goes when the browser is closed; the server ends it earlier anyway.
    Cookie::build((COOKIE, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

fn set_cookie(cookie: &Cookie<'_>) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&cookie.to_string());
    (header::SET_COOKIE, value.unwrap_or(HeaderValue::from_static("")))
}

/// The header that signs a browser in.
pub fn signs_in(token: &Token) -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    AppendHeaders([set_cookie(&cookie(token.expose()).build())])
}

/// The header that makes a browser forget its session.
pub fn signs_out() -> AppendHeaders<[(header::HeaderName, HeaderValue); 1]> {
    let gone = cookie("").max_age(cookie::time::Duration::ZERO).build();
    AppendHeaders([set_cookie(&gone)])
}

/// The session that the browser came with, full or half.
///
/// # Errors
/// When the database can't be read.
pub async fn in_cookie(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Failure> {
    let Some(token) = cookie_token(headers) else { return Ok(None) };
    Ok(session::look_up(app, &token, SessionKind::Half).await?)
}

/// Somebody between password and second factor.
pub struct HalfSignedIn(pub Session);

impl FromRequestParts<App> for HalfSignedIn {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match in_cookie(app, &parts.headers).await? {
            Some(half) if session::awaits_factor(&half) => Ok(Self(half)),
            _ => Err(Code::NotSignedIn.into()),
        }
    }
}

/// A full session, of an account that is on, with the second factor where it is asked for.
async fn full(app: &App, parts: &mut Parts) -> Result<Session, Failure> {
    let found = in_cookie(app, &parts.headers).await?;
    let Some(session) = found.filter(|session| session.kind == SessionKind::Web) else {
        return Err(Code::NotSignedIn.into());
    };
    let technician = &session.technician;
    if session::lacks_factor(&session) {
        // The flag was set after they signed in without.
        return Err(Code::NotSignedIn.into());
    }
    if !technician.account_on {
        return Err(Code::AccountOff.into());
    }
    still::came(parts, &session);
    Ok(session)
}

/// A browser that is signed in and may use our own pages. A page that asks by itself (for the
/// next pod token) does not keep the session alive; see [`SignedIn`].
pub struct Browser(pub Session);

impl FromRequestParts<App> for Browser {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = full(app, parts).await?;
        if !session.technician.may_use_ui {
            return Err(Code::Forbidden.into());
        }
        Ok(Self(session))
    }
}

/// A person who may vouch for a frame by their own sign-in: with a second factor as recent as a reset
/// asks for. Our other pages need not be theirs.
pub struct MayPair(pub Session);

impl FromRequestParts<App> for MayPair {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = full(app, parts).await?;
        if !session::fresh_second_factor(&session, app.clock.now()) {
            return Err(Code::SecondFactorNeeded.into());
        }
        session::touch(app, &session).await?;
        trace(app, parts, &session).await?;
        Ok(Self(session))
    }
}

/// Whoever is signed in, also those who may not use our other pages, and those who need no second factor
/// and have none: at the page of their own sign-in.
pub struct Anyone(pub Session);

impl FromRequestParts<App> for Anyone {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = full(app, parts).await?;
        session::touch(app, &session).await?;
        trace(app, parts, &session).await?;
        Ok(Self(session))
    }
}

/// Remembers from where a session is used, when that is news: in few words, for its owner to recognise.
async fn trace(app: &App, parts: &mut Parts, session: &Session) -> Result<(), Failure> {
    let Ok(Address(address)) = Address::from_request_parts(parts, app).await;
    let agent = parts.headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok());
    let (browser, network) = (whence::browser(agent.unwrap_or_default()), whence::masked(&address));
    let known = &session.trace;
    if known.browser != browser || known.network != network {
        let account = session.technician.account;
        app.store.trace_session(account, &session.id, &browser, &network).await?;
    }
    Ok(())
}

/// A person who uses our own pages, with the second factor proved.
pub struct SignedIn(pub Session);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Browser(session) = Browser::from_request_parts(parts, app).await?;
        session::touch(app, &session).await?;
        trace(app, parts, &session).await?;
        Ok(Self(session))
    }
}

/// An admin at our own pages.
pub struct Admin(pub Session);

impl FromRequestParts<App> for Admin {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, app).await?;
        admins::may_look(&session)?;
        Ok(Self(session))
    }
}

/// A pod, by the token in its `Authorization` header and nowhere else. Never an admin.
pub struct PodBearer(pub Session);

impl FromRequestParts<App> for PodBearer {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let found = bearer_session(app, &parts.headers).await?;
        let Some(session) = found else { return Err(Code::NotSignedIn.into()) };
        if !session.technician.account_on {
            return Err(Code::AccountOff.into());
        }
        still::came(parts, &session);
        // Polling goes on in a room that everybody has left; acts need somebody.
        if parts.method != Method::GET {
            session::touch(app, &session).await?;
        }
        Ok(Self(session))
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Because(code) => code.into(),
            Refused::TooMany { seconds } => {
                let mut problem = Problem::new(Code::TooMany);
                problem.retry_after = Some(seconds);
                Self(problem)
            }
            Refused::ClockOff { .. } => Code::WrongSignIn.into(),
            Refused::OnlySso => {
                let mut problem = Problem::new(Code::Forbidden);
                problem.detail = sign_in::ONLY_SSO.into();
                Self(problem)
            }
            Refused::BadPassword(why) => {
                let mut problem = Problem::new(Code::BadRequest);
                problem.detail = why.into();
                Self(problem)
            }
            Refused::Store(error) => error.into(),
            Refused::Ours(what) => {
                tracing::error!(error = what, "sign-in");
                Code::Internal.into()
            }
        }
    }
}

/// POST `/api/session`.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionAsk {
    /// Who.
    email: String,
    /// The first factor.
    #[schema(value_type = String, format = Password)]
    password: Typed,
    /// The second.
    #[schema(value_type = String, format = Password)]
    code: Typed,
}

/// `POST /api/session`: both steps of the sign-in page in one.
///
/// # Errors
/// [`Code::WrongSignIn`], [`Code::TooMany`], [`Code::SecondFactorNeeded`] where an authenticator
/// has to be enrolled first.
pub async fn post_session(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    OwnJson(ask): OwnJson<SessionAsk>,
) -> Result<impl IntoResponse, Failure> {
    let old = in_cookie(&app, &headers).await?.map(|session| session.id);
    let (token, technician) =
        sign_in::at_once(&app, &ask.email, &ask.password, &ask.code, &address, old.as_deref())
            .await?;
    let view = TechnicianView { id: technician.id, name: technician.name };
    Ok((signs_in(&token), Json(view)))
}

/// `POST /api/pod/token`: a bearer for a pod in one of our own pages.
///
/// # Errors
/// [`Code::NotSignedIn`]; [`Code::OriginRefused`] from a page that is not ours.
pub async fn pod_token(
    State(app): State<App>,
    Browser(session): Browser,
    OwnJson(ask): OwnJson<PodTokenAsk>,
) -> Result<Json<PodTokenView>, Failure> {
    let (token, expires_at) = session::pod_token(&app, &session, ask.host).await?;
    let now = app.clock.now();
    Ok(Json(PodTokenView { token: token.expose().to_owned(), expires_at, now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: AppendHeaders<[(header::HeaderName, HeaderValue); 1]>) -> String {
        headers.0[0].1.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_cookie_has_all_its_flags() {
        let token = Token::fresh();
        let sent_in = sent(signs_in(&token));
        assert!(sent_in.starts_with(&format!("__Host-session={}", token.expose())));
        for flag in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
            assert!(sent_in.contains(flag), "{flag}");
        }
        assert!(!sent_in.contains("Domain"), "a __Host- cookie has none");
        let sent_out = sent(signs_out());
        assert!(sent_out.starts_with("__Host-session=;"), "{sent_out}");
        assert!(sent_out.contains("Max-Age=0") && sent_out.contains("; Secure"), "{sent_out}");
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(cookie_token(&headers), None);
        headers.append(header::COOKIE, "session=no; x".parse().unwrap());
        assert_eq!(cookie_token(&headers), None);
        headers.append(header::COOKIE, "a=b; __Host-session=yes".parse().unwrap());
        assert_eq!(cookie_token(&headers).as_deref(), Some("yes"));
    }
}
