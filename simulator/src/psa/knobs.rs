//! What can be set at a ticket system that is not its data: limits, habits and lists that each tenant
//! has in its own way.

/// ConnectWise's.
#[derive(Clone, Debug)]
pub struct ConnectWiseKnobs {
    /// Requests that a minute takes before 429 (C§6); `None`: no limit.
    pub rate_per_minute: Option<usize>,
    /// Whether line breaks of a note survive; the guide says that they come back as blanks (C§7).
    pub keeps_newlines: bool,
    /// Whether a wrong key is answered 404, as a cloud front may (C§5).
    pub bad_auth_is_404: bool,
    /// Whether a ticket that a member may not see is answered 404 in place of 403 \[K\].
    pub hidden_is_404: bool,
    /// The oldest model that `Accept` may name, by its year.
    pub oldest_model: u32,
}

impl Default for ConnectWiseKnobs {
    fn default() -> Self {
        ConnectWiseKnobs {
            rate_per_minute: None,
            keeps_newlines: false,
            bad_auth_is_404: false,
            hidden_is_404: false,
            oldest_model: 2025,
        }
    }
}

/// Halo's.
#[derive(Clone, Debug)]
pub struct HaloKnobs {
    /// Requests that a token has in three minutes before 429 (H§6); `None`: no limit.
    pub limit: Option<usize>,
    /// How long a token lives.
    pub token_seconds: i64,
    /// Scopes that the application has.
    pub scopes: Vec<String>,
    /// In which shape errors come; `None`: each kind of error in another one.
    pub errors: Option<HaloErrors>,
    /// "Send secure URL parameter" with this iframe secret (H§3).
    pub iframe_secret: Option<String>,
    /// What actions can be, as this tenant set it up.
    pub outcomes: Vec<HaloOutcome>,
    /// Whether `who_agentid` of a new action is followed \[K\].
    pub follows_who: bool,
}

impl Default for HaloKnobs {
    fn default() -> Self {
        let outcome = |id, name: &str, hidden| HaloOutcome { id, name: name.to_owned(), hidden };
        HaloKnobs {
            limit: None,
            token_seconds: 3600,
            scopes: ["read:tickets", "edit:tickets", "read:customers"].map(str::to_owned).into(),
            errors: None,
            iframe_secret: None,
            outcomes: vec![
                outcome(1, "First User Email", false),
                outcome(7, "Private Note", true),
                outcome(16, "Public Note", false),
            ],
            follows_who: true,
        }
    }
}

/// The shapes of errors that Halo's clients know (H§5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaloErrors {
    /// `{"resultCode", "errorMessage"}`.
    ResultCode,
    /// `{"ClassName", "Message"}`: a serialised exception.
    ClassName,
    /// `{"Message"}`.
    Message,
    /// `{"error"}`.
    Error,
    /// Text that is no JSON.
    Text,
}

/// One of the things that an action can be.
#[derive(Clone, Debug)]
pub struct HaloOutcome {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether its actions are hidden from users when nothing else is said \[K\].
    pub hidden: bool,
}

/// Autotask's.
#[derive(Clone, Debug)]
pub struct AutotaskKnobs {
    /// The picklist `publish` of notes. The sample's internal one is not 2: it is to be found by label (A§4).
    pub publish: Vec<PsaPick>,
    /// The picklist `noteType` of notes.
    pub note_types: Vec<PsaPick>,
    /// So many of the next requests for data are answered 200 with `errors`, and nothing is done.
    pub errors_in_200: usize,
    /// Requests for one endpoint at a time (A§6).
    pub threads: usize,
    /// Each request for data takes this many milliseconds of real time longer.
    pub latency_ms: u64,
    /// Requests for data in a rolling hour (A§6).
    pub hourly: usize,
    /// Whether an id that does not exist is answered 404 in place of `{"item": null}`.
    pub absent_is_404: bool,
}

impl Default for AutotaskKnobs {
    fn default() -> Self {
        AutotaskKnobs {
            publish: vec![
                PsaPick::new(1, "All Autotask Users"),
                PsaPick::new(4, "Internal & Co-Managed"),
                PsaPick::new(5, "Internal Users Only"),
                PsaPick { active: false, ..PsaPick::new(2, "Internal Project Team") },
            ],
            note_types: vec![
                PsaPick::new(1, "Task Detail"),
                PsaPick::new(3, "Task Notes"),
                PsaPick { active: false, ..PsaPick::new(13, "Old Workflow Note") },
            ],
            errors_in_200: 0,
            threads: 3,
            latency_ms: 0,
            hourly: 10_000,
            absent_is_404: false,
        }
    }
}

/// An entry of a picklist.
#[derive(Clone, Debug)]
pub struct PsaPick {
    /// The number that is sent.
    pub value: i64,
    /// What people see.
    pub label: String,
    /// Whether it can be chosen.
    pub active: bool,
}

impl PsaPick {
    /// One that can be chosen.
    pub fn new(value: i64, label: &str) -> Self {
        PsaPick { value, label: label.to_owned(), active: true }
    }

    /// Whether customers can read what has this `publish`.
    pub(crate) fn is_public(&self) -> bool {
        // "Co-managed" people are the customer's own technicians; what they may read, a customer reads.
        !self.label.starts_with("Internal") || self.label.contains("Co-Managed")
    }
}
