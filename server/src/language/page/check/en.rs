//! English.

use super::super::en::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "Are you on the phone with your help desk?",
    no_script_why: "This page asks whether it is you who talks to the help desk. Switch on \
                    JavaScript for this site and open the link again, or open it in another \
                    browser.",
    why: "{by} of {brand} is on the phone with somebody who says that they are you. Are you \
          talking to {by} now?",
    why_vouching: "{by} of {brand} is on the phone with somebody who says that they are {person}, \
                   and asks you to vouch for them. Go on only if you have spoken with {person} \
                   yourself and are talking to {by} now.",
    deny: "This wasn’t me",
    deny_vouching: "I don’t vouch for this",
    common: Common::of(&PAGE),
    ask: "Are you on the phone with us?",
    code: "Two digits",
    code_why: "{} says them on the phone. Enter no digits that reach you in another way.",
    code_missing: "Enter the two digits that you hear on the phone.",
    confirm: "Confirm",
    sending: "One moment…",
    wrong: "Those are not the right digits.",
    tries: ["One try is left.", "You have {} tries."],
    sure: "Shall we raise the alarm?",
    sure_why: "This request ends at once, and {} hears that somebody may be an impostor. If you \
               are talking to them now, go back.",
    tell: "Yes, tell them",
    back: "Back",
    done: "Thank you, that is confirmed",
    done_why: "{} sees it already. Go on with your call; you can close this page.",
    told: "Thank you, we have told them",
    told_why: "Nobody can use this request any more. Did somebody call you and want these digits? \
               Hang up and call {}.",
    told_desk: "Nobody can use this request any more. Did somebody call you and want these \
                digits? Hang up and call your help desk.",
    dead_why: "It was answered already, its time is over, or there is a newer one. You have done \
               nothing wrong.",
    partial_why: "Open it again from the message, or copy the whole link.",
    call: "Ask for a new link if you are on the phone with us now. Otherwise call {}.",
    call_desk: "Ask for a new link if you are on the phone with us now. Otherwise call your help \
                desk.",
};
