//! Verifications: begun, sent or not, and read. How they are answered is in `answers.rs`.

use super::super::{Database, Db};
use super::{count, kept};
use crate::store::{
    AnswerStore, Ending, Limit, LimitHit, StoreError, Verification, VerificationStore,
};
use async_trait::async_trait;
use shared::{
    AccountId, Channel, Code, ContactId, CustomerId, Millis, Outcome, Source, TechnicianId,
    TicketId, VerificationId,
};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{Act, Entry};
use crate::store::outcome_str;

type Line = <Db as sqlx::Database>::Row;

pub(super) fn parse_outcome(text: &str) -> Option<Outcome> {
    use Outcome::{Denied, Expired, Pending, Replaced, TriesSpent, Unsent, Verified};
    [Pending, Verified, Expired, TriesSpent, Replaced, Unsent, Denied]
        .into_iter()
        .find(|outcome| outcome_str(*outcome) == text)
}

const fn source_str(source: Source) -> &'static str {
    match source {
        Source::Microsoft => "microsoft",
        Source::Contact => "contact",
        Source::Duo => "duo",
    }
}

fn parse_source(text: &str) -> Option<Source> {
    [Source::Microsoft, Source::Contact, Source::Duo]
        .into_iter()
        .find(|source| source_str(*source) == text)
}

pub(super) fn verification(row: &Line) -> Result<Verification, StoreError> {
    let id = |column: &str| row.try_get::<Option<Uuid>, _>(column);
    let channel: String = row.try_get("channel")?;
    let source: String = row.try_get("source")?;
    let outcome: String = row.try_get("outcome")?;
    Ok(Verification {
        id: VerificationId(row.try_get("id")?),
        account: AccountId(row.try_get("account")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        ticket: id("ticket")?.map(TicketId),
        ticket_number: row.try_get("ticket_number")?,
        technician: TechnicianId(row.try_get("technician")?),
        technician_name: row.try_get("technician_name")?,
        directory_user: row.try_get("directory_user")?,
        channel: Channel::ALL
            .into_iter()
            .find(|known| known.as_str() == channel)
            .ok_or(StoreError::Inconsistent("a verification's channel"))?,
        source: parse_source(&source).ok_or(StoreError::Inconsistent("a verification's source"))?,
        destination_hash: row.try_get("destination_hash")?,
        contact_hash: row.try_get("contact_hash")?,
        masked: row.try_get("masked")?,
        code_hash: row.try_get::<Option<Vec<u8>>, _>("code_hash")?.unwrap_or_default(),
        look_id: row.try_get("look_id")?,
        proof_hash: row.try_get("proof_hash")?,
        say_sealed: row.try_get("say_sealed")?,
        provider_id: row.try_get("provider_id")?,
        voucher: id("voucher")?.map(ContactId),
        voucher_name: row.try_get("voucher_name")?,
        note: row.try_get("note")?,
        outcome: parse_outcome(&outcome)
            .ok_or(StoreError::Inconsistent("a verification's outcome"))?,
        code: row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse),
        tries_left: count(row, "tries_left")?,
        sent_at: Millis(row.try_get("sent_at")?),
        expires_at: Millis(row.try_get("expires_at")?),
        verified_at: row.try_get::<Option<i64>, _>("verified_at")?.map(Millis),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(Millis),
        used: id("used_by")?.is_some(),
    })
}

/// A verification with the names that people see.
macro_rules! with_names {
    ($rest:literal) => {
        concat!(
            "select v.*, t.name as technician_name, coalesce(k.psa_number, k.number) as ticket_number,
                 c.name as voucher_name
             from verifications v join technicians t on t.id = v.technician
             left join tickets k on k.id = v.ticket left join contacts c on c.id = v.voucher ",
            $rest
        )
    };
}
pub(super) use with_names;

pub(super) fn entry(act: Act, v: &Verification) -> Entry {
    let about = format!("{} to {}", v.channel.as_str(), v.masked);
    let about = match v.voucher {
        Some(voucher) => format!("{about}, vouched for by {voucher}"),
        None => about,
    };
    Entry {
        customer: Some(v.customer),
        contact: Some(v.contact),
        ticket: v.ticket,
        verification: Some(v.id),
        ..Entry::new(act).by(v.technician).about(about)
    }
}

#[async_trait]
impl VerificationStore for Database {
    async fn begin_verification(
        &self,
        v: &Verification,
        limits: &[Limit],
    ) -> Result<Result<(), LimitHit>, StoreError> {
        let mut write = self.write(v.account).await?;
        if let Err(hit) = self.spend(&mut write, v.account, v.sent_at, limits).await? {
            write.roll_back().await?;
            return Ok(Err(hit));
        }
        let replaced: Vec<Uuid> = sqlx::query_scalar(
            "update verifications
             set outcome = 'replaced', code_hash = null, say_sealed = null, ended_at = $4
             where account = $1 and contact = $2 and destination_hash = $3 and outcome = 'pending'
             returning id",
        )
        .bind(v.account.0)
        .bind(v.contact.0)
        .bind(&v.destination_hash)
        .bind(v.sent_at.0)
        .fetch_all(write.db())
        .await?;
        for id in replaced {
            self.note_in_ticket(&mut write, v.account, VerificationId(id), v.sent_at).await?;
        }
        sqlx::query(
            "insert into verifications (id, account, customer, contact, ticket, technician,
                 directory_user, channel, source, destination_hash, contact_hash, masked, code_hash,
                 look_id, proof_hash, say_sealed, voucher, note, outcome, tries_left, sent_at,
                 expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                 $18, 'pending', $19, $20, $21)",
        )
        .bind(v.id.0)
        .bind(v.account.0)
        .bind(v.customer.0)
        .bind(v.contact.0)
        .bind(v.ticket.map(|ticket| ticket.0))
        .bind(v.technician.0)
        .bind(&v.directory_user)
        .bind(v.channel.as_str())
        .bind(source_str(v.source))
        .bind(&v.destination_hash)
        .bind(&v.contact_hash)
        .bind(&v.masked)
        .bind(&v.code_hash)
        .bind(&v.look_id)
        .bind(&v.proof_hash)
        .bind(&v.say_sealed)
        .bind(v.voucher.map(|voucher| voucher.0))
        .bind(v.note.as_deref().map(kept))
        .bind(i64::from(v.tries_left))
        .bind(v.sent_at.0)
        .bind(v.expires_at.0)
        .execute(write.db())
        .await?;
        self.note(&mut write, v.account, v.sent_at, &entry(Act::VerificationSent, v)).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn verification_unsent(
        &self,
        v: &Verification,
        now: Millis,
        code: Code,
    ) -> Result<(), StoreError> {
        let ended = self.end_verification(v, Ending::Unsent(code), now).await?;
        ended.map(|_| ()).ok_or(StoreError::MovedOn)
    }

    async fn push_sent(&self, v: &Verification, provider_id: &str) -> Result<(), StoreError> {
        let mut write = self.write_row().await?;
        let query = sqlx::query(
            "update verifications set provider_id = $3
             where account = $1 and id = $2 and outcome = 'pending'",
        )
        .bind(v.account.0)
        .bind(v.id.0)
        .bind(kept(provider_id));
        write.one(query).await?;
        write.commit().await
    }

    async fn verification(
        &self,
        account: AccountId,
        id: VerificationId,
    ) -> Result<Option<Verification>, StoreError> {
        let row = sqlx::query(with_names!("where v.account = $1 and v.id = $2"))
            .bind(account.0)
            .bind(id.0)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(verification).transpose()
    }

    async fn verification_of_link(
        &self,
        look_id: &[u8],
    ) -> Result<Option<Verification>, StoreError> {
        let row = sqlx::query(with_names!("where v.look_id = $1"))
            .bind(look_id)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(verification).transpose()
    }

    async fn verifications_of(
        &self,
        account: AccountId,
        contact: ContactId,
        most: u32,
    ) -> Result<Vec<Verification>, StoreError> {
        let rows = sqlx::query(with_names!(
            "where v.account = $1 and v.contact = $2 order by v.sent_at desc, v.id desc limit $3"
        ))
        .bind(account.0)
        .bind(contact.0)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(verification).collect()
    }
}
