//! Every phrase of the pod, but for the words of problem codes, which both sides of the wire
//! share. A missing phrase does not compile; plurals and word order are functions.

use shared::{Code, Outcome, PhoneKind, ResetAct, Source, StepKind, StepState};

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
    pub(crate) code_sent: fn(&str) -> String,
    pub(crate) verified_until: fn(&str) -> String,
    pub(crate) was_verified_until: fn(&str) -> String,
    pub(crate) send_code: &'static str,
    pub(crate) send_new_code: &'static str,
    pub(crate) send_new_code_in: fn(&str) -> String,
    pub(crate) sending: &'static str,
    pub(crate) to: fn(&str) -> String,
    pub(crate) code_label: &'static str,
    pub(crate) code_incomplete: &'static str,
    pub(crate) check_code: &'static str,
    pub(crate) checking_code: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) tries_left: fn(u32) -> String,

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
    pub(crate) outcome: fn(Outcome) -> &'static str,

    pub(crate) now_verified: fn(&str, &str) -> String,
}

/// English.
pub(crate) const EN: Words = Words {
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    day_and_time: |day, month, clock| format!("{day} {month} {clock}"),

    pod: "Password reset",
    loading: "Loading…",
    lost: "Connection lost, trying again…",
    look_after: "Open the integration",
    back: "Connected again.",
    try_again: "Try again",
    sign_in: "Sign in",
    unheard: ("The server did not answer.", "Check your connection, then try again."),
    outdated: ("This page is older than the server.", "Reload the page."),
    signed_out: ("You are signed out.", "Sign in again, then come back to this page."),
    misplaced: (
        "This page did not say which contact to show.",
        "Open it again from the ticket. If that does not help, tell your admin.",
    ),

    ticket: |number| format!("Ticket {number}"),
    looking: "Looking the person up at Microsoft…",

    verification: "Verify the caller",
    no_shields: "There is no phone or address to verify this contact by.",
    source: |source| match source {
        Source::Microsoft => "Registered at Microsoft",
        Source::Contact => "From the contact’s card",
    },
    not_for_reset: |source| format!("{source} — shows who answered, doesn’t count for a reset"),
    not_verified: "Not verified",
    code_sent: |left| format!("Code sent · {left} left"),
    verified_until: |clock| format!("Verified until {clock}"),
    was_verified_until: |clock| format!("Was verified until {clock}"),
    send_code: "Send code",
    send_new_code: "Send a new code",
    send_new_code_in: |left| format!("Send a new code in {left}"),
    sending: "Sending…",
    to: |masked| format!(" to {masked}"),
    code_label: "Code the caller reads out",
    code_incomplete: "The code has six digits.",
    check_code: "Check",
    checking_code: "Checking…",
    accepted: "The code is right.",
    tries_left: |tries| match tries {
        1 => "1 try left".to_owned(),
        tries => format!("{tries} tries left"),
    },

    password_reset: "Password Reset",
    ready: "Nothing changes until you confirm.",
    confirm_title: "Reset this password?",
    checking: "Checking with Microsoft…",
    person: "Person",
    upn: "Signs in as",
    tenant: "Tenant",
    tenant_of: |tenant, customer| format!("{tenant} · {customer}"),
    goes_to: "Link goes to",
    no_phone: "No phone",
    one_factor: (
        "One factor.",
        "The phone that verified the caller also gets the link. Whoever holds it can take the account.",
    ),
    new_phone: "New phone.",
    new_phone_body: |when| {
        format!(
            "The phone registered at Microsoft is not the one it was: noticed {when}. Ask the caller when and why they changed it. If they didn’t, stop and tell your admin."
        )
    },
    unlock_ahead: (
        "Unlock code.",
        "The link will ask for a code that appears here. Say it on the phone, don’t write it down.",
    ),
    in_the_way: |count| match count {
        1 => "One thing is in the way".to_owned(),
        count => format!("{count} things are in the way"),
    },
    nothing_changed: "Nothing has been changed yet.",
    confirm: "Reset password",
    confirming: "Resetting…",
    cancel: "Cancel",
    close: "Close",
    check_again: "Check again",
    unheard_reset: (
        "The connection was lost before the server answered.",
        "The reset may be under way. Trying again is safe: it is done once only.",
    ),

    resetting: "Resetting the password",
    resetting_body: "You can leave this page, it goes on by itself.",
    texting: "Password set, texting the link",
    texting_body: "Stay on the phone.",
    link_sent: "Link sent",
    link_sent_body: |clock| {
        format!("The link works once, until {clock}. Stay on the phone until it is opened.")
    },
    text_failed: "Password set, but the text failed",
    text_failed_body: |what, next| format!("{what} {next}"),
    opened: |clock| format!("Link opened at {clock}"),
    opened_body: |person, must_change| match must_change {
        true => format!("{person} has the new password and chooses their own at the next sign-in."),
        false => format!("{person} has the new password."),
    },
    expired: "The link expired unopened",
    revoked: "The link was closed",
    nobody_has_it: "Nobody has this password. Verify the caller and reset it again.",
    maybe_read: |clock| {
        format!(
            "It was opened at {clock}: whoever did may have read the password. Reset it again if \
             it was not them."
        )
    },
    late: "Tried again from another device.",
    late_body: |count, clock| {
        let times = match count {
            1 => "Once".to_owned(),
            1_000.. => "1000 times or more".to_owned(),
            count => format!("{count} times"),
        };
        format!(
            "{times} after it was opened, last at {clock}; nothing was shown. Ask if that was them. If \
             not, somebody else has seen the text: reset the password again."
        )
    },
    locked: "Five wrong unlock codes",
    locked_body: "The link is closed; its password is kept. Make sure that you speak to the caller \
                  you verified, then send a new link.",
    refused: "The password was not reset",
    stuck: "A decision is needed",
    for_whom: |person, phone| format!("{person} · {phone}"),
    asked: |who, clock| format!("Asked for by {who} at {clock}"),
    steps: "Steps",
    step: |kind, state| {
        let [todo, doing, done, failed] = match kind {
            StepKind::Sealed => [
                "Make a password",
                "Making a password",
                "Password made and sealed",
                "No password made",
            ],
            StepKind::PasswordSet => [
                "Set it at Microsoft",
                "Setting it at Microsoft",
                "Set at Microsoft",
                "Not set at Microsoft",
            ],
            StepKind::SessionsEnded => [
                "Sign out everywhere",
                "Signing out everywhere",
                "Signed out everywhere",
                "Not signed out elsewhere",
            ],
            StepKind::TextSent => {
                ["Text the link", "Texting the link", "Link texted", "Link not texted"]
            }
            StepKind::TextDelivered => [
                "Delivery to the phone",
                "On its way to the phone",
                "Delivered to the phone",
                "Not delivered",
            ],
            StepKind::LinkOpened => [
                "Opening by the person",
                "Waiting for the person to open it",
                "Link opened",
                "Link not opened",
            ],
            StepKind::NoteWritten => [
                "Note in the ticket",
                "Writing the note in the ticket",
                "Note in the ticket",
                "No note in the ticket",
            ],
        };
        match state {
            StepState::Failed { code: Code::InDoubt } if kind == StepKind::PasswordSet => {
                "Set at Microsoft, or not"
            }
            StepState::Waiting => todo,
            StepState::Running => doing,
            StepState::Done { .. } => done,
            StepState::Failed { .. } => failed,
        }
    },
    step_waiting: "to do",
    step_running: "now",
    step_failed: "failed",
    step_in_doubt: "in doubt",
    step_never: "not done",
    unlock_code: "Unlock code",
    unlock_hint: "Say it on the phone, don’t write it down.",
    wrong_code: |left| format!("A wrong unlock code was entered: {left}."),
    act: |act| match act {
        ResetAct::Resend => "Send again",
        ResetAct::NewLink => "Send to another phone",
        ResetAct::GiveUp => "Give up",
    },
    acting: |act| match act {
        ResetAct::Resend | ResetAct::NewLink => "Sending…",
        ResetAct::GiveUp => "Giving up…",
    },
    give_up: (
        "Give up this reset?",
        "Its link stops working. Nobody gets this password, and the person needs another reset.",
    ),
    give_up_stuck: "Nobody gets the new password, if Microsoft has it. The old one may still work; if \
                    not, the person needs another reset.",
    close_link: "Close the link",
    close_opened: (
        "Close the opened link?",
        "It shows nothing any more, but they may have read it already. Reset again if it was not them.",
    ),
    keep: "Keep it",
    new_link: "Send a new link",
    new_link_body: "The same password gets a new link. The one before it stops working.",
    phones: "Registered at Microsoft",
    no_other_phone: "There is no other. One that is registered in Entra shows here at once.",
    phone_kind: |kind| match kind {
        PhoneKind::Mobile => "Mobile",
        PhoneKind::AlternateMobile => "Second mobile",
    },
    phone_used: "used so far",
    phone_one_factor: "verified the caller: one factor",
    phone_unlocks: "needs an unlock code",
    send_link: "Send link",

    history: |count| format!("Verification history ({count})"),
    by: |technician| format!("by {technician}"),
    outcome: |outcome| match outcome {
        Outcome::Pending => "Waiting",
        Outcome::Verified => "Verified",
        Outcome::Expired => "Not answered in time",
        Outcome::TriesSpent => "Too many wrong codes",
        Outcome::Replaced => "Replaced by a newer code",
        Outcome::Unsent => "Could not be sent",
    },

    now_verified: |masked, clock| format!("{masked} is verified until {clock}."),
};
