//! German: *Sie*.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}.{month}.{year} um {hour}:{minute} UTC",
        minute: "1 Minute",
        minutes: "{n} Minuten",
        hour: "1 Stunde",
        hours: "{n} Stunden",
    },
    sms: Sms {
        code: "{brand}: {code} ist Ihr Code. Nennen Sie ihn nur dem Support, mit dem Sie gerade \
               sprechen. Sie haben nicht angerufen? Dann sagen Sie ihn niemandem.",
        check: "{brand}: Sprechen Sie gerade mit uns? Bitte auf {link} binnen {time} bestätigen, \
                sonst dort melden.",
        check_short: "{brand}: Sprechen Sie mit uns? Auf {link} binnen {time} antworten: Ja oder \
                      Nein.",
        link: "{brand}: {link} zeigt Ihr neues Passwort einmal, binnen {time}. \
               Nie vorlesen oder weiterleiten.",
        link_short: "{brand}: {link} zeigt Ihr Passwort einmal, binnen {time}. \
                     Nie vorlesen oder teilen.",
        notice: "{brand}: Ihr Microsoft-365-Passwort wurde am {at} zurückgesetzt. \
                 Das waren nicht Sie? Rufen Sie sofort die gewohnte Nummer an.",
    },
    mails: Mails {
        hello: "Guten Tag {name},",
        hello_nobody: "Guten Tag,",
        ending: "Sie brauchen auf diese E-Mail nicht zu antworten. \
                 {brand} wird Sie nie per E-Mail nach einem Passwort oder einem Code fragen.",
        person: Letter {
            subject: "Ihr Passwort für Microsoft 365 wurde zurückgesetzt",
            happened: "Ihr Passwort für Microsoft 365 wurde am {at} zurückgesetzt, und zwar von \
                       {by} ({brand}) nach einem Anruf, bei dem Ihre Identität geprüft wurde. Das \
                       neue Passwort wird ein einziges Mal angezeigt, über einen Link in einer SMS \
                       an {phone}; bei {brand} kennt es niemand.",
            unless: "Wenn dieser Anruf nicht von Ihnen kam, rufen Sie {brand} sofort an, unter der \
                     Nummer, die Sie immer verwenden.",
        },
        manager: Letter {
            subject: "Das Passwort von {person} für Microsoft 365 wurde zurückgesetzt",
            happened: "das Passwort von {person} für Microsoft 365 wurde am {at} zurückgesetzt, \
                       und zwar von {by} ({brand}) nach einem Anruf, bei dem die Identität geprüft \
                       wurde. Sie erhalten diese E-Mail, weil {person} laut Microsoft an Sie \
                       berichtet.",
            unless: "Fragen Sie {person} bei nächster Gelegenheit. Wenn der Anruf nicht von dort \
                     kam, rufen Sie {brand} sofort an, unter der Nummer, die Sie immer verwenden.",
        },
        code: Ask {
            subject: "{brand} fragt, ob Sie es sind",
            why: "{by} von {brand} telefoniert gerade und möchte sicher sein, mit wem.",
            act: "Wenn Sie jetzt mit {by} sprechen, lesen Sie innerhalb von {time} diesen Code \
                  vor: {code}",
            unless: "Wenn Sie nicht mit {brand} telefonieren, nennen Sie den Code niemandem, und \
                     rufen Sie {brand} an, unter der Nummer, die Sie immer verwenden.",
        },
        check: Ask {
            subject: "{brand} fragt, ob Sie es sind",
            why: "{by} von {brand} telefoniert gerade und möchte sicher sein, mit wem.",
            act: "Wenn Sie jetzt mit {by} sprechen, öffnen Sie innerhalb von {time} diese Seite, \
                  und geben Sie die beiden Ziffern ein, die Sie am Telefon hören:\n{link}\nDie \
                  Seite sagt, wer fragt und warum.",
            unless: "Wenn Sie nicht mit {brand} telefonieren, sagen Sie es auf dieser Seite: Der \
                     Link allein bestätigt nichts.",
        },
    },
};
