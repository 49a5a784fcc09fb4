//! Which customers a technician has: all of the account's, or those that an admin has listed for them. Admins
//! have all. What is of another customer is not there for them, as if it were another account's.
//!
//! The rule is [`Reach::covers`]. It is read anew each time that it is asked, so a list that was made shorter
//! holds with the next request, and with the next answer of one that waits. Transactions that something can't
//! be taken back after ask it once more, in SQL (`store/queries/reach.rs`).

use std::collections::BTreeSet;

use shared::{Code, CustomerId};

use crate::denied::Denied;
use crate::store::{Customer, Session, Store, StoreError};

/// The customers that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All, also those that come later.
    All,
    /// These alone.
    Listed(BTreeSet<CustomerId>),
}

impl Reach {
    /// Nobody's.
    #[must_use]
    pub const fn none() -> Self {
        Self::Listed(BTreeSet::new())
    }

    /// Whether this customer is among them.
    #[must_use]
    pub fn covers(&self, customer: CustomerId) -> bool {
        match self {
            Self::All => true,
            Self::Listed(listed) => listed.contains(&customer),
        }
    }

    /// The list; `None` for all.
    #[must_use]
    pub const fn listed(&self) -> Option<&BTreeSet<CustomerId>> {
        match self {
            Self::All => None,
            Self::Listed(listed) => Some(listed),
        }
    }

    /// Whether a customer is among them that `before` did not have.
    #[must_use]
    pub fn is_wider_than(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::All, _) => false,
            (Self::Listed(_), Self::All) => true,
            (Self::Listed(before), Self::Listed(now)) => !now.is_subset(before),
        }
    }

    /// In few words, for the audit and mails.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::All => "all".into(),
            Self::Listed(listed) => format!("{} listed", listed.len()),
        }
    }
}

/// The customers of whoever asks, as they are now.
///
/// # Errors
/// When the database can't be read.
pub async fn of(store: &Store, who: &Session) -> Result<Reach, StoreError> {
    store.reach(who.technician.account, who.technician.id).await
}

/// The account's customers that are covered, by name.
///
/// # Errors
/// When the database can't be read.
pub async fn customers(
    store: &Store,
    who: &Session,
    reach: &Reach,
) -> Result<Vec<Customer>, StoreError> {
    let mut all = store.customers(who.technician.account).await?;
    all.retain(|customer| reach.covers(customer.id));
    Ok(all)
}

/// Whether whoever asks has this customer, now.
///
/// # Errors
/// `NotFound` otherwise: what is not yours does not exist.
pub async fn within(store: &Store, who: &Session, customer: CustomerId) -> Result<(), Denied> {
    if of(store, who).await?.covers(customer) { Ok(()) } else { Err(Code::NotFound.into()) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn listed(ids: &[u128]) -> Reach {
        Reach::Listed(ids.iter().map(|id| CustomerId(Uuid::from_u128(*id))).collect())
    }

    #[test]
    fn a_customer_is_covered_by_all_and_by_a_list_with_it() {
        let customer = CustomerId(Uuid::from_u128(1));
        for (reach, covers) in [
            (Reach::All, true),
            (listed(&[1]), true),
            (listed(&[1, 2]), true),
            (listed(&[2]), false),
            (listed(&[]), false),
            (Reach::none(), false),
        ] {
            assert_eq!(reach.covers(customer), covers, "{reach:?}");
        }
    }

    #[test]
    fn wider_is_whatever_has_a_customer_more() {
        for (before, now, wider) in [
            (Reach::All, Reach::All, false),
            (Reach::All, listed(&[1]), false),
            (listed(&[1]), Reach::All, true),
            // Of a customer that comes tomorrow, too.
            (listed(&[]), Reach::All, true),
            (listed(&[1]), listed(&[1]), false),
            (listed(&[1, 2]), listed(&[1]), false),
            (listed(&[1]), listed(&[1, 2]), true),
            // One for another: more in one place, less in the other.
            (listed(&[1]), listed(&[2]), true),
            (listed(&[1]), listed(&[]), false),
        ] {
            assert_eq!(now.is_wider_than(&before), wider, "{before:?} to {now:?}");
        }
    }
}
