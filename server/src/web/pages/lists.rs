//! What the lists of contacts and tickets have in common: what their address asks for, the form that says it,
//! the pages of the list, and the shields in their rows.

use serde::Deserialize;
use shared::{CustomerId, Millis, TechnicianId};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::{PAGE_ROWS, Pager};
use crate::app::App;
use crate::directory::address_hash;
use crate::lists::{Recent, Shields, State};
use crate::reach::{self, Reach};
use crate::store::{Among, Customer, Edge, ListAsk, Listed, Order, Session, StoreError};
use crate::verification::Standing;

/// Customers that the form suggests; of more, whoever types gets those that fit.
const MOST_SUGGESTED: usize = 1_000;
/// Customers that are offered where what was typed is nobody's name.
const MOST_OFFERED: usize = 12;

/// What the address asks for. What makes no sense in it is not asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    /// A customer's id, or what somebody has typed.
    customer: String,
    state: String,
    order: String,
    after: String,
    before: String,
    /// The row that is shown beside the list.
    open: String,
}

/// Whose rows.
pub(super) enum Whose {
    All,
    One(Customer),
    /// What was typed is no customer's name; these are like it.
    Nobody {
        typed: String,
        like: Vec<Customer>,
    },
}

/// What a list is asked for, as its page shows it.
pub(super) struct Filters {
    /// The list's own address.
    path: &'static str,
    pub(super) q: String,
    pub(super) whose: Whose,
    pub(super) state: Option<State>,
    order: Order,
    /// The customers that whoever looks has.
    reach: Reach,
    /// For the form: those, by name.
    pub(super) customers: Vec<Customer>,
}

impl Asked {
    pub(super) fn edge(&self) -> Edge<Uuid> {
        let id = |text: &str| Uuid::parse_str(text).ok();
        match (id(&self.after), id(&self.before)) {
            (Some(row), _) => Edge::After(row),
            (None, Some(row)) => Edge::Before(row),
            (None, None) => Edge::First,
        }
    }

    /// Which row is shown beside the list; an id of nothing is nobody's.
    pub(super) fn open(&self) -> Option<Uuid> {
        let open = (!self.open.is_empty()).then_some(&self.open);
        open.map(|text| Uuid::parse_str(text).unwrap_or_default())
    }

    /// With the customer that is meant.
    pub(super) async fn filters(
        self,
        app: &App,
        session: &Session,
        path: &'static str,
    ) -> Result<Filters, StoreError> {
        let reach = reach::of(&app.store, session).await?;
        let mut customers = reach::customers(&app.store, session, &reach).await?;
        let whose = whose(&customers, self.customer.trim());
        customers.truncate(MOST_SUGGESTED);
        Ok(Filters {
            path,
            // Longer ones find nothing anyway.
            q: self.q.chars().take(100).collect(),
            whose,
            state: State::parse(&self.state),
            order: if self.order == "other" { Order::Other } else { Order::Usual },
            reach,
            customers,
        })
    }
}

fn whose(customers: &[Customer], asked: &str) -> Whose {
    if asked.is_empty() {
        return Whose::All;
    }
    if let Ok(id) = Uuid::parse_str(asked)
        && let Some(customer) = customers.iter().find(|it| it.id == CustomerId(id))
    {
        return Whose::One(customer.clone());
    }
    let low = asked.to_lowercase();
    let called: Vec<&Customer> =
        customers.iter().filter(|it| it.name.trim().to_lowercase() == low).collect();
    if let [customer] = called.as_slice() {
        return Whose::One((*customer).clone());
    }
    let like: Vec<&Customer> = match called.is_empty() {
        true => customers.iter().filter(|it| it.name.to_lowercase().contains(&low)).collect(),
        false => called,
    };
    match like.as_slice() {
        // Nobody else can be meant.
        [customer] => Whose::One((*customer).clone()),
        some => Whose::Nobody {
            typed: asked.chars().take(100).collect(),
            like: some.iter().take(MOST_OFFERED).map(|it| (*it).clone()).collect(),
        },
    }
}

impl Filters {
    /// Whether whoever looks has some customers only.
    pub(super) fn is_narrow(&self) -> bool {
        self.reach != Reach::All
    }

    /// Whether anything is kept to.
    pub(super) fn any(&self) -> bool {
        !self.q.trim().is_empty() || self.state.is_some() || !matches!(self.whose, Whose::All)
    }

    pub(super) fn customer(&self) -> Option<&Customer> {
        match &self.whose {
            Whose::One(customer) => Some(customer),
            Whose::All | Whose::Nobody { .. } => None,
        }
    }

    /// What stands in the field for the customer.
    pub(super) fn customer_text(&self) -> &str {
        match &self.whose {
            Whose::All => "",
            Whose::One(customer) => &customer.name,
            Whose::Nobody { typed, .. } => typed,
        }
    }

    pub(super) fn is_state(&self, name: &str) -> bool {
        self.state.map_or("", State::as_str) == name
    }

    pub(super) fn is_other_order(&self) -> bool {
        self.order == Order::Other
    }

    /// The list with these filters, and this in place of what it shows or opens.
    fn address(&self, more: Option<(&str, &str)>, customer: Option<&str>) -> String {
        let mut query = Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        let own = self.customer().map(|it| it.id.to_string());
        if let Some(customer) = customer.or(own.as_deref()) {
            query.append_pair("customer", customer);
        }
        if let Some(state) = self.state {
            query.append_pair("state", state.as_str());
        }
        if self.order == Order::Other {
            query.append_pair("order", "other");
        }
        if let Some((name, value)) = more {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }

    /// The list of this customer alone.
    pub(super) fn of(&self, customer: &Customer) -> String {
        self.address(None, Some(&customer.id.to_string()))
    }

    /// Its pages next to this one.
    pub(super) fn pager<T>(&self, listed: &Listed<T>, id: fn(&T) -> Uuid) -> Pager {
        let to = |name, row: Option<&T>| {
            row.map(|row| self.address(Some((name, &id(row).to_string())), None))
        };
        Pager {
            before: to("before", listed.rows.first().filter(|_| listed.before)),
            after: to("after", listed.rows.last().filter(|_| listed.after)),
        }
    }

    /// What the store is asked for. `among` says which rows stand as the state demands.
    pub(super) fn ask<Id>(
        &self,
        app: &App,
        session: &Session,
        among: Among<Id>,
        edge: Edge<Id>,
    ) -> ListAsk<'_, Id> {
        // An address of a PSA's contact is found whole or not at all.
        let address = Some(self.q.trim()).filter(|q| q.contains('@') && !q.contains(' '));
        let account = session.technician.account;
        ListAsk {
            search: &self.q,
            address_hash: address.map(|it| address_hash(&app.store, account, it)),
            customer: self.customer().map(|it| it.id),
            reach: self.reach.clone(),
            among,
            order: self.order,
            edge,
            limit: PAGE_ROWS,
        }
    }

    /// Links of a page with this edge: where rows open beside it, and where nothing does.
    pub(super) fn beside(&self, edge: Edge<Uuid>) -> Beside<'_> {
        Beside { filters: self, edge }
    }
}

/// A page of a list, as links that stay on it name it.
#[derive(Clone, Copy)]
pub(super) struct Beside<'f> {
    filters: &'f Filters,
    edge: Edge<Uuid>,
}

impl Beside<'_> {
    /// The page with this row beside it.
    pub(super) fn with(&self, row: Uuid) -> String {
        let list = self.alone();
        let and = if list.contains('?') { '&' } else { '?' };
        format!("{list}{and}open={row}")
    }

    /// The page with nothing beside it.
    pub(super) fn alone(&self) -> String {
        let edge = match self.edge {
            Edge::First => None,
            Edge::After(row) => Some(("after", row.to_string())),
            Edge::Before(row) => Some(("before", row.to_string())),
        };
        self.filters.address(edge.as_ref().map(|(name, row)| (*name, row.as_str())), None)
    }
}

/// Which rows stand as `state` says, of those that were verified lately: those that stand otherwise are
/// "not verified" like everybody whom nobody has tried.
pub(super) fn among<Id>(
    state: Option<State>,
    those: impl FnOnce(&dyn Fn(State) -> bool) -> Vec<Id>,
) -> Among<Id> {
    match state {
        None => Among::All,
        Some(State::NotVerified) => Among::Not(those(&|it| it != State::NotVerified)),
        Some(wanted) => Among::Only(those(&|it| it == wanted)),
    }
}

/// The account's recent verifications, where the state of all rows is asked for.
pub(super) async fn everybodys(
    app: &App,
    session: &Session,
    state: Option<State>,
    now: Millis,
) -> Result<Option<(Recent, TechnicianId)>, StoreError> {
    if state.is_none() {
        return Ok(None);
    }
    let recent = Recent::read(&app.store, session.technician.account, None, now).await?;
    Ok(Some((recent, session.technician.id)))
}

/// A shield in a row.
pub(super) struct Mark {
    /// What it is a shield of.
    pub(super) kind: &'static str,
    pub(super) class: &'static str,
    /// The path drawn into it.
    pub(super) sign: &'static str,
    /// Beside the kind, where there is something to say; colour never says it alone.
    pub(super) words: String,
}

/// A row's shields: those of phone and e-mail always, that of an app once it was asked.
pub(super) fn marks(shields: &Shields, now: Millis) -> Vec<Mark> {
    let always = |it: Option<Standing>| Some(it.unwrap_or(Standing::Grey));
    [("Phone", always(shields.phone)), ("Email", always(shields.email)), ("App", shields.app)]
        .into_iter()
        .filter_map(|(kind, standing)| Some(mark(kind, standing?, now)))
        .collect()
}

fn mark(kind: &'static str, standing: Standing, now: Millis) -> Mark {
    let (class, sign, words) = match standing {
        Standing::Grey => ("open", "M7 9.8h6", "not verified".to_owned()),
        Standing::Pending => ("warn", "M10 6.2v4l2.6 1.6", "waiting".to_owned()),
        Standing::Verified(until) => {
            // The last minute is one too.
            let minutes = (until.since(now) + 59_999) / 60_000;
            let left = match minutes {
                ..120 => format!("{minutes} min"),
                _ => format!("{} h", minutes / 60),
            };
            ("good", "m6.6 9.9 2.4 2.4 4.4-4.6", format!("verified, {left} left"))
        }
        Standing::Failed(_) => ("bad", "m7.6 7.4 4.8 4.8m0-4.8-4.8 4.8", "failed".to_owned()),
    };
    Mark { kind, class, sign, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(n: u128, name: &str) -> Customer {
        Customer { id: CustomerId(Uuid::from_u128(n)), name: name.into() }
    }

    fn filters(q: &str, whose: Whose) -> Filters {
        Filters {
            path: "/contacts",
            q: q.into(),
            whose,
            state: None,
            order: Order::Usual,
            reach: Reach::All,
            customers: Vec::new(),
        }
    }

    #[test]
    fn a_customer_is_found_by_id_and_by_what_is_typed() {
        let all = [
            customer(1, "Alpine"),
            customer(2, "Äpfel & Co"),
            customer(3, "Twin"),
            customer(4, "twin"),
        ];
        let found = |asked: &str| match whose(&all, asked) {
            Whose::All => "all".to_owned(),
            Whose::One(it) => it.name,
            Whose::Nobody { like, .. } => format!("{} like it", like.len()),
        };
        assert_eq!(found(""), "all");
        assert_eq!(found("ALPINE"), "Alpine");
        assert_eq!(found("äpfel"), "Äpfel & Co", "nobody else can be meant");
        assert_eq!(found("twin"), "2 like it", "two of one name are told apart by a click");
        assert_eq!(found(&Uuid::from_u128(4).to_string()), "twin");
        assert_eq!(found("p"), "2 like it");
        assert_eq!(found("nobody"), "0 like it");
        assert_eq!(found(&Uuid::from_u128(9).to_string()), "0 like it");
    }

    #[test]
    fn addresses_keep_what_is_asked() {
        let row = Uuid::from_u128(7);
        let plain = filters("", Whose::All);
        assert_eq!(plain.beside(Edge::First).alone(), "/contacts");
        assert_eq!(plain.beside(Edge::First).with(row), format!("/contacts?open={row}"));
        let some = Filters {
            state: Some(State::Waiting),
            order: Order::Other,
            ..filters("a&b", Whose::One(customer(1, "A")))
        };
        let start =
            format!("/contacts?q=a%26b&customer={}&state=waiting&order=other", Uuid::from_u128(1));
        assert_eq!(some.beside(Edge::First).alone(), start);
        let beside = some.beside(Edge::After(row)).with(row);
        assert_eq!(beside, format!("{start}&after={row}&open={row}"));
        let listed = Listed { rows: vec![row], before: false, after: true };
        let pager = some.pager(&listed, |it| *it);
        assert_eq!((pager.before, pager.after), (None, Some(format!("{start}&after={row}"))));
    }

    #[test]
    fn shields_say_how_long_they_last() {
        let now = Millis(0);
        let words = |standing| mark("Phone", standing, now).words;
        assert_eq!(words(Standing::Verified(Millis(1))), "verified, 1 min left");
        assert_eq!(words(Standing::Verified(Millis(15 * 60_000))), "verified, 15 min left");
        assert_eq!(words(Standing::Verified(Millis(180 * 60_000))), "verified, 3 h left");
        assert_eq!(words(Standing::Pending), "waiting");
        let none = marks(&Shields::default(), now);
        assert_eq!(none.iter().map(|it| it.kind).collect::<Vec<_>>(), ["Phone", "Email"]);
    }
}
