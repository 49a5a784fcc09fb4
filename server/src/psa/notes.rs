//! Notes in a PSA's tickets: internal, with the technician as their author where the PSA allows, once
//! each by their mark.

use std::time::Duration;

use shared::{AccountId, Code, IntegrationId, Millis, TechnicianId};

use super::{Author, NewNote, Psa};
use crate::outbound::{Answer, retry_delay};
use crate::random;
use crate::store::{OutboxRow, StoreError, Ticket};

/// Shorter than a lease: what has not been heard of by then is asked for again, by its mark.
const PATIENCE: Duration = Duration::from_secs(25);

/// A note for a ticket, wherever the ticket is.
pub struct TicketNote<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// Whose act it tells of; `None` for what nobody at the MSP did.
    pub by: Option<TechnicianId>,
    /// A headline.
    pub title: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// What keeps it single.
    pub mark: &'a str,
    /// Whether it may have been written before: an answer was lost, or a process died.
    pub again: bool,
}

impl Psa {
    /// Writes a note where the ticket is. Nothing to do for one of the built-in list: its notes are rows.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn write_note(
        &self,
        account: AccountId,
        note: &TicketNote<'_>,
    ) -> Result<Answer<()>, StoreError> {
        let Some(psa) = &note.ticket.psa else { return Ok(Answer::Done(())) };
        // In a system that the PSA does not lead to any more.
        if psa.id.is_empty() {
            return Ok(Answer::Refused(Code::TicketUnknown.into()));
        }
        let client = match self.client(account, psa.integration).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let author = match note.by {
            Some(by) => self.author(account, psa.integration, by).await?,
            None => None,
        };
        let writing = async {
            if note.again {
                match client.has_note(&psa.id, note.mark).await.done() {
                    Ok(true) => return Answer::Done(()),
                    Ok(false) => {}
                    Err(other) => return other,
                }
            }
            // Who reads the ticket sees what it is about, and a retry finds it.
            let text = format!("{}\n\n{}", note.body, note.mark);
            let new = NewNote {
                title: note.title,
                text: &text,
                mark: note.mark,
                author: author.as_ref(),
            };
            client.write_note(&psa.id, new).await
        };
        Ok(match tokio::time::timeout(PATIENCE, writing).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unknown(None),
        })
    }

    async fn author(
        &self,
        account: AccountId,
        psa: IntegrationId,
        by: TechnicianId,
    ) -> Result<Option<Author>, StoreError> {
        let Some(technician) = self.store.technician(account, by).await? else { return Ok(None) };
        let linked = self.store.psa_people(account, psa).await?;
        let (person, login) = linked
            .into_iter()
            .find(|linked| linked.technician == by)
            .map(|linked| (linked.person, linked.login))
            .unzip();
        Ok(Some(Author { name: technician.name, email: technician.email, person, login }))
    }
}

/// What follows a note that is not written.
pub enum Next {
    /// It is tried again from this moment on.
    Later(Millis),
    /// It is given up, for this reason.
    Failed(Code),
}

/// An admin is given so long before what they can mend is tried again.
const MENDING_MS: i64 = 5 * 60_000;

impl OutboxRow {
    /// What follows an answer to this row's note. What an admin can mend is tried again until its time is
    /// over.
    ///
    /// # Errors
    /// When the note is not written.
    pub fn what_next(&self, answer: Answer<()>, now: Millis) -> Result<(), Next> {
        let mended = |code| {
            matches!(
                code,
                Code::PsaMissing
                    | Code::PsaCredentials
                    | Code::PsaPermission
                    | Code::PsaNoInternalNote
            )
        };
        let delay = match answer {
            Answer::Done(()) => return Ok(()),
            Answer::Refused(refusal) if !mended(refusal.code) || now >= self.give_up_at => {
                return Err(Next::Failed(refusal.code));
            }
            Answer::Refused(_) => MENDING_MS,
            // With its mark the same note again is harmless.
            Answer::Later(said) | Answer::Unknown(said) => {
                retry_delay(said, self.attempts, random::below(1024))
            }
        };
        Err(Next::Later(now.plus(delay).min(self.give_up_at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{OutboxKind, OutboxState};

    fn row() -> OutboxRow {
        OutboxRow {
            id: uuid::Uuid::from_u128(1),
            account: AccountId(uuid::Uuid::from_u128(2)),
            kind: OutboxKind::NoteSet,
            state: OutboxState::Waiting,
            attempts: 1,
            give_up_at: Millis(1_000_000_000),
            reset: None,
            integration: None,
            verification: None,
            recipient: None,
            about: None,
            token_sealed: None,
            code: None,
            done_at: None,
            delivered_at: None,
        }
    }

    #[test]
    fn what_an_admin_can_mend_is_tried_again_and_the_rest_is_told() {
        let next = |answer, now| row().what_next(answer, Millis(now));
        assert!(next(Answer::Done(()), 0).is_ok());
        let refused = |code: Code| Answer::Refused(code.into());
        for code in [Code::PsaCredentials, Code::PsaPermission, Code::PsaNoInternalNote] {
            assert!(
                matches!(next(refused(code), 0), Err(Next::Later(Millis(300_000)))),
                "{code:?}"
            );
            let late = next(refused(code), 1_000_000_000);
            assert!(matches!(late, Err(Next::Failed(why)) if why == code), "{code:?}");
        }
        // A note that the customer reads is there: a second look would find it and call it done.
        for code in [Code::PsaNoteVisible, Code::TicketUnknown, Code::PsaRefused] {
            assert!(matches!(next(refused(code), 0), Err(Next::Failed(why)) if why == code));
        }
        for answer in [Answer::Later(None), Answer::Unknown(Some(7_000))] {
            assert!(matches!(next(answer, 0), Err(Next::Later(at)) if at > Millis(0)));
        }
    }
}
