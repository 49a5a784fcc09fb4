//! A browser comes back from the issuer: whatever it brings is nobody's word until each check has passed.

use serde::Deserialize;
use shared::{Code, Host, Millis};

use super::connect::Tried;
use super::factor::{Factor, second_factor};
use super::id_token::{self, Confirmed, Expected};
use super::reason::Reason;
use super::settings::SsoSettings;
use super::trip::{Leave, Values, Wish, hash, leave};
use crate::app::App;
use crate::audit::{Act, Entry};
use crate::seal::same;
use crate::sign_in::session::recent_second_factor;
use crate::sign_in::session::{HALF_LIFE_MS, Token, WEB_LIFE_MS};
use crate::sign_in::{Next, Refused, Typed, next, throttle};
use crate::store::{
    NewSession, Role, Session, SessionKind, SsoProof, SsoPurpose, SsoRow, SsoSubject, SsoTrip,
    StoreError, Technician, Tested,
};

/// What the issuer sends a browser back with (RFC 6749 §4.1.2, RFC 9207).
#[derive(Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<Typed>,
    error: Option<String>,
    iss: Option<String>,
}

/// Why nothing came of it.
pub enum Lost {
    /// A reason that the page tells.
    Because(Reason),
    /// The database, or a limit.
    Refused(Refused),
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// What came of a trip.
pub enum Outcome {
    /// Signed in, as far as `step` says.
    SignedIn {
        /// For the cookie.
        token: Token,
        /// What comes next.
        step: Next,
        /// Who.
        technician: Box<Technician>,
    },
    /// The issuer has to ask the person once more.
    AskThem(Leave),
    /// Linked to the technician who is signed in.
    Linked,
    /// An admin's trial.
    Tried(Box<Tried>),
}

/// A trip that is over.
pub struct Back {
    /// What it was for; `None` where this browser was on none.
    pub purpose: Option<SsoPurpose>,
    /// Where the person wanted to go: a path of ours.
    pub next: String,
    /// What came of it.
    pub outcome: Result<Outcome, Lost>,
}

/// Receives a browser with the token in its cookie, and the session that it is signed in with. Whose trip ends
/// well does not count among the tries of their network, `address`: an office signs in every morning.
///
/// # Errors
/// When the database can't be read or written; what is wrong with the answer is an outcome.
pub async fn receive(
    app: &App,
    token: Option<&str>,
    answer: &Callback,
    session: Option<&Session>,
    address: &str,
) -> Result<Back, StoreError> {
    let trip = match token {
        Some(token) => app.store.end_trip(&hash(&app.keys, token), app.clock.now()).await?,
        None => None,
    };
    let (Some(trip), Some(token)) = (trip, token) else {
        tracing::info!(outcome = Reason::TripOver.as_str(), "single sign-on");
        let outcome = Err(Lost::Because(Reason::TripOver));
        return Ok(Back { purpose: None, next: "/".into(), outcome });
    };
    let found = confirm(app, &trip, token, answer).await;
    let outcome = match &trip.purpose {
        SsoPurpose::Trial(..) => tried(app, &trip, session, found).await,
        _ => match found {
            Ok((row, confirmed)) => follow(app, &trip, &row, &confirmed, session).await,
            Err(lost) => Err(lost),
        },
    };
    if matches!(outcome, Ok(Outcome::SignedIn { .. })) {
        throttle::forgive_trip(app, address).await?;
    }
    if let Err(Lost::Because(reason)) = &outcome {
        let mut entry = Entry::new(Act::SignInRefused)
            .because(Code::WrongSignIn)
            .about(format!("single sign-on: {}", reason.as_str()));
        entry.integration = Some(trip.integration);
        entry.technician = known(&trip.purpose);
        app.store.note_alone(trip.account, app.clock.now(), &entry).await?;
    }
    Ok(Back { purpose: Some(trip.purpose), next: trip.next, outcome })
}

fn known(purpose: &SsoPurpose) -> Option<shared::TechnicianId> {
    match purpose {
        SsoPurpose::SignIn => None,
        SsoPurpose::SetUp(who, _) | SsoPurpose::Link(who, _) | SsoPurpose::Trial(who, _) => {
            Some(*who)
        }
    }
}

/// Whom the issuer confirms, after every check.
async fn confirm(
    app: &App,
    trip: &SsoTrip,
    token: &str,
    answer: &Callback,
) -> Result<(SsoRow, Confirmed), Lost> {
    let sso = &app.sso;
    let values = Values::of(&app.keys, token);
    let state = answer.state.as_deref().unwrap_or_default();
    if !same(values.state.as_bytes(), state.as_bytes()) {
        return Err(Reason::State.into());
    }
    let trial = matches!(trip.purpose, SsoPurpose::Trial(..));
    let found = app.store.sso_of(trip.account).await?.filter(|row| {
        let it = &row.integration;
        it.id == trip.integration && it.changed_at == trip.version && (it.is_on || trial)
    });
    let row = found.ok_or(Reason::Changed)?;
    let settings = SsoSettings::of(&row.integration)?;
    let document = sso.document(&row, &settings).await?;
    match answer.iss.as_deref() {
        Some(issuer) if issuer != settings.issuer => return Err(Reason::MixedUp.into()),
        None if document.names_issuer => return Err(Reason::MixedUp.into()),
        _ => {}
    }
    let code = match (&answer.error, &answer.code) {
        (None, Some(code)) => code,
        (Some(error), _) if is_no(error) => return Err(Reason::Denied.into()),
        _ => return Err(Reason::Refused.into()),
    };
    let secret = sso.secret(&row, &settings).await?.ok_or(Reason::NoSecret)?;
    let id_token = sso.exchange((&settings, &document), &secret, code, &values.verifier).await?;
    let id_token = id_token.expose();
    let header = id_token::header(id_token)?;
    let mut keys = sso.keys(&row, &document, false).await?;
    if id_token::key(&header, &keys).is_none() {
        keys = sso.keys(&row, &document, true).await?;
    }
    let key = id_token::key(&header, &keys).ok_or(Reason::Key)?;
    let expected = Expected {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        nonce: &values.nonce,
        now: app.clock.now(),
    };
    let confirmed = id_token::check(id_token, &header, key, &expected)?;
    Ok((row, confirmed))
}

/// Errors that are a person's or their company's no, not a mistake in the request (OpenID Connect Core §3.1.2.6).
fn is_no(error: &str) -> bool {
    ["access_denied", "login_required", "interaction_required", "consent_required"].contains(&error)
}

/// What the trip was for.
async fn follow(
    app: &App,
    trip: &SsoTrip,
    row: &SsoRow,
    confirmed: &Confirmed,
    session: Option<&Session>,
) -> Result<Outcome, Lost> {
    let settings = SsoSettings::of(&row.integration)?;
    let who = SsoSubject { issuer: &settings.issuer, subject: &confirmed.subject };
    match &trip.purpose {
        SsoPurpose::SignIn | SsoPurpose::Trial(..) => {}
        SsoPurpose::SetUp(technician, set_up) => {
            link(app, row, *technician, who, SsoProof::SetUp(set_up)).await?;
        }
        SsoPurpose::Link(technician, id) => {
            // The very session that asked, and still in this browser.
            let same = session.is_some_and(|it| {
                it.kind == SessionKind::Web
                    && it.id == *id
                    && it.technician.id == *technician
                    && recent_second_factor(it, app.clock.now())
            });
            if !same {
                return Err(Reason::ProofOver.into());
            }
            link(app, row, *technician, who, SsoProof::Session(id)).await?;
            return Ok(Outcome::Linked);
        }
    }
    let found = app.store.sso_technician(trip.account, who).await?;
    let technician = found.ok_or(Reason::Unlinked)?;
    if !technician.account_on {
        return Err(Reason::AccountOff.into());
    }
    let factor = second_factor(&settings, confirmed, (trip.forced, trip.begun_at), app.clock.now());
    let (step, proved_at) = match factor {
        Factor::Proved(at) => (Next::Nothing, Some(at)),
        Factor::Ours => (next(&technician), None),
        Factor::AskThem => {
            let hint = Some(technician.email.as_str());
            let wish = Wish { purpose: SsoPurpose::SignIn, next: &trip.next, hint, forced: true };
            return Ok(Outcome::AskThem(leave(app, row, wish).await?));
        }
    };
    let token = begin(app, row, who, &technician, (step, proved_at), session).await?;
    Ok(Outcome::SignedIn { token, step, technician: Box::new(technician) })
}

async fn link(
    app: &App,
    row: &SsoRow,
    technician: shared::TechnicianId,
    who: SsoSubject<'_>,
    proof: SsoProof<'_>,
) -> Result<(), Lost> {
    let (account, now) = (row.integration.account, app.clock.now());
    match app.store.link_sso(account, now, row, technician, who, proof).await {
        Ok(()) => Ok(()),
        Err(StoreError::Taken) => Err(Reason::Taken.into()),
        Err(StoreError::MovedOn) => Err(Reason::ProofOver.into()),
        Err(error) => Err(error.into()),
    }
}

/// Begins what comes after the issuer's word.
async fn begin(
    app: &App,
    row: &SsoRow,
    who: SsoSubject<'_>,
    technician: &Technician,
    (step, proved_at): (Next, Option<Millis>),
    old: Option<&Session>,
) -> Result<Token, Lost> {
    let (kind, life_ms) = match step {
        Next::Nothing => (SessionKind::Web, WEB_LIFE_MS),
        Next::Code | Next::Enrol => (SessionKind::Half, HALF_LIFE_MS),
    };
    let (now, token) = (app.clock.now(), Token::fresh());
    let new = NewSession {
        id: &token.hash(&app.keys, kind),
        kind,
        host: Host::Web,
        parent: None,
        technician: technician.id,
        second_factor_at: proved_at,
        expires_at: now.plus(life_ms),
    };
    let old = old.map(|session| session.id.as_slice());
    match app.store.sign_in_by_sso(technician.account, now, row, who, &new, old).await {
        Ok(()) => Ok(token),
        Err(StoreError::MovedOn) => Err(Reason::Changed.into()),
        Err(error) => Err(error.into()),
    }
}

/// An admin's trial: what came back, and nothing changed by it.
async fn tried(
    app: &App,
    trip: &SsoTrip,
    session: Option<&Session>,
    found: Result<(SsoRow, Confirmed), Lost>,
) -> Result<Outcome, Lost> {
    let SsoPurpose::Trial(admin, id) = &trip.purpose else {
        return Err(Reason::ProofOver.into());
    };
    let may_see = session.is_some_and(|it| {
        it.id == *id && it.technician.id == *admin && it.technician.role == Role::Admin
    });
    if !may_see {
        return Err(Reason::ProofOver.into());
    }
    let tried = match found {
        Ok((row, confirmed)) => {
            let settings = SsoSettings::of(&row.integration)?;
            let who = SsoSubject { issuer: &settings.issuer, subject: &confirmed.subject };
            let linked = app.store.sso_technician(trip.account, who).await?;
            let factor =
                second_factor(&settings, &confirmed, (trip.forced, trip.begun_at), app.clock.now());
            Tried::good(&settings, &confirmed, factor, linked)
        }
        Err(Lost::Because(reason)) => Tried::bad(reason),
        Err(other) => return Err(other),
    };
    if let Some(row) = app.store.sso_of(trip.account).await? {
        let tested = Tested { code: None, about: &tried.in_short() };
        let noted = app.store.note_sso_test(trip.account, *admin, app.clock.now(), &row, tested);
        match noted.await {
            // Changed meanwhile: the trial says so itself.
            Ok(()) | Err(StoreError::MovedOn) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Outcome::Tried(Box::new(tried)))
}
