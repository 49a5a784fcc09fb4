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
        check: "{brand}: ¿está hablando con nosotros? Confírmelo en {link} (válido {time}) o diga \
                allí que no es usted.",
        check_short: "{brand}: ¿habla con nosotros? Responda en {link} (válido {time}): sí o no.",
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
            subject: "{brand} pregunta si es usted",
            why: "{by}, de {brand}, está al teléfono y quiere tener la certeza de con quién habla.",
            act: "Si está hablando ahora con {by}, dicte este código (válido {time}): {code}",
            unless: "Si no está al teléfono con {brand}, no diga el código a nadie y llame a \
                     {brand}, al número de siempre.",
        },
        check: Ask {
            subject: "{brand} pregunta si es usted",
            why: "{by}, de {brand}, está al teléfono y quiere tener la certeza de con quién habla.",
            act: "Si está hablando ahora con {by}, abra esta página (válida {time}) y escriba las \
                  dos cifras que oye por teléfono:\n{link}\nLa página dice quién pregunta y por \
                  qué.",
            unless: "Si no está al teléfono con {brand}, dígalo en esa página: el enlace por sí \
                     solo no confirma nada.",
        },
    },
};
