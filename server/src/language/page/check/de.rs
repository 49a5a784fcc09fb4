//! German: *Sie*.

use super::super::de::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "Telefonieren Sie gerade mit Ihrem Support?",
    no_script_why: "Diese Seite fragt, ob wirklich Sie mit dem Support sprechen. Schalten Sie \
                    JavaScript für diese Website ein und öffnen Sie den Link noch einmal, oder \
                    nehmen Sie einen anderen Browser.",
    why: "{by} von {brand} telefoniert mit jemandem, der sich mit Ihrem Namen gemeldet hat. \
          Sprechen Sie gerade mit {by}?",
    why_vouching: "{by} von {brand} telefoniert mit jemandem, der sich als {person} gemeldet hat, \
                   und bittet Sie, sich dafür zu verbürgen. Fahren Sie nur fort, wenn Sie selbst \
                   mit {person} gesprochen haben und gerade mit {by} sprechen.",
    deny: "Das bin ich nicht",
    deny_vouching: "Dafür verbürge ich mich nicht",
    common: Common::of(&PAGE),
    ask: "Telefonieren Sie gerade mit uns?",
    code: "Zwei Ziffern",
    code_why: "{} nennt sie Ihnen am Telefon. Geben Sie keine Ziffern ein, die Sie auf anderem \
               Weg bekommen.",
    code_missing: "Geben Sie die beiden Ziffern ein, die Sie am Telefon hören.",
    confirm: "Bestätigen",
    sending: "Einen Moment…",
    wrong: "Das sind nicht die richtigen Ziffern.",
    tries: ["Sie haben noch einen Versuch.", "Sie haben {} Versuche."],
    sure: "Sollen wir Alarm schlagen?",
    sure_why: "Diese Anfrage endet sofort, und {} erfährt, dass sich vielleicht jemand für eine \
               andere Person ausgibt. Wenn Sie gerade miteinander sprechen, gehen Sie zurück.",
    tell: "Ja, bitte melden",
    back: "Zurück",
    done: "Danke, das ist bestätigt",
    done_why: "{} sieht es schon. Setzen Sie Ihr Gespräch fort; diese Seite können Sie schließen.",
    told: "Danke, wir haben es gemeldet",
    told_why: "Mit dieser Anfrage kann niemand mehr etwas anfangen. Hat jemand Sie angerufen und \
               wollte diese Ziffern? Legen Sie auf, und rufen Sie {} an.",
    told_desk: "Mit dieser Anfrage kann niemand mehr etwas anfangen. Hat jemand Sie angerufen und \
                wollte diese Ziffern? Legen Sie auf, und rufen Sie Ihren Support an.",
    dead_why: "Er wurde schon beantwortet, seine Zeit ist abgelaufen, oder es gibt einen neueren. \
               Sie haben nichts falsch gemacht.",
    partial_why: "Öffnen Sie ihn noch einmal aus der Nachricht, oder kopieren Sie den ganzen Link.",
    call: "Wenn Sie gerade mit uns telefonieren, bitten Sie um einen neuen Link. Sonst rufen Sie \
           {} an.",
    call_desk: "Wenn Sie gerade mit uns telefonieren, bitten Sie um einen neuen Link. Sonst rufen \
                Sie Ihren Support an.",
};
