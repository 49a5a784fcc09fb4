//! What comes to an end by itself: verifications that nobody answered, and their tickets' notes.

use shared::{Code, VerificationId};

use super::{Verifications, note};
use crate::duo::Push;
use crate::outbound::{Answer, retry_delay};
use crate::psa::{Next, TicketNote};
use crate::random;
use crate::store::{Ending, Lease, OutboxRow, StoreError};

/// Longer than Duo holds a poll; another process takes over from one that has died.
const WATCHED_MS: i64 = 80_000;
/// A pause between two polls that brought no news.
const LOOK_AGAIN_MS: i64 = 500;

impl Verifications {
    /// Ends what has run out, of all accounts. One account's trouble is not the others'.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn end_what_ran_out(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        for verification in self.store.run_out(now).await? {
            match self.store.end_verification(&verification, Ending::Expired, now).await {
                Ok(Some(_)) => self.bell.ring(verification.account),
                Ok(None) => {}
                Err(error) => tracing::error!(error = %error, "a verification that ran out"),
            }
        }
        Ok(())
    }

    /// Looks after one push until there is news of it, if nobody else does. `stop` lets it go.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn watch_push(
        &self,
        id: VerificationId,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lease = Lease { id: random::id(now), until: now.plus(WATCHED_MS) };
        let Some(push) = self.store.watch_push(id, lease, now).await? else { return Ok(()) };
        let news = tokio::select! {
            news = self.methods.push(&push) => news?,
            () = stop => Answer::Later(None),
        };
        let now = self.clock.now();
        let ending = match news {
            Answer::Done(Push::Approved) => Ending::Verified,
            Answer::Done(Push::Denied | Push::Fraud) => Ending::Denied,
            Answer::Done(Push::TimedOut) => Ending::Expired,
            Answer::Done(Push::Unusable) => Ending::Unsent(Code::DuoRefused),
            Answer::Refused(refusal) => Ending::Unsent(refusal.code),
            Answer::Done(Push::Waiting) | Answer::Later(_) | Answer::Unknown(_) => {
                let pause = match news {
                    Answer::Later(said) | Answer::Unknown(said) => {
                        retry_delay(said, 0, random::below(1024))
                    }
                    _ => LOOK_AGAIN_MS,
                };
                let next = now.plus(pause);
                return match self.store.let_push_go(&push, lease, next).await {
                    // Its time is over, or a newer one took its place.
                    Ok(()) | Err(StoreError::MovedOn) => Ok(()),
                    Err(error) => Err(error),
                };
            }
        };
        self.store.end_verification(&push, ending, now).await?;
        self.bell.ring(push.account);
        Ok(())
    }

    /// Writes the ticket's note of this row.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    pub async fn write_note(&self, row: &OutboxRow, lease: Lease) -> Result<(), StoreError> {
        let missing = StoreError::Inconsistent("a note without its verification");
        let Some(id) = row.verification else { return Err(missing) };
        let verification = self.store.verification(row.account, id).await?.ok_or(missing)?;
        let now = self.clock.now();
        let contact = self.store.contact(row.account, verification.contact).await?;
        let name = contact.map(|contact| contact.name).unwrap_or_default();
        let body = note(&verification, &name);
        let ticket = match verification.ticket {
            Some(ticket) => self.store.ticket(row.account, ticket).await?,
            None => None,
        };
        let mark = verification.mark();
        let answer = match &ticket {
            Some(ticket) if now < row.give_up_at => {
                let note = TicketNote {
                    ticket,
                    by: Some(verification.technician),
                    title: "Caller verification",
                    body: &body,
                    mark: &mark,
                    again: row.attempts > 1,
                };
                self.psa.write_note(row.account, &note).await?
            }
            Some(_) => Answer::Refused(Code::PsaUnavailable.into()),
            None => Answer::Done(()),
        };
        let now = self.clock.now();
        match row.what_next(answer, now) {
            Ok(()) => self.store.verification_noted(row, &verification, lease, &body, now).await,
            Err(Next::Later(due_at)) => self.store.outbox_later(row, lease, due_at).await,
            Err(Next::Failed(code)) => {
                self.store.verification_not_noted(row, &verification, lease, code, now).await
            }
        }
    }
}
