//! The pod in English.

use shared::{
    ApprovalState, Channel, Code, Outcome, PhoneKind, Proof, ResetAct, Source, StepKind, StepState,
};

use super::{Sending, Words};

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
    sign_in_to_reset: "Sign in to reset",
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
        Source::Duo => "Enrolled at Duo",
    },
    not_for_reset: |source| format!("{source} — shows who answered, doesn’t count for a reset"),
    not_verified: "Not verified",
    out: |proof, left| {
        let what = match proof {
            Proof::Code => "Code",
            Proof::Link => "Link",
            Proof::Push => "Push",
        };
        format!("{what} sent · {left} left")
    },
    verified_until: |clock| format!("Verified until {clock}"),
    was_verified_until: |clock| format!("Was verified until {clock}"),
    not_in_time: ("Nobody answered in time.", "Send another."),
    denied: "Denied by the person",
    send: |proof, how| match (proof, how) {
        (Proof::Code, Sending::First) => "Send code",
        (Proof::Code, Sending::Another) => "Send a new code",
        (Proof::Code, Sending::Instead) => "Send a code instead",
        (Proof::Link, Sending::First) => "Send link",
        (Proof::Link, Sending::Another) => "Send a new link",
        (Proof::Link, Sending::Instead) => "Send a link instead",
        (Proof::Push, Sending::First) => "Send push",
        (Proof::Push, Sending::Another) => "Send a new push",
        (Proof::Push, Sending::Instead) => "Send a push instead",
    },
    send_in: |label, left| format!("{label} in {left}"),
    sending: "Sending…",
    sends_left: |left| format!("{left} more can be sent"),
    none_until: |clock| format!("No more can be sent until {clock}"),
    none_left: "No more can be sent now",
    to: |masked| format!(" to {masked}"),
    caller: "the caller",
    code_label: |whom| format!("Code {whom} reads out"),
    code_incomplete: |digits| format!("The code has {digits} digits."),
    check_code: "Check",
    checking_code: "Checking…",
    accepted: "The code is right.",
    tries_left: |tries| match tries {
        1 => "1 try left".to_owned(),
        tries => format!("{tries} tries left"),
    },
    say: |whom| format!("Say these two digits to {whom}"),
    say_hint: "They open the link and enter them. It turns green by itself.",
    colleague: "A colleague",
    link_of: |who| format!("{who}’s link is out."),
    link_of_hint: "Only whoever sent it sees the two digits to say.",
    push_out: ("Waiting for them to approve in Duo.", "It turns green by itself."),

    warnings: "Think twice",
    vouching: "Somebody else vouches",
    vouching_body: "They prove who they are; their word and your note go on the record.",
    who_vouches: "Who vouches?",
    note: "Why they vouch",

    approval: |state, answered| match state {
        ApprovalState::Asked => "Waiting for a colleague",
        ApprovalState::Approved => "Approved",
        ApprovalState::Refused => "Refused",
        ApprovalState::Expired if answered => "The approval was not used in time",
        ApprovalState::Expired => "Nobody approved in time",
        ApprovalState::Used => "The approval was used",
    },
    approval_wanted: |who, person| format!("{who} asks you to approve a reset for {person}"),
    approval_asked: |who, clock, until| match until {
        Some(until) => format!("{who} asked at {clock}. It can be answered until {until}."),
        None => format!("{who} asked at {clock}."),
    },
    approved_until: |who, until| format!("Approved by {who} until {until}"),
    refused_by: |who| format!("Refused by {who}"),
    ask_approval: "Ask for approval",
    asking_approval: "Asking…",
    approve: "Approve",
    refuse: "Refuse",
    approved_by: "Approved by",

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
    channel: |channel| match channel {
        Channel::SmsCode => "Code by text",
        Channel::SmsLink => "Link by text",
        Channel::EmailCode => "Code by mail",
        Channel::EmailLink => "Link by mail",
        Channel::DuoPush => "Push by Duo",
    },
    vouched: |voucher| format!("{voucher} vouched"),
    outcome: |outcome| match outcome {
        Outcome::Pending => "Waiting",
        Outcome::Verified => "Verified",
        Outcome::Expired => "Not answered in time",
        Outcome::TriesSpent => "Too many wrong answers",
        Outcome::Replaced => "Replaced by a newer one",
        Outcome::Unsent => "Could not be sent",
        Outcome::Denied => "Denied by the person",
    },

    now_verified: |masked, clock| format!("{masked} is verified until {clock}."),
    now_failed: |masked, what| format!("{masked}: {what}"),
};
