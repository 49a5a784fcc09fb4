//! German: *Sie*.

use super::PagePhrases;

pub(super) const PHRASES: PagePhrases = PagePhrases {
    looking: "Ihr Link wird geprüft…",
    slow: "Das dauert länger als üblich. Laden Sie die Seite neu, oder öffnen Sie den Link in einem \
           anderen Browser. Es geht nichts verloren.",
    no_script: "Bitte schalten Sie JavaScript ein",
    no_script_why: "Ihr Passwort ist verschlüsselt, und nur diese Seite kann es für Sie \
                    entschlüsseln. Schalten Sie JavaScript für diese Website ein und laden Sie die \
                    Seite neu, oder öffnen Sie den Link in einem anderen Browser. Es geht nichts \
                    verloren.",
    title: "Ihr neues Passwort",
    from: "Von {}",
    ready: "Ihr Passwort ist bereit",
    ready_why: "{} hat Ihr Passwort zurückgesetzt. Tippen Sie auf die Schaltfläche, wenn Sie es \
                gleich verwenden möchten: Dieser Link zeigt es nur einmal.",
    until: "Dieser Link funktioniert bis {}.",
    code: "Freischaltcode",
    code_why: "Ihr Support nennt Ihnen diese Nummer am Telefon.",
    reveal: "Anzeigen",
    opening: "Wird geöffnet…",
    code_missing: "Geben Sie den Freischaltcode ein, den Ihr Support Ihnen nennt.",
    code_wrong: [
        "Das ist nicht der Freischaltcode. Sie haben noch einen Versuch.",
        "Das ist nicht der Freischaltcode. Sie haben noch {} Versuche.",
    ],
    too_many: "Zu viele Versuche. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.",
    offline: "Keine Antwort",
    offline_why: "Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal. Es geht nichts \
                  verloren.",
    again: "Noch einmal versuchen",
    here: "Hier ist Ihr Passwort",
    label: "Passwort",
    hidden: "Das Passwort ist verborgen",
    key: "Ziffern sind unterstrichen, Sonderzeichen eingerahmt.",
    copy: "Passwort kopieren",
    copied: "Kopiert. Fügen Sie es dort ein, wo Sie sich anmelden.",
    not_copied: "Dieser Browser erlaubt kein Kopieren. Markieren Sie das Passwort oben.",
    hide: "Verbergen",
    show: "Anzeigen",
    spell: "Buchstabieren",
    spell_not: "Buchstabieren beenden",
    spelt: "Zeichen für Zeichen",
    clears: "Verschwindet um {} vom Bildschirm.",
    longer: "Länger anzeigen",
    next: "So geht es weiter",
    steps: [
        "Kopieren Sie das Passwort.",
        "Melden Sie sich damit auf {} an oder in der App, die danach fragt.",
        "Bei der Anmeldung wählen Sie ein neues Passwort. Dieses hier gilt dann nicht mehr.",
    ],
    stays: "Dieses Passwort gilt, bis Sie es ändern.",
    never: "Niemand vom Support wird Sie bitten, dieses Passwort vorzulesen oder weiterzuleiten.",
    gone: "Das Passwort wird nicht mehr angezeigt",
    gone_why: "Es wurde zur Sicherheit ausgeblendet.",
    show_again: "Noch einmal anzeigen",
    dead: "Dieser Link funktioniert nicht mehr",
    dead_why: "Vielleicht wurde er schon verwendet, oder seine Zeit ist abgelaufen. Sie haben \
               nichts falsch gemacht.",
    partial: "Dieser Link ist unvollständig",
    partial_why: "Öffnen Sie ihn noch einmal aus der SMS, oder kopieren Sie den ganzen Link.",
    old: "Dieser Browser kann den Link nicht öffnen",
    old_why: "Öffnen Sie ihn in einem aktuellen Browser, zum Beispiel in dem, der auf Ihrem Telefon \
              schon da war. Es geht nichts verloren.",
    call: "Rufen Sie {} an, und bitten Sie um einen neuen Link.",
    call_desk: "Rufen Sie Ihren Support an, und bitten Sie um einen neuen Link.",
    doubt: "Haben Sie Fragen, oder waren Sie das nicht? Rufen Sie {} an.",
    doubt_desk: "Haben Sie Fragen, oder waren Sie das nicht? Rufen Sie Ihren Support an.",
    capital: "großes {}",
    small: "kleines {}",
    digits: ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
    signs: &[
        ('!', "Ausrufezeichen"),
        ('#', "Raute"),
        ('$', "Dollarzeichen"),
        ('%', "Prozentzeichen"),
        ('*', "Sternchen"),
        ('+', "Pluszeichen"),
        ('-', "Bindestrich"),
        ('=', "Gleichheitszeichen"),
        ('?', "Fragezeichen"),
        ('@', "At-Zeichen"),
    ],
};
