//! What a person does with their own sign-in once they are in: another password, another authenticator,
//! an end to their other sessions.

use data_encoding::HEXLOWER;
use shared::Code;

use super::recovery::{self, Codes};
use super::session::IDLE_MS;
use super::totp::{self, TotpSecret};
use super::{Refused, Typed, authenticator, password, throttle};
use crate::app::App;
use crate::audit::{Act, Entry};
use crate::seal::{Purpose, same};
use crate::store::{OldFactor, OwnSession, Replacement, Session, StoreError};

/// Chooses another password; the other sessions end.
///
/// # Errors
/// [`Code::WrongSignIn`] when the old one is wrong; [`Refused::BadPassword`]; [`Refused::TooMany`].
pub async fn change_password(
    app: &App,
    who: &Session,
    old: &Typed,
    new: &Typed,
) -> Result<(), Refused> {
    let technician = &who.technician;
    // Before the old one is looked at: what is typed anew can be mended without spending a try.
    password::fit(new)?;
    throttle::count_own(app, who).await?;
    let known = technician.password_hash.clone();
    if !password::check(old, known.clone()).await? {
        let entry = Entry::new(Act::SignInRefused)
            .by(technician.id)
            .because(Code::WrongSignIn)
            .about("old password");
        app.store.note_alone(technician.account, app.clock.now(), &entry).await?;
        return Err(Refused::Because(Code::WrongSignIn));
    }
    throttle::forgive_own(app, who).await?;
    let (hash, now) = (password::hash(new).await?, app.clock.now());
    let change = (known.as_deref().unwrap_or_default(), hash.as_str());
    let account = technician.account;
    match app.store.change_password(account, now, technician.id, &who.id, change).await {
        Ok(()) => {
            ring(app, who);
            Ok(())
        }
        Err(StoreError::MovedOn) => Err(Refused::Because(Code::ChangedMeanwhile)),
        Err(error) => Err(error.into()),
    }
}

/// The secret that is offered in this session in place of the enrolled one: the same each time the page
/// is loaded, another once it was taken over.
async fn offered(app: &App, who: &Session) -> Result<TotpSecret, Refused> {
    let technician = &who.technician;
    let sealed = app.store.sealed_totp(technician.account, technician.id).await?;
    let sealed = sealed.ok_or(Refused::Because(Code::ChangedMeanwhile))?;
    Ok(authenticator::derived(app, who, &sealed))
}

/// What the page shows that replaces an authenticator.
///
/// # Errors
/// [`Code::ChangedMeanwhile`] when there is none to be replaced.
pub async fn offer(app: &App, who: &Session) -> Result<authenticator::Offer, Refused> {
    Ok(authenticator::offer_of(&offered(app, who).await?, &who.technician.email))
}

/// Replaces the authenticator. `old` is a code of the old one or a recovery code, and need not be there
/// when a recovery code was this session's second factor; `new` is the new one's first code.
///
/// # Errors
/// [`Code::CodeWrong`] when the old code is; [`Code::WrongSignIn`] when the new one is,
/// [`Refused::ClockOff`] when it was right at another time; [`Refused::TooMany`].
pub async fn replace_authenticator(
    app: &App,
    who: &Session,
    old: &Typed,
    new: &Typed,
) -> Result<Codes, Refused> {
    let technician = &who.technician;
    let secret = offered(app, who).await?;
    let step = authenticator::first_step(app, &secret, new)?;
    let old = old_factor(app, who, old).await?;
    let sealed =
        authenticator::seal_authenticator(&app.keys, technician.account, technician.id, &secret);
    let codes = Codes::fresh(&app.keys, technician.id);
    let replacement = Replacement {
        technician: technician.id,
        session: &who.id,
        old: &old,
        step,
        sealed: &sealed,
        codes: &codes.hashes,
    };
    let now = app.clock.now();
    match app.store.replace_authenticator(technician.account, now, &replacement).await {
        Ok(()) => {
            throttle::forgive_own(app, who).await?;
            ring(app, who);
            Ok(codes)
        }
        // Used meanwhile, or none of theirs.
        Err(StoreError::MovedOn) => Err(wrong(app, who).await?),
        Err(error) => Err(error.into()),
    }
}

/// For so long after a sign-in with a recovery code another authenticator needs no further proof: whoever
/// finds the browser unattended later on does not get one.
const RECOVERED_MS: i64 = 15 * 60_000;

/// Whether this session's second factor was a recovery code, a moment ago.
#[must_use]
pub fn recovered_just_now(app: &App, who: &Session) -> bool {
    let now = app.clock.now();
    who.trace.recovered && who.second_factor_at.is_some_and(|at| now.since(at) < RECOVERED_MS)
}

/// What proves that the old one is theirs, as far as that can be told before it is used up.
async fn old_factor(app: &App, who: &Session, typed: &Typed) -> Result<OldFactor, Refused> {
    let technician = &who.technician;
    if recovered_just_now(app, who) {
        return Ok(OldFactor::Recovered);
    }
    throttle::count_own(app, who).await?;
    if let Some(code) = recovery::hash(&app.keys, technician.id, typed.expose()) {
        return Ok(OldFactor::Code(code));
    }
    let sealed = app.store.sealed_totp(technician.account, technician.id).await?;
    let sealed = sealed.ok_or(Refused::Because(Code::ChangedMeanwhile))?;
    let secret = app
        .keys
        .open(totp::place(technician.account, technician.id), &sealed)
        .map(TotpSecret::new)
        .map_err(|_| Refused::Ours("a technician's authenticator does not open"))?;
    match secret.step_of(typed.expose(), app.clock.now()) {
        Some(step) => Ok(OldFactor::Step(step)),
        None => Err(wrong(app, who).await?),
    }
}

async fn wrong(app: &App, who: &Session) -> Result<Refused, StoreError> {
    let technician = &who.technician;
    let entry = Entry::new(Act::SignInRefused)
        .by(technician.id)
        .because(Code::CodeWrong)
        .about("old authenticator");
    app.store.note_alone(technician.account, app.clock.now(), &entry).await?;
    Ok(Refused::Because(Code::CodeWrong))
}

/// What stands for a session in a form: nothing that could be used as one.
#[must_use]
pub fn handle(app: &App, id: &[u8]) -> String {
    HEXLOWER.encode(&app.keys.hash(Purpose::Form, &[b"session", id])[..16])
}

/// Where this person is signed in.
///
/// # Errors
/// When the database can't be read.
pub async fn sessions(app: &App, who: &Session) -> Result<Vec<OwnSession>, StoreError> {
    let technician = &who.technician;
    app.store.sessions_of(technician.account, technician.id, app.clock.now(), IDLE_MS).await
}

/// Ends one of their sessions, by its handle. One that has ended already is no error.
///
/// # Errors
/// When the database does not take it.
pub async fn end(app: &App, who: &Session, wanted: &str) -> Result<(), StoreError> {
    let all = sessions(app, who).await?;
    let one = all.iter().find(|one| same(handle(app, &one.id).as_bytes(), wanted.as_bytes()));
    let Some(one) = one else { return Ok(()) };
    let technician = &who.technician;
    let entry = Entry::new(Act::SessionsEnded).by(technician.id).about("one");
    let now = app.clock.now();
    app.store.end_session(technician.account, now, &one.id, Some(&entry)).await?;
    ring(app, who);
    Ok(())
}

/// Ends all of them but this one.
///
/// # Errors
/// When the database does not take it.
pub async fn end_others(app: &App, who: &Session) -> Result<(), StoreError> {
    let technician = &who.technician;
    let now = app.clock.now();
    app.store.end_other_sessions(technician.account, now, technician.id, &who.id).await?;
    ring(app, who);
    Ok(())
}

/// Pods of sessions that have ended notice at once, and mails go out.
fn ring(app: &App, who: &Session) {
    app.resets.bell.ring(who.technician.account);
    app.resets.wake.notify_one();
}
