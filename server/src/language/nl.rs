//! Dutch: *u*.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}-{month}-{year} om {hour}:{minute} UTC",
        minute: "1 minuut",
        minutes: "{n} minuten",
        hour: "1 uur",
        hours: "{n} uur",
    },
    sms: Sms {
        code: "{brand}: {code} is uw code. Geef die alleen aan de helpdeskmedewerker die u nu \
               spreekt. Niet zelf gebeld? Geef de code dan aan niemand.",
        check: "{brand}: do you talk to us now? Then open {link} and enter what the technician \
                says, within {time}. Did not call? Say so there.",
        check_short: "{brand}: open {link} and enter what you hear, within {time}.",
        link: "{brand}: {link} toont uw nieuwe wachtwoord één keer, binnen {time}. \
               Nooit voorlezen of doorsturen.",
        link_short: "{brand}: {link} toont uw wachtwoord één keer, binnen {time}. \
                     Niet voorlezen of delen.",
        notice: "{brand}: uw wachtwoord voor Microsoft 365 is op {at} opnieuw ingesteld. \
                 Was u dat niet? Bel ons meteen, op het u bekende nummer.",
    },
    mails: Mails {
        hello: "Beste {name},",
        hello_nobody: "Goedendag,",
        ending: "U hoeft deze e-mail niet te beantwoorden. \
                 {brand} vraagt u nooit per e-mail om een wachtwoord of een code.",
        person: Letter {
            subject: "Uw wachtwoord voor Microsoft 365 is opnieuw ingesteld",
            happened: "Uw wachtwoord voor Microsoft 365 is op {at} opnieuw ingesteld door {by} van \
                       {brand}, na een telefoongesprek waarin uw identiteit is gecontroleerd. Het \
                       nieuwe wachtwoord wordt één keer getoond, via een link in een sms naar \
                       {phone}; niemand bij {brand} kent het.",
            unless: "Hebt u niet zelf gebeld? Neem dan meteen telefonisch contact op met {brand}, \
                     via het nummer dat u altijd gebruikt.",
        },
        manager: Letter {
            subject: "Het wachtwoord van {person} voor Microsoft 365 is opnieuw ingesteld",
            happened: "Het wachtwoord van {person} voor Microsoft 365 is op {at} opnieuw ingesteld \
                       door {by} van {brand}, na een telefoongesprek waarin de identiteit is \
                       gecontroleerd. U ontvangt deze e-mail omdat u volgens Microsoft leiding geeft \
                       aan {person}.",
            unless: "Vraag het {person} wanneer u elkaar weer spreekt. Kwam het telefoontje niet van \
                     {person}? Neem dan meteen telefonisch contact op met {brand}, via het nummer dat \
                     u altijd gebruikt.",
        },
        code: Ask {
            subject: "{brand} asks whether it is you",
            why: "{by} of {brand} is talking to somebody who says that they are you.",
            act: "If that is you, read this code to them, within {time}: {code}",
            unless: "If you did not call, tell nobody the code and call {brand}.",
        },
        check: Ask {
            subject: "{brand} asks whether it is you",
            why: "{by} of {brand} is talking to somebody who says that they are you.",
            act: "If that is you, open this page and enter the two digits that {by} says, within \
                  {time}:\n{link}\nThere you can also say that it is not you.",
            unless: "If you did not call, say so on that page.",
        },
    },
};
