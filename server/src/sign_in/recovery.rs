//! Recovery codes: ten that stand in for a lost authenticator, each once. Shown when they are made and
//! never again; what is kept is a keyed hash.

use shared::{Code, Host, TechnicianId};
use zeroize::Zeroizing;

use super::session::{self, Token};
use super::{Refused, Typed, throttle};
use crate::app::App;
use crate::audit::{Act, Entry};
use crate::random;
use crate::seal::{Keys, Purpose};
use crate::store::{NewSession, Session, SessionKind, StoreError};

/// How many a person gets.
pub const COUNT: usize = 10;
/// So few left are a reason to make new ones.
pub const FEW: u32 = 3;
/// Letters and digits that nobody mistakes for one another (Crockford's base 32): five bits each.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Three groups of four: 60 random bits.
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// Ten new codes, for the person's eyes only, with what is kept of them.
pub struct Codes {
    /// As they are read: `7K2M-XQ4D-9RTB`.
    pub spelt: Vec<Zeroizing<String>>,
    /// What the database keeps.
    pub hashes: Vec<Vec<u8>>,
}

impl Codes {
    /// Makes ten.
    #[must_use]
    pub fn fresh(keys: &Keys, technician: TechnicianId) -> Self {
        let spelt: Vec<_> = (0..COUNT).map(|_| one()).collect();
        let hashes = spelt.iter().filter_map(|code| hash(keys, technician, code)).collect();
        Self { spelt, hashes }
    }
}

fn one() -> Zeroizing<String> {
    let bytes = random::bytes::<LENGTH>();
    let mut code = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    code
}

/// What is kept of a code; `None` for what can't be one. Blanks, hyphens and case don't matter, and what
/// looks like a 1 or a 0 is one.
pub(super) fn hash(keys: &Keys, technician: TechnicianId, typed: &str) -> Option<Vec<u8>> {
    let mut plain = Zeroizing::new(String::with_capacity(LENGTH));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        if plain.len() == LENGTH || !LETTERS.contains(&u8::try_from(c).ok()?) {
            return None;
        }
        plain.push(c);
    }
    let whole = plain.len() == LENGTH;
    whole.then(|| keys.hash(Purpose::Recovery, &[technician.0.as_bytes(), plain.as_bytes()]))
}

/// The second step with a recovery code in place of the authenticator's. Counted with those.
///
/// # Errors
/// [`Code::WrongSignIn`] when it is none of theirs or was used, [`Refused::TooMany`] after too many.
pub async fn with_recovery_code(
    app: &App,
    half: &Session,
    typed: &Typed,
) -> Result<Token, Refused> {
    let technician = &half.technician;
    if !session::awaits_factor(half) || !technician.has_totp {
        return Err(Refused::Because(Code::NotSignedIn));
    }
    let last = throttle::count_code(app, half).await?;
    let used = match hash(&app.keys, technician.id, typed.expose()) {
        Some(code) => spend(app, half, &code).await?,
        None => None,
    };
    let Some(token) = used else {
        let entry = Entry::new(Act::SignInRefused)
            .by(technician.id)
            .because(Code::WrongSignIn)
            .about("recovery code");
        let now = app.clock.now();
        if last {
            app.store.end_session(technician.account, now, &half.id, Some(&entry)).await?;
        } else {
            app.store.note_alone(technician.account, now, &entry).await?;
        }
        return Err(Refused::Because(Code::WrongSignIn));
    };
    throttle::forgive_code(app, half).await?;
    app.resets.wake.notify_one();
    Ok(token)
}

async fn spend(app: &App, half: &Session, code: &[u8]) -> Result<Option<Token>, StoreError> {
    let (now, token) = (app.clock.now(), Token::fresh());
    let new = NewSession {
        id: &token.hash(&app.keys, SessionKind::Web),
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        technician: half.technician.id,
        second_factor_at: Some(now),
        expires_at: now.plus(session::WEB_LIFE_MS),
    };
    let account = half.technician.account;
    match app.store.use_recovery_code(account, now, &half.id, code, &new).await {
        Ok(_) => Ok(Some(token)),
        Err(StoreError::MovedOn) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes ten new codes in place of all before them: by a session with a fresh second factor.
///
/// # Errors
/// [`Code::SecondFactorNeeded`]; [`Code::ChangedMeanwhile`] when there is no authenticator any more.
pub async fn renew(app: &App, who: &Session) -> Result<Codes, Refused> {
    let (now, technician) = (app.clock.now(), &who.technician);
    if !session::recent_second_factor(who, now) {
        return Err(Refused::Because(Code::SecondFactorNeeded));
    }
    let codes = Codes::fresh(&app.keys, technician.id);
    let account = technician.account;
    match app.store.renew_recovery_codes(account, now, technician.id, &codes.hashes).await {
        Ok(()) => {
            app.resets.wake.notify_one();
            Ok(codes)
        }
        Err(StoreError::MovedOn) => Err(Refused::Because(Code::ChangedMeanwhile)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ten_that_differ_and_are_read_in_groups() {
        let keys = Keys::new(&[1; 32]);
        let ann = TechnicianId(Uuid::from_u128(1));
        let codes = Codes::fresh(&keys, ann);
        assert_eq!((codes.spelt.len(), codes.hashes.len()), (COUNT, COUNT));
        let mut all: Vec<&str> = codes.spelt.iter().map(|code| code.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), COUNT);
        for code in all {
            let groups: Vec<&str> = code.split('-').collect();
            assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{code}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_is_one_persons() {
        let keys = Keys::new(&[1; 32]);
        let (ann, bob) = (TechnicianId(Uuid::from_u128(1)), TechnicianId(Uuid::from_u128(2)));
        let code = hash(&keys, ann, "01AB-CDEF-GH10").unwrap();
        for same in ["01abcdefgh10", " 01ab cdef gh10 ", "OIab-cdef-ghLo"] {
            assert_eq!(hash(&keys, ann, same).as_ref(), Some(&code), "{same}");
        }
        assert_ne!(hash(&keys, bob, "01AB-CDEF-GH10").as_ref(), Some(&code));
        for none in ["", "01AB-CDEF-GH1", "01AB-CDEF-GH100", "01AB-CDEF-GH1U", "０１AB-CDEF-GH10"]
        {
            assert_eq!(hash(&keys, ann, none), None, "{none}");
        }
    }
}
