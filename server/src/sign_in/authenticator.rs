//! The second factor: a code from an authenticator, and enrolling one.

use shared::{AccountId, Code, Host, TechnicianId};
use zeroize::Zeroizing;

use super::recovery::Codes;
use super::session::{self, Token};
use super::totp::{self, SECRET_BYTES, TotpSecret};
use super::{Refused, Typed, throttle};
use crate::app::App;
use crate::audit::{Act, Entry};
use crate::seal::{Keys, Purpose};
use crate::store::{NewSession, Proof, Session, SessionKind, StoreError};

/// Shown by authenticator apps above the code.
const ISSUER: &str = "MSP Password Reset";

/// A new authenticator's secret, for the person's eyes and their app.
pub struct Offer {
    /// Base32 in groups of four.
    pub spelt: Zeroizing<String>,
    /// What the QR code holds.
    pub uri: Zeroizing<String>,
}

/// The offer of this secret to whoever signs in with `email`.
pub(super) fn offer_of(secret: &TotpSecret, email: &str) -> Offer {
    Offer { spelt: secret.spelt(), uri: secret.uri(ISSUER, email) }
}

/// Seals an authenticator's secret for its technician.
#[must_use]
pub fn seal_authenticator(
    keys: &Keys,
    account: AccountId,
    technician: TechnicianId,
    secret: &TotpSecret,
) -> Vec<u8> {
    keys.seal(totp::place(account, technician), secret.expose())
}

/// The secret that is offered in this half session: the same each time the page is loaded, gone
/// with the session. Nothing is stored before a code proves that an authenticator has it.
fn offered(app: &App, half: &Session) -> TotpSecret {
    derived(app, half, &[])
}

/// A secret that is derived from a session and what stands in the way of it.
pub(super) fn derived(app: &App, who: &Session, before: &[u8]) -> TotpSecret {
    let parts: [&[u8]; 4] = [b"authenticator", who.technician.id.0.as_bytes(), &who.id, before];
    let hash = Zeroizing::new(app.keys.hash(Purpose::SetUp, &parts));
    TotpSecret::new(hash[..SECRET_BYTES].to_vec())
}

/// What the enrolment page shows.
#[must_use]
pub fn offer(app: &App, half: &Session) -> Offer {
    offer_of(&offered(app, half), &half.technician.email)
}

/// The time step of a new authenticator's first code.
///
/// # Errors
/// [`Code::WrongSignIn`]; [`Refused::ClockOff`] when it would have been right at another time. Only here:
/// the secret was shown on this very page, so that nothing is given away.
pub(super) fn first_step(app: &App, secret: &TotpSecret, code: &Typed) -> Result<i64, Refused> {
    let now = app.clock.now();
    if let Some(step) = secret.step_of(code.expose(), now) {
        return Ok(step);
    }
    Err(match secret.drift_of(code.expose(), now) {
        Some(steps) => Refused::ClockOff { seconds: steps * 30 },
        None => Refused::Because(Code::WrongSignIn),
    })
}

/// The second step: the code proves the second factor and makes the session.
///
/// # Errors
/// [`Code::WrongSignIn`] when it is wrong or was used, [`Refused::TooMany`] after too many.
pub async fn with_code(app: &App, half: &Session, code: &Typed) -> Result<Token, Refused> {
    if !session::awaits_factor(half) {
        return Err(Refused::Because(Code::NotSignedIn));
    }
    let technician = &half.technician;
    let last = throttle::count_code(app, half).await?;
    let Some(sealed) = app.store.sealed_totp(technician.account, technician.id).await? else {
        return Err(Refused::Because(Code::WrongSignIn));
    };
    let secret = app
        .keys
        .open(totp::place(technician.account, technician.id), &sealed)
        .map(TotpSecret::new)
        .map_err(|_| Refused::Ours("a technician's authenticator does not open"))?;
    let proved = match secret.step_of(code.expose(), app.clock.now()) {
        Some(step) => prove(app, half, step, None).await?,
        None => None,
    };
    let Some(token) = proved else {
        let entry = Entry::new(Act::SignInRefused)
            .by(technician.id)
            .because(Code::WrongSignIn)
            .about("code");
        let now = app.clock.now();
        if last {
            app.store.end_session(technician.account, now, &half.id, Some(&entry)).await?;
        } else {
            app.store.note_alone(technician.account, now, &entry).await?;
        }
        return Err(Refused::Because(Code::WrongSignIn));
    };
    throttle::forgive_code(app, half).await?;
    Ok(token)
}

/// Enrols the offered authenticator: a code from it proves that it was taken over, and is the
/// second factor of this session.
///
/// # Errors
/// [`Code::WrongSignIn`] when the code is wrong, [`Refused::ClockOff`] when it was right at another time;
/// [`Code::NotSignedIn`] when there is nothing to enrol in this session.
pub async fn with_new_authenticator(
    app: &App,
    half: &Session,
    code: &Typed,
) -> Result<(Token, Codes), Refused> {
    let technician = &half.technician;
    if !session::awaits_factor(half) || technician.has_totp {
        return Err(Refused::Because(Code::NotSignedIn));
    }
    let secret = offered(app, half);
    let step = first_step(app, &secret, code)?;
    let sealed = seal_authenticator(&app.keys, technician.account, technician.id, &secret);
    let codes = Codes::fresh(&app.keys, technician.id);
    let enrol = Some((sealed.as_slice(), codes.hashes.as_slice()));
    match prove(app, half, step, enrol).await? {
        Some(token) => Ok((token, codes)),
        None => Err(Refused::Because(Code::WrongSignIn)),
    }
}

/// Records the proof. `None` when the code was used before, or the half session has ended.
async fn prove(
    app: &App,
    half: &Session,
    step: i64,
    enrol: Option<(&[u8], &[Vec<u8>])>,
) -> Result<Option<Token>, StoreError> {
    let now = app.clock.now();
    let token = Token::fresh();
    let (enrol, codes) = enrol.unzip();
    let codes = codes.unwrap_or_default();
    let proof = Proof { technician: half.technician.id, half: &half.id, step, enrol, codes };
    let new = NewSession {
        id: &token.hash(&app.keys, SessionKind::Web),
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        technician: half.technician.id,
        second_factor_at: Some(now),
        expires_at: now.plus(session::WEB_LIFE_MS),
    };
    match app.store.prove_second_factor(half.technician.account, now, &proof, &new).await {
        Ok(()) => Ok(Some(token)),
        Err(StoreError::MovedOn) => Ok(None),
        Err(error) => Err(error),
    }
}
