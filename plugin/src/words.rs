//! Every phrase of the pod, but for the words of problem codes, which both sides of the wire
//! share. A missing phrase does not compile; plurals and word order are functions.

use shared::{
    ApprovalState, Channel, Outcome, PhoneKind, Proof, ResetAct, Source, StepKind, StepState,
};

mod en;

pub(crate) use en::EN;

/// How a button that sends is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// Nothing is or was out.
    First,
    /// One of its kind is or was out.
    Another,
    /// Something else is out.
    Instead,
}

/// What and what next.
type Pair = (&'static str, &'static str);

/// The phrases of one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) months: [&'static str; 12],
    pub(crate) day_and_time: fn(u32, &str, &str) -> String,

    pub(crate) pod: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) look_after: &'static str,
    pub(crate) back: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) unheard: Pair,
    pub(crate) outdated: Pair,
    pub(crate) signed_out: Pair,
    pub(crate) misplaced: Pair,

    pub(crate) ticket: fn(&str) -> String,
    pub(crate) looking: &'static str,

    pub(crate) verification: &'static str,
    pub(crate) no_shields: &'static str,
    pub(crate) source: fn(Source) -> &'static str,
    pub(crate) not_for_reset: fn(&str) -> String,
    pub(crate) not_verified: &'static str,
    pub(crate) out: fn(Proof, &str) -> String,
    pub(crate) verified_until: fn(&str) -> String,
    pub(crate) was_verified_until: fn(&str) -> String,
    pub(crate) not_in_time: Pair,
    pub(crate) denied: &'static str,
    pub(crate) send: fn(Proof, Sending) -> &'static str,
    pub(crate) send_in: fn(&str, &str) -> String,
    pub(crate) sending: &'static str,
    pub(crate) sends_left: fn(u32) -> String,
    pub(crate) none_until: fn(&str) -> String,
    pub(crate) none_left: &'static str,
    pub(crate) to: fn(&str) -> String,
    pub(crate) code_label: &'static str,
    pub(crate) code_incomplete: fn(u32) -> String,
    pub(crate) check_code: &'static str,
    pub(crate) checking_code: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) tries_left: fn(u32) -> String,
    pub(crate) say: &'static str,
    pub(crate) say_hint: &'static str,
    pub(crate) colleague: &'static str,
    pub(crate) link_of: fn(&str) -> String,
    pub(crate) link_of_hint: &'static str,
    pub(crate) push_out: Pair,

    pub(crate) warnings: &'static str,
    pub(crate) vouching: &'static str,
    pub(crate) vouching_body: &'static str,
    pub(crate) who_vouches: &'static str,
    pub(crate) note: &'static str,

    pub(crate) approval: fn(ApprovalState, bool) -> &'static str,
    pub(crate) approval_wanted: fn(&str, &str) -> String,
    pub(crate) approval_asked: fn(&str, &str, Option<&str>) -> String,
    pub(crate) approved_until: fn(&str, &str) -> String,
    pub(crate) refused_by: fn(&str) -> String,
    pub(crate) ask_approval: &'static str,
    pub(crate) asking_approval: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) refuse: &'static str,
    pub(crate) approved_by: &'static str,

    pub(crate) password_reset: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) confirm_title: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) person: &'static str,
    pub(crate) upn: &'static str,
    pub(crate) tenant: &'static str,
    pub(crate) tenant_of: fn(&str, &str) -> String,
    pub(crate) goes_to: &'static str,
    pub(crate) no_phone: &'static str,
    pub(crate) one_factor: Pair,
    pub(crate) new_phone: &'static str,
    pub(crate) new_phone_body: fn(&str) -> String,
    pub(crate) unlock_ahead: Pair,
    pub(crate) in_the_way: fn(usize) -> String,
    pub(crate) nothing_changed: &'static str,
    pub(crate) confirm: &'static str,
    pub(crate) confirming: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) close: &'static str,
    pub(crate) check_again: &'static str,
    pub(crate) unheard_reset: Pair,

    pub(crate) resetting: &'static str,
    pub(crate) resetting_body: &'static str,
    pub(crate) texting: &'static str,
    pub(crate) texting_body: &'static str,
    pub(crate) link_sent: &'static str,
    pub(crate) link_sent_body: fn(&str) -> String,
    pub(crate) text_failed: &'static str,
    pub(crate) text_failed_body: fn(&str, &str) -> String,
    pub(crate) opened: fn(&str) -> String,
    pub(crate) opened_body: fn(&str, bool) -> String,
    pub(crate) expired: &'static str,
    pub(crate) revoked: &'static str,
    pub(crate) nobody_has_it: &'static str,
    pub(crate) maybe_read: fn(&str) -> String,
    pub(crate) late: &'static str,
    pub(crate) late_body: fn(i64, &str) -> String,
    pub(crate) locked: &'static str,
    pub(crate) locked_body: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) stuck: &'static str,
    pub(crate) for_whom: fn(&str, &str) -> String,
    pub(crate) asked: fn(&str, &str) -> String,
    pub(crate) steps: &'static str,
    pub(crate) step: fn(StepKind, &StepState) -> &'static str,
    pub(crate) step_waiting: &'static str,
    pub(crate) step_running: &'static str,
    pub(crate) step_failed: &'static str,
    pub(crate) step_in_doubt: &'static str,
    pub(crate) step_never: &'static str,
    pub(crate) unlock_code: &'static str,
    pub(crate) unlock_hint: &'static str,
    pub(crate) wrong_code: fn(&str) -> String,
    pub(crate) act: fn(ResetAct) -> &'static str,
    pub(crate) acting: fn(ResetAct) -> &'static str,
    pub(crate) give_up: Pair,
    pub(crate) give_up_stuck: &'static str,
    pub(crate) close_link: &'static str,
    pub(crate) close_opened: Pair,
    pub(crate) new_link: &'static str,
    pub(crate) new_link_body: &'static str,
    pub(crate) phones: &'static str,
    pub(crate) no_other_phone: &'static str,
    pub(crate) phone_kind: fn(PhoneKind) -> &'static str,
    pub(crate) phone_used: &'static str,
    pub(crate) phone_one_factor: &'static str,
    pub(crate) phone_unlocks: &'static str,
    pub(crate) send_link: &'static str,
    pub(crate) keep: &'static str,

    pub(crate) history: fn(usize) -> String,
    pub(crate) by: fn(&str) -> String,
    pub(crate) channel: fn(Channel) -> &'static str,
    pub(crate) vouched: fn(&str) -> String,
    pub(crate) outcome: fn(Outcome) -> &'static str,

    pub(crate) now_verified: fn(&str, &str) -> String,
    pub(crate) now_failed: fn(&str, &str) -> String,
}
