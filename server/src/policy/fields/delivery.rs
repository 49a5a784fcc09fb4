//! How the new password reaches the person, and what else a reset does.

use super::{Field, Kind, Looser, Section, days, minutes};

/// Verified by the phone that gets the link.
pub(super) const SAME_PHONE: Section = Section {
    id: "same-phone",
    title: "When the same phone also gets the link",
    lead: "A phone that verified its owner and then gets the link as well is one factor: whoever holds \
           it, or has its number moved to a card of theirs, would have the account.",
    fields: &[
        Field::new(
            "unlock",
            "The technician says an unlock code",
            Kind::Choice(&[
                ("always", "Always"),
                ("same-number", "When the same phone verified"),
                ("never", "Never, but for a new phone"),
            ]),
            Looser::Later,
        )
        .hint("The page behind the link asks for it: whoever has the text but not the call gets \
               nothing. A phone that is new has one whatever is set here.")
        .risk("Never: whoever holds that phone has the account, also when it was stolen or its number \
               was moved to another card."),
        Field::new("refuse_same_number", "Refuse the reset instead", Kind::Switch, Looser::Off)
            .hint("The person must then be verified another way: by Duo, or by another number.")
            .risk("Off: only the unlock code stands between that phone and the account."),
        Field::new("new_phone_ms", "A changed phone counts as new for", days(1, 366), Looser::Less)
            .hint("Since we noticed that Microsoft has another number for the person. So long a link to \
                   it needs an unlock code.")
            .risk("Somebody who registered a phone of theirs for the account needs to wait less."),
    ],
};

/// Texts abroad.
pub(super) const ABROAD: Section = Section {
    id: "abroad",
    title: "Texts abroad",
    lead: "Texts cost money, some countries’ a lot.",
    fields: &[Field::new("countries", "Countries that are texted", Kind::Countries, Looser::Added)
        .hint(
            "Two letters (ISO 3166), or the beginning of a number such as +1876; one per line or \
                   with commas. Nobody elsewhere gets a code or a link by text.",
        )
        .risk("Whoever can edit a card could have you pay for texts to numbers there.")],
};

/// The reset itself.
pub(super) const RESET: Section = Section {
    id: "reset",
    title: "The reset itself",
    lead: "What the new password looks like, how long its link lives, and who hears of it.",
    fields: &[
        Field::new(
            "password",
            "The new password",
            Kind::Choice(&[
                ("random", "16 characters, to be copied"),
                ("passphrase", "Six words, to be typed"),
            ]),
            Looser::Neither,
        )
        .hint("Either has more than 64 bits, no look-alikes, nothing of the person’s or the company’s \
               name, and three of Entra’s four classes."),
        Field::new("must_change", "A new password at the next sign-in", Kind::Switch, Looser::Off)
            .hint("Microsoft asks the person to choose one.")
            .risk("Off: the one that the link shows stays theirs, and the page says so."),
        Field::new("link_ms", "The link can be opened for", minutes(1, 24 * 60), Looser::More)
            .hint("From the moment on at which the text was accepted.")
            .risk("Whoever finds the phone, or the text on another device, can open it for longer."),
        Field::new("revoke_sessions", "Sign the person out everywhere", Kind::Switch, Looser::Off)
            .hint("Off by default: who forgot a password is not somebody whose account was taken, and \
                   would lose the phone and the mail that still work. Needs the permission \
                   User.RevokeSessions.All; tried for a quarter of an hour.")
            .risk("Off: whoever is signed in as the person stays so."),
        Field::new("notify", "Tell the person", Kind::Switch, Looser::Off)
            .hint("By mail to their mailbox, and at one more place on their card that neither verified \
                   them nor gets the link. No link, no code; limits on texts never hold it back.")
            .risk("Off: nobody but the caller hears of a reset that the caller should not have had."),
        Field::new("notify_manager", "Tell their manager", Kind::Switch, Looser::Off)
            .hint("By mail to the manager whom Microsoft has for the person. Only together with telling \
                   the person.")
            .risk("Off: one less who would notice."),
    ],
};
