//! The pairing hand-off: a frame shows a code and waits; the technician signs in on our own page, types
//! the code there, sees from where the frame asks, and connects it; the frame comes for what was approved
//! with a verifier that nobody else has. No password field ever stands in a foreign frame.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use shared::{Code, PairingAsk, PairingId, PairingView};

use super::{Entered, Frames};
use crate::denied::Denied;
use crate::outbound::Answer;
use crate::psa::{FRAME_SECRET, HostPerson, PsaKind, PsaSettings, hint_holds};
use crate::random;
use crate::seal::{Place, Purpose, same, sha256};
use crate::secret::Credential;
use crate::sign_in::session::{SECOND_FACTOR_LIFE_MS, Token, frame_hash, fresh_second_factor};
use crate::sign_in::throttle::{Rule, network};
use crate::store::{NewFrame, NewPairing, Pairing, PsaRow, Session, StoreError};

/// A frame waits for so long.
const WAIT_MS: i64 = 2 * 60_000;
/// It may come for what was approved for so long after it: the two minutes are the technician's.
const GRACE_MS: i64 = 30_000;
/// A pairing is continued for so long after the second factor that it rests on.
pub(super) const LIFE_MS: i64 = SECOND_FACTOR_LIFE_MS;
/// A redeeming is answered after this time at the latest.
const PATIENCE: Duration = Duration::from_secs(20);
/// What another process approved is seen this soon.
const LOOK_AGAIN: Duration = Duration::from_millis(1_000);
/// Letters of a code: none that is read or heard as another, and no words.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// How many: with 20 letters, some 2.5 * 10^10 codes for two minutes.
const LENGTH: usize = 8;
/// Frames that begin to wait, from one address in one PSA. Each that is looked at does so by itself, so an
/// office that shares an address needs many.
const FROM_ADDRESS: Rule = Rule { tries: 600, window_ms: 10 * 60_000 };
/// Codes that one technician types.
const TYPED: Rule = Rule { tries: 20, window_ms: 10 * 60_000 };
/// The longest name of a browser that is kept.
const LONGEST_BROWSER: usize = 300;

impl Frames {
    /// A frame begins to wait.
    ///
    /// # Errors
    /// `limit-reached` from this address; `host-person-unproven`, `host-person-disabled`; `bad-request`
    /// for a challenge that is none.
    pub async fn begin_pairing(
        &self,
        psa: &PsaRow,
        ask: &PairingAsk,
        address: &str,
        browser: &str,
    ) -> Result<PairingView, Denied> {
        let account = psa.integration.account;
        let challenge = BASE64URL_NOPAD.decode(ask.challenge.as_bytes());
        let challenge = challenge.ok().filter(|it| it.len() == 32).ok_or(Code::BadRequest)?;
        let place = [network(address).into_bytes(), psa.integration.id.0.as_bytes().to_vec()];
        self.count("pairing", &[&place[0], &place[1]], FROM_ADDRESS).await?;
        let proven = match self.proven(psa, ask.member.as_ref(), address).await {
            Ok(proven) => proven,
            Err(Denied::Because(finding)) if finding.code == Code::HostPersonUnproven => None,
            Err(denied) => return Err(denied),
        };
        self.check_hint(psa, ask).await?;
        let now = self.clock.now();
        let id = PairingId(random::id(now));
        // A code that another frame shows at this moment is one in billions.
        for _ in 0..3 {
            let code = code();
            let new = NewPairing {
                id,
                integration: psa.integration.id,
                challenge: challenge.clone(),
                code_hash: self.code_hash(psa.integration.account.0.as_bytes(), &code),
                address: address.to_owned(),
                browser: browser.chars().take(LONGEST_BROWSER).collect(),
                person: proven.as_ref().map(|it| (it.person.id.clone(), it.person.login.clone())),
                expires_at: now.plus(WAIT_MS + GRACE_MS),
            };
            match self.store.begin_pairing(account, now, &new).await {
                Ok(()) => {
                    return Ok(PairingView {
                        id: id.to_string(),
                        code: format!("{}-{}", &code[..LENGTH / 2], &code[LENGTH / 2..]),
                        page: format!("{}/pair", self.settings.server.origin.trim_end_matches('/')),
                        expires_at: now.plus(WAIT_MS),
                        now,
                    });
                }
                Err(StoreError::Taken) => {}
                Err(StoreError::MovedOn) => return Err(Code::PsaMissing.into()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Code::Internal.into())
    }

    /// Where HaloPSA signs its agents' numbers: one that it has switched off does not get so far.
    async fn check_hint(&self, psa: &PsaRow, ask: &PairingAsk) -> Result<(), Denied> {
        let (PsaKind::Halo, Some(hint)) = (psa.kind, &ask.hint) else { return Ok(()) };
        let (account, id) = (psa.integration.account, psa.integration.id);
        let settings = PsaSettings::read(psa.kind, &psa.integration.settings)?;
        let bound_to = settings.bound_to();
        let place =
            Place { account: account.0, kind: FRAME_SECRET, row: id.0, bound_to: &bound_to };
        let sealed = self.store.secret(account, FRAME_SECRET, id.0).await?;
        let secret = sealed.and_then(|sealed| self.store.keys.open(place, &sealed).ok());
        let Some(secret) = secret.map(Credential::from) else { return Ok(()) };
        if !hint_holds(&secret, &hint.id, &hint.hmac) {
            return Err(Code::HostPersonUnproven.into());
        }
        let client = self.psa.client(account, id).await??;
        match client.person(&hint.id).await {
            Answer::Done(HostPerson { disabled: true, .. }) => Err(Code::HostPersonDisabled.into()),
            // No more than a hint: whoever pairs signs in.
            _ => Ok(()),
        }
    }

    /// The frame comes for its session. `None` while nobody has approved: it is answered as soon as
    /// somebody does, or after twenty seconds.
    ///
    /// # Errors
    /// `pairing-over` when it has run out, was refused or redeemed, or the verifier is another one.
    pub async fn redeem(&self, id: PairingId, verifier: &str) -> Result<Option<Entered>, Denied> {
        let challenge = sha256(verifier.as_bytes());
        let deadline = tokio::time::sleep(PATIENCE);
        tokio::pin!(deadline);
        let mut bell = None;
        loop {
            let found = self.store.pairing(id, self.clock.now()).await?;
            let pairing = found.filter(|it| same(&it.asked.challenge, &challenge));
            let pairing = pairing.ok_or(Code::PairingOver)?;
            if pairing.approved.is_some() {
                return self.redeem_approved(&pairing).await.map(Some);
            }
            if self.clock.now() >= pairing.asked.expires_at.plus(-GRACE_MS) {
                return Err(Code::PairingOver.into());
            }
            let bell = bell.get_or_insert_with(|| self.bell.listen(pairing.account));
            tokio::select! {
                () = &mut deadline => return Ok(None),
                () = self.stop.cancelled() => return Ok(None),
                _ = bell.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn redeem_approved(&self, pairing: &Pairing) -> Result<Entered, Denied> {
        let (account, now) = (pairing.account, self.clock.now());
        let Some((_, proved)) = pairing.approved else { return Err(Code::PairingOver.into()) };
        let psa = self.store.psa(account, pairing.asked.integration).await?;
        let psa = psa.ok_or(Code::PairingOver)?;
        let cookie = Token::fresh();
        let hash = frame_hash(&self.store.keys, cookie.expose());
        // Nobody holds a token for the frame itself.
        let frame = random::bytes::<32>();
        let new = NewFrame {
            id: frame.as_ref(),
            cookie: &hash,
            host: psa.kind.host(),
            expires_at: proved.plus(LIFE_MS),
        };
        match self.store.redeem_pairing(account, now, pairing.asked.id, &new).await {
            Ok(()) => {}
            Err(StoreError::MovedOn) => return Err(Code::PairingOver.into()),
            Err(error) => return Err(error.into()),
        }
        let frame = self.store.frame_session(&hash, now, crate::sign_in::session::IDLE_MS).await?;
        let frame = frame.ok_or(Code::PairingOver)?.session;
        let view = self.token(&frame, Some(&frame.id), frame.expires_at).await?;
        Ok(Entered { view, cookie: Some(cookie) })
    }

    /// The frame that shows this code, for a technician who has signed in with a second factor.
    ///
    /// # Errors
    /// `second-factor-needed`, `pairing-code-wrong`, `limit-reached`.
    pub async fn waiting(&self, who: &Session, code: &str) -> Result<Pairing, Denied> {
        let (account, now) = (who.technician.account, self.clock.now());
        if !fresh_second_factor(who, now) {
            return Err(Code::SecondFactorNeeded.into());
        }
        self.count("typed", &[who.technician.id.0.as_bytes()], TYPED).await?;
        let code = plain(code).ok_or(Code::PairingCodeWrong)?;
        let hash = self.code_hash(account.0.as_bytes(), &code);
        let found = self.store.pairing_by_code(account, &hash, now.plus(GRACE_MS)).await?;
        Ok(found.ok_or(Code::PairingCodeWrong)?)
    }

    /// The technician's own sign-in vouches for the frame.
    ///
    /// # Errors
    /// `second-factor-needed`, `pairing-over`; `host-person-other` when the host has confirmed somebody
    /// there who is another technician.
    pub async fn approve(&self, who: &Session, id: PairingId) -> Result<(), Denied> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        if !fresh_second_factor(who, now) {
            return Err(Code::SecondFactorNeeded.into());
        }
        let found = self.store.pairing(id, now).await?;
        let pairing = found.filter(|it| it.account == account).ok_or(Code::PairingOver)?;
        // The frame has given up, whatever is still kept of it.
        if now >= pairing.asked.expires_at.plus(-GRACE_MS) {
            return Err(Code::PairingOver.into());
        }
        if let Some((person, _)) = &pairing.asked.person {
            let psa = self.store.psa(account, pairing.asked.integration).await?;
            let psa = psa.ok_or(Code::PairingOver)?;
            if self.is_somebody_else(&psa, person, by).await? {
                return Err(Code::HostPersonOther.into());
            }
        }
        self.over(self.store.approve_pairing(account, by, now, id, &who.id).await)?;
        self.bell.ring(account);
        Ok(())
    }

    /// The technician says that the frame is not theirs.
    ///
    /// # Errors
    /// `pairing-over`.
    pub async fn refuse(&self, who: &Session, id: PairingId) -> Result<(), Denied> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        self.over(self.store.refuse_pairing(account, by, now, id).await)?;
        self.bell.ring(account);
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "reads as what it does")]
    fn over(&self, done: Result<(), StoreError>) -> Result<(), Denied> {
        match done {
            Err(StoreError::MovedOn) => Err(Code::PairingOver.into()),
            other => Ok(other?),
        }
    }

    fn code_hash(&self, account: &[u8], code: &str) -> Vec<u8> {
        self.store.keys.hash(Purpose::Code, &[b"pairing", account, code.as_bytes()])
    }
}

fn code() -> String {
    let letter = |_| {
        let n = random::below(u32::try_from(LETTERS.len()).unwrap_or(1)) as usize;
        char::from(LETTERS[n])
    };
    (0..LENGTH).map(letter).collect()
}

/// A code as it was typed, without what people add to it; `None` for what can't be one.
fn plain(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = code.len() == LENGTH && code.bytes().all(|it| LETTERS.contains(&it));
    fits.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["BCDF-GHJK", "bcdf ghjk", " BCDFGHJK ", "bcdf–ghjk", "B C D F G H J K"] {
            assert_eq!(plain(typed).as_deref(), Some("BCDFGHJK"), "{typed}");
        }
        for typed in ["", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "BCDF-GHJ0", "BCDF-GHJÄ"] {
            assert_eq!(plain(typed), None, "{typed}");
        }
    }

    #[test]
    fn codes_use_every_letter_and_are_read_back() {
        let codes: Vec<String> = (0..200).map(|_| code()).collect();
        assert!(codes.iter().all(|code| plain(code).as_deref() == Some(code)));
        let used = |letter: &u8| codes.iter().any(|code| code.bytes().any(|it| it == *letter));
        assert!(LETTERS.iter().all(used));
    }
}
