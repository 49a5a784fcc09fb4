//! A browser is sent to the issuer. Its cookie holds a token of 32 random bytes; `state`, `nonce` and the PKCE
//! verifier are keyed hashes of it, so that they belong to this browser and stand nowhere else.

use data_encoding::BASE64URL_NOPAD;
use shared::{Code, IntegrationId};
use url::Url;
use zeroize::Zeroizing;

use super::Lost;
use super::reason::Reason;
use super::settings::SsoSettings;
use crate::app::App;
use crate::seal::{Keys, Purpose, sha256};
use crate::sign_in::session::{SECOND_FACTOR_LIFE_MS, Token};
use crate::sign_in::{Refused, Typed, set_up, throttle};
use crate::store::{SsoPurpose, SsoRow, SsoTrip};

/// From leaving to coming back.
const LIFE_MS: i64 = 10 * 60_000;

/// What belongs to one browser's trip.
pub(super) struct Values {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: Zeroizing<String>,
}

impl Values {
    pub(super) fn of(keys: &Keys, token: &str) -> Self {
        let value = |what: &[u8]| {
            BASE64URL_NOPAD.encode(&keys.hash(Purpose::Session, &[b"sso", what, token.as_bytes()]))
        };
        Self {
            state: value(b"state"),
            nonce: value(b"nonce"),
            // 43 characters, as RFC 7636 §4.1 asks at least.
            verifier: Zeroizing::new(value(b"verifier")),
        }
    }
}

/// What stands for a trip's token in the database.
pub(super) fn hash(keys: &Keys, token: &str) -> Vec<u8> {
    keys.hash(Purpose::Session, &[b"sso", b"trip", token.as_bytes()])
}

/// What somebody is sent for.
pub struct Wish<'a> {
    /// What for.
    pub purpose: SsoPurpose,
    /// Where they want to go afterwards: a path of ours.
    pub next: &'a str,
    /// The address that they typed.
    pub hint: Option<&'a str>,
    /// Whether the issuer is to ask them anew, whoever it thinks they are.
    pub forced: bool,
}

/// A browser that leaves.
pub struct Leave {
    /// For its cookie.
    pub token: Token,
    /// Where to.
    pub to: Url,
}

/// Sends a browser to the issuer.
///
/// # Errors
/// When the issuer can't be asked what it is, or the database does not take it.
pub async fn leave(app: &App, row: &SsoRow, wish: Wish<'_>) -> Result<Leave, Lost> {
    let settings = SsoSettings::of(&row.integration)?;
    let document = app.sso.document(row, &settings).await?;
    let (token, now) = (Token::fresh(), app.clock.now());
    let trip = SsoTrip {
        id: hash(&app.keys, token.expose()),
        account: row.integration.account,
        integration: row.integration.id,
        version: row.integration.changed_at,
        purpose: wish.purpose,
        forced: wish.forced,
        next: wish.next.to_owned(),
        begun_at: now,
        expires_at: now.plus(LIFE_MS),
    };
    app.store.begin_sso(trip.account, &trip).await?;
    let Values { state, nonce, verifier } = Values::of(&app.keys, token.expose());
    let challenge = BASE64URL_NOPAD.encode(&sha256(verifier.as_bytes()));
    let mut to = document.authorize.clone();
    let mut query = to.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("response_mode", "query")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", &app.sso.redirect_uri())
        .append_pair("scope", "openid")
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if wish.forced {
        query.append_pair("prompt", "login").append_pair("max_age", "0");
    } else if settings.trust_mfa {
        query.append_pair("max_age", &(SECOND_FACTOR_LIFE_MS / 1000).to_string());
    }
    if let Some(hint) = wish.hint {
        query.append_pair("login_hint", hint);
    }
    drop(query);
    Ok(Leave { token, to })
}

/// Counts a browser that is to be sent away, until it comes back as somebody.
///
/// # Errors
/// [`Refused::TooMany`] from this network.
pub async fn count_trip(app: &App, address: &str) -> Result<(), Refused> {
    throttle::count_trip(app, address).await
}

/// The issuer that an address leads to, by its domain alone: nothing tells whether it is somebody's.
///
/// # Errors
/// [`Code::TooMany`] from this network.
pub async fn by_domain(app: &App, email: &str, address: &str) -> Result<Option<SsoRow>, Refused> {
    count_trip(app, address).await?;
    let email = email.trim().to_lowercase();
    let Some((_, domain)) = email.rsplit_once('@') else { return Ok(None) };
    let found = app.store.sso_by_domain(domain).await?;
    Ok(found.filter(|row| row.integration.is_on))
}

/// The issuer of a link that people keep. Reads only, and counts nothing.
///
/// # Errors
/// [`Code::NotFound`] for one that is not there or off.
pub async fn by_id(app: &App, id: IntegrationId) -> Result<SsoRow, Refused> {
    let found = app.store.sso_by_id(id).await?;
    found.filter(|row| row.integration.is_on).ok_or(Refused::Because(Code::NotFound))
}

/// The issuer of the account that a set-up link is for, and what the link proves; `None` where that account
/// has none.
///
/// # Errors
/// [`Code::LinkDead`] when the link does not work.
pub async fn of_set_up(
    app: &App,
    token: &Typed,
    address: &str,
) -> Result<Option<(SsoRow, SsoPurpose)>, Refused> {
    count_trip(app, address).await?;
    let (technician, hash) = set_up::whose(app, token).await?;
    let found = app.store.sso_of(technician.account).await?;
    let on = found.filter(|row| row.integration.is_on);
    Ok(on.map(|row| (row, SsoPurpose::SetUp(technician.id, hash))))
}

/// A trip that did not begin.
impl From<Reason> for Lost {
    fn from(reason: Reason) -> Self {
        Self::Because(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_belongs_to_one_browser_and_one_key() {
        let keys = Keys::new(&[1; 32]);
        let one = Values::of(&keys, "token");
        assert_eq!(one.state, Values::of(&keys, "token").state);
        let other = Values::of(&keys, "other");
        let stranger = Values::of(&Keys::new(&[2; 32]), "token");
        let mut all: Vec<&str> = Vec::new();
        for it in [&one, &other, &stranger] {
            all.extend([it.state.as_str(), it.nonce.as_str(), it.verifier.as_str()]);
        }
        assert!(all.iter().all(|text| text.len() == 43));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 9);
    }
}
