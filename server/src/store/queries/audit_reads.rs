//! Reading the audit. Lists must answer at a million entries: each filter has its index with the number
//! behind it, so that a page is a short walk along one of them.

use std::collections::HashMap;

use super::super::{Database, Db, along};
use crate::audit::chain::Link;
use crate::audit::{Facets, Head, Kind};
use crate::store::{AuditChoices, AuditFilter, AuditReadStore, AuditRow, SeqSpan, StoreError};
use async_trait::async_trait;
use shared::{AccountId, ContactId, CustomerId, Millis, ResetId, TechnicianId};
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

type Line = <Db as sqlx::Database>::Row;

/// How far entries may stand out of the order of their times.
const DISORDER_MS: i64 = 10 * 60_000;
/// Of two filters the one with fewer entries leads the walk; so many are counted, no more.
const COUNTED: i64 = 20_000;
/// Ids whose names are looked up at once.
const NAMES: usize = 100;

/// A filter by an index of its own.
#[derive(Clone, Copy)]
enum By {
    Kind(Kind),
    Id(&'static str, Uuid),
}

impl By {
    /// The column as an index has it.
    fn column(self) -> &'static str {
        match self {
            Self::Kind(_) => "kind",
            Self::Id(column, _) => column,
        }
    }

    /// The index that this filter leads along.
    fn index(self) -> String {
        along(&format!("audit_{}", self.column()))
    }

    /// The column in an expression that no index has: this filter is not to lead.
    fn beside(self) -> String {
        match self {
            Self::Kind(_) => "kind + 0".into(),
            Self::Id(column, _) => format!("coalesce({column}, {column})"),
        }
    }

    fn bind(self, query: &mut QueryBuilder<Db>) {
        match self {
            Self::Kind(kind) => query.push_bind(kind.number()),
            Self::Id(_, id) => query.push_bind(id),
        };
    }
}

/// The filters in use, those that leave least over first: a reset has some twenty entries, a contact some
/// hundreds.
fn by(filter: &AuditFilter) -> Vec<By> {
    [
        filter.reset.map(|id| By::Id("reset", id.0)),
        filter.contact.map(|id| By::Id("contact", id.0)),
        filter.technician.map(|id| By::Id("technician", id.0)),
        filter.customer.map(|id| By::Id("customer", id.0)),
        filter.kind.map(By::Kind),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A column as it stands; `None` where it holds something that we never write there. Whoever has the database
/// may put anything into it, and that has to be told as damage, not as a failure of ours.
fn readable<'l, T: sqlx::Decode<'l, Db> + sqlx::Type<Db>>(
    line: &'l Line,
    column: &str,
) -> Result<Option<T>, sqlx::Error> {
    match line.try_get(column) {
        Ok(value) => Ok(Some(value)),
        Err(sqlx::Error::ColumnDecode { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What an entry counts as whose time can't be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    Earlier,
    Later,
}

/// What stands for a time that can't be read: no entry was written then.
const NEVER: i64 = i64::MIN;

/// An entry for a list: damage in it is empty, and the check of the chain tells of it.
pub(super) fn row(line: &Line) -> Result<AuditRow, sqlx::Error> {
    Ok(AuditRow {
        seq: line.try_get("seq")?,
        at: Millis(readable(line, "at")?.unwrap_or_default()),
        body: readable(line, "body")?.unwrap_or_default(),
    })
}

fn link(line: &Line) -> Result<Link, sqlx::Error> {
    Ok(Link {
        seq: line.try_get("seq")?,
        at: Millis(readable(line, "at")?.unwrap_or(NEVER)),
        body: readable(line, "body")?.unwrap_or_default(),
        mac: readable(line, "mac")?.unwrap_or_default(),
        facets: facets(line)?,
    })
}

fn facets(line: &Line) -> Result<Option<Facets>, sqlx::Error> {
    let id = |column: &str| readable::<Option<Uuid>>(line, column);
    let kind = readable::<Option<i32>>(line, "kind")?;
    let ids = [id("technician")?, id("customer")?, id("contact")?, id("reset")?];
    let (Some(kind), [Some(technician), Some(customer), Some(contact), Some(reset)]) = (kind, ids)
    else {
        return Ok(None);
    };
    Ok(Some(Facets {
        kind: kind.and_then(Kind::numbered),
        technician: technician.map(TechnicianId),
        customer: customer.map(CustomerId),
        contact: contact.map(ContactId),
        reset: reset.map(ResetId),
    }))
}

fn head(line: &Line) -> Result<Head, sqlx::Error> {
    Ok(Head {
        account: AccountId(line.try_get("id")?),
        // No chain has such a head.
        count: readable(line, "audit_count")?.unwrap_or(-1),
        mac: readable(line, "audit_head")?.unwrap_or_default(),
    })
}

#[async_trait]
impl AuditReadStore for Database {
    async fn audit_span(
        &self,
        account: AccountId,
        from: Option<Millis>,
        until: Option<Millis>,
    ) -> Result<SeqSpan, StoreError> {
        let newest: Option<i64> =
            sqlx::query_scalar("select max(seq) from audit where account = $1")
                .bind(account.0)
                .fetch_one(self.read())
                .await?;
        let end = newest.unwrap_or(0) + 1;
        let first = match from {
            Some(from) => {
                self.first_at(account, end, from.plus(-DISORDER_MS), Unreadable::Later).await?
            }
            None => i64::MIN,
        };
        let end = match until {
            Some(until) => {
                self.first_at(account, end, until.plus(DISORDER_MS), Unreadable::Earlier).await?
            }
            None => i64::MAX,
        };
        Ok(SeqSpan { first, end })
    }

    async fn audit_page(
        &self,
        account: AccountId,
        filter: &AuditFilter,
        span: SeqSpan,
        most: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let mut by = by(filter);
        if filter.reset.is_none() && filter.contact.is_none() && by.len() > 1 {
            let mut counts = Vec::new();
            for filter in by {
                counts.push((self.counted(account, filter, span).await?, filter));
            }
            counts.sort_by_key(|(count, _)| *count);
            by = counts.into_iter().map(|(_, filter)| filter).collect();
        }
        let mut query = QueryBuilder::<Db>::new("select seq, at, body from audit");
        query.push(by.first().map(|lead| lead.index()).unwrap_or_default());
        query.push(" where account = ").push_bind(account.0);
        query.push(" and seq >= ").push_bind(span.first);
        query.push(" and seq < ").push_bind(span.end);
        for (place, filter) in by.into_iter().enumerate() {
            let column = if place == 0 { filter.column().into() } else { filter.beside() };
            query.push(" and ").push(column).push(" = ");
            filter.bind(&mut query);
        }
        if let Some(from) = filter.from {
            query.push(" and at >= ").push_bind(from.0);
        }
        if let Some(until) = filter.until {
            query.push(" and at < ").push_bind(until.0);
        }
        query.push(" order by seq desc limit ").push_bind(i64::from(most));
        let rows = query.build().fetch_all(self.read()).await?;
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    async fn audit_head(&self, account: AccountId) -> Result<Option<Head>, StoreError> {
        let row = sqlx::query("select id, audit_count, audit_head from accounts where id = $1")
            .bind(account.0)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(head).transpose()?)
    }

    async fn audit_heads(&self) -> Result<Vec<Head>, StoreError> {
        let rows = sqlx::query("select id, audit_count, audit_head from accounts order by id")
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(head).collect::<Result<_, _>>()?)
    }

    async fn audit_links(
        &self,
        account: AccountId,
        after: i64,
        last: i64,
        most: u32,
    ) -> Result<Vec<Link>, StoreError> {
        let rows = sqlx::query(
            "select seq, at, body, mac, kind, technician, customer, contact, reset from audit
             where account = $1 and seq > $2 and seq <= $3 order by seq limit $4",
        )
        .bind(account.0)
        .bind(after)
        .bind(last)
        .bind(i64::from(most))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(link).collect::<Result<_, _>>()?)
    }

    async fn audit_has_strays(&self, account: AccountId) -> Result<bool, StoreError> {
        // One statement, one moment: an entry that is written meanwhile is in the head too.
        let stray: Option<i32> = sqlx::query_scalar(
            "select 1 from accounts a where a.id = $1 and (
                 exists (select 1 from audit e where e.account = $1 and e.seq < 1)
                 or exists (select 1 from audit e where e.account = $1 and e.seq > a.audit_count))",
        )
        .bind(account.0)
        .fetch_optional(self.read())
        .await?;
        Ok(stray.is_some())
    }

    async fn audit_names(
        &self,
        account: AccountId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, String>, StoreError> {
        let mut names = HashMap::new();
        for ids in ids.chunks(NAMES) {
            let mut query = QueryBuilder::<Db>::new("");
            // The later ones count: what stands in its own table is the newest name.
            // Ids are what they are found by: along the account, a hundred thousand tickets would be read.
            let by_id = "coalesce(account, account)";
            for (place, (table, account_of, name)) in [
                ("audit_names", "account", "name"),
                ("technicians", by_id, "name"),
                ("customers", by_id, "name"),
                ("contacts", by_id, "name"),
                ("tickets", by_id, "'#' || coalesce(psa_number, number)"),
                ("integrations", by_id, "name"),
            ]
            .into_iter()
            .enumerate()
            {
                if place > 0 {
                    query.push(" union all ");
                }
                query.push(format!("select id, {name} as name from {table} where {account_of} = "));
                query.push_bind(account.0).push(" and id in (");
                let mut list = query.separated(", ");
                for id in ids {
                    list.push_bind(*id);
                }
                query.push(")");
            }
            // Another number of ids is another statement: not worth a place among those that are kept.
            for row in query.build().persistent(false).fetch_all(self.read()).await? {
                let (id, name): (Uuid, String) = (row.try_get("id")?, row.try_get("name")?);
                if !name.is_empty() {
                    names.insert(id, name);
                }
            }
        }
        Ok(names)
    }

    async fn audit_choices(&self, account: AccountId) -> Result<AuditChoices, StoreError> {
        let named = |rows: Vec<Line>| -> Result<Vec<(Uuid, String)>, sqlx::Error> {
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
        };
        let technicians =
            sqlx::query("select id, name from technicians where account = $1 order by name, id")
                .bind(account.0)
                .fetch_all(self.read())
                .await?;
        let customers =
            sqlx::query("select id, name from customers where account = $1 order by name, id")
                .bind(account.0)
                .fetch_all(self.read())
                .await?;
        Ok(AuditChoices { technicians: named(technicians)?, customers: named(customers)? })
    }
}

impl Database {
    /// The number of the first entry of this time or later: numbers are in the order of time, so that
    /// some twenty looks find it among a million.
    /// A time that can't be read makes a span longer, never shorter. One that was made up may still lead astray: that
    /// is for the check of the chain to tell, as is all damage.
    async fn first_at(
        &self,
        account: AccountId,
        end: i64,
        at: Millis,
        unreadable: Unreadable,
    ) -> Result<i64, StoreError> {
        let (mut low, mut high) = (1, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let row = sqlx::query(
                "select at from audit where account = $1 and seq >= $2 order by seq limit 1",
            )
            .bind(account.0)
            .bind(middle)
            .fetch_optional(self.read())
            .await?;
            let is_before = match row.as_ref().map(|row| readable::<i64>(row, "at")).transpose()? {
                Some(Some(found)) => found < at.0,
                Some(None) => unreadable == Unreadable::Earlier,
                None => false,
            };
            if is_before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// How many entries a filter alone lets through, up to [`COUNTED`].
    async fn counted(
        &self,
        account: AccountId,
        filter: By,
        span: SeqSpan,
    ) -> Result<i64, StoreError> {
        let mut query = QueryBuilder::<Db>::new("select count(*) from (select 1 from audit");
        query.push(filter.index()).push(" where account = ").push_bind(account.0);
        query.push(" and ").push(filter.column()).push(" = ");
        filter.bind(&mut query);
        query.push(" and seq >= ").push_bind(span.first);
        query.push(" and seq < ").push_bind(span.end);
        query.push(" limit ").push_bind(COUNTED).push(") counted");
        Ok(query.build_query_scalar().fetch_one(self.read()).await?)
    }
}
