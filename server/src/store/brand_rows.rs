//! What stands in the tables of brands and logos, as types.

use shared::{CustomerId, Millis};

use super::Customer;
use crate::brand::Brand;
use crate::brand::logo::Logo;

/// What an account or one of its customers says of its brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandRow {
    /// What is said there, and nothing of what is taken over.
    pub said: Brand,
    /// Which version of it this is: a new one for each change.
    pub version: Millis,
}

/// A customer, and whether it says anything of its own.
#[derive(Debug, Clone)]
pub struct BrandedCustomer {
    /// Which.
    pub customer: Customer,
    /// Whether its brand differs from the account's.
    pub differs: bool,
}

/// A change of a brand.
#[derive(Clone, Copy)]
pub struct BrandChange<'a> {
    /// Whose: a customer's, or the account's own.
    pub customer: Option<CustomerId>,
    /// The version that it was made of; `None` where nothing was said.
    pub seen: Option<Millis>,
    /// What is said from now on; nothing when it is empty.
    pub said: &'a Brand,
    /// The picture of a new logo that it names.
    pub logo: Option<&'a Logo>,
    /// For the audit, without a secret.
    pub about: &'a str,
    /// For the mail to all admins, where they hear of it.
    pub alarm: Option<&'a str>,
}
