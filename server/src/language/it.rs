//! Italian: *Lei*.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}/{month}/{year} alle {hour}:{minute} UTC",
        minute: "1 minuto",
        minutes: "{n} minuti",
        hour: "1 ora",
        hours: "{n} ore",
    },
    sms: Sms {
        code: "{brand}: {code} è il Suo codice. Lo dica solo alla persona dell’assistenza con cui \
               sta parlando. Se non ha chiamato, non lo dica a nessuno.",
        check: "{brand}: do you talk to us now? Then open {link} and enter what the technician \
                says, within {time}. Did not call? Say so there.",
        check_short: "{brand}: open {link} and enter what you hear, within {time}.",
        link: "{brand}: {link} mostra la Sua nuova password una sola volta, entro {time}. \
               Da non dettare né inoltrare.",
        link_short: "{brand}: {link} mostra la password una volta, entro {time}. \
                     Non dettare né inoltrare.",
        notice: "{brand}: la Sua password Microsoft 365 è stata reimpostata il {at}. \
                 Non l’ha chiesto Lei? Ci chiami subito al numero di sempre.",
    },
    mails: Mails {
        hello: "Gentile {name},",
        hello_nobody: "Buongiorno,",
        ending: "Non è necessario rispondere a questa e-mail. \
                 {brand} non Le chiederà mai una password o un codice via e-mail.",
        person: Letter {
            subject: "La Sua password di Microsoft 365 è stata reimpostata",
            happened: "la Sua password di Microsoft 365 è stata reimpostata il {at} da {by} \
                       ({brand}), dopo una telefonata in cui è stata verificata la Sua identità. La \
                       nuova password viene mostrata una sola volta, tramite un link inviato per SMS \
                       al numero {phone}; presso {brand} nessuno la conosce.",
            unless: "Se la telefonata non veniva da Lei, chiami subito {brand}, al numero di sempre.",
        },
        manager: Letter {
            subject: "La password di Microsoft 365 di {person} è stata reimpostata",
            happened: "la password di Microsoft 365 di {person} è stata reimpostata il {at} da {by} \
                       ({brand}), dopo una telefonata in cui è stata verificata l’identità di chi \
                       chiamava. Riceve questa e-mail perché, secondo Microsoft, {person} fa capo a \
                       Lei.",
            unless: "Ne parli con {person} alla prima occasione. Se la telefonata non veniva da \
                     {person}, chiami subito {brand}, al numero di sempre.",
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
