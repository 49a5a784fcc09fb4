//! What follows when something happens to a share, in the same transaction: one function per event.
//! Each writes to the audit (P7); the owner hears of it, where there is one.

use shared::{ContactId, CustomerId, Millis, ResetId, TechnicianId, TicketId, VerificationId};
use sqlx::Row;
use uuid::Uuid;

use super::super::{Database, Write};
use super::mails::About;
use crate::audit::{Act, Entry};
use crate::store::{MailKind, NOTE_PATIENCE_MS, OutboxKind, Owner, Share, StoreError};

/// So many late attempts have an entry of their own in the audit: whoever hammers at an opened link
/// must not make it grow without end. All are counted.
const MOST_TOLD: i64 = 10;

/// The reset that a share is for, as far as entries and notes need it.
struct Whose {
    reset: ResetId,
    customer: CustomerId,
    contact: ContactId,
    verification: VerificationId,
    ticket: Option<TicketId>,
}

impl Database {
    /// It stands by itself.
    pub(super) async fn share_made(
        &self,
        write: &mut Write,
        share: &Share,
        by: Option<TechnicianId>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let entry = Entry { technician: by, ..entry(Act::ShareMade, share, None) };
        self.note(write, share.account, now, &entry).await
    }

    /// One device opened it.
    pub(super) async fn share_opened(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.over(write, share, (Act::ShareOpened, OutboxKind::NoteOpened), now).await
    }

    /// A wrong unlock code, not the last.
    pub(super) async fn share_unlock_wrong(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        let whose = self.whose(write, share).await?;
        let entry = entry(Act::ShareUnlockWrong, share, whose.as_ref());
        self.note(write, share.account, now, &entry).await
    }

    /// The last wrong unlock code.
    pub(super) async fn share_locked(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        let whose = self.spoken(write, share).await?;
        let entry = entry(Act::ShareLocked, share, whose.as_ref());
        self.note(write, share.account, now, &entry).await?;
        if let Some(whose) = &whose {
            let about = About::Reset(whose.reset);
            self.mail_admins(write, share.account, about, MailKind::Locked, now).await?;
        }
        self.note_link(write, share, whose.as_ref(), OutboxKind::NoteLocked, now).await
    }

    /// Another device tried it after it was opened: the first is news, the next are a number.
    pub(super) async fn share_late(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        if share.late_attempts > MOST_TOLD {
            return Ok(());
        }
        let whose = self.whose(write, share).await?;
        let mut entry = entry(Act::ShareLateAttempt, share, whose.as_ref());
        if share.late_attempts == MOST_TOLD {
            entry = entry.about("further ones are only counted");
        }
        self.note(write, share.account, now, &entry).await?;
        if share.late_attempts > 1 {
            return Ok(());
        }
        if let Some(whose) = &whose {
            let about = About::Reset(whose.reset);
            self.mail_admins(write, share.account, about, MailKind::Late, now).await?;
        }
        self.note_link(write, share, whose.as_ref(), OutboxKind::NoteLate, now).await
    }

    /// Its time went by unopened.
    pub(super) async fn share_expired(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.over(write, share, (Act::ShareExpired, OutboxKind::NoteExpired), now).await
    }

    /// It was ended before its time, opened or not.
    pub(super) async fn share_revoked(
        &self,
        write: &mut Write,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        let whose = self.spoken(write, share).await?;
        let mut entry = entry(Act::ShareRevoked, share, whose.as_ref());
        entry.technician = share.ended_by;
        if share.opened_at.is_some() {
            entry = entry.about("opened before");
        }
        self.note(write, share.account, now, &entry).await?;
        self.note_link(write, share, whose.as_ref(), OutboxKind::NoteRevoked, now).await?;
        match share.owner {
            Some(Owner::Reset(reset)) => self.links_ended(write, share.account, reset, now).await,
            None => Ok(()),
        }
    }

    /// It has come to its end, which audit and ticket are told.
    async fn over(
        &self,
        write: &mut Write,
        share: &Share,
        (act, note): (Act, OutboxKind),
        now: Millis,
    ) -> Result<(), StoreError> {
        let whose = self.spoken(write, share).await?;
        self.note(write, share.account, now, &entry(act, share, whose.as_ref())).await?;
        self.note_link(write, share, whose.as_ref(), note, now).await
    }

    async fn whose(&self, write: &mut Write, share: &Share) -> Result<Option<Whose>, StoreError> {
        const READ: &str = "select customer, contact, verification, ticket from resets
             where account = $1 and id = $2";
        self.owner(write, share, READ).await
    }

    /// The same; and nobody says its unlock code any more.
    async fn spoken(&self, write: &mut Write, share: &Share) -> Result<Option<Whose>, StoreError> {
        const FORGET: &str = "update resets set unlock_sealed = null
             where account = $1 and id = $2 returning customer, contact, verification, ticket";
        self.owner(write, share, FORGET).await
    }

    async fn owner(
        &self,
        write: &mut Write,
        share: &Share,
        statement: &'static str,
    ) -> Result<Option<Whose>, StoreError> {
        let Some(Owner::Reset(reset)) = share.owner else { return Ok(None) };
        let row = sqlx::query(statement)
            .bind(share.account.0)
            .bind(reset.0)
            .fetch_one(write.db())
            .await?;
        Ok(Some(Whose {
            reset,
            customer: CustomerId(row.try_get("customer")?),
            contact: ContactId(row.try_get("contact")?),
            verification: VerificationId(row.try_get("verification")?),
            ticket: row.try_get::<Option<Uuid>, _>("ticket")?.map(TicketId),
        }))
    }

    /// A note in the ticket, where there is one.
    async fn note_link(
        &self,
        write: &mut Write,
        share: &Share,
        whose: Option<&Whose>,
        kind: OutboxKind,
        now: Millis,
    ) -> Result<(), StoreError> {
        match whose.filter(|whose| whose.ticket.is_some()) {
            None => Ok(()),
            Some(whose) => {
                let give_up = now.plus(NOTE_PATIENCE_MS);
                self.put_in_outbox(write, (share.account, whose.reset), kind, now, give_up).await
            }
        }
    }
}

fn entry(act: Act, share: &Share, whose: Option<&Whose>) -> Entry {
    Entry {
        customer: share.customer.or(whose.map(|whose| whose.customer)),
        contact: whose.map(|whose| whose.contact),
        verification: whose.map(|whose| whose.verification),
        ticket: whose.and_then(|whose| whose.ticket),
        reset: whose.map(|whose| whose.reset),
        share: Some(share.id),
        ..Entry::new(act)
    }
}
