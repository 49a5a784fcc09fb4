//! Resets: each transition is one compare-and-set on id, stage and lease, with its audit entry in
//! the same transaction (P7). Reading is in `reset_reads.rs`.

use super::super::{Database, Query, Write};
use crate::language::Language;
use crate::store::{
    LastAnswer, Lease, Limit, MailKind, NotStaged, Owner, Reset, ResetStore, Share, StoreError,
};
use async_trait::async_trait;
use shared::{Code, Millis, Stage};

use super::kept;
use super::mails::About;
use super::proofs::{taken_back, use_up};
use super::reach::may_still_reset;
use super::reset_reads::entry;
use crate::audit::Act;

#[async_trait]
impl ResetStore for Database {
    async fn stage_reset(
        &self,
        reset: &Reset,
        share: &Share,
        limits: &[Limit],
    ) -> Result<Result<(), NotStaged>, StoreError> {
        let mut write = self.write(reset.account).await?;
        let known: Option<String> = sqlx::query_scalar("select stage from resets where id = $1")
            .bind(reset.id.0)
            .fetch_optional(write.db())
            .await?;
        if known.is_some() {
            write.roll_back().await?;
            return Ok(Err(NotStaged::IdTaken));
        }
        let (by, customer) = (reset.technician, reset.customer);
        if !may_still_reset(&mut write, reset.account, by, customer).await? {
            write.roll_back().await?;
            return Ok(Err(NotStaged::MayNot));
        }
        if let Err(hit) = self.spend(&mut write, reset.account, reset.asked_at, limits).await? {
            write.roll_back().await?;
            return Ok(Err(NotStaged::Limit(hit)));
        }
        if let Err(not) = use_up(&mut write, reset).await? {
            write.roll_back().await?;
            return Ok(Err(not));
        }
        match insert_reset(reset).execute(write.db()).await.map_err(StoreError::taken) {
            Err(StoreError::Taken) => {
                write.roll_back().await?;
                return Ok(Err(NotStaged::UnderWay));
            }
            other => other?,
        };
        self.insert_share(&mut write, share, reset.asked_at).await?;
        let entry = entry(Act::ResetAsked, reset).by(reset.technician).about(format!(
            "{} {}{}{}{}",
            reset.phone_masked,
            if reset.one_factor { "one factor" } else { "two factors" },
            if reset.phone_changed_at.is_some() { ", phone changed lately" } else { "" },
            if reset.approval.is_some() { ", approved" } else { "" },
            if reset.warnings.is_empty() {
                String::new()
            } else {
                format!(", warned: {}", reset.warnings)
            },
        ));
        self.note(&mut write, reset.account, reset.asked_at, &entry).await?;
        self.tell_of_repeats(&mut write, reset).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn claim_reset(
        &self,
        id: shared::ResetId,
        lease: Lease,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let mut write = self.write_row().await?;
        let rows = sqlx::query(
            "update resets set lease = $2, lease_until = $3
             where id = $1 and lease_until <= $4 and stage in ('staged', 'applying')",
        )
        .bind(id.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .bind(now.0)
        .execute(write.db())
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(rows == 1)
    }

    async fn release_reset(
        &self,
        id: shared::ResetId,
        lease: Lease,
        retry_at: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update resets set lease = null, lease_until = 0, retry_at = $3
             where id = $1 and lease = $2",
        )
        .bind(id.0)
        .bind(lease.id)
        .bind(retry_at.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn let_go(&self, lease: Lease) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        sqlx::query(
            "update resets set lease = null, lease_until = 0 where lease = $1 and tries = answers
                 and stage in ('staged', 'applying')",
        )
        .bind(lease.id)
        .execute(write.db())
        .await?;
        sqlx::query(
            "update outbox set lease = null, lease_until = 0
             where lease = $1 and state = 'waiting'",
        )
        .bind(lease.id)
        .execute(write.db())
        .await?;
        write.commit().await
    }

    async fn renew_lease(&self, reset: &Reset, lease: Lease) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update resets set lease_until = $4 where account = $1 and id = $2 and lease = $3",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(lease.until.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn postpone(
        &self,
        reset: &Reset,
        lease: Lease,
        retry_at: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update resets set retry_at = $4
             where account = $1 and id = $2 and lease = $3 and stage in ('staged', 'applying')",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(retry_at.0);
        write.one(query).await?;
        write.commit().await
    }

    async fn announce(
        &self,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<Result<(), Code>, StoreError> {
        let mut write = self.write(reset.account).await?;
        let (by, customer) = (reset.technician, reset.customer);
        // Microsoft may hold a password that nobody has yet: then somebody has to get it.
        let in_doubt = reset.unknown || reset.tries > reset.answers;
        let not = if taken_back(&mut write, reset.account, reset.verification).await? {
            Some(Code::CallerDenied)
        } else if !in_doubt && !may_still_reset(&mut write, reset.account, by, customer).await? {
            Some(Code::Forbidden)
        } else {
            None
        };
        if let Some(code) = not {
            write.roll_back().await?;
            return Ok(Err(code));
        }
        let query = sqlx::query(
            "update resets set stage = 'applying', tries = tries + 1, lease_until = $4
             where account = $1 and id = $2 and lease = $3 and stage in ('staged', 'applying')
                 and apply_before > $5",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(lease.until.0)
        .bind(now.0);
        write.one(query).await?;
        let entry = entry(Act::ResetApplying, reset).about(format!("attempt {}", reset.tries + 1));
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn record_answer(
        &self,
        reset: &Reset,
        lease: Lease,
        answer: LastAnswer,
        about: Option<&str>,
        retry_at: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "update resets set answers = answers + 1, answer = $4, about = $5, retry_at = $6,
                 unknown = (unknown or $7)
             where account = $1 and id = $2 and lease = $3 and stage = 'applying'",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(answer.to_text())
        .bind(about.map(kept))
        .bind(retry_at.0)
        .bind(answer == LastAnswer::Unknown);
        let said = format!("{} {}", answer.to_text(), about.unwrap_or_default());
        let entry = entry(Act::ResetAnswered, reset).about(said.trim_end());
        self.transition(reset, query, now, &entry).await
    }

    async fn reseal(
        &self,
        reset: &Reset,
        lease: Lease,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        let query = sqlx::query(
            "update resets set answer = null, reseals = reseals + 1
             where account = $1 and id = $2 and lease = $3 and stage = 'applying'
                 and answer = 'password-refused'",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id);
        write.one(query).await?;
        self.reseal_share(&mut write, share).await?;
        self.note(&mut write, reset.account, now, &entry(Act::PasswordResealed, reset)).await?;
        write.commit().await
    }

    async fn record_refused(
        &self,
        reset: &Reset,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        self.end_reset(&mut write, reset, lease, Stage::Refused, code, about, now).await?;
        self.destroy_share_of(&mut write, reset.account, Owner::Reset(reset.id)).await?;
        if reset.tries == 0 {
            for given_back in [
                "update verifications set used_by = null where account = $1 and used_by = $2",
                "update approvals set used_by = null where account = $1 and used_by = $2",
            ] {
                sqlx::query(given_back)
                    .bind(reset.account.0)
                    .bind(reset.id.0)
                    .execute(write.db())
                    .await?;
            }
        }
        let mut entry = entry(Act::ResetRefused, reset).because(code);
        entry.about = about.map(str::to_owned);
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await
    }

    async fn record_stuck(
        &self,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        let code = Code::InDoubt;
        self.end_reset(&mut write, reset, lease, Stage::Stuck, code, None, now).await?;
        let about = About::Reset(reset.id);
        self.mail_admins(&mut write, reset.account, about, MailKind::Stuck, now).await?;
        let entry = entry(Act::ResetStuck, reset).because(code);
        self.note(&mut write, reset.account, now, &entry).await?;
        write.commit().await
    }
}

impl Database {
    #[expect(clippy::too_many_arguments, reason = "one statement, two callers")]
    async fn end_reset(
        &self,
        write: &mut Write,
        reset: &Reset,
        lease: Lease,
        stage: Stage,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "update resets set stage = $4, code = $5, about = $6, settled_at = $7, lease = null,
                 lease_until = 0
             where account = $1 and id = $2 and lease = $3 and stage in ('staged', 'applying')",
        )
        .bind(reset.account.0)
        .bind(reset.id.0)
        .bind(lease.id)
        .bind(stage.as_str())
        .bind(code.as_str())
        .bind(about.map(kept))
        .bind(now.0);
        write.one(query).await
    }

    async fn transition(
        &self,
        reset: &Reset,
        query: Query<'_>,
        now: Millis,
        entry: &crate::audit::Entry,
    ) -> Result<(), StoreError> {
        let mut write = self.write(reset.account).await?;
        write.one(query).await?;
        self.note(&mut write, reset.account, now, entry).await?;
        write.commit().await
    }
}

fn insert_reset(reset: &Reset) -> Query<'_> {
    sqlx::query(
        "insert into resets (id, account, customer, contact, ticket, technician, integration,
             verification, directory_user, person, body_hash, stage, asked_at, apply_before,
             phone_masked, phone_sealed, phone_hash, unlock_sealed, one_factor, phone_changed_at,
             must_change, tenant_hash, language, retry_at, approval, warnings)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'staged', $12, $13, $14, $15, $16,
             $17, $18, $19, $20, $21, $22, $23, $24, $25)",
    )
    .bind(reset.id.0)
    .bind(reset.account.0)
    .bind(reset.customer.0)
    .bind(reset.contact.0)
    .bind(reset.ticket.map(|ticket| ticket.0))
    .bind(reset.technician.0)
    .bind(reset.integration.0)
    .bind(reset.verification.0)
    .bind(&reset.directory_user)
    .bind(&reset.person)
    .bind(&reset.body_hash)
    .bind(reset.asked_at.0)
    .bind(reset.apply_before.0)
    .bind(&reset.phone_masked)
    .bind(&reset.phone_sealed)
    .bind(&reset.phone_hash)
    .bind(&reset.unlock_sealed)
    .bind(reset.one_factor)
    .bind(reset.phone_changed_at.map(|at| at.0))
    .bind(reset.must_change)
    .bind(&reset.tenant_hash)
    .bind(reset.language.map(Language::as_str))
    .bind(reset.retry_at.0)
    .bind(reset.approval.map(|approval| approval.0))
    .bind(&reset.warnings)
}
