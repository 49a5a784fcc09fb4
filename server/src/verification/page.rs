//! What the page behind a verification's link asks: looking, entering the two digits, saying that it
//! was not them. The page alone verifies nobody: whoever opens it must also hear what the technician
//! says.

use shared::{AccountId, Code, CustomerId, Millis, Outcome};

use super::{Verifications, outcome_at};
use crate::denied::Denied;
use crate::seal::{self, sha256};
use crate::store::{Ending, Verification};

/// What a look tells whoever holds the link.
pub struct LinkView {
    /// Whose brand.
    pub account: AccountId,
    /// Of which customer.
    pub customer: CustomerId,
    /// Who asks.
    pub technician: String,
    /// Whom it is about, where it is not the one who got the link.
    pub vouching_for: Option<String>,
    /// What it has come to.
    pub outcome: Outcome,
    /// Tries left.
    pub tries_left: u32,
    /// Until when it can be answered.
    pub expires_at: Millis,
}

impl Verifications {
    /// Looks at a link, without any effect. `None` where there is none, or another account's host
    /// was asked.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn look_at_link(
        &self,
        look_id: &[u8; 16],
        serves: impl Fn(AccountId) -> bool,
    ) -> Result<Option<LinkView>, Denied> {
        let found = self.store.verification_of_link(look_id).await?;
        let Some(found) = found.filter(|found| serves(found.account)) else { return Ok(None) };
        let contact = self.store.contact(found.account, found.contact).await?;
        let first = found.technician_name.split(' ').next().unwrap_or_default().to_owned();
        Ok(Some(LinkView {
            account: found.account,
            customer: found.customer,
            technician: first,
            vouching_for: contact.filter(|_| found.voucher.is_some()).map(|it| it.name),
            outcome: outcome_at(&found, self.clock.now()),
            tries_left: found.tries_left,
            expires_at: found.expires_at,
        }))
    }

    /// Tries the two digits that the technician says.
    ///
    /// # Errors
    /// `CodeWrong` with the tries left, `LinkDead` for everything else.
    pub async fn answer_link(
        &self,
        look_id: &[u8; 16],
        proof: &[u8; 32],
        said: &str,
        serves: impl Fn(AccountId) -> bool,
    ) -> Result<(), Denied> {
        let link = self.held(look_id, proof, serves).await?;
        let hash = self.code_hash(link.id, said);
        let tried = self.store.try_link(&link, &hash, self.clock.now()).await?;
        self.bell.ring(link.account);
        match tried {
            Some(tried) => match tried.outcome {
                Outcome::Verified => Ok(()),
                Outcome::Pending => {
                    Err(Denied::WrongCode { code: Code::CodeWrong, tries_left: tried.tries_left })
                }
                _ => Err(Code::LinkDead.into()),
            },
            // The same right answer once more, after a lost reply.
            None => {
                let known = self.store.verification(link.account, link.id).await?;
                let same = known.is_some_and(|it| {
                    it.outcome == Outcome::Verified && seal::same(&it.code_hash, &hash)
                });
                if same { Ok(()) } else { Err(Code::LinkDead.into()) }
            }
        }
    }

    /// The person says that it was not them.
    ///
    /// # Errors
    /// `LinkDead` when it has come to its end before.
    pub async fn deny_link(
        &self,
        look_id: &[u8; 16],
        proof: &[u8; 32],
        serves: impl Fn(AccountId) -> bool,
    ) -> Result<(), Denied> {
        let link = self.held(look_id, proof, serves).await?;
        let now = self.clock.now();
        let ended = self.store.end_verification(&link, Ending::Denied, now).await?;
        self.bell.ring(link.account);
        match ended {
            Some(_) => Ok(()),
            // Twice, after a lost reply.
            None => {
                let known = self.store.verification(link.account, link.id).await?;
                match known.map(|it| it.outcome) {
                    Some(Outcome::Denied) => Ok(()),
                    _ => Err(Code::LinkDead.into()),
                }
            }
        }
    }

    /// The verification of a link that somebody shows to hold.
    async fn held(
        &self,
        look_id: &[u8; 16],
        proof: &[u8; 32],
        serves: impl Fn(AccountId) -> bool,
    ) -> Result<Verification, Denied> {
        let found = self.store.verification_of_link(look_id).await?;
        let found = found.filter(|found| serves(found.account)).ok_or(Code::LinkDead)?;
        let proved = sha256(proof);
        match &found.proof_hash {
            Some(kept) if seal::same(kept, &proved) => Ok(found),
            _ => Err(Code::LinkDead.into()),
        }
    }
}
