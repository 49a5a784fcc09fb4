//! The one table of what a policy says: from it come the form, the API, the view of what holds, the
//! documents, and what counts as asking for less.

mod delivery;
mod limits;
mod verifying;

/// Fields that belong together, as form and documents show them.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it is about.
    pub lead: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// One field of a [`Policy`](super::Policy).
pub struct Field {
    /// As in JSON.
    pub name: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// What it does.
    pub hint: &'static str,
    /// What follows when it is loosened; empty where nothing does.
    pub risk: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Which way asks for less.
    pub looser: Looser,
    /// Who may say it.
    pub scope: Scope,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Ways of verifying.
    Channels {
        /// Whether there must be one.
        some: bool,
    },
    /// Milliseconds, which people see in a unit.
    Time {
        /// The unit.
        unit: Unit,
        /// In units.
        least: i64,
        /// In units.
        most: i64,
    },
    /// A number of things.
    Count {
        /// At least.
        least: u32,
        /// At most.
        most: u32,
    },
    /// On or off.
    Switch,
    /// One of these: as in JSON, and as people read it.
    Choice(&'static [(&'static str, &'static str)]),
    /// `US`, or the beginning of a number.
    Countries,
    /// Object ids of groups at Microsoft.
    Groups,
    /// Contacts of the customer.
    Contacts,
}

/// What people see milliseconds in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 000 of them.
    Minutes,
    /// 3 600 000.
    Hours,
    /// 86 400 000.
    Days,
}

impl Unit {
    /// Milliseconds in it.
    #[must_use]
    pub const fn ms(self) -> i64 {
        match self {
            Unit::Minutes => 60_000,
            Unit::Hours => 60 * 60_000,
            Unit::Days => 24 * 60 * 60_000,
        }
    }

    /// One of it, and several.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Unit::Minutes => ("minute", "minutes"),
            Unit::Hours => ("hour", "hours"),
            Unit::Days => ("day", "days"),
        }
    }
}

/// Which way a field asks for less. Admins hear of such a change (design §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looser {
    /// Neither.
    Neither,
    /// A larger number, or a longer time.
    More,
    /// A smaller one.
    Less,
    /// On.
    On,
    /// Off.
    Off,
    /// What was not in the list before.
    Added,
    /// What is not in the list any more.
    Removed,
    /// What stands later among the choices.
    Later,
}

/// Who may say a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The account, and each customer.
    Both,
    /// Only the account: what is counted over all customers.
    Account,
    /// Only a customer: its own people.
    Customer,
}

impl Field {
    const fn new(name: &'static str, label: &'static str, kind: Kind, looser: Looser) -> Self {
        Self { name, label, hint: "", risk: "", kind, looser, scope: Scope::Both }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn risk(self, risk: &'static str) -> Self {
        Self { risk, ..self }
    }

    const fn only(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Whether the account, or a customer, may say it.
    #[must_use]
    pub fn is_said_by(&self, customer: bool) -> bool {
        match self.scope {
            Scope::Both => true,
            Scope::Account => !customer,
            Scope::Customer => customer,
        }
    }
}

const fn minutes(least: i64, most: i64) -> Kind {
    Kind::Time { unit: Unit::Minutes, least, most }
}

const fn days(least: i64, most: i64) -> Kind {
    Kind::Time { unit: Unit::Days, least, most }
}

/// A limit that may as well be none.
const LIMIT: Kind = Kind::Count { least: 1, most: 1_000_000 };

/// All of them, in the order in which they are shown.
pub const SECTIONS: [&Section; 9] = [
    &verifying::WHO,
    &verifying::COUNTS,
    &verifying::CODES,
    &delivery::SAME_PHONE,
    &verifying::SECOND,
    &verifying::VOUCHING,
    &limits::LIMITS,
    &delivery::ABROAD,
    &delivery::RESET,
];

/// Every field.
pub fn all() -> impl Iterator<Item = &'static Field> {
    SECTIONS.into_iter().flat_map(|section| section.fields)
}

/// The field of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Field> {
    all().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn the_table_has_each_field_once_with_words() {
        let whole = serde_json::to_value(Policy::default()).unwrap();
        let mut known: Vec<&str> = whole.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed: Vec<&str> = all().map(|field| field.name).collect();
        known.sort_unstable();
        listed.sort_unstable();
        assert_eq!(known, listed);
        for field in all() {
            let name = field.name;
            assert!(!field.label.is_empty() && !field.label.ends_with('.'), "{name}");
            assert!(field.hint.ends_with('.') || field.hint.ends_with(')'), "{name}");
            assert!(field.risk.is_empty() || field.risk.ends_with('.'), "{name}");
            assert!(!field.hint.contains('|') && !field.risk.contains('|'), "{name}: a table's");
        }
        assert!(named("fresh_ms").is_some() && named("fresh").is_none());
    }
}
