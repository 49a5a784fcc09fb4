//! What the dashboard counts. Each statement goes along an index of a span of days and gives sums.

use super::super::{Database, Db};
use super::verifications::parse_outcome;
use crate::store::{
    CameOut, FigureStore, LinkCounts, ResetCount, SetUp, StoreError, Took, Unsent,
    VerificationCount, Way,
};
use async_trait::async_trait;
use shared::{AccountId, Channel, Code, Millis};
use sqlx::Row;

type Line = <Db as sqlx::Database>::Row;

fn took(row: &Line) -> Result<Took, sqlx::Error> {
    Ok(Took { seconds: row.try_get("seconds")?, count: row.try_get("count")? })
}

/// The way of an outbox row; `None` for what nobody would miss.
fn way_of_row(kind: &str) -> Option<Way> {
    match kind.split('-').next()? {
        "text" | "notice" => Some(Way::Sms),
        "mail" => Some(Way::Mail),
        "note" => Some(Way::Psa),
        "sessions" => Some(Way::M365),
        _ => None,
    }
}

fn way_of_channel(name: &str) -> Option<Way> {
    let channel = Channel::ALL.into_iter().find(|channel| channel.as_str() == name)?;
    Some(match channel {
        Channel::SmsCode | Channel::SmsLink => Way::Sms,
        Channel::EmailCode | Channel::EmailLink => Way::Mail,
        Channel::DuoPush => Way::Duo,
    })
}

#[async_trait]
impl FigureStore for Database {
    async fn reset_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<ResetCount>, StoreError> {
        let rows = sqlx::query(
            "select asked_at / 86400000 as day,
                 case when applied_at is not null then 'completed'
                     when stage in ('staged', 'applying') then 'under-way'
                     when stage = 'refused' then 'refused' else 'stuck' end as how,
                 case when applied_at is null then code end as code, count(*) as count
             from resets where account = $1 and asked_at >= $2 and asked_at < $3
             group by 1, 2, 3 order by 1, 2, 3",
        )
        .bind(account.0)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(self.read())
        .await?;
        let count = |row: &Line| {
            Ok(ResetCount {
                day: row.try_get("day")?,
                how: match row.try_get::<&str, _>("how")? {
                    "completed" => CameOut::Completed,
                    "refused" => CameOut::Refused,
                    "under-way" => CameOut::UnderWay,
                    _ => CameOut::Stuck,
                },
                code: row.try_get::<Option<String>, _>("code")?.as_deref().and_then(Code::parse),
                count: row.try_get("count")?,
            })
        };
        rows.iter().map(count).collect()
    }

    async fn verification_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<VerificationCount>, StoreError> {
        let rows = sqlx::query(
            "select sent_at / 86400000 as day, outcome, count(*) as count
             from verifications where account = $1 and sent_at >= $2 and sent_at < $3
             group by 1, 2 order by 1, 2",
        )
        .bind(account.0)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(self.read())
        .await?;
        let count = |row: &Line| {
            Ok(VerificationCount {
                day: row.try_get("day")?,
                outcome: parse_outcome(row.try_get("outcome")?)
                    .ok_or(StoreError::Inconsistent("a verification's outcome"))?,
                count: row.try_get("count")?,
            })
        };
        rows.iter().map(count).collect()
    }

    async fn call_to_reset(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<Took>, StoreError> {
        let rows = sqlx::query(
            // Materialized, here and below: SQLite would look things up once for each mention of them. The time is in
            // an expression, so that it goes by the contact, and not through everybody who called in these hours.
            "with timed as materialized (
                 select r.applied_at as applied_at, (select min(v.sent_at) from verifications v
                     where v.account = r.account and v.contact = r.contact
                         and v.sent_at + 0 >= r.asked_at - 14400000 and v.sent_at + 0 <= r.asked_at
                         and (v.ticket = r.ticket or r.ticket is null or v.id = r.verification)
                         and v.sent_at > coalesce((select max(p.asked_at) from resets p
                             where p.account = r.account and p.contact = r.contact
                                 and p.asked_at < r.asked_at and p.applied_at is not null), 0)
                 ) as began
                 from resets r where r.account = $1 and r.asked_at >= $2 and r.asked_at < $3
                     and r.applied_at is not null)
             select (applied_at - began) / 1000 as seconds, count(*) as count from timed
             where began is not null group by 1 order by 1",
        )
        .bind(account.0)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(took).collect::<Result<_, _>>()?)
    }

    async fn link_counts(
        &self,
        account: AccountId,
        from: Millis,
        until: Millis,
    ) -> Result<LinkCounts, StoreError> {
        let rows = sqlx::query(
            "with links as materialized (
                 select r.applied_at as applied_at,
                     (select min(s.opened_at) from shares s where s.reset = r.id) as opened_at,
                     exists (select 1 from shares s where s.reset = r.id
                         and s.state in ('closed', 'open', 'locked')) as live
                 from resets r where r.account = $1 and r.asked_at >= $2 and r.asked_at < $3
                     and r.applied_at is not null)
             select case when opened_at is null then null else (opened_at - applied_at) / 1000 end
                     as seconds, live, count(*) as count from links
             group by 1, 2 order by 1, 2",
        )
        .bind(account.0)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(self.read())
        .await?;
        let mut counts = LinkCounts::default();
        for row in &rows {
            let count: i64 = row.try_get("count")?;
            match (row.try_get::<Option<i64>, _>("seconds")?, row.try_get("live")?) {
                (Some(seconds), _) => match counts.opened.last_mut() {
                    Some(last) if last.seconds == seconds => last.count += count,
                    _ => counts.opened.push(Took { seconds, count }),
                },
                (None, true) => counts.open += count,
                (None, false) => counts.never += count,
            }
        }
        Ok(counts)
    }

    async fn unsent(&self, account: AccountId, since: Millis) -> Result<Vec<Unsent>, StoreError> {
        let rows = sqlx::query(
            "select 'row' as told_by, o.kind as way, o.code as code, count(*) as count
             from resets r join outbox o on o.reset = r.id
             where r.account = $1 and r.asked_at >= $2 and o.state = 'failed'
             group by o.kind, o.code
             union all
             select 'row', o.kind, o.code, count(*) from outbox o
             where o.account = $1 and o.reset is null and o.state = 'failed' and o.due_at >= $2
             group by o.kind, o.code
             union all
             select 'channel', v.channel, v.code, count(*) from verifications v
             where v.account = $1 and v.sent_at >= $2 and v.outcome = 'unsent'
             group by v.channel, v.code",
        )
        .bind(account.0)
        .bind(since.0)
        .fetch_all(self.read())
        .await?;
        let mut all: Vec<Unsent> = Vec::new();
        for row in &rows {
            let name: &str = row.try_get("way")?;
            let way = match row.try_get("told_by")? {
                "row" => way_of_row(name),
                _ => way_of_channel(name),
            };
            let code: Option<String> = row.try_get("code")?;
            let (Some(way), Some(code)) = (way, code.as_deref().and_then(Code::parse)) else {
                continue;
            };
            let count: i64 = row.try_get("count")?;
            match all.iter_mut().find(|it| it.way == way && it.code == code) {
                Some(known) => known.count += count,
                None => all.push(Unsent { way, code, count }),
            }
        }
        all.sort_by_key(|it| (it.way, -it.count, it.code.as_str()));
        Ok(all)
    }

    async fn set_up(&self, account: AccountId) -> Result<SetUp, StoreError> {
        let kinds: Vec<String> = sqlx::query_scalar(
            "select distinct kind from integrations
             where account = $1 and is_on and ended_at is null",
        )
        .bind(account.0)
        .fetch_all(self.read())
        .await?;
        let people: i64 = sqlx::query_scalar(
            "select count(*) from technicians where account = $1 and ended_at is null",
        )
        .bind(account.0)
        .fetch_one(self.read())
        .await?;
        let has = |any: &[&str]| kinds.iter().any(|kind| any.contains(&kind.as_str()));
        Ok(SetUp {
            m365: has(&["m365"]),
            psa: has(&["connectwise", "halo", "autotask"]),
            sms: has(&["twilio"]),
            mail: has(&["smtp"]),
            colleagues: people > 1,
        })
    }
}
