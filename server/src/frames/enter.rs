//! Letting a frame in: by the cookie of its pairing, by the token that it has, by whom its host confirms.

use shared::{Code, EnterAsk, FrameTokenView, Millis};

use super::{Frames, as_member, end};
use crate::audit::{Act, Entry};
use crate::denied::Denied;
use crate::sign_in::session::{
    IDLE_MS, POD_LIFE_MS, Token, frame_hash, fresh_second_factor, pod_hash,
};
use crate::store::{
    FrameSession, NewCookie, NewSession, PsaRow, Session, SessionKind, StoreError, Technician,
};

/// The cookie before is good for so long: frames of one browser ask at the same time.
const OVERLAP_MS: i64 = 60_000;

/// What a frame brings along.
#[derive(Default)]
pub struct Carried<'a> {
    /// The cookie of its pairing.
    pub cookie: Option<&'a str>,
    /// The token that it has.
    pub bearer: Option<&'a Session>,
}

/// A frame that was let in.
pub struct Entered {
    /// What it is told.
    pub view: FrameTokenView,
    /// The cookie that takes the old one's place.
    pub cookie: Option<Token>,
}

impl Frames {
    /// Lets a frame in.
    ///
    /// # Errors
    /// `pairing-needed`; `host-person-unproven`, `host-person-other` and `host-person-disabled`;
    /// `psa-unavailable` when only the host could tell who it is; `account-off`.
    pub async fn enter(
        &self,
        psa: &PsaRow,
        carried: &Carried<'_>,
        ask: &EnterAsk,
        address: &str,
    ) -> Result<Entered, Denied> {
        let account = psa.integration.account;
        if !self.store.account_on(account).await? {
            return Err(Code::AccountOff.into());
        }
        let paired = self.paired(psa, carried).await?;
        let claimed = self.proven(psa, ask.member.as_ref(), address).await;
        let proven = match claimed {
            Ok(proven) => proven,
            Err(Denied::Store(error)) => return Err(error.into()),
            // Who is switched off there uses nothing here, whatever else they have.
            Err(Denied::Because(finding)) if finding.code == Code::HostPersonDisabled => {
                return Err(finding.into());
            }
            // Our own sign-in stands without the host's word; the ticket will not.
            Err(_) if paired.is_some() || !as_member(psa)? => None,
            Err(denied) => return Err(denied),
        };
        let linked = proven.as_ref().and_then(|proven| proven.technician.as_ref());
        let mut paired = paired;
        if let (Some(frame), Some(proven)) = (&paired, &proven) {
            let technician = frame.session.technician.id;
            if self.is_somebody_else(psa, &proven.person.id, technician).await? {
                // Somebody else has signed in to the host since: what was paired is not theirs.
                self.end(&frame.session, Act::FrameEnded).await?;
                paired = None;
            }
        }
        match (paired, linked) {
            (Some(paired), _) => self.by_pairing(&paired, carried, ask.renewal).await,
            (None, Some(linked)) => self.by_host(psa, linked).await,
            // The host did not answer, or nobody has signed in beside this person yet.
            (None, None) if ask.member.is_some() && proven.is_none() && as_member(psa)? => {
                Err(Code::PsaUnavailable.into())
            }
            (None, None) => Err(Code::PairingNeeded.into()),
        }
    }

    /// The pairing that a frame brings along, while it lives.
    async fn paired(
        &self,
        psa: &PsaRow,
        carried: &Carried<'_>,
    ) -> Result<Option<FrameSession>, Denied> {
        let now = self.clock.now();
        let of_psa = |session: &Session| session.psa == Some(psa.integration.id);
        if let Some(cookie) = carried.cookie.filter(|cookie| cookie.len() == 43) {
            let hash = frame_hash(&self.store.keys, cookie);
            if let Some(found) = self.store.frame_session(&hash, now, IDLE_MS).await? {
                if found.replayed {
                    // Two hold what was one browser's: neither is believed.
                    self.end(&found.session, Act::FrameReplayed).await?;
                } else if of_psa(&found.session) {
                    return Ok(Some(found));
                }
            }
        }
        // A browser that keeps no cookie in frames goes on with the token it has.
        let bearer = carried.bearer.filter(|pod| of_psa(pod) && pod.parent.is_some());
        Ok(bearer.map(|pod| FrameSession { session: pod.clone(), newest: false, replayed: false }))
    }

    async fn end(&self, frame: &Session, act: Act) -> Result<(), StoreError> {
        let technician = &frame.technician;
        let entry = Entry { integration: frame.psa, ..Entry::new(act).by(technician.id) };
        let id = frame.parent.as_ref().unwrap_or(&frame.id);
        self.store.end_session(technician.account, self.clock.now(), id, Some(&entry)).await
    }

    async fn by_pairing(
        &self,
        paired: &FrameSession,
        carried: &Carried<'_>,
        renewal: bool,
    ) -> Result<Entered, Denied> {
        let session = &paired.session;
        let frame = session.parent.as_ref().unwrap_or(&session.id);
        let cookie = match carried.cookie.filter(|_| session.kind == SessionKind::Frame) {
            Some(before) => self.next_cookie(paired, frame, before, renewal).await?,
            None => None,
        };
        let most = self.frame_end(session).await?;
        let view = self.token(session, Some(frame), most).await?;
        Ok(Entered { view, cookie })
    }

    /// The cookie that takes the place of the one before. Within its moment that one gets the same
    /// again: another frame of this browser was faster, or the answer with the new cookie never came.
    /// Nothing when the cookie has gone on twice while the host was asked: the browser has a newer one.
    async fn next_cookie(
        &self,
        paired: &FrameSession,
        frame: &[u8],
        before: &str,
        renewal: bool,
    ) -> Result<Option<Token>, Denied> {
        let now = self.clock.now();
        let keys = &self.store.keys;
        let (cookie, hash) = (Token::next(keys, before), frame_hash(keys, before));
        if paired.newest {
            let new = NewCookie {
                session: frame,
                before: &hash,
                before_until: now.plus(OVERLAP_MS),
                cookie: &frame_hash(keys, cookie.expose()),
                used: !renewal,
            };
            match self.store.rotate_cookie(paired.session.technician.account, now, &new).await {
                Ok(()) => return Ok(Some(cookie)),
                Err(StoreError::MovedOn) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let known = self.store.frame_session(&hash, now, IDLE_MS).await?;
        Ok(known.map(|_| cookie))
    }

    /// When the frame ends that a pod's session came from: a bearer knows its own end only.
    async fn frame_end(&self, session: &Session) -> Result<Millis, Denied> {
        let proved = session.second_factor_at.ok_or(Code::PairingNeeded)?;
        Ok(proved.plus(super::pairing::LIFE_MS))
    }

    /// A token for whom the host has confirmed: to see and to verify.
    async fn by_host(&self, psa: &PsaRow, technician: &Technician) -> Result<Entered, Denied> {
        let session = Session {
            id: Vec::new(),
            kind: SessionKind::Pod,
            host: psa.kind.host(),
            parent: None,
            psa: Some(psa.integration.id),
            technician: technician.clone(),
            second_factor_at: None,
            seen_at: self.clock.now(),
            expires_at: self.clock.now(),
            trace: crate::store::Trace::default(),
        };
        let view = self.token(&session, None, Millis(i64::MAX)).await?;
        Ok(Entered { view, cookie: None })
    }

    pub(super) async fn token(
        &self,
        session: &Session,
        parent: Option<&[u8]>,
        most: Millis,
    ) -> Result<FrameTokenView, Denied> {
        let now = self.clock.now();
        let technician = &session.technician;
        let token = Token::fresh();
        let new = NewSession {
            id: &pod_hash(&self.store.keys, token.expose()),
            kind: SessionKind::Pod,
            host: session.host,
            parent,
            technician: technician.id,
            second_factor_at: session.second_factor_at,
            expires_at: end(now, POD_LIFE_MS, most),
        };
        let begun = match (parent, session.psa) {
            (Some(_), _) => self.store.begin_session(technician.account, now, &new, None).await,
            (None, Some(psa)) => self.store.begin_proven(technician.account, now, psa, &new).await,
            (None, None) => return Err(Code::PairingNeeded.into()),
        };
        match begun {
            Ok(()) => {}
            // The pairing has just ended.
            Err(StoreError::MovedOn) => return Err(Code::PairingNeeded.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(FrameTokenView {
            token: token.expose().to_owned(),
            expires_at: new.expires_at,
            now,
            technician: technician.name.clone(),
            paired: fresh_second_factor(session, now),
        })
    }
}
