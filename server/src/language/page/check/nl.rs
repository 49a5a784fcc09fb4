//! Dutch: *u*.

use super::super::nl::PHRASES as PAGE;
use super::{CheckPhrases, Common};

pub(super) const PHRASES: CheckPhrases = CheckPhrases {
    title: "Bent u aan de telefoon met uw helpdesk?",
    no_script_why: "Deze pagina vraagt of u het bent die met de helpdesk belt. Zet JavaScript aan \
                    voor deze site en open de link opnieuw, of open de link in een andere \
                    browser.",
    why: "{by} van {brand} is aan de telefoon met iemand die uw naam heeft opgegeven. Spreekt u \
          nu met {by}?",
    why_vouching: "{by} van {brand} is aan de telefoon met iemand die zich {person} noemt, en \
                   vraagt u daarvoor in te staan. Ga alleen verder als u {person} zelf hebt \
                   gesproken en nu met {by} spreekt.",
    deny: "Dit ben ik niet",
    deny_vouching: "Hier sta ik niet voor in",
    common: Common::of(&PAGE),
    ask: "Bent u nu met ons aan de telefoon?",
    code: "Twee cijfers",
    code_why: "{} noemt ze aan de telefoon. Vul geen cijfers in die u op een andere manier krijgt.",
    code_missing: "Vul de twee cijfers in die u aan de telefoon hoort.",
    confirm: "Bevestigen",
    sending: "Een ogenblik…",
    wrong: "Dat zijn niet de juiste cijfers.",
    tries: ["U hebt nog één poging.", "U hebt {} pogingen."],
    sure: "Zullen we alarm slaan?",
    sure_why: "Dit verzoek stopt meteen, en {} hoort dat iemand zich misschien voor een ander \
               uitgeeft. Spreekt u nu met de helpdesk? Ga dan terug.",
    tell: "Ja, meld het",
    back: "Terug",
    done: "Bedankt, dit is bevestigd",
    done_why: "{} ziet het al. Ga verder met uw gesprek; deze pagina kunt u sluiten.",
    told: "Bedankt, we hebben het gemeld",
    told_why: "Niemand kan dit verzoek nog gebruiken. Heeft iemand u gebeld om deze cijfers te \
               krijgen? Hang op en bel {}.",
    told_desk: "Niemand kan dit verzoek nog gebruiken. Heeft iemand u gebeld om deze cijfers te \
                krijgen? Hang op en bel uw helpdesk.",
    dead_why: "De link is al beantwoord of verlopen, of er is een nieuwere. U hebt niets verkeerd \
               gedaan.",
    partial_why: "Open de link opnieuw vanuit het bericht, of kopieer de hele link.",
    call: "Bent u met ons aan de telefoon? Vraag dan om een nieuwe link. Bel anders {}.",
    call_desk: "Bent u met ons aan de telefoon? Vraag dan om een nieuwe link. Bel anders uw \
                helpdesk.",
};
