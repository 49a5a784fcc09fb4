//! What the dashboard counts.

use shared::{Code, Outcome};

/// How a reset has come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CameOut {
    /// Microsoft holds the new password.
    Completed,
    /// Nothing was changed.
    Refused,
    /// In doubt, or given up in doubt.
    Stuck,
    /// Not yet.
    UnderWay,
}

/// So many resets of one day that came out alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetCount {
    /// Days (UTC) since 1970.
    pub day: i64,
    /// How.
    pub how: CameOut,
    /// Why, where it was not completed.
    pub code: Option<Code>,
    /// How many.
    pub count: i64,
}

/// So many verifications of one day that came out alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationCount {
    /// Days (UTC) since 1970.
    pub day: i64,
    /// How.
    pub outcome: Outcome,
    /// How many.
    pub count: i64,
}

/// So many that took so many whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// Whole seconds.
    pub seconds: i64,
    /// How many.
    pub count: i64,
}

/// What became of the links of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// Those that were opened, by how long that took since the password was set.
    pub opened: Vec<Took>,
    /// Those that can still be opened.
    pub open: i64,
    /// Those that nobody opened, and nobody can any more.
    pub never: i64,
}

/// By which way something went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// Texts.
    Sms,
    /// Mails.
    Mail,
    /// Pushes.
    Duo,
    /// Notes in tickets.
    Psa,
    /// Sign-in sessions at Microsoft.
    M365,
}

/// So many that did not go out, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// By which way.
    pub way: Way,
    /// Why not.
    pub code: Code,
    /// How many.
    pub count: i64,
}

/// What an account has set up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetUp {
    /// A customer's Microsoft 365 that is on.
    pub m365: bool,
    /// A PSA that is on.
    pub psa: bool,
    /// An SMS provider that is on.
    pub sms: bool,
    /// A mail server that is on.
    pub mail: bool,
    /// More than one technician.
    pub colleagues: bool,
}
