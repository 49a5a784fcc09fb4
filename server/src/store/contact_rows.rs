//! Contacts from a file, as types.

use shared::{ContactId, CustomerId};

/// A contact who is there, as a file is compared with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownContact {
    /// Their id.
    pub id: ContactId,
    /// Their company.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// Their address; empty for a PSA's.
    pub email: String,
    /// Numbers on their card; none for a PSA's.
    pub phones: Vec<String>,
    /// Keyed hash of a PSA's contact's address.
    pub address_hash: Option<Vec<u8>>,
}

/// What an import writes.
#[derive(Debug, Clone, Default)]
pub struct ContactFile {
    /// Customers to be made.
    pub customers: Vec<(CustomerId, String)>,
    /// Contacts that are new or have changed.
    pub lines: Vec<CardLine>,
    /// Lines that were as they are already.
    pub same: usize,
}

/// A contact as a file has them.
#[derive(Debug, Clone)]
pub struct CardLine {
    /// Their id, where they are new.
    pub id: ContactId,
    /// Their company.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// Their address, in lower case: what they are known by.
    pub email: String,
    /// Numbers; none leaves those that are there.
    pub phones: Vec<String>,
}

/// What an import has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Contacts that were not there.
    pub added: usize,
    /// Contacts with something else on their card.
    pub changed: usize,
    /// Those of them with other numbers.
    pub renumbered: usize,
    /// Contacts that were so already.
    pub same: usize,
    /// Customers that were made.
    pub customers: usize,
}
