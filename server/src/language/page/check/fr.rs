//! French: *vous*. A blank that does not break stands before `:`, `;`, `?` and `!`.

use super::super::fr::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "Êtes-vous au téléphone avec votre support\u{a0}?",
    no_script_why: "Cette page demande si c’est bien vous qui parlez au support. Activez \
                    JavaScript pour ce site et ouvrez à nouveau le lien, ou ouvrez-le dans un \
                    autre navigateur.",
    why: "{by} ({brand}) est au téléphone avec une personne qui s’est présentée sous votre nom. \
          Parlez-vous en ce moment avec {by}\u{a0}?",
    why_vouching: "{by} ({brand}) est au téléphone avec une personne qui s’est présentée sous le \
                   nom de {person} et vous demande de vous en porter garant. Ne continuez que si \
                   vous avez parlé vous-même à {person} et si vous êtes en ligne avec {by}.",
    deny: "Ce n’est pas moi",
    deny_vouching: "Je ne m’en porte pas garant",
    common: Common::of(&PAGE),
    ask: "Êtes-vous au téléphone avec nous\u{a0}?",
    code: "Deux chiffres",
    code_why: "{} vous les dit au téléphone. Ne saisissez pas de chiffres reçus d’une autre façon.",
    code_missing: "Saisissez les deux chiffres que vous entendez au téléphone.",
    confirm: "Confirmer",
    sending: "Un instant…",
    wrong: "Ce ne sont pas les bons chiffres.",
    tries: ["Il reste un essai.", "Vous avez {} essais."],
    sure: "Faut-il donner l’alerte\u{a0}?",
    sure_why: "Cette demande prend fin aussitôt, et {} apprend qu’il s’agit peut-être d’une \
               usurpation d’identité. Si vous êtes au téléphone avec le support en ce moment, \
               revenez en arrière.",
    tell: "Oui, donner l’alerte",
    back: "Retour",
    done: "Merci, c’est confirmé",
    done_why: "{} le voit déjà. Poursuivez votre appel\u{a0}; vous pouvez fermer cette page.",
    told: "Merci, l’alerte est donnée",
    told_why: "Cette demande ne peut plus servir à personne. Quelqu’un vous a appelé pour obtenir \
               ces chiffres\u{a0}? Raccrochez et appelez {}.",
    told_desk: "Cette demande ne peut plus servir à personne. Quelqu’un vous a appelé pour \
                obtenir ces chiffres\u{a0}? Raccrochez et appelez votre support.",
    dead_why: "Une réponse a déjà été donnée, il a expiré, ou il en existe un plus récent. Vous \
               n’avez rien fait de mal.",
    partial_why: "Ouvrez-le à nouveau depuis le message, ou copiez le lien en entier.",
    call: "Si vous êtes au téléphone avec nous, demandez un nouveau lien. Sinon, appelez {}.",
    call_desk: "Si vous êtes au téléphone avec nous, demandez un nouveau lien. Sinon, appelez \
                votre support.",
};
