//! Italian: *Lei*.

use super::super::it::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "È al telefono con l’assistenza?",
    no_script_why: "Questa pagina chiede se è proprio Lei a parlare con l’assistenza. Attivi \
                    JavaScript per questo sito e apra di nuovo il link, oppure lo apra in un \
                    altro browser.",
    why: "{by} di {brand} è al telefono con una persona che si è presentata con il Suo nome. Sta \
          parlando ora con {by}?",
    why_vouching: "{by} di {brand} è al telefono con una persona che si è presentata come \
                   {person} e Le chiede di garantire per lei. Prosegua solo se ha parlato di \
                   persona con {person} e sta parlando ora con {by}.",
    deny: "Non sono io",
    deny_vouching: "Non garantisco per questo",
    common: Common::of(&PAGE),
    ask: "È al telefono con noi?",
    code: "Due cifre",
    code_why: "{} Le dice le cifre al telefono. Non inserisca cifre ricevute in altro modo.",
    code_missing: "Inserisca le due cifre che sente al telefono.",
    confirm: "Conferma",
    sending: "Un momento…",
    wrong: "Non sono le cifre giuste.",
    tries: ["Resta un tentativo.", "Ha {} tentativi."],
    sure: "Diamo l’allarme?",
    sure_why: "Questa richiesta termina subito e {} viene a sapere che qualcuno forse si spaccia \
               per un’altra persona. Se sta parlando ora con l’assistenza, torni indietro.",
    tell: "Sì, date l’allarme",
    back: "Indietro",
    done: "Grazie, è confermato",
    done_why: "{} lo vede già. Prosegua la telefonata; può chiudere questa pagina.",
    told: "Grazie, abbiamo dato l’allarme",
    told_why: "Nessuno può più usare questa richiesta. Qualcuno L’ha chiamata per avere queste \
               cifre? Riagganci e chiami {}.",
    told_desk: "Nessuno può più usare questa richiesta. Qualcuno L’ha chiamata per avere queste \
                cifre? Riagganci e chiami l’assistenza.",
    dead_why: "Ha già avuto una risposta, è scaduto o ce n’è uno più recente. Lei non ha fatto \
               nulla di sbagliato.",
    partial_why: "Lo apra di nuovo dal messaggio o copi il link per intero.",
    call: "Se è al telefono con noi, chieda un nuovo link. Altrimenti chiami {}.",
    call_desk: "Se è al telefono con noi, chieda un nuovo link. Altrimenti chiami l’assistenza.",
};
