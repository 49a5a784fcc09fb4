//! Verifications.

use super::super::{Database, Db};
use super::count;
use crate::store::{Limit, LimitHit, StoreError, Verification, VerificationStore};
use async_trait::async_trait;
use shared::{
    AccountId, Channel, Code, ContactId, CustomerId, Millis, Outcome, Source, TechnicianId,
    TicketId, VerificationId,
};
use sqlx::Row;
use uuid::Uuid;

use crate::audit::{Act, Entry};

type Line = <Db as sqlx::Database>::Row;

const fn outcome_str(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "pending",
        Outcome::Verified => "verified",
        Outcome::Expired => "expired",
        Outcome::TriesSpent => "tries-spent",
        Outcome::Replaced => "replaced",
        Outcome::Unsent => "unsent",
    }
}

fn parse_outcome(text: &str) -> Option<Outcome> {
    use Outcome::{Expired, Pending, Replaced, TriesSpent, Unsent, Verified};
    [Pending, Verified, Expired, TriesSpent, Replaced, Unsent]
        .into_iter()
        .find(|outcome| outcome_str(*outcome) == text)
}

fn verification(row: &Line) -> Result<Verification, StoreError> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(Verification {
        id: VerificationId(row.try_get("id")?),
        customer: CustomerId(row.try_get("customer")?),
        contact: ContactId(row.try_get("contact")?),
        ticket: row.try_get::<Option<Uuid>, _>("ticket")?.map(TicketId),
        ticket_number: row.try_get("ticket_number")?,
        technician: TechnicianId(row.try_get("technician")?),
        technician_name: row.try_get("technician_name")?,
        directory_user: row.try_get("directory_user")?,
        channel: match text("channel")?.as_str() {
            "sms-code" => Channel::SmsCode,
            _ => return Err(StoreError::Inconsistent("a verification's channel")),
        },
        source: match text("source")?.as_str() {
            "microsoft" => Source::Microsoft,
            "contact" => Source::Contact,
            _ => return Err(StoreError::Inconsistent("a verification's source")),
        },
        destination_hash: row.try_get("destination_hash")?,
        contact_hash: row.try_get("contact_hash")?,
        masked: row.try_get("masked")?,
        code_hash: row.try_get::<Option<Vec<u8>>, _>("code_hash")?.unwrap_or_default(),
        outcome: parse_outcome(&text("outcome")?)
            .ok_or(StoreError::Inconsistent("a verification's outcome"))?,
        code: row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse),
        tries_left: count(row, "tries_left")?,
        sent_at: Millis(row.try_get("sent_at")?),
        expires_at: Millis(row.try_get("expires_at")?),
        verified_at: row.try_get::<Option<i64>, _>("verified_at")?.map(Millis),
        used: row.try_get::<Option<Uuid>, _>("used_by")?.is_some(),
    })
}

/// A verification with the names that people see.
macro_rules! with_names {
    ($rest:literal) => {
        concat!(
            "select v.*, t.name as technician_name, k.number as ticket_number
             from verifications v join technicians t on t.id = v.technician
             left join tickets k on k.id = v.ticket ",
            $rest
        )
    };
}

fn entry(act: Act, v: &Verification) -> Entry {
    Entry {
        customer: Some(v.customer),
        contact: Some(v.contact),
        ticket: v.ticket,
        verification: Some(v.id),
        ..Entry::new(act).by(v.technician).about(v.masked.clone())
    }
}

#[async_trait]
impl VerificationStore for Database {
    async fn begin_verification(
        &self,
        account: AccountId,
        v: &Verification,
        limits: &[Limit],
    ) -> Result<Result<(), LimitHit>, StoreError> {
        let mut write = self.write(account).await?;
        if let Err(hit) = self.spend(&mut write, account, v.sent_at, limits).await? {
            write.roll_back().await?;
            return Ok(Err(hit));
        }
        sqlx::query(
            "update verifications set outcome = 'replaced', code_hash = null
             where account = $1 and contact = $2 and destination_hash = $3 and outcome = 'pending'",
        )
        .bind(account.0)
        .bind(v.contact.0)
        .bind(&v.destination_hash)
        .execute(write.db())
        .await?;
        sqlx::query(
            "insert into verifications (id, account, customer, contact, ticket, technician,
                 directory_user, channel, source, destination_hash, contact_hash,
                 masked, code_hash, outcome, tries_left, sent_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', $14,
                 $15, $16)",
        )
        .bind(v.id.0)
        .bind(account.0)
        .bind(v.customer.0)
        .bind(v.contact.0)
        .bind(v.ticket.map(|ticket| ticket.0))
        .bind(v.technician.0)
        .bind(&v.directory_user)
        .bind("sms-code")
        .bind(match v.source {
            Source::Microsoft => "microsoft",
            Source::Contact => "contact",
        })
        .bind(&v.destination_hash)
        .bind(&v.contact_hash)
        .bind(&v.masked)
        .bind(&v.code_hash)
        .bind(i64::from(v.tries_left))
        .bind(v.sent_at.0)
        .bind(v.expires_at.0)
        .execute(write.db())
        .await?;
        self.note(&mut write, account, v.sent_at, &entry(Act::VerificationSent, v)).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    async fn verification_unsent(
        &self,
        account: AccountId,
        now: Millis,
        v: &Verification,
        code: Code,
    ) -> Result<(), StoreError> {
        let mut write = self.write(account).await?;
        let query = sqlx::query(
            "update verifications set outcome = 'unsent', code = $3, code_hash = null
             where account = $1 and id = $2 and outcome = 'pending'",
        )
        .bind(account.0)
        .bind(v.id.0)
        .bind(code.as_str());
        write.one(query).await?;
        let entry = entry(Act::VerificationUnsent, v).because(code);
        self.note(&mut write, account, now, &entry).await?;
        write.commit().await
    }

    async fn try_code(
        &self,
        account: AccountId,
        technician: TechnicianId,
        id: VerificationId,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Verification>, StoreError> {
        let mut write = self.write(account).await?;
        let rows = sqlx::query(
            "update verifications set
                 tries_left = tries_left - 1,
                 outcome = case when code_hash = $4 then 'verified'
                                when tries_left <= 1 then 'tries-spent' else 'pending' end,
                 verified_at = case when code_hash = $4 then $5 end
             where account = $1 and technician = $2 and id = $3 and outcome = 'pending'
                 and expires_at > $5 and tries_left > 0",
        )
        .bind(account.0)
        .bind(technician.0)
        .bind(id.0)
        .bind(code_hash)
        .bind(now.0)
        .execute(write.db())
        .await?
        .rows_affected();
        if rows == 0 {
            write.roll_back().await?;
            return Ok(None);
        }
        let row =
            sqlx::query(with_names!("where v.id = $1")).bind(id.0).fetch_one(write.db()).await?;
        let tried = verification(&row)?;
        let act = match tried.outcome {
            Outcome::Verified => Act::VerificationDone,
            _ => Act::VerificationWrong,
        };
        self.note(&mut write, account, now, &entry(act, &tried)).await?;
        write.commit().await?;
        Ok(Some(tried))
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
