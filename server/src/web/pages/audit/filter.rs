//! Which entries are asked for: from the address or a form to the store's filter, and back.

use serde::Deserialize;
use shared::{AccountId, ContactId, CustomerId, Millis, ResetId, TechnicianId};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::app::App;
use crate::audit::Kind;
use crate::audit::words::Names;
use crate::directory::address_hash;
use crate::integration::ask::{day, day_after};
use crate::store::{AuditFilter, Contact, ListAsk, StoreError};

const DAY_MS: i64 = 24 * 60 * 60_000;
/// People that a search offers, at most.
const MOST_PEOPLE: u32 = 10;

/// What an address or a form says. A form sends what is left open as an empty text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    technician: String,
    customer: String,
    contact: String,
    reset: String,
    from: String,
    until: String,
    /// Part of a contact's name or address, as it was typed.
    person: String,
    /// Entries before this number only: the next page.
    pub(super) before: String,
}

/// What is asked for, understood.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) entries: AuditFilter,
    pub(super) before: Option<i64>,
    pub(super) person: String,
    /// Who may be meant by what was typed, where that is not one person.
    pub(super) people: Vec<Contact>,
    /// What can't be read, in words. Nothing is shown then: a list with a filter left out would tell
    /// something that is not so.
    pub(super) wrong: Vec<&'static str>,
}

/// A value, where there is one.
fn read<T>(
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
    wrong: &mut Vec<&'static str>,
    words: &'static str,
) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    if value.is_none() {
        wrong.push(words);
    }
    value
}

impl Asked {
    /// What is meant.
    ///
    /// # Errors
    /// When the database can't be read.
    pub(super) async fn understand(
        &self,
        app: &App,
        account: AccountId,
    ) -> Result<Filter, StoreError> {
        let mut filter = self.read();
        if filter.person.is_empty() || filter.entries.contact.is_some() {
            return Ok(filter);
        }
        let mut people = at_address(app, account, &filter.person).await?;
        if people.is_empty() {
            let ask = ListAsk::search(&filter.person, MOST_PEOPLE);
            people = app.store.contacts(account, &ask).await?.rows;
        }
        match people.len() {
            0 => filter.wrong.push(
                "Nobody is called so, or has such an address. Try a part of the name, the whole address, or leave it empty.",
            ),
            1 => {
                filter.entries.contact = people.pop().map(|contact| contact.id);
                filter.person.clear();
            }
            _ => filter.people = people,
        }
        Ok(filter)
    }

    fn read(&self) -> Filter {
        const LINK: &str =
            "The address names something that can’t be: choose from the lists below.";
        const DAY: &str = "A day is written as 2026-11-30.";
        let mut wrong = Vec::new();
        let id = |text: &str| text.parse::<Uuid>().ok();
        let from = read(&self.from, day, &mut wrong, DAY);
        let last = read(&self.until, day, &mut wrong, DAY);
        if let (Some(from), Some(last)) = (from, last)
            && last < from
        {
            wrong.push("The last day is before the first.");
        }
        let entries = AuditFilter {
            kind: read(&self.kind, Kind::parse, &mut wrong, LINK),
            technician: read(&self.technician, id, &mut wrong, LINK).map(TechnicianId),
            customer: read(&self.customer, id, &mut wrong, LINK).map(CustomerId),
            contact: read(&self.contact, id, &mut wrong, LINK).map(ContactId),
            reset: read(
                &self.reset,
                id,
                &mut wrong,
                "A reset’s id looks like 0193a5f2-7c1e-7b3a-9d0e-5f6a7b8c9d0e.",
            )
            .map(ResetId),
            from,
            // The last day is a whole one.
            until: last.map(|last| last.plus(DAY_MS)),
        };
        let before = read(&self.before, |text| text.parse().ok(), &mut wrong, LINK);
        wrong.dedup();
        let person = self.person.trim().chars().take(100).collect();
        Filter { entries, before, person, people: Vec::new(), wrong }
    }
}

/// Whom a whole address is of. The audit knows more people than the list shows: a PSA's, whose addresses are
/// kept as hashes, and those that are not listed.
async fn at_address(
    app: &App,
    account: AccountId,
    typed: &str,
) -> Result<Vec<Contact>, StoreError> {
    if !typed.contains('@') || typed.contains(char::is_whitespace) {
        return Ok(Vec::new());
    }
    let hash = address_hash(&app.store, account, typed);
    app.store.contacts_at(account, typed, &hash, MOST_PEOPLE).await
}

/// The fields of a filter as addresses and forms have them.
pub(super) fn fields(filter: &AuditFilter) -> Vec<(&'static str, String)> {
    let last = filter.until.map(|until| day_after(until, -1));
    [
        ("kind", filter.kind.map(|kind| kind.as_str().to_owned())),
        ("technician", filter.technician.map(|id| id.to_string())),
        ("customer", filter.customer.map(|id| id.to_string())),
        ("contact", filter.contact.map(|id| id.to_string())),
        ("reset", filter.reset.map(|id| id.to_string())),
        ("from", filter.from.map(|from| day_after(from, 0))),
        ("until", last),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// The address of the list with this filter.
pub(super) fn address(filter: &AuditFilter, before: Option<i64>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(fields(filter));
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    match query.finish() {
        query if query.is_empty() => "/audit".into(),
        query => format!("/audit?{query}"),
    }
}

/// The ids in a filter that have names.
pub(super) fn named(filter: &AuditFilter) -> Vec<Uuid> {
    let ids = [
        filter.technician.map(|id| id.0),
        filter.customer.map(|id| id.0),
        filter.contact.map(|id| id.0),
    ];
    ids.into_iter().flatten().collect()
}

/// A filter in words: what of it, and which.
pub(super) fn in_words(filter: &AuditFilter, names: &Names) -> Vec<(&'static str, String)> {
    let name = |id: Uuid| names.of(id).to_owned();
    let last = |until: Millis| format!("{} (UTC)", day_after(until, -1));
    [
        ("What", filter.kind.map(|kind| kind.label().to_owned())),
        ("Technician", filter.technician.map(|id| name(id.0))),
        ("Customer", filter.customer.map(|id| name(id.0))),
        ("Person", filter.contact.map(|id| name(id.0))),
        ("Reset", filter.reset.map(|id| id.to_string())),
        ("From", filter.from.map(|from| format!("{} (UTC)", day_after(from, 0)))),
        ("Until", filter.until.map(last)),
    ]
    .into_iter()
    .filter_map(|(what, which)| Some((what, which?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_comes_back_as_it_was() {
        let id = Uuid::from_u128(0x0193_a5f2_7c1e_7b3a_9d0e_5f6a_7b8c_9d0e).to_string();
        let asked = Asked {
            kind: "reset".into(),
            technician: id.clone(),
            contact: format!(" {id} "),
            from: "2026-11-01".into(),
            until: "2026-11-30".into(),
            before: "51".into(),
            ..Asked::default()
        };
        let filter = asked.read();
        assert!(filter.wrong.is_empty(), "{:?}", filter.wrong);
        assert_eq!(filter.entries.until.unwrap().since(filter.entries.from.unwrap()), 30 * DAY_MS);
        assert_eq!(
            address(&filter.entries, filter.before),
            format!(
                "/audit?kind=reset&technician={id}&contact={id}&from=2026-11-01&until=2026-11-30&before=51"
            )
        );
        assert_eq!(address(&AuditFilter::default(), None), "/audit");
    }

    #[test]
    fn what_can_t_be_read_is_said_once() {
        let wrong = |asked: Asked| asked.read().wrong;
        assert_eq!(wrong(Asked::default()), [""; 0]);
        let both = Asked { from: "1.11.2026".into(), until: "soon".into(), ..Asked::default() };
        assert_eq!(wrong(both), ["A day is written as 2026-11-30."]);
        let turned =
            Asked { from: "2026-11-02".into(), until: "2026-11-01".into(), ..Asked::default() };
        assert_eq!(wrong(turned), ["The last day is before the first."]);
        for asked in [
            Asked { kind: "'".into(), ..Asked::default() },
            Asked { customer: "1".into(), ..Asked::default() },
            Asked { reset: "x".into(), ..Asked::default() },
            Asked { before: "x".into(), ..Asked::default() },
        ] {
            assert_eq!(wrong(asked.clone()).len(), 1, "{asked:?}");
        }
    }
}
