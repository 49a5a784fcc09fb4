//! What follows a reset by policy: the end of the person's sessions, and who hears of it.

use super::super::{Database, Write};
use crate::store::{
    After, AfterStore, Lease, MailKind, Notice, OutboxKind, OutboxRow, Reset, StoreError,
};
use async_trait::async_trait;
use shared::Millis;

use super::applied::{NOTE_DELAY_MS, TEXT_PATIENCE_MS};
use super::mails::mail_entry;
use super::outbox::end_row;
use super::reset_reads::entry;
use crate::audit::Act;

#[async_trait]
impl AfterStore for Database {
    async fn sessions_ended(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        self.wake_note(&mut write, (reset.account, reset.id), now).await?;
        self.note(&mut write, row.account, now, &entry(Act::SessionsRevoked, reset)).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn notice_sent(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        about: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        let entry = entry(Act::NoticeSent, reset).about(about);
        self.note(&mut write, row.account, now, &entry).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }

    async fn nobody_to_tell(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(row.account).await?;
        end_row(&mut write, row, lease, now).await?;
        let entry = mail_entry(Act::NobodyToTell, row);
        self.note(&mut write, row.account, now, &entry).await?;
        self.complete_if_settled(&mut write, row.account, reset.id, now).await?;
        write.commit().await
    }
}

impl Database {
    /// The rows of what follows, in the transaction of `applied`.
    pub(super) async fn write_down_after(
        &self,
        write: &mut Write,
        reset: &Reset,
        after: &After,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (whose, give_up) = ((reset.account, reset.id), now.plus(TEXT_PATIENCE_MS));
        if after.end_sessions {
            self.put_in_outbox(write, whose, OutboxKind::Sessions, now, give_up).await?;
        }
        if after.mail_person {
            self.mail_about(write, reset, MailKind::Person, now).await?;
        }
        match &after.notice {
            None => {}
            Some(Notice::Text { counted }) => {
                // Where a provider is slow, the link goes first.
                let due = now.plus(NOTE_DELAY_MS);
                self.put_in_outbox(write, whose, OutboxKind::Notice, due, give_up).await?;
                for limit in counted {
                    self.count_one(write, reset.account, now, limit).await?;
                }
            }
            Some(Notice::Mail) => self.mail_about(write, reset, MailKind::Notice, now).await?,
        }
        if after.mail_manager {
            self.mail_about(write, reset, MailKind::Manager, now).await?;
        }
        Ok(())
    }
}
