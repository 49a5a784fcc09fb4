//! Portuguese, for Brazil and Portugal alike: without *você* or *tu*, in words of both.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}/{month}/{year} às {hour}:{minute} UTC",
        minute: "1 minuto",
        minutes: "{n} minutos",
        hour: "1 hora",
        hours: "{n} horas",
    },
    sms: Sms {
        code: "{brand}: {code} é o seu código. Diga-o apenas à pessoa do suporte com quem fala \
               neste momento. Se não ligou para o suporte, não o diga a ninguém.",
        check: "{brand}: está ao telefone com o suporte? Confirme em {link} (válido por {time}) \
                ou diga lá que não.",
        check_short: "{brand}: fala com o suporte? Responda em {link} (válido {time}): sim ou não.",
        link: "{brand}: {link} (válido por {time}) mostra a sua nova senha uma só vez. \
               Nunca a dite nem a encaminhe.",
        link_short: "{brand}: {link} (válido {time}) mostra a sua senha uma vez. \
                     Não ditar nem encaminhar.",
        notice: "{brand}: a sua senha do Microsoft 365 foi redefinida em {at}. \
                 Não pediu isto? Ligue-nos imediatamente, para o número de sempre.",
    },
    mails: Mails {
        hello: "Olá, {name},",
        hello_nobody: "Olá,",
        ending: "Não é necessário responder a este e-mail. \
                 A {brand} nunca lhe pedirá uma senha ou um código por e-mail.",
        person: Letter {
            subject: "A sua senha do Microsoft 365 foi redefinida",
            happened: "A sua senha do Microsoft 365 foi redefinida em {at} por {by} ({brand}), \
                       depois de um telefonema em que a sua identidade foi confirmada. A nova senha \
                       é mostrada uma única vez, através de um link enviado por SMS para {phone}; \
                       ninguém na {brand} a conhece.",
            unless: "Se esse telefonema não foi seu, ligue imediatamente para a {brand}, para o \
                     número de sempre.",
        },
        manager: Letter {
            subject: "A senha do Microsoft 365 de {person} foi redefinida",
            happened: "A senha do Microsoft 365 de {person} foi redefinida em {at} por {by} \
                       ({brand}), depois de um telefonema em que a identidade foi confirmada. \
                       Recebe este e-mail porque, segundo a Microsoft, é responsável por {person}.",
            unless: "Fale com {person} na próxima oportunidade. Se o telefonema não partiu dessa \
                     pessoa, ligue imediatamente para a {brand}, para o número de sempre.",
        },
        code: Ask {
            subject: "{brand} pergunta quem está ao telefone",
            why: "{by} ({brand}) está ao telefone e quer ter a certeza de com quem fala.",
            act: "Se fala neste momento com {by}, diga este código (válido por {time}): {code}",
            unless: "Se não está ao telefone com a {brand}, não diga o código a ninguém e ligue \
                     para a {brand}, para o número de sempre.",
        },
        check: Ask {
            subject: "{brand} pergunta quem está ao telefone",
            why: "{by} ({brand}) está ao telefone e quer ter a certeza de com quem fala.",
            act: "Se fala neste momento com {by}, abra esta página (válida por {time}) e digite \
                  os dois algarismos que ouve ao telefone:\n{link}\nA página diz quem pergunta e \
                  por que motivo.",
            unless: "Se não está ao telefone com a {brand}, diga-o nessa página: o link só por si \
                     não confirma nada.",
        },
    },
};
