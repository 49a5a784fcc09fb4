//! The reset engine: a saga with a pivot (design §4). Everything before `applied` can be thrown
//! away, everything after it can only be finished. Forward only, no compensation.
//!
//! `preflight` finds what stands in the way, `begin` stages, `plan` says what is next, `drive`
//! does it, `outbox` sends what must be sent, `mails` tells of it in `letters`, `new_link` makes
//! another link for the same password, `after` does what follows by policy, `work` finds what is due, `view` shows how far it is.
//! `approval` asks a second technician. `share_notes` is what a ticket reads about the link, `under_way` keeps one process from doing a thing twice at a time.

mod after;
mod again;
mod approval;
mod begin;
mod brand_letter;
mod drive;
mod letters;
mod mails;
mod new_link;
mod outbox;
mod people_letter;
mod plan;
mod policy_letter;
mod preflight;
mod program_letter;
mod psa_letter;
mod sender_letter;
mod share_notes;
mod sso_letter;
mod under_way;
mod view;
mod words;
mod work;

use std::sync::Arc;

pub use sender_letter::sender_mail;
pub use under_way::UnderWay;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::mail::Mailer;
use crate::psa::Psa;
use crate::settings::Settings;
use crate::sms::Sms;
use crate::store::{Contact, Reset, Store, StoreError};
use crate::verification::Verifications;

pub use approval::approval_view;
pub use work::Due;

/// Resets, with what they need.
#[derive(Clone)]
pub struct Resets {
    /// What is remembered.
    pub store: Store,
    /// Who people are at Microsoft.
    pub directory: Directory,
    /// The way to phones.
    pub sms: Sms,
    /// The way to mail servers.
    pub mail: Mailer,
    /// Ends and notes of verifications; whose word counts.
    pub verifications: Verifications,
    /// Where tickets are that are not ours.
    pub psa: Psa,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Drivers run here, not in a request's future: a browser that leaves must not cancel one.
    pub tasks: TaskTracker,
    /// Ends the workers: nothing new is begun, what has begun is finished.
    pub stop: CancellationToken,
    /// Ends patience with what has begun: it is let go, for another process or the next start.
    pub abandon: CancellationToken,
    /// Wakes the outbox's worker.
    pub wake: Arc<Notify>,
    /// What is being driven or sent here.
    pub under_way: UnderWay,
}

impl Resets {
    /// The reset's contact with their card, as far as it is known: what follows a reset does without
    /// rather than wait for a PSA.
    async fn contact_if_known(&self, reset: &Reset) -> Result<Option<Contact>, StoreError> {
        self.verifications.people.known(reset.account, reset.contact).await
    }
}
