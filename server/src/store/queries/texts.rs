//! What became of earlier texts.

use async_trait::async_trait;
use shared::{AccountId, Code, Millis};

use super::super::Database;
use crate::store::{StoreError, TextStore, TextTrouble};

/// A reset's texts go out within this time of its being asked for: the link lives a day at most.
const TEXTS_OF_RESET_MS: i64 = 25 * 60 * 60_000;

#[async_trait]
impl TextStore for Database {
    async fn text_trouble(
        &self,
        account: AccountId,
        phone_hash: &[u8],
        since: Millis,
    ) -> Result<TextTrouble, StoreError> {
        let asked_since = since.0 - TEXTS_OF_RESET_MS;
        // A reset's phone is that of its newest link: texts of an older link went elsewhere. Of a
        // refused text the time when it was due is the nearest that is known.
        let phone: Option<Option<String>> = sqlx::query_scalar(
            "select code from (
                 select sent_at as at, case outcome when 'verified' then null else code end as code
                 from verifications
                 where account = $1 and sent_at > $3 and destination_hash = $2
                     and (outcome = 'verified' and channel like 'sms-%'
                         or outcome = 'unsent' and code in
                         ('sms-opted-out', 'sms-number', 'sms-not-set-up', 'sms-blocked'))
                 union all
                 select coalesce(o.done_at, o.due_at) as at,
                     case o.state when 'failed' then o.code end as code
                 from resets r join outbox o on o.reset = r.id and o.kind = 'text'
                 where r.account = $1 and r.asked_at > $4 and r.phone_hash = $2
                     and coalesce(o.done_at, o.due_at) > $3
                     and coalesce(o.done_at, o.due_at) >=
                         (select max(s.created_at) from shares s where s.reset = r.id)
                     and (o.state = 'done' and o.delivered_at is not null
                         or o.state = 'failed' and o.code in
                             ('sms-opted-out', 'sms-number', 'sms-not-set-up', 'sms-blocked'))
             ) heard order by at desc, case when code is null then 1 else 0 end limit 1",
        )
        .bind(account.0)
        .bind(phone_hash)
        .bind(since.0)
        .bind(asked_since)
        .fetch_optional(self.read())
        .await?;
        // Whatever else the provider said of a text, it had let us in.
        let provider: Option<String> = sqlx::query_scalar(
            "select code from (
                 select sent_at as at, case outcome when 'verified' then 'taken' else code end
                     as code
                 from verifications
                 where account = $1 and sent_at > $2
                     and (outcome = 'verified' and channel like 'sms-%'
                         or outcome = 'unsent' and code like 'sms-%'
                         and code not in ('sms-unavailable', 'sms-missing'))
                 union all
                 select coalesce(o.done_at, o.due_at) as at, case when o.state = 'failed'
                     and o.provider_id is null then o.code else 'taken' end as code
                 from resets r join outbox o on o.reset = r.id and o.kind in ('text', 'notice')
                 where r.account = $1 and r.asked_at > $3 and coalesce(o.done_at, o.due_at) > $2
                     and (o.provider_id is not null
                         or o.state = 'failed' and o.code like 'sms-%'
                         and o.code not in ('sms-unavailable', 'sms-missing'))
             ) heard
             where at >= coalesce((select max(s.updated_at) from secrets s
                     join integrations i on i.id = s.row
                     where s.account = $1 and i.kind = 'twilio'), 0)
                 and at >= coalesce((select max(i.changed_at) from integrations i
                     where i.account = $1 and i.kind = 'twilio'), 0)
             order by at desc, case code when 'sms-credentials' then 0 else 1 end limit 1",
        )
        .bind(account.0)
        .bind(since.0)
        .bind(asked_since)
        .fetch_optional(self.read())
        .await?;
        let code = |text: &str| Code::parse(text).ok_or(StoreError::Inconsistent("a text's code"));
        Ok(TextTrouble {
            phone: phone.flatten().as_deref().map(code).transpose()?,
            credentials_refused: provider.as_deref() == Some(Code::SmsCredentials.as_str()),
        })
    }
}
