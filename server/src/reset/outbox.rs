//! Sends what was written down with `applied`: at least once. The text carries only the link, so
//! the same one twice is harmless; a note carries a mark that keeps it single.

use shared::Code;
use uuid::Uuid;

use super::begin::{PHONE, place};
use super::{Resets, share_notes, words};
use crate::language::sms;
use crate::outbound::{Answer, Refusal, retry_delay};
use crate::psa::{Next, TicketNote};
use crate::random;
use crate::share;
use crate::sms::Text;
use crate::store::{Lease, OutboxKind, OutboxRow, Reset, ShareStanding, StoreError};

impl Resets {
    /// Sends one row, if nobody else does.
    pub(super) async fn send_from_outbox(&self, id: Uuid) {
        let lease = self.lease();
        match self.send_claimed(id, lease).await {
            Ok(()) => {}
            Err(StoreError::MovedOn) => tracing::info!(outbox.id = %id, outcome = "moved-on"),
            Err(error) => tracing::error!(outbox.id = %id, error = %error, "outbox"),
        }
    }

    async fn send_claimed(&self, id: Uuid, lease: Lease) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Some(row) = self.store.claim_outbox(id, lease, now).await? else {
            return Ok(());
        };
        let sending = async {
            if row.kind == OutboxKind::NoteVerification {
                self.verifications.write_note(&row, lease).await?;
                self.bell.ring(row.account);
                return Ok(());
            }
            let reset = match row.reset {
                Some(reset) => self.store.reset(row.account, reset).await?,
                None => None,
            };
            let reset = reset.ok_or(StoreError::Inconsistent("an outbox row without a reset"))?;
            match row.kind {
                OutboxKind::Text => self.send_text(&row, &reset, lease).await?,
                OutboxKind::Sessions => self.end_sessions(&row, &reset, lease).await?,
                OutboxKind::Notice => self.send_notice(&row, &reset, lease).await?,
                OutboxKind::NoteSet
                | OutboxKind::NoteLink
                | OutboxKind::NoteAgain
                | OutboxKind::NoteOpened
                | OutboxKind::NoteLate
                | OutboxKind::NoteLocked
                | OutboxKind::NoteExpired
                | OutboxKind::NoteRevoked
                | OutboxKind::NoteUnsent => {
                    self.write_note(&row, &reset, lease).await?;
                }
                OutboxKind::Mail(_) | OutboxKind::NoteVerification => {
                    return Err(StoreError::Inconsistent("a mail among texts and notes"));
                }
            }
            self.bell.ring(row.account);
            self.wake.notify_one();
            Ok(())
        };
        self.or_let_go(lease, sending).await
    }

    /// Writes the note of this row where the reset's ticket is.
    async fn write_note(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
    ) -> Result<(), StoreError> {
        let body = match share_notes::note(self, reset, row).await? {
            Some(body) => body,
            None => words::note(self, reset, row).await?,
        };
        let ticket = match reset.ticket {
            Some(ticket) => self.store.ticket(row.account, ticket).await?,
            None => None,
        };
        let mark = row.mark(reset.id);
        let answer = match &ticket {
            Some(ticket) if self.clock.now() < row.give_up_at => {
                let note = TicketNote {
                    ticket,
                    by: (row.kind == OutboxKind::NoteSet).then_some(reset.technician),
                    title: "Microsoft 365 password reset",
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
            Ok(()) => self.store.note_written(row, reset, lease, &body, now).await,
            Err(Next::Later(due_at)) => self.store.outbox_later(row, lease, due_at).await,
            Err(Next::Failed(code)) => {
                self.store.outbox_failed(row, reset, lease, code, None, now).await
            }
        }
    }

    async fn send_text(
        &self,
        row: &OutboxRow,
        reset: &Reset,
        lease: Lease,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let failed = |refusal: Refusal| async move {
            let about = refusal.about.as_deref();
            self.store.outbox_failed(row, reset, lease, refusal.code, about, now).await
        };
        let share = self.store.share_of(reset.account, reset.id).await?;
        let life_ms = match &share {
            // A text whose answer we did not hear did arrive: there is nothing left to send.
            Some(share) if share.state == ShareStanding::Opened => {
                return self.store.text_arrived(row, reset, lease, now).await;
            }
            Some(share) if share.state == ShareStanding::Open => share.left_ms(now),
            _ => return failed(Code::GivenUp.into()).await,
        };
        let Some(share) = share.filter(|_| life_ms > 0) else {
            return failed(Code::LinkDead.into()).await;
        };
        if now >= row.give_up_at {
            return failed(Code::SmsUnavailable.into()).await;
        }
        let answer = match self.sms.provider(reset.account).await? {
            Err(refusal) => Answer::Refused(refusal),
            Ok(provider) => {
                let keys = &self.store.keys;
                let broken = |_| StoreError::Inconsistent("a sealed value that does not open");
                // As the brand is now: it may have moved to another host since the click.
                let brand = self.store.brand(reset.account, Some(reset.customer)).await?;
                let host = self.settings.share.origin_for(reset.account, brand.host.as_deref());
                let link = share::link(keys, &share, host).map_err(broken)?;
                // Read together with the link: after a new link, `reset` may be of another time,
                // and a link must never go to the phone of another one.
                let phone = self.store.phone_of(&share).await?.ok_or(StoreError::MovedOn)?;
                let phone = keys.open(place(PHONE, reset), &phone).map_err(broken)?;
                let phone = zeroize::Zeroizing::new(
                    String::from_utf8(phone)
                        .map_err(|_| StoreError::Inconsistent("a sealed phone"))?,
                );
                let language = brand.language_for(reset.language);
                let body = sms::link(&brand, language, link.expose(), life_ms);
                // Not to arrive when the link is dead already.
                let valid_for = life_ms / 1000;
                let from = brand.sender();
                let text = Text { to: &phone, from, body, valid_for, followed: true };
                self.sms.send(&provider, &text).await
            }
        };
        let now = self.clock.now();
        match answer {
            Answer::Done(provider_id) => {
                self.store.text_sent(row, reset, lease, &provider_id, now).await
            }
            Answer::Refused(refusal) => failed(refusal).await,
            // The same link again is harmless, so `Unknown` is as good as `Later`.
            Answer::Later(said) | Answer::Unknown(said) => {
                let delay = retry_delay(said, row.attempts, random::below(1024));
                self.store.outbox_later(row, lease, now.plus(delay)).await
            }
        }
    }
}
