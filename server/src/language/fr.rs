//! French: *vous*. A blank that does not break stands before `:`, `;`, `?` and `!`.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}/{month}/{year} à {hour}:{minute} UTC",
        minute: "1 minute",
        minutes: "{n} minutes",
        hour: "1 heure",
        hours: "{n} heures",
    },
    sms: Sms {
        code: "{brand}\u{a0}: {code} est votre code. Ne le donnez qu’à la personne du support à qui vous \
               parlez. Vous n’avez pas appelé\u{a0}? Ne le donnez à personne.",
        check: "{brand}\u{a0}: au téléphone avec nous\u{a0}? Confirmez sur {link} sous {time}, ou \
                dites-y que ce n’est pas vous.",
        check_short: "{brand}\u{a0}: au téléphone avec nous\u{a0}? Répondez sur {link} sous \
                      {time}, oui ou non.",
        link: "{brand}\u{a0}: {link} affiche votre mot de passe une seule fois, sous {time}. \
               Ne jamais dicter ni transférer.",
        link_short: "{brand}. Mot de passe visible une fois, {time}\u{a0}: {link} - \
                     ne pas dicter ni transférer.",
        notice: "{brand}\u{a0}: votre mot de passe Microsoft 365 a été réinitialisé le {at}. \
                 Pas vous\u{a0}? Appelez-nous sans tarder au numéro habituel.",
    },
    mails: Mails {
        hello: "Bonjour {name},",
        hello_nobody: "Bonjour,",
        ending: "Inutile de répondre à ce message. \
                 {brand} ne vous demandera jamais de mot de passe ni de code par e-mail.",
        person: Letter {
            subject: "Votre mot de passe Microsoft 365 a été réinitialisé",
            happened: "Votre mot de passe Microsoft 365 a été réinitialisé le {at} par {by} \
                       ({brand}), à la suite d’un appel au cours duquel votre identité a été \
                       vérifiée. Le nouveau mot de passe s’affiche une seule fois, grâce à un lien \
                       envoyé par SMS au {phone}\u{a0}; personne chez {brand} ne le connaît.",
            unless: "Si cet appel ne venait pas de vous, téléphonez immédiatement à {brand}, au \
                     numéro que vous utilisez d’habitude.",
        },
        manager: Letter {
            subject: "Mot de passe Microsoft 365 réinitialisé\u{a0}: {person}",
            happened: "Le {at}, {by} ({brand}) a réinitialisé le mot de passe Microsoft 365 de la \
                       personne suivante\u{a0}: {person}, à la suite d’un appel au cours duquel son \
                       identité a été vérifiée. Vous recevez ce message car, chez Microsoft, vous \
                       êtes responsable de cette personne.",
            unless: "Parlez-en avec {person} à la prochaine occasion. Si l’appel ne venait pas de \
                     cette personne, téléphonez immédiatement à {brand}, au numéro que vous \
                     utilisez d’habitude.",
        },
        code: Ask {
            subject: "{brand} demande si c’est bien vous",
            why: "{by} ({brand}) est au téléphone et souhaite savoir avec certitude qui est en \
                  ligne.",
            act: "Si vous parlez en ce moment à {by}, dictez ce code dans un délai de \
                  {time}\u{a0}: {code}",
            unless: "Si vous n’êtes pas au téléphone avec {brand}, ne donnez ce code à personne \
                     et appelez {brand}, au numéro que vous utilisez d’habitude.",
        },
        check: Ask {
            subject: "{brand} demande si c’est bien vous",
            why: "{by} ({brand}) est au téléphone et souhaite savoir avec certitude qui est en \
                  ligne.",
            act: "Si vous parlez en ce moment à {by}, ouvrez cette page dans un délai de {time} \
                  et saisissez les deux chiffres que vous entendez au \
                  téléphone\u{a0}:\n{link}\nLa page indique qui pose la question et pourquoi.",
            unless: "Si vous n’êtes pas au téléphone avec {brand}, dites-le sur cette page\u{a0}: \
                     le lien seul ne confirme rien.",
        },
    },
};
