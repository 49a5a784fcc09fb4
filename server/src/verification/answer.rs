//! What the technician types: the code that the person reads out.

use shared::{AnswerAsk, Code, Millis, Outcome, Proof, VerificationId, VerificationView};

use super::{Verifications, view};
use crate::denied::Denied;
use crate::reach;
use crate::store::Session;

impl Verifications {
    /// Tries what the person read out.
    ///
    /// # Errors
    /// `WrongCode` with the tries left, or why there is nothing to try.
    pub async fn answer(
        &self,
        who: &Session,
        id: VerificationId,
        ask: AnswerAsk,
    ) -> Result<VerificationView, Denied> {
        let account = who.technician.account;
        let digits: String = ask.code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = self.clock.now();
        let known = self.store.verification(account, id).await?;
        let known = known.filter(|known| known.technician == who.technician.id);
        // What goes to a page or to an app is answered there, by the person alone.
        let known = known.filter(|known| known.channel.proof() == Proof::Code);
        let known = known.ok_or(Code::NotFound)?;
        reach::within(&self.store, who, known.customer).await?;
        let length = self.store.policy(account, known.customer).await?.code_digits as usize;
        if digits.len() != length || !digits.bytes().all(|b| b.is_ascii_digit()) {
            // Not a code at all: a slip of the keyboard costs no try.
            return Err(Code::BadRequest.into());
        }
        let hash = self.code_hash(id, &digits);
        let tried = self.store.try_code(account, who.technician.id, id, &hash, now).await?;
        self.bell.ring(account);
        match tried {
            Some(tried) => match tried.outcome {
                Outcome::Verified => Ok(view(&self.store, who, &tried, now)),
                Outcome::TriesSpent => Err(Code::CodeTriesSpent.into()),
                _ => Err(Denied::WrongCode { code: Code::CodeWrong, tries_left: tried.tries_left }),
            },
            None => self.nothing_to_try(who, id, &hash, now).await,
        }
    }

    async fn nothing_to_try(
        &self,
        who: &Session,
        id: VerificationId,
        hash: &[u8],
        now: Millis,
    ) -> Result<VerificationView, Denied> {
        let known = self.store.verification(who.technician.account, id).await?;
        let Some(known) = known else { return Err(Code::NotFound.into()) };
        Err(match known.outcome {
            // The same right answer once more, after a lost reply.
            Outcome::Verified if crate::seal::same(&known.code_hash, hash) => {
                return Ok(view(&self.store, who, &known, now));
            }
            Outcome::TriesSpent => Code::CodeTriesSpent,
            Outcome::Replaced => Code::CodeReplaced,
            Outcome::Unsent => known.code.unwrap_or(Code::SmsUnavailable),
            Outcome::Denied => Code::CallerDenied,
            // Another one was right: this one was not tried.
            Outcome::Verified | Outcome::Pending | Outcome::Expired => Code::CodeExpired,
        }
        .into())
    }
}
