//! Signing in to our own pages: password, or the account's own issuer (`sso`), then a code from an authenticator. What a technician
//! is told never says which part was wrong; what the audit says does.
//!
//! Between the two steps stands a *half* session, which may finish signing in and nothing else.
//! The proof of the second factor makes a new session with a new id, so that an id which
//! somebody planted before is worth nothing.

pub mod admins;
pub mod authenticator;
mod confirm;
pub mod forgotten;
pub mod links;
pub mod own;
pub mod password;
pub mod recovery;
pub mod session;
pub mod set_up;
pub mod sso;
pub mod throttle;
pub mod totp;
pub mod whence;

use shared::{Code, Host};
use zeroize::Zeroizing;

pub use authenticator::{Offer, offer, seal_authenticator, with_code, with_new_authenticator};
pub use confirm::confirm;
pub use set_up::{finish_set_up, make_set_up_link, set_sign_in};

use crate::app::App;
use crate::audit::{Act, Entry};
use crate::store::{NewSession, Session, SessionKind, StoreError, Technician};
use session::Token;
use throttle::Throttle;

/// Something secret that a technician typed: a password, a code, a set-up token.
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The clear text, for the one comparison that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for Typed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// For a reason that may be told.
    #[error("{}", .0.as_str())]
    Because(Code),
    /// The account takes nothing but single sign-on, and this technician's password is no exception.
    #[error("only single sign-on")]
    OnlySso,
    /// Asked too often.
    #[error("too many tries, {seconds} s to wait")]
    TooMany {
        /// Until it is worth asking again.
        seconds: u32,
    },
    /// The code of a new authenticator is right at another time: the phone's clock is off.
    #[error("a clock is {seconds} s off")]
    ClockOff {
        /// So many seconds; ahead of ours when positive.
        seconds: i64,
    },
    /// The new password is no good, with a sentence why.
    #[error("{0}")]
    BadPassword(&'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hash, the seal: our fault.
    #[error("{0}")]
    Ours(&'static str),
}

/// What to do where a password is not taken.
pub const ONLY_SSO: &str = "Your company takes single sign-on only: use it on the sign-in page.";

/// What comes after the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A code from the authenticator.
    Code,
    /// An authenticator has to be enrolled.
    Enrol,
    /// Nothing: this technician needs no second factor (and can't reset without one).
    Nothing,
}

/// What follows for this technician once the password is known to be right.
#[must_use]
pub fn next(technician: &Technician) -> Next {
    match (technician.has_totp, technician.must_use_mfa) {
        (true, _) => Next::Code,
        (false, true) => Next::Enrol,
        (false, false) => Next::Nothing,
    }
}

/// The first step. `old` is the session that the browser came with, if any: it ends here.
///
/// # Errors
/// [`Code::WrongSignIn`] whatever was wrong; [`Refused::TooMany`] from this address.
pub async fn with_password(
    app: &App,
    email: &str,
    password: &Typed,
    address: &str,
    old: Option<&[u8]>,
) -> Result<(Token, Next), Refused> {
    let email = email.trim().to_lowercase();
    let throttle = Throttle::new(app, address, &email);
    throttle.count_password().await?;
    let known = app.store.technician_by_email(&email).await?;
    let hash = known.as_ref().and_then(|technician| technician.password_hash.clone());
    let right = password::check(password, hash).await?;
    let technician = match known {
        Some(technician) if right => technician,
        Some(technician) => {
            let entry = Entry::new(Act::SignInRefused)
                .by(technician.id)
                .because(Code::WrongSignIn)
                .about("password");
            app.store.note_alone(technician.account, app.clock.now(), &entry).await?;
            return Err(Refused::Because(Code::WrongSignIn));
        }
        None => {
            // A write here, too: the time it takes must not tell who has an account.
            throttle::count_nobody(app).await?;
            return Err(Refused::Because(Code::WrongSignIn));
        }
    };
    throttle.forgive_password().await?;
    if !technician.account_on {
        return Err(Refused::Because(Code::AccountOff));
    }
    if !sso::may_use_password(app, &technician).await? {
        let entry = Entry::new(Act::SignInRefused)
            .by(technician.id)
            .because(Code::Forbidden)
            .about("password, where only single sign-on is taken");
        app.store.note_alone(technician.account, app.clock.now(), &entry).await?;
        return Err(Refused::OnlySso);
    }
    let (token, next) = begin(app, &technician, old).await?;
    // Comparing takes its time. Whoever has changed the password meanwhile has ended all that came in
    // by the old one, and this one came later.
    let again = app.store.technician(technician.account, technician.id).await?;
    if again.is_none_or(|again| again.password_hash != technician.password_hash) {
        let id = token.hash(&app.keys, SessionKind::Half);
        app.store.end_session(technician.account, app.clock.now(), &id, None).await?;
        return Err(Refused::Because(Code::WrongSignIn));
    }
    Ok((token, next))
}

/// Begins what comes after a right password.
async fn begin(
    app: &App,
    technician: &Technician,
    old: Option<&[u8]>,
) -> Result<(Token, Next), StoreError> {
    let next = next(technician);
    let (kind, life_ms) = match next {
        Next::Nothing => (SessionKind::Web, session::WEB_LIFE_MS),
        Next::Code | Next::Enrol => (SessionKind::Half, session::HALF_LIFE_MS),
    };
    let now = app.clock.now();
    let token = Token::fresh();
    let new = NewSession {
        id: &token.hash(&app.keys, kind),
        kind,
        host: Host::Web,
        parent: None,
        technician: technician.id,
        second_factor_at: None,
        expires_at: now.plus(life_ms),
    };
    app.store.begin_session(technician.account, now, &new, old).await?;
    Ok((token, next))
}

/// Both steps in one, for the JSON API.
///
/// # Errors
/// As the two steps.
pub async fn at_once(
    app: &App,
    email: &str,
    password: &Typed,
    code: &Typed,
    address: &str,
    old: Option<&[u8]>,
) -> Result<(Token, Technician), Refused> {
    let (token, next) = with_password(app, email, password, address, old).await?;
    let Some(half) = session::look_up(app, token.expose(), SessionKind::Half).await? else {
        return Err(Refused::Ours("a session that has just begun"));
    };
    match next {
        Next::Nothing => Ok((token, half.technician)),
        // Enrolling takes a page; here it would be a wrong code in disguise.
        Next::Enrol => Err(Refused::Because(Code::SecondFactorNeeded)),
        Next::Code => match with_code(app, &half, code).await {
            Ok(token) => Ok((token, half.technician)),
            Err(why) => {
                // Nobody else holds its token.
                let account = half.technician.account;
                app.store.end_session(account, app.clock.now(), &half.id, None).await?;
                Err(why)
            }
        },
    }
}

/// Signs a browser out: its session ends, and every pod that came from it.
///
/// # Errors
/// When the database does not take it.
pub async fn sign_out(app: &App, session: &Session) -> Result<(), StoreError> {
    let technician = &session.technician;
    let entry = Entry::new(Act::SignedOut).by(technician.id);
    app.store.end_session(technician.account, app.clock.now(), &session.id, Some(&entry)).await
}
