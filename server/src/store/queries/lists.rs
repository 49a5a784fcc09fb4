//! Pages of the lists of contacts and tickets, the same for both.
//!
//! A page is read along an index in the order of the list, so a deep one costs what the first one does. A
//! search has two ways, and which one is quick depends on what is looked for: of a word that few rows have,
//! the index of words names them, and they are sorted; of words that many have ("com"), the list is walked
//! until the page is full. So the words are counted first, as far as it matters. So are the rows of somebody
//! who has some customers only: few are sorted, among many the list is walked. Neither way is left to a
//! planner, which would have to guess how many rows there are.

use shared::{AccountId, CustomerId};
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::super::{Database, Db};
use crate::reach::Reach;
use crate::store::{Among, Edge, ListAsk, Listed, Order, StoreError};
use crate::words::{asked, end_of};

type Line = <Db as sqlx::Database>::Row;

/// A word that more rows have is common, and so are customers: they are not collected and sorted, the list is
/// walked.
const COMMON: i64 = 4_000;

/// A list: what of its statements is its own.
pub(super) struct Noun {
    /// What [`Noun::from`]'s first table is called.
    pub(super) it: &'static str,
    /// The columns that are read.
    pub(super) columns: &'static str,
    /// The tables, the list's own first. `cross join` keeps SQLite from beginning with another one.
    pub(super) from: &'static str,
    /// How they belong together.
    pub(super) joined: &'static str,
    /// The index of words: counts rows with a word, as far as a limit.
    pub(super) count: &'static str,
    /// The index of words: the rows with a word.
    pub(super) having: &'static str,
    /// The rows of some customers, who follow.
    pub(super) of_customers: &'static str,
    /// Rows with an address, where the list has such.
    pub(super) at_address: Option<&'static str>,
    /// What is left out where nothing is looked for.
    pub(super) unless_searched: &'static str,
    /// What it is sorted by, usually and otherwise: each ends with the id.
    pub(super) orders: [Sorted; 2],
}

/// An order.
#[derive(Clone, Copy)]
pub(super) struct Sorted {
    /// The column before the id, if any.
    pub(super) column: Option<&'static str>,
    /// Whether it falls.
    pub(super) falls: bool,
    /// Reads that column of a row.
    pub(super) key: &'static str,
}

/// Rows that are few enough to be sorted.
enum Few {
    /// Those with this word.
    Word(String),
    /// Those of the customers that whoever asks has.
    OfReach,
}

/// What stands in that column.
enum Key {
    Nothing,
    Text(String),
    Number(i64),
}

impl Database {
    /// A page; `id` gives a row's id, `T` is made of it by `make`.
    pub(super) async fn page<T, Id: Copy>(
        &self,
        noun: &Noun,
        account: AccountId,
        ask: &ListAsk<'_, Id>,
        id: fn(Id) -> Uuid,
        make: fn(&Line) -> Result<T, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let Some(words) = asked(ask.search) else { return Ok(Listed::nothing()) };
        let nobody = ask.reach.listed().is_some_and(std::collections::BTreeSet::is_empty);
        if nobody || matches!(&ask.among, Among::Only(ids) if ids.is_empty()) {
            return Ok(Listed::nothing());
        }
        let sorted = noun.orders[usize::from(ask.order == Order::Other)];
        let (edge, backwards) = match ask.edge {
            Edge::First => (None, false),
            Edge::After(row) => (Some(id(row)), false),
            Edge::Before(row) => (Some(id(row)), true),
        };
        let edge = match edge {
            Some(row) => self.key(sorted, account, &ask.reach, row).await?.map(|key| (row, key)),
            None => None,
        };
        let backwards = backwards && edge.is_some();
        let few = self.few(noun, account, ask, &words).await?;

        let mut query = QueryBuilder::<Db>::new("");
        let begins = self::begin(&mut query, noun, account, ask, &few, id);
        query.push("select ").push(noun.columns).push(" from ");
        if begins {
            query.push("hit cross join ");
        }
        query.push(noun.from).push(" where ").push(noun.joined);
        if begins {
            query.push(" and ").push(noun.it).push(".id = hit.id");
        }
        query.push(" and ").push(noun.it).push(".account = ").push_bind(account.0);
        query.push(" and ").push(noun.it).push(".listed");
        narrow(&mut query, noun, ask, &words, id);
        // Upwards in the list and downwards in the index are the same thing.
        let falls = sorted.falls != backwards;
        if let Some((row, key)) = &edge {
            beyond(&mut query, noun, sorted, (*row, key), falls);
        }
        let direction = if falls { " desc" } else { "" };
        query.push(" order by ");
        if let Some(column) = sorted.column {
            query.push(column).push(direction).push(", ");
        }
        query.push(noun.it).push(".id").push(direction);
        query.push(" limit ").push_bind(i64::from(ask.limit) + 1);
        let read = query.build().fetch_all(self.read()).await?;

        let more = read.len() > ask.limit as usize;
        let mut rows: Vec<T> =
            read.iter().take(ask.limit as usize).map(make).collect::<Result<_, _>>()?;
        if backwards {
            rows.reverse();
        }
        // The row at the edge is on the page next to this one.
        let (before, after) = match backwards {
            true => (more, true),
            false => (edge.is_some(), more),
        };
        Ok(Listed { rows, before, after })
    }

    async fn key(
        &self,
        sorted: Sorted,
        account: AccountId,
        reach: &Reach,
        row: Uuid,
    ) -> Result<Option<Key>, StoreError> {
        let mut query = QueryBuilder::<Db>::new(sorted.key);
        query.push(" where account = ").push_bind(account.0);
        query.push(" and id = ").push_bind(row);
        // Where a row of somebody else's stands in the order says what it is called.
        if let Reach::Listed(customers) = reach {
            query.push(" and customer in ");
            push_customers(&mut query, customers);
        }
        let found = query.build().fetch_optional(self.read()).await?;
        let Some(found) = found else { return Ok(None) };
        Ok(Some(match sorted.column {
            None => Key::Nothing,
            Some("c.sort_name") => Key::Text(found.try_get(0)?),
            Some(_) => Key::Number(found.try_get(0)?),
        }))
    }

    /// Rows that are few, where collecting them is the quick way: those with the word that the fewest have, or
    /// those of the customers that whoever asks has.
    async fn few(
        &self,
        noun: &Noun,
        account: AccountId,
        ask: &ListAsk<'_, impl Sized>,
        words: &[String],
    ) -> Result<Option<Few>, StoreError> {
        // A customer's rows, and some few, are walked.
        if ask.customer.is_some() || matches!(ask.among, Among::Only(_)) {
            return Ok(None);
        }
        let mut fewest: Option<(i64, &String)> = None;
        for word in words {
            let most = fewest.map_or(COMMON, |(count, _)| count);
            let count: i64 = sqlx::query_scalar(noun.count)
                .bind(account.0)
                .bind(word)
                .bind(end_of(word))
                .bind(most)
                .fetch_one(self.read())
                .await?;
            if count < most {
                fewest = Some((count, word));
            }
        }
        if let Some((_, word)) = fewest {
            return Ok(Some(Few::Word(word.clone())));
        }
        let Reach::Listed(customers) = &ask.reach else { return Ok(None) };
        let mut query = QueryBuilder::<Db>::new("select count(*) from (");
        query.push(noun.of_customers);
        push_customers(&mut query, customers);
        query.push(" limit ").push_bind(COMMON).push(") found");
        let count: i64 = query.build_query_scalar().fetch_one(self.read()).await?;
        Ok((count < COMMON).then_some(Few::OfReach))
    }
}

fn push_customers<'c>(
    query: &mut QueryBuilder<Db>,
    customers: impl IntoIterator<Item = &'c CustomerId>,
) {
    query.push("(");
    let mut list = query.separated(", ");
    for customer in customers {
        list.push_bind(customer.0);
    }
    query.push(")");
}

/// Names the rows to look at as `hit`, where they can be named.
fn begin<Id: Copy>(
    query: &mut QueryBuilder<Db>,
    noun: &Noun,
    account: AccountId,
    ask: &ListAsk<'_, Id>,
    few: &Option<Few>,
    id: fn(Id) -> Uuid,
) -> bool {
    if let Among::Only(ids) = &ask.among {
        query.push("with hit (id) as materialized (");
        query.push_values(ids, |mut row, it| {
            row.push_bind(id(*it));
        });
        query.push(") ");
        return true;
    }
    let word = match (few, &ask.reach) {
        (Some(Few::Word(word)), _) => word,
        (Some(Few::OfReach), Reach::Listed(customers)) => {
            query.push("with hit (id) as materialized (").push(noun.of_customers);
            push_customers(query, customers);
            query.push(") ");
            return true;
        }
        _ => return false,
    };
    query.push("with hit (id) as materialized (").push(noun.having);
    query.push(" where account = ").push_bind(account.0);
    query.push(" and word >= ").push_bind(word.clone());
    query.push(" and word < ").push_bind(end_of(word));
    if let (Some(at_address), Some(hash)) = (noun.at_address, &ask.address_hash) {
        query.push(" union ").push(at_address).push(" where account = ").push_bind(account.0);
        query.push(" and address_hash = ").push_bind(hash.clone());
    }
    query.push(") ");
    true
}

/// What keeps rows out.
fn narrow<Id: Copy>(
    query: &mut QueryBuilder<Db>,
    noun: &Noun,
    ask: &ListAsk<'_, Id>,
    words: &[String],
    id: fn(Id) -> Uuid,
) {
    if words.is_empty() {
        query.push(noun.unless_searched);
    } else {
        query.push(" and ((");
        for (nth, word) in words.iter().enumerate() {
            // Words are letters and digits: nothing in them is a wildcard.
            let and = if nth > 0 { " and " } else { "" };
            query.push(and).push(noun.it).push(".found_by like ").push_bind(format!("% {word}%"));
        }
        query.push(")");
        if let (Some(_), Some(hash)) = (noun.at_address, &ask.address_hash) {
            query.push(" or ").push(noun.it).push(".address_hash = ").push_bind(hash.clone());
        }
        query.push(")");
    }
    if let Some(customer) = ask.customer {
        query.push(" and ").push(noun.it).push(".customer = ").push_bind(customer.0);
    }
    if let Reach::Listed(customers) = &ask.reach {
        query.push(" and ").push(noun.it).push(".customer in ");
        push_customers(query, customers);
    }
    if let Among::Not(ids) = &ask.among
        && !ids.is_empty()
    {
        query.push(" and ").push(noun.it).push(".id not in (");
        let mut list = query.separated(", ");
        for it in ids {
            list.push_bind(id(*it));
        }
        query.push(")");
    }
}

/// Beyond the row at the edge.
fn beyond(
    query: &mut QueryBuilder<Db>,
    noun: &Noun,
    sorted: Sorted,
    (row, key): (Uuid, &Key),
    falls: bool,
) {
    let sign = if falls { " < " } else { " > " };
    query.push(" and ");
    let Some(column) = sorted.column else {
        query.push(noun.it).push(".id").push(sign).push_bind(row);
        return;
    };
    query.push("(").push(column).push(", ").push(noun.it).push(".id)").push(sign).push("(");
    match key {
        Key::Text(text) => query.push_bind(text.clone()),
        Key::Number(number) => query.push_bind(*number),
        Key::Nothing => query.push("null"),
    };
    query.push(", ").push_bind(row).push(")");
}
