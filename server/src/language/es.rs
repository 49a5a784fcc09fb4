//! Spanish: *usted*.

use super::phrases::{Ask, Letter, Mails, Phrases, Sms, Time};

pub(super) const PHRASES: Phrases = Phrases {
    time: Time {
        at: "{day}/{month}/{year} a las {hour}:{minute} UTC",
        minute: "1 minuto",
        minutes: "{n} minutos",
        hour: "1 hora",
        hours: "{n} horas",
    },
    sms: Sms {
        code: "{brand}: {code} es su código. Dígaselo solo a la persona de soporte con la que está \
               hablando. Si no ha llamado a soporte, no se lo diga a nadie.",
        check: "{brand}: do you talk to us now? Then open {link} and enter what the technician \
                says, within {time}. Did not call? Say so there.",
        check_short: "{brand}: open {link} and enter what you hear, within {time}.",
        link: "{brand}: {link} (válido {time}) muestra su nueva contraseña una sola vez. \
               Nunca la dicte ni la reenvíe.",
        link_short: "{brand}: {link} (válido {time}) muestra su contraseña una vez. \
                     No dictar ni reenviar.",
        notice: "{brand}: su contraseña de Microsoft 365 se restableció el {at}. \
                 ¿No fue usted? Llámenos de inmediato, al número de siempre.",
    },
    mails: Mails {
        hello: "Hola, {name}:",
        hello_nobody: "Hola:",
        ending: "No hace falta que responda a este correo. \
                 {brand} nunca le pedirá una contraseña ni un código por correo electrónico.",
        person: Letter {
            subject: "Se ha restablecido su contraseña de Microsoft 365",
            happened: "Su contraseña de Microsoft 365 se restableció el {at}. Lo hizo {by}, de \
                       {brand}, tras una llamada en la que se comprobó su identidad. La nueva \
                       contraseña se muestra una sola vez, mediante un enlace enviado por SMS al \
                       {phone}; en {brand} nadie la conoce.",
            unless: "Si no fue usted quien llamó, telefonee de inmediato a {brand}, al número de \
                     siempre.",
        },
        manager: Letter {
            subject: "Se ha restablecido la contraseña de Microsoft 365 de {person}",
            happened: "La contraseña de Microsoft 365 de {person} se restableció el {at}. Lo hizo \
                       {by}, de {brand}, tras una llamada en la que se comprobó la identidad de \
                       quien llamaba. Recibe este correo porque, según Microsoft, {person} depende \
                       de usted.",
            unless: "Pregunte a {person} la próxima vez que hablen. Si no fue quien llamó, \
                     telefonee de inmediato a {brand}, al número de siempre.",
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
