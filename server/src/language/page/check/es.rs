//! Spanish: *usted*.

use super::super::es::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "¿Está hablando con su servicio de soporte?",
    no_script_why: "Esta página pregunta si es usted quien habla con soporte. Active JavaScript \
                    para este sitio y abra de nuevo el enlace, o ábralo en otro navegador.",
    why: "{by}, de {brand}, está al teléfono con alguien que dice ser usted. ¿Está usted hablando \
          ahora con {by}?",
    why_vouching: "{by}, de {brand}, está al teléfono con alguien que dice ser {person} y le pide \
                   que responda por esa persona. Continúe solo si ha hablado usted con {person} y \
                   está hablando ahora con {by}.",
    deny: "No soy yo",
    deny_vouching: "No respondo por esto",
    common: Common::of(&PAGE),
    ask: "¿Está al teléfono con nosotros?",
    code: "Dos cifras",
    code_why: "{} se las dice por teléfono. No escriba cifras que le lleguen por otra vía.",
    code_missing: "Escriba las dos cifras que oye por teléfono.",
    confirm: "Confirmar",
    sending: "Un momento…",
    wrong: "Esas no son las cifras correctas.",
    tries: ["Le queda un intento.", "Tiene {} intentos."],
    sure: "¿Damos la alarma?",
    sure_why: "Esta solicitud termina de inmediato, y {} sabrá que puede tratarse de una \
               suplantación. Si está hablando ahora con soporte, vuelva atrás.",
    tell: "Sí, dar la alarma",
    back: "Volver",
    done: "Gracias, queda confirmado",
    done_why: "{} ya lo ve. Siga con su llamada; puede cerrar esta página.",
    told: "Gracias, hemos dado la alarma",
    told_why: "Nadie puede usar ya esta solicitud. ¿Le llamó alguien para pedirle estas cifras? \
               Cuelgue y llame a {}.",
    told_desk: "Nadie puede usar ya esta solicitud. ¿Le llamó alguien para pedirle estas cifras? \
                Cuelgue y llame al servicio de soporte.",
    dead_why: "Ya se respondió, ha caducado o hay uno más reciente. Usted no ha hecho nada mal.",
    partial_why: "Ábralo de nuevo desde el mensaje o copie el enlace entero.",
    call: "Si está hablando ahora con nosotros, pida un enlace nuevo. Si no, llame a {}.",
    call_desk: "Si está hablando ahora con nosotros, pida un enlace nuevo. Si no, llame al \
                servicio de soporte.",
};
