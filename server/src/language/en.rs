//! English.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{year}-{month}-{day} {hour}:{minute} UTC",
        minute: "1 minute",
        minutes: "{n} minutes",
        hour: "1 hour",
        hours: "{n} hours",
    },
    sms: Sms {
        code: "{brand}: {code} is your code. Read it to the technician you are talking to now. \
               If you did not call your help desk, tell nobody.",
        check: "{brand}: on the phone with us? Confirm at {link} within {time}, or say there that \
                it is not you.",
        check_short: "{brand}: on the phone with us? Answer at {link} within {time}, yes or no.",
        link: "{brand}: {link} shows your new password once, within {time}. \
               Never read it out or forward it.",
        link_short: "{brand}: {link} shows your password once, within {time}. \
                     Never read out or forward it.",
        notice: "{brand}: your Microsoft 365 password was reset, {at}. \
                 Not you? Call us at once, on the number that you have always used.",
    },
    mails: Mails {
        hello: "Hello {name},",
        hello_nobody: "Hello,",
        ending: "You don’t need to answer this mail. \
                 {brand} will never ask you for a password or a code by mail.",
        person: Letter {
            subject: "Your Microsoft 365 password was reset",
            happened: "your Microsoft 365 password was reset, {at}. {by} of {brand} did it, asked on \
                       the phone by somebody who proved to be you. The new one is shown once, by a \
                       link in a text to {phone}; nobody at {brand} knows it.",
            unless: "If that was not you, call {brand} at once, on the number that you have always \
                     used.",
        },
        manager: Letter {
            subject: "The Microsoft 365 password of {person} was reset",
            happened: "the Microsoft 365 password of {person} was reset, {at}. {by} of {brand} did \
                       it, asked on the phone by somebody who proved to be {person}. You get this \
                       mail because Microsoft has you as their manager.",
            unless: "Ask {person} when you next speak to them. If it was not them, call {brand} at \
                     once, on the number that you have always used.",
        },
        code: Ask {
            subject: "{brand} asks whether it is you",
            why: "{by} of {brand} is on the phone and wants to be sure whom they are talking to.",
            act: "If you are talking to {by} now, read out this code, within {time}: {code}",
            unless: "If you are not on the phone with {brand}, tell nobody the code, and call \
                     {brand} on the number that you have always used.",
        },
        check: Ask {
            subject: "{brand} asks whether it is you",
            why: "{by} of {brand} is on the phone and wants to be sure whom they are talking to.",
            act: "If you are talking to {by} now, open this page within {time} and enter the two \
                  digits that you hear on the phone:\n{link}\nThe page says who asks and why.",
            unless: "If you are not on the phone with {brand}, say so on that page: the link \
                     alone confirms nothing.",
        },
    },
};
