//! Sessions and their tokens. The token is with its holder only; the database has a keyed hash.

use data_encoding::BASE64URL_NOPAD;
use shared::{Code, Host, Millis};
use zeroize::Zeroizing;

use super::Refused;
use crate::app::App;
use crate::random;
use crate::seal::{Keys, Purpose};
use crate::store::{NewSession, Role, Session, SessionKind, StoreError};

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A browser stays signed in for so long at the most.
pub const WEB_LIFE_MS: i64 = 12 * HOUR_MS;
/// It is signed out when nobody used it for so long.
pub const IDLE_MS: i64 = HOUR_MS;
/// Between password and second factor.
pub const HALF_LIFE_MS: i64 = 10 * MINUTE_MS;
/// A pod asks for its next token within so long.
pub const POD_LIFE_MS: i64 = 15 * MINUTE_MS;
/// A reset needs a second factor that is no older.
pub const SECOND_FACTOR_LIFE_MS: i64 = 12 * HOUR_MS;
/// What admins change, and what lets somebody in, needs one that is no older: a browser may stand open for hours.
const RECENT_FACTOR_LIFE_MS: i64 = HOUR_MS;
/// Use is remembered to the minute: not every request has to write.
const TOUCH_MS: i64 = MINUTE_MS;

/// 32 random bytes in base64url, for a cookie or a bearer header.
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        let bytes = random::bytes::<32>();
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(bytes.as_ref())))
    }

    /// The one that takes another's place. Whoever holds that one gets the same again, however often they
    /// ask, and nobody can tell it from that one without our keys.
    #[must_use]
    pub fn next(keys: &Keys, before: &str) -> Self {
        let bytes = keys.hash(Purpose::Session, &[b"next", before.as_bytes()]);
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// The clear text, for its holder.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What stands for it in the database.
    #[must_use]
    pub fn hash(&self, keys: &Keys, kind: SessionKind) -> Vec<u8> {
        hash(keys, kind, &self.0)
    }
}

/// A pod's token and a cookie never hash alike, so one can't be used as the other.
fn hash(keys: &Keys, kind: SessionKind, token: &str) -> Vec<u8> {
    let carrier: &[u8] = match kind {
        SessionKind::Web | SessionKind::Half => b"cookie",
        SessionKind::Pod => b"bearer",
        SessionKind::Frame => b"frame",
    };
    keys.hash(Purpose::Session, &[carrier, token.as_bytes()])
}

/// What stands for a pod's token in the database.
#[must_use]
pub fn pod_hash(keys: &Keys, token: &str) -> Vec<u8> {
    hash(keys, SessionKind::Pod, token)
}

/// What stands for a frame's cookie in the database.
#[must_use]
pub fn frame_hash(keys: &Keys, token: &str) -> Vec<u8> {
    hash(keys, SessionKind::Frame, token)
}

/// The session that this token is for, while it lives. For [`SessionKind::Half`] a full web
/// session answers too: both come in the same cookie, and the caller looks which it is.
///
/// # Errors
/// When the database can't be read.
pub async fn look_up(
    app: &App,
    token: &str,
    kind: SessionKind,
) -> Result<Option<Session>, StoreError> {
    // What can't be a token need not be looked for.
    if token.len() != 43 {
        return Ok(None);
    }
    let found = app.store.session(&hash(&app.keys, kind, token), app.clock.now(), IDLE_MS).await?;
    let fits = |session: &Session| match kind {
        SessionKind::Half => session.kind != SessionKind::Pod,
        only => session.kind == only,
    };
    Ok(found.filter(fits).map(|mut session| {
        if session.kind == SessionKind::Pod {
            // A pod never has an admin's rights, whoever is looking at it (design §8).
            session.technician.role = Role::Technician;
        }
        session
    }))
}

/// Remembers that a person (not a page by itself) used the session, to the minute. For a pod,
/// its web session is what stays alive by it.
///
/// # Errors
/// When the database does not take it.
pub async fn touch(app: &App, session: &Session) -> Result<(), StoreError> {
    let now = app.clock.now();
    let (id, seen_at) = match &session.parent {
        // How long ago the parent was used is not known here; its statement looks.
        Some(parent) => (parent, Millis(0)),
        None => (&session.id, session.seen_at),
    };
    if now.since(seen_at) < TOUCH_MS {
        return Ok(());
    }
    app.store.touch_session(session.technician.account, id, now).await
}

/// Whether this session may finish signing in: half of one, or one that was begun by password alone before
/// anybody asked for a second factor.
#[must_use]
pub fn awaits_factor(session: &Session) -> bool {
    match session.kind {
        SessionKind::Half => true,
        SessionKind::Web => session.second_factor_at.is_none(),
        SessionKind::Pod | SessionKind::Frame => false,
    }
}

/// Whether a second factor is asked for that this session has not proved: it may finish signing in, and
/// nothing else.
#[must_use]
pub fn lacks_factor(session: &Session) -> bool {
    session.technician.must_use_mfa && awaits_factor(session)
}

/// Whether it was proved a short while ago: in an open browser that is somebody else's meanwhile, it was not.
#[must_use]
pub fn recent_second_factor(session: &Session, now: Millis) -> bool {
    session.second_factor_at.is_some_and(|at| now.since(at) < RECENT_FACTOR_LIFE_MS)
}

/// Whether the second factor was proved recently enough for a reset (design §8).
#[must_use]
pub fn fresh_second_factor(session: &Session, now: Millis) -> bool {
    session.second_factor_at.is_some_and(|at| now.since(at) < SECOND_FACTOR_LIFE_MS)
}

/// A pod's token, made from a web session: it knows no more and lives no longer.
///
/// # Errors
/// [`Code::NotSignedIn`] when the web session has just ended.
pub async fn pod_token(app: &App, web: &Session, host: Host) -> Result<(Token, Millis), Refused> {
    let now = app.clock.now();
    let expires_at = now.plus(POD_LIFE_MS).min(web.expires_at);
    let token = Token::fresh();
    let new = NewSession {
        id: &token.hash(&app.keys, SessionKind::Pod),
        kind: SessionKind::Pod,
        host,
        parent: Some(&web.id),
        technician: web.technician.id,
        second_factor_at: web.second_factor_at,
        expires_at,
    };
    match app.store.begin_session(web.technician.account, now, &new, None).await {
        Ok(()) => Ok((token, expires_at)),
        Err(StoreError::MovedOn) => Err(Refused::Because(Code::NotSignedIn)),
        Err(error) => Err(error.into()),
    }
}
