//! Somebody else vouches: a contact of the same customer, who proves that it is them, gives their word
//! for the caller. Off by default; their manager at Microsoft, or one whom an admin has named.

use std::sync::Arc;

use shared::{Code, DestinationKind, Outcome, Source, VerificationId, Vouching};

use super::destination::{contact_hash, duo_hash, mail_hash, phone_hash};
use super::{Verifications, fresh_until};
use crate::denied::Denied;
use crate::directory::{Look, Person};
use crate::duo::DuoSettings;
use crate::policy::Policy;
use crate::store::{Contact, Session, StoreError, Verification};

/// The longest note, in characters.
const MOST_NOTE: usize = 500;

/// Who vouches, as they are now.
pub struct Voucher {
    /// Their card.
    pub contact: Contact,
    /// Who they are at Microsoft.
    pub look: Arc<Look>,
    /// Why.
    pub note: String,
}

/// Verifications by somebody's word that does not count now, and why.
pub type Unfit = Vec<(VerificationId, Code)>;

impl Verifications {
    /// Who vouches, when they may for this contact.
    ///
    /// # Errors
    /// `VouchingOff`, `NoteMissing`, `VoucherUnfit`.
    pub(super) async fn voucher(
        &self,
        who: &Session,
        subject: &Contact,
        look: &Look,
        policy: &Policy,
        vouching: &Vouching,
    ) -> Result<Voucher, Denied> {
        if !policy.vouching {
            return Err(Code::VouchingOff.into());
        }
        let note = vouching.note.trim();
        match note.chars().count() {
            0 => return Err(Code::NoteMissing.into()),
            length if length > MOST_NOTE => return Err(Code::TooLarge.into()),
            _ => {}
        }
        let account = who.technician.account;
        let contact = self.people.now(who, vouching.voucher).await?;
        let theirs = self.directory.look(account, &contact).await?;
        if !may_vouch(policy, subject, look, &contact, Some(&theirs)) {
            return Err(Code::VoucherUnfit.into());
        }
        Ok(Voucher { contact, look: theirs, note: note.to_owned() })
    }

    /// Which of these verifications rest on a word that does not count any more: the policy, the
    /// voucher's place, card or phone has changed since. Microsoft is asked anew.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn unfit(
        &self,
        who: &Session,
        subject: &Contact,
        look: &Look,
        policy: &Policy,
        verifications: &[Verification],
    ) -> Result<Unfit, StoreError> {
        let account = who.technician.account;
        let mut unfit = Vec::new();
        let duo = self.methods.duo(account, subject.customer).await?;
        let now = self.clock.now();
        let fresh = |v: &&Verification| {
            v.outcome == Outcome::Verified && fresh_until(v, policy).is_some_and(|it| it > now)
        };
        for verification in verifications.iter().filter(fresh) {
            let Some(voucher) = verification.voucher else { continue };
            let mut because = |code| unfit.push((verification.id, code));
            if !policy.vouching {
                because(Code::VouchingOff);
                continue;
            }
            let card = match self.people.now(who, voucher).await {
                Ok(card) => card,
                Err(Denied::Store(error)) => return Err(error),
                // Gone, or their PSA does not tell: their word can't be counted.
                Err(_) => {
                    because(Code::VoucherUnfit);
                    continue;
                }
            };
            let theirs = self.directory.look(account, &card).await?;
            if !may_vouch(policy, subject, look, &card, Some(&theirs)) {
                because(Code::VoucherUnfit);
            } else if contact_hash(&self.store, subject, Some(&card)) != verification.contact_hash
                || !self.still_theirs(verification, &theirs, duo.as_ref())
            {
                because(Code::VerificationVoid);
            }
        }
        Ok(unfit)
    }

    /// Whether what Microsoft and Duo had of the voucher is what they have now.
    fn still_theirs(
        &self,
        verification: &Verification,
        theirs: &Look,
        duo: Option<&DuoSettings>,
    ) -> bool {
        if verification.source == Source::Contact {
            return true;
        }
        let now = match verification.channel.kind() {
            DestinationKind::Phone => {
                theirs.phone.as_ref().ok().map(|phone| phone_hash(&self.store, phone))
            }
            DestinationKind::Email => {
                let mail = theirs.person.as_ref().ok().and_then(Person::mailbox);
                mail.map(|mail| mail_hash(&self.store, mail))
            }
            DestinationKind::App => {
                let person = theirs.person.as_ref().ok();
                duo.zip(person).map(|(duo, person)| duo_hash(&self.store, duo, person))
            }
        };
        now.as_ref() == Some(&verification.destination_hash)
    }
}

/// Whether somebody may vouch for a contact. `theirs` is what Microsoft says of them, where it was
/// asked.
#[must_use]
pub fn may_vouch(
    policy: &Policy,
    subject: &Contact,
    look: &Look,
    voucher: &Contact,
    theirs: Option<&Look>,
) -> bool {
    if voucher.id == subject.id || voucher.customer != subject.customer {
        return false;
    }
    let theirs = theirs.and_then(|theirs| theirs.person.as_ref().ok());
    // Somebody who has left may still be their manager in the directory.
    if theirs.is_some_and(|person| !person.is_enabled()) {
        return false;
    }
    let manager = look.manager.as_ref().map(|manager| manager.id.as_str());
    policy.approvers.contains(&voucher.id)
        || theirs.is_some_and(|person| manager == Some(person.id.as_str()))
}
