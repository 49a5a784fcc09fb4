//! Why something that was asked for does not happen. Every layer below the web speaks in these.

use shared::{Code, Finding};

use crate::outbound::Refusal;
use crate::store::StoreError;

/// Why not.
#[derive(Debug)]
pub enum Denied {
    /// For a reason that people can act on.
    Because(Finding),
    /// A wrong code; how often it may still be tried.
    WrongCode {
        /// Which code of ours says so.
        code: Code,
        /// Tries left.
        tries_left: u32,
    },
    /// A limit; when it is worth asking again.
    Limit {
        /// Seconds.
        retry_after: u32,
    },
    /// The database.
    Store(StoreError),
}

impl From<Code> for Denied {
    fn from(code: Code) -> Self {
        Self::Because(Finding { code, about: None })
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Because(Finding { code: refusal.code, about: refusal.about })
    }
}

impl From<Finding> for Denied {
    fn from(finding: Finding) -> Self {
        Self::Because(finding)
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
