//! A look at all rows at once, for tests.

use super::super::Database;
use crate::store::{InspectStore, StoreError};
use async_trait::async_trait;
use uuid::Uuid;

/// Each rule with the statement that finds the rows that break it.
const RULES: [(&str, &str); 10] = [
    (
        "a live share without a reset that leads to it",
        "select s.id from shares s
             left join resets r on r.id = s.reset and r.account = s.account
         where s.state in ('closed', 'open', 'locked') and s.reset is not null and (r.id is null
             or (s.state = 'closed' and r.stage not in ('staged', 'applying', 'stuck'))
             or (s.state <> 'closed' and r.stage not in ('applied', 'completed')))",
    ),
    (
        "a live share whose link can't be texted again",
        "select s.id from shares s join resets r on r.id = s.reset
         where s.state in ('closed', 'open', 'locked') and (s.password_sealed is null
             or (s.token_sealed is null) <> (s.state = 'locked') or length(r.phone_sealed) = 0)",
    ),
    (
        "a share that is over and still holds something",
        "select id from shares where state in ('expired', 'revoked', 'destroyed')
             and (token_sealed is not null or password_sealed is not null
                 or length(ciphertext) > 0)",
    ),
    (
        "a reset that may have set a password that no share holds",
        "select r.id from resets r where r.stage in ('staged', 'applying', 'stuck')
             and not exists (select 1 from shares s where s.reset = r.id
                 and s.account = r.account and s.state = 'closed')",
    ),
    (
        "a password that was set without a text to tell",
        "select r.id from resets r where r.applied_at is not null and not exists (
             select 1 from outbox o where o.reset = r.id and o.kind = 'text')",
    ),
    (
        "a password that was set in a ticket without a note",
        "select r.id from resets r where r.applied_at is not null and r.ticket is not null
             and not exists (select 1 from outbox o where o.reset = r.id and o.kind = 'note-set')",
    ),
    (
        "an outbox row that ended without a result",
        "select id from outbox where (state = 'failed' and code is null)
             or (state = 'done' and done_at is null)",
    ),
    (
        "a refused reset whose share is still there",
        "select r.id from resets r join shares s on s.reset = r.id
         where r.stage = 'refused' and s.state <> 'destroyed'",
    ),
    (
        "a verification that was used up by a reset that asked nobody",
        "select r.id from resets r join verifications v on v.used_by = r.id
         where r.stage = 'refused' and r.tries = 0",
    ),
    (
        "a reset without a verification of its own",
        "select r.id from resets r join verifications v on v.id = r.verification
         where (r.stage <> 'refused' or r.tries > 0) and (v.used_by is null or v.used_by <> r.id)",
    ),
];

#[async_trait]
impl InspectStore for Database {
    async fn contradictions(&self) -> Result<Vec<(&'static str, Uuid)>, StoreError> {
        let mut found = Vec::new();
        for (what, statement) in RULES {
            let rows: Vec<Uuid> = sqlx::query_scalar(statement).fetch_all(self.read()).await?;
            found.extend(rows.into_iter().map(|id| (what, id)));
        }
        Ok(found)
    }
}
