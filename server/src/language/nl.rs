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
        check: "{brand}: spreekt u nu met ons? Bevestig op {link} binnen {time}, of meld daar dat \
                u het niet bent.",
        check_short: "{brand}: spreekt u nu met ons? Antwoord op {link} binnen {time}, ja of nee.",
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
            subject: "{brand} vraagt of u het bent",
            why: "{by} van {brand} is aan de telefoon en wil zeker weten met wie.",
            act: "Spreekt u nu met {by}? Lees dan binnen {time} deze code voor: {code}",
            unless: "Bent u niet aan de telefoon met {brand}? Geef de code dan aan niemand en bel \
                     {brand}, via het nummer dat u altijd gebruikt.",
        },
        check: Ask {
            subject: "{brand} vraagt of u het bent",
            why: "{by} van {brand} is aan de telefoon en wil zeker weten met wie.",
            act: "Spreekt u nu met {by}? Open dan binnen {time} deze pagina en vul de twee \
                  cijfers in die u aan de telefoon hoort:\n{link}\nDe pagina vertelt wie het \
                  vraagt en waarom.",
            unless: "Bent u niet aan de telefoon met {brand}? Meld dat dan op die pagina: de link \
                     alleen bevestigt niets.",
        },
    },
};
