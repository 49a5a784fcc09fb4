//! Limits and warnings.

use super::{Field, LIMIT, Looser, Scope, Section, days};

const COSTS: &str = "More texts can be had at your expense, and more codes can be guessed at.";
const MANY: &str =
    "Somebody with a technician’s sign-in can reset more people before it is noticed.";
const LATER: &str = "You hear later of somebody who talks your help desk into resets.";

/// Limits and warnings.
pub(super) const LIMITS: Section = Section {
    id: "limits",
    title: "Limits and warnings",
    lead: "What is more than usual is warned of first, and then stopped. Hours and days begin with the \
           first one.",
    fields: &[
        Field::new("warn_person", "Warn from a person’s reset on", LIMIT, Looser::More)
            .hint("So many of one person in a day: the technician is warned and admins hear of it.")
            .risk(LATER),
        Field::new("warn_technician", "Warn from a technician’s reset on", LIMIT, Looser::More)
            .hint("So many by one technician in an hour.")
            .risk(LATER)
            .only(Scope::Account),
        Field::new("warn_changed_ms", "Warn of a changed card for", days(1, 366), Looser::Less)
            .hint("A number on a contact’s card that became another one is warned of for so long.")
            .risk("Somebody who edited a card needs to wait less until nobody is warned of it."),
        Field::new("resets_per_person", "Resets of one person in a day", LIMIT, Looser::More)
            .hint("More are refused.")
            .risk(MANY),
        Field::new(
            "resets_per_technician",
            "Resets by one technician in an hour",
            LIMIT,
            Looser::More,
        )
        .hint("More are refused; over all customers.")
        .risk(MANY)
        .only(Scope::Account),
        Field::new(
            "resets_per_customer",
            "Resets for one customer in an hour",
            LIMIT,
            Looser::More,
        )
        .hint("More are refused.")
        .risk(MANY),
        Field::new(
            "resets_per_account",
            "Resets by everybody in an hour: the brake",
            LIMIT,
            Looser::More,
        )
        .hint("More stop all resets until that hour is over, and mail the admins.")
        .risk(MANY)
        .only(Scope::Account),
        Field::new(
            "codes_per_destination",
            "Codes to one destination in an hour",
            LIMIT,
            Looser::More,
        )
        .hint("Codes and links that verify, and notices, to one phone or mailbox.")
        .risk(COSTS),
        Field::new("codes_per_contact", "Codes to one contact in an hour", LIMIT, Looser::More)
            .hint("To all destinations of one person together.")
            .risk(COSTS),
        Field::new(
            "codes_per_technician",
            "Codes by one technician in an hour",
            LIMIT,
            Looser::More,
        )
        .hint("Over all customers.")
        .risk(COSTS)
        .only(Scope::Account),
        Field::new("codes_per_account", "Codes by everybody in an hour", LIMIT, Looser::More)
            .hint("Over all customers: texts cost money.")
            .risk(COSTS)
            .only(Scope::Account),
    ],
};
