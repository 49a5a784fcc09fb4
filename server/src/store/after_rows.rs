//! What follows a reset, as types.

use super::Limit;

/// What follows a reset by policy, decided before Microsoft is asked. Written down with `applied`;
/// it names nobody: addresses and numbers are read when something is sent.
#[derive(Debug, Clone, Default)]
pub struct After {
    /// The person's sign-in sessions end.
    pub end_sessions: bool,
    /// A mail to the person.
    pub mail_person: bool,
    /// Another place of the person that hears of it.
    pub notice: Option<Notice>,
    /// A mail to the person's manager.
    pub mail_manager: bool,
}

/// A place that neither verified the person nor got the link.
#[derive(Debug, Clone)]
pub enum Notice {
    /// A phone. What its text counts for: a reset is limited by itself, so nothing is refused here,
    /// and nobody can use up a limit to keep the person from hearing of it.
    Text {
        /// The limits of texts.
        counted: Vec<Limit>,
    },
    /// An address.
    Mail,
}
