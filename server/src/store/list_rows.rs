//! What is asked of a list, and a page of it.

use shared::CustomerId;

use crate::reach::Reach;

/// A page of a list, by whatever is kept to. `Id` is what the list's rows are called by.
#[derive(Debug, Clone)]
pub struct ListAsk<'a, Id> {
    /// Beginnings of words, all of which must be found; empty finds all.
    pub search: &'a str,
    /// Keyed hash of the address that is looked for, where the search may be one: it finds a PSA's
    /// contact, whose address stands nowhere in clear.
    pub address_hash: Option<Vec<u8>>,
    /// Of this customer alone.
    pub customer: Option<CustomerId>,
    /// Of these customers alone: whoever asks has no others.
    pub reach: Reach,
    /// Of these alone.
    pub among: Among<Id>,
    /// In which order.
    pub order: Order,
    /// From where.
    pub edge: Edge<Id>,
    /// Rows on the page.
    pub limit: u32,
}

/// Which rows are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Among<Id> {
    /// Each.
    All,
    /// Only these.
    Only(Vec<Id>),
    /// All but these.
    Not(Vec<Id>),
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Contacts by name, tickets the newest first.
    Usual,
    /// Contacts the newest first, tickets the oldest first.
    Other,
}

/// Where a page begins or ends. It is named by a row and not by a number, so that rows which come or go
/// meanwhile neither repeat one nor leave one out. A row that is gone is the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge<Id> {
    /// The first page.
    First,
    /// What comes after this row.
    After(Id),
    /// What comes before it.
    Before(Id),
}

impl<Id> Edge<Id> {
    /// The same, of ids of another type.
    pub fn of<Other>(self, make: impl FnOnce(Id) -> Other) -> Edge<Other> {
        match self {
            Self::First => Edge::First,
            Self::After(row) => Edge::After(make(row)),
            Self::Before(row) => Edge::Before(make(row)),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// Its rows, in the list's order.
    pub rows: Vec<T>,
    /// Whether there are rows before it.
    pub before: bool,
    /// Whether there are rows after it.
    pub after: bool,
}

impl<Id> ListAsk<'_, Id> {
    /// The first page of everything.
    #[must_use]
    pub fn all(limit: u32) -> Self {
        Self {
            search: "",
            address_hash: None,
            customer: None,
            reach: Reach::All,
            among: Among::All,
            order: Order::Usual,
            edge: Edge::First,
            limit,
        }
    }
}

impl<'a, Id> ListAsk<'a, Id> {
    /// The first page of what this search finds.
    #[must_use]
    pub fn search(search: &'a str, limit: u32) -> Self {
        Self { search, ..ListAsk::all(limit) }
    }
}

impl<T> Listed<T> {
    /// The page where nothing can be found.
    pub(crate) fn nothing() -> Self {
        Self { rows: Vec::new(), before: false, after: false }
    }
}
