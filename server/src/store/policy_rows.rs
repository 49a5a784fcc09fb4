//! What stands in the table of policies, as types.

use std::collections::HashMap;

use shared::{CustomerId, Millis};

use super::Customer;
use crate::policy::layers::Layer;

/// What an account or one of its customers says of its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// What is said there, and nothing of what is taken over.
    pub said: Layer,
    /// Which version of it this is: a new one for each change.
    pub version: Millis,
}

/// The layers of a customer's policy, or of the account's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyRows {
    /// What the account says; `None` when nothing.
    pub account: Option<PolicyRow>,
    /// What the customer says, where one was asked for.
    pub customer: Option<PolicyRow>,
}

/// Everything that is said of policy in an account.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// What the account says.
    pub account: Layer,
    /// What customers say that say something.
    pub customers: HashMap<CustomerId, Layer>,
}

/// A customer, and what it says itself.
#[derive(Debug, Clone)]
pub struct PolicyCustomer {
    /// Which.
    pub customer: Customer,
    /// Empty when nothing.
    pub said: Layer,
}

impl PolicyCustomer {
    /// Whether its policy differs from the account's.
    #[must_use]
    pub fn differs(&self) -> bool {
        !self.said.is_empty()
    }
}

/// A change of a policy.
#[derive(Clone, Copy)]
pub struct PolicyChange<'a> {
    /// Whose: a customer's, or the account's own.
    pub customer: Option<CustomerId>,
    /// The version that it was made of; `None` where nothing was said.
    pub seen: Option<Millis>,
    /// What is said from now on; nothing when it is empty.
    pub said: &'a Layer,
    /// For the audit, without personal data.
    pub about: &'a str,
    /// For the mail to all admins, where it asks for less.
    pub alarm: Option<&'a str>,
}
