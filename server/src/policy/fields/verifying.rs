//! Who may be verified how, and what that is worth.

use super::{Field, Kind, Looser, Scope, Section, minutes};

/// Ways of verifying.
pub(super) const WHO: Section = Section {
    id: "who",
    title: "Who may be verified how",
    lead: "How technicians may find out that a caller is who they say. What counts for a reset is said \
           below.",
    fields: &[
        Field::new("methods", "Ways of verifying", Kind::Channels { some: true }, Looser::Added)
            .hint("What technicians are offered. Duo needs a Duo integration, texts need Twilio, mails \
                   a mail server.")
            .risk("A way that is easy to get at shows a green shield to a technician who may take \
                   somebody’s word for more than a password."),
        Field::new("shown_ms", "A shield stays green for", minutes(1, 24 * 60), Looser::More)
            .hint("How long a verification is shown as fresh beside the ticket. What a reset needs is \
                   said below.")
            .risk("Whoever calls back later, from any phone, is taken for the person who was \
                   verified."),
        Field::new("history_shown", "Earlier verifications shown", Kind::Count { least: 1, most: 50 }, Looser::Neither)
            .hint("How many of a contact’s earlier verifications the technician sees."),
    ],
};

/// For a reset.
pub(super) const COUNTS: Section = Section {
    id: "counts",
    title: "What counts for a reset",
    lead: "A reset needs a verification of this person, in this ticket, that has not been used yet. \
           These say which ones will do.",
    fields: &[
        Field::new(
            "reset_methods",
            "Ways that count for a reset",
            Kind::Channels { some: false },
            Looser::Added,
        )
        .hint("Some of the ways above. None: nobody can be reset.")
        .risk(
            "Mail may well be in the mailbox that the reset opens: whoever reads it already would \
                   be verified by it.",
        ),
        Field::new("fresh_ms", "A verification counts for", minutes(1, 24 * 60), Looser::More)
            .hint("How long after it a reset may be confirmed.")
            .risk("The longer, the more time somebody else has to go on in the caller’s name."),
        Field::new(
            "accept_contact_phones",
            "Numbers from the card count",
            Kind::Switch,
            Looser::On,
        )
        .hint(
            "By default only numbers count that Microsoft has registered for the person, also \
                   when the card in your PSA shows the same one.",
        )
        .risk(
            "Whoever can edit a card in your PSA can then be verified as anybody: the PSA \
                   becomes the key to every mailbox.",
        ),
        Field::new(
            "alternate_mobile",
            "The second registered mobile counts",
            Kind::Switch,
            Looser::On,
        )
        .hint(
            "Where Microsoft has no first mobile for a person, the second one verifies them and \
                   gets the link.",
        )
        .risk(
            "Microsoft itself only calls it, so it may be a landline; and one that people forget \
                   about may be somebody else’s by now.",
        ),
    ],
};

/// Codes and links that verify.
pub(super) const CODES: Section = Section {
    id: "codes",
    title: "Codes and links",
    lead: "What is sent to verify somebody. How likely guessing is with these numbers: see the \
           documents, docs/policy.md.",
    fields: &[
        Field::new(
            "code_digits",
            "Digits of a code",
            Kind::Count { least: 6, most: 10 },
            Looser::Less,
        )
        .hint("Six are read out without mistakes.")
        .risk("Each digit less makes guessing ten times as likely."),
        Field::new(
            "code_tries",
            "Tries of a code",
            Kind::Count { least: 1, most: 10 },
            Looser::More,
        )
        .hint("After as many wrong ones a new code is needed.")
        .risk("Guessing becomes likelier with each try."),
        Field::new("code_ms", "A code by text can be entered for", minutes(1, 10), Looser::More)
            .hint("At most 10 minutes (NIST SP 800-63B-4).")
            .risk("Whoever sees the text later can still use it."),
        Field::new(
            "mail_code_ms",
            "A code by mail can be entered for",
            minutes(1, 60),
            Looser::More,
        )
        .hint("Mail is slow; some servers put strangers off for minutes.")
        .risk("Whoever reads the mail later can still use it."),
        Field::new(
            "answer_link_ms",
            "A verification’s link can be answered for",
            minutes(1, 30),
            Looser::More,
        )
        .hint("The link’s page takes the two digits that the technician says; two tries.")
        .risk("Whoever sees the message later can still answer it."),
    ],
};

/// A second technician.
pub(super) const SECOND: Section = Section {
    id: "second",
    title: "Second technician",
    lead: "Some resets are worth a second look: another technician has to approve them.",
    fields: &[
        Field::new("protected_groups", "Protected groups", Kind::Groups, Looser::Removed)
            .hint("Members are reset only when a second technician approves: executives, finance, IT. \
                   One object id per line, as Entra shows it: admin center, Groups, the group, Overview, \
                   Object ID. Groups belong to one customer’s tenant: say them at that customer.")
            .risk("Who is in a group that you take out can be reset by one technician alone."),
        Field::new("approve_everybody", "Every reset needs a second technician", Kind::Switch, Looser::Off)
            .hint("Not only those of protected people.")
            .risk("Off: one technician can reset everybody who is not protected otherwise."),
        Field::new("approval_ms", "An approval can be given and used for", minutes(1, 24 * 60), Looser::More)
            .hint("So long the second technician can answer, and so long the first can then confirm.")
            .risk("The longer, the less the second technician knows of what happens with it."),
    ],
};

/// Somebody's word.
pub(super) const VOUCHING: Section = Section {
    id: "vouching",
    title: "Vouching",
    lead: "Where somebody can’t be verified, for their phone is lost, another person of the same customer \
           may be verified and vouch for them, with a note.",
    fields: &[
        Field::new("vouching", "Somebody else may vouch", Kind::Switch, Looser::On)
            .hint("The person’s manager as Microsoft has it, or one of the approvers.")
            .risk("Whoever can pass for a manager can have the whole team’s passwords reset, one by one."),
        Field::new("approvers", "Approvers", Kind::Contacts, Looser::Added)
            .hint("People of this customer who may vouch for everybody there, beside each one’s manager.")
            .risk("Whoever can pass for an approver can have anybody’s password there reset.")
            .only(Scope::Customer),
    ],
};
