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
        check: "{brand}: sta parlando con noi? Confermi su {link} entro {time}, o dica lì che non \
                è Lei.",
        check_short: "{brand}: sta parlando con noi? Risponda su {link} entro {time}, sì o no.",
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
            subject: "{brand} chiede se è Lei",
            why: "{by} di {brand} è al telefono e vuole sapere con certezza chi è in linea.",
            act: "Se sta parlando ora con {by}, detti questo codice entro {time}: {code}",
            unless: "Se non è al telefono con {brand}, non dica il codice a nessuno e chiami \
                     {brand}, al numero di sempre.",
        },
        check: Ask {
            subject: "{brand} chiede se è Lei",
            why: "{by} di {brand} è al telefono e vuole sapere con certezza chi è in linea.",
            act: "Se sta parlando ora con {by}, apra questa pagina entro {time} e inserisca le \
                  due cifre che sente al telefono:\n{link}\nLa pagina dice chi lo chiede e \
                  perché.",
            unless: "Se non è al telefono con {brand}, lo dica su quella pagina: il link da solo \
                     non conferma nulla.",
        },
    },
};
