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

/// What an import writes, or a part of it.
#[derive(Debug, Clone, Default)]
pub struct ContactFile {
    /// Customers to be made.
    pub customers: Vec<(CustomerId, String)>,
    /// Contacts that are new or have changed.
    pub lines: Vec<CardLine>,
    /// Lines that were as they are already.
    pub same: usize,
    /// Which part of how many, from 1; of a whole file `None`.
    pub part: Option<(usize, usize)>,
    /// What the parts after this one bring, as far as it can be told now: the mail counts it, too.
    pub ahead: Numbers,
    /// Whether admins were mailed about an earlier part.
    pub told: bool,
}

/// Numbers that callers may be verified by, as admins are told of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// New contacts with numbers.
    pub new: usize,
    /// Contacts who were there, with others than before.
    pub other: usize,
}

impl Numbers {
    /// Whether there are any.
    #[must_use]
    pub fn any(self) -> bool {
        self.new + self.other > 0
    }

    /// As a mail's row keeps it.
    #[must_use]
    pub fn to_words(self) -> String {
        format!("{} {}", self.other, self.new)
    }

    /// Reads that. Rows of old have one number only; behind the two may stand whose they are.
    #[must_use]
    pub fn parse(words: &str) -> Self {
        let mut counts = words.split(' ').map(|it| it.parse().unwrap_or(0));
        let mut next = || counts.next().unwrap_or(0);
        Self { other: next(), new: next() }
    }
}

/// A contact as a file has them.
#[derive(Debug, Clone)]
pub struct CardLine {
    /// Their id: of who is there as the file was read, or a new one.
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
    /// Those of them with numbers.
    pub numbered: usize,
    /// Contacts with something else on their card.
    pub changed: usize,
    /// Those of them with other numbers.
    pub renumbered: usize,
    /// Contacts that were so already.
    pub same: usize,
    /// Customers that were made.
    pub customers: usize,
}

impl Imported {
    /// What brings numbers.
    #[must_use]
    pub fn numbers(self) -> Numbers {
        Numbers { new: self.numbered, other: self.renumbered }
    }

    /// With what a later part has come to.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            added: self.added + more.added,
            numbered: self.numbered + more.numbered,
            changed: self.changed + more.changed,
            renumbered: self.renumbered + more.renumbered,
            same: self.same + more.same,
            customers: self.customers + more.customers,
        }
    }
}
