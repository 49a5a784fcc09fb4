//! Pods in frames of a PSA: who the technician is, and which contact the ticket is about.
//!
//! Who the host has confirmed may see and verify; a reset needs the technician's own sign-in with a
//! second factor (`pairing`), which a cookie of the frame continues (`enter`). `place` finds contact and
//! ticket. What a frame says is never more than a question to the PSA (P11).

mod enter;
mod pairing;
mod place;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use shared::{Code, MemberClaim, Millis, TechnicianId};
use tokio_util::sync::CancellationToken;

pub use enter::{Carried, Entered};

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::outbound::Answer;
use crate::people::People;
use crate::psa::{ConnectWiseSettings, HostPerson, Psa, PsaSettings};
use crate::seal::Purpose;
use crate::settings::Settings;
use crate::sign_in::throttle::{Rule, network};
use crate::store::{PsaRow, Store, StoreError, Technician};

/// Frames, with what they need.
#[derive(Clone)]
pub struct Frames {
    /// What is remembered.
    pub store: Store,
    /// The way to accounts' PSAs.
    pub psa: Psa,
    /// Contacts with their cards.
    pub people: People,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Tells frames that wait.
    pub bell: Bell,
    /// Ends long polls.
    pub stop: CancellationToken,
}

/// Whom a host has confirmed in a frame, and who that is here.
struct Proven {
    person: HostPerson,
    /// `None` before they have signed in beside it once.
    technician: Option<Technician>,
}

impl Frames {
    /// Whom the host confirms. `None` where nobody is claimed, or the host does not answer.
    ///
    /// # Errors
    /// `host-person-unproven` when it does not confirm the claim, `host-person-disabled`.
    async fn proven(
        &self,
        psa: &PsaRow,
        claim: Option<&MemberClaim>,
        address: &str,
    ) -> Result<Option<Proven>, Denied> {
        let Some(claim) = claim else { return Ok(None) };
        let (account, id) = (psa.integration.account, psa.integration.id);
        let client = self.psa.client(account, id).await??;
        let person = match client.member(claim, &network(address)).await {
            Answer::Done(person) if person.disabled => {
                return Err(Code::HostPersonDisabled.into());
            }
            Answer::Done(person) => person,
            Answer::Refused(refusal) => return Err(refusal.into()),
            Answer::Later(_) | Answer::Unknown(_) => return Ok(None),
        };
        let technician = self.store.technician_of_person(account, id, &person.id).await?;
        Ok(Some(Proven { person, technician }))
    }

    /// Whether whom the host has confirmed is somebody else than this technician: linked to another one, or
    /// another person than the one that this one is linked to.
    async fn is_somebody_else(
        &self,
        psa: &PsaRow,
        person: &str,
        technician: TechnicianId,
    ) -> Result<bool, StoreError> {
        let (account, id) = (psa.integration.account, psa.integration.id);
        let people = self.store.psa_people(account, id).await?;
        Ok(people.iter().any(|it| {
            (it.person == person) != (it.technician == technician)
                && (it.person == person || it.technician == technician)
        }))
    }

    /// Counts one more try under a name that says nothing of whose it is.
    async fn count(&self, what: &str, parts: &[&[u8]], rule: Rule) -> Result<(), Denied> {
        let mut all: Vec<&[u8]> = vec![b"frame", what.as_bytes()];
        all.extend_from_slice(parts);
        let hash = self.store.keys.hash(Purpose::Session, &all);
        let name = format!("frame {what} {}", HEXLOWER.encode(&hash[..16]));
        let now = self.clock.now();
        let (count, since) = self.store.count_attempt(&name, now, rule.window_ms).await?;
        match rule.wait(count, since, now) {
            Some(retry_after) => Err(Denied::Limit { retry_after }),
            None => Ok(()),
        }
    }
}

/// Whether tickets are read as the member who looks at them.
fn as_member(psa: &PsaRow) -> Result<bool, StoreError> {
    Ok(match PsaSettings::read(psa.kind, &psa.integration.settings)? {
        PsaSettings::ConnectWise(ConnectWiseSettings { as_member, .. }) => as_member,
        PsaSettings::Halo(_) | PsaSettings::Autotask(_) => false,
    })
}

/// The end of what began at `begin` and lasts so long, and no longer than `most`.
fn end(begin: Millis, life_ms: i64, most: Millis) -> Millis {
    begin.plus(life_ms).min(most)
}
