//! Who may do what: the one table that the settings page and `docs/people.md` show. It says in words what
//! is enforced elsewhere (the route table, the domain); it lets nobody do anything by itself.

use crate::store::{Rights, Role};

/// What a role is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Always.
    Yes,
    /// Never.
    No,
    /// While this flag of theirs is on.
    With(Flag),
}

/// What an admin switches for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// May reset passwords.
    Reset,
    /// May use the web UI.
    Ui,
}

impl Flag {
    /// As the pages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Flag::Reset => "May reset passwords",
            Flag::Ui => "May use the web UI",
        }
    }

    const fn of(self, rights: &Rights) -> bool {
        match self {
            Flag::Reset => rights.may_reset,
            Flag::Ui => rights.may_use_ui,
        }
    }
}

impl May {
    /// For a cell of the table.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            May::Yes => "Yes".into(),
            May::No => "No".into(),
            May::With(flag) => format!("With “{}”", flag.name()),
        }
    }
}

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy)]
pub struct Ability {
    /// To do what.
    pub what: &'static str,
    /// Whether a technician may.
    pub technician: May,
    /// Whether an admin may.
    pub admin: May,
    /// Of how long ago the second factor may be that is asked for, in words; `None` where none is.
    pub second_factor: Option<&'static str>,
}

impl Ability {
    /// What this role is allowed.
    #[must_use]
    pub const fn of(&self, role: Role) -> May {
        match role {
            Role::Technician => self.technician,
            Role::Admin => self.admin,
        }
    }

    /// Whether somebody with these rights may.
    #[must_use]
    pub const fn allows(&self, rights: &Rights) -> bool {
        match self.of(rights.role) {
            May::Yes => true,
            May::No => false,
            May::With(flag) => flag.of(rights),
        }
    }
}

const fn row(
    what: &'static str,
    technician: May,
    admin: May,
    second_factor: Option<&'static str>,
) -> Ability {
    Ability { what, technician, admin, second_factor }
}

const CONNECT: &str =
    "Connect customers, PSAs, Duo, texts, mail and single sign-on; list people as contacts";
/// As for a reset.
const TWELVE_HOURS: Option<&str> = Some("12 hours");
/// As for what admins change.
const HOUR: Option<&str> = Some("hour");

/// All of them. Flags are two apart from roles: an admin resets nothing unless somebody lets them.
pub const ABILITIES: [Ability; 12] = [
    row("See the caller and verify them, in a PSA’s ticket", May::Yes, May::Yes, None),
    row("Tickets, contacts and approvals on our own pages", May::With(Flag::Ui), May::Yes, None),
    row("Reset a password", May::With(Flag::Reset), May::With(Flag::Reset), TWELVE_HOURS),
    row(
        "Approve a colleague’s reset",
        May::With(Flag::Reset),
        May::With(Flag::Reset),
        TWELVE_HOURS,
    ),
    row("Look after one’s own sign-in", May::Yes, May::Yes, None),
    row("Read the audit and the dashboard, check the chain", May::No, May::Yes, None),
    row("Export the audit", May::No, May::Yes, HOUR),
    row("Import contacts", May::No, May::Yes, HOUR),
    row(CONNECT, May::No, May::Yes, HOUR),
    row("Make keys for programs, and webhooks", May::No, May::Yes, HOUR),
    row("Change policy and branding", May::No, May::Yes, HOUR),
    row("Invite, change and remove people", May::No, May::Yes, HOUR),
];

/// Of whose people that is.
pub const CUSTOMERS: &str = "For a technician all of this is about the customers that they have: all of the \
     account’s, or those that an admin has listed for them. Admins have all.";

/// The table as Markdown: `docs/people.md` has it between its two marks.
#[must_use]
pub fn as_markdown() -> String {
    let mut text = String::from(
        "| | Technician | Admin | Needs a second factor of the last |\n|---|---|---|---|\n",
    );
    for ability in ABILITIES {
        let (technician, admin) = (ability.technician.words(), ability.admin.words());
        let factor = ability.second_factor.unwrap_or_default();
        text += &format!("| {} | {technician} | {admin} | {factor} |\n", ability.what);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_have_this_very_table() {
        let docs = include_str!("../../../docs/people.md").replace('\r', "");
        let table = docs.split("<!-- abilities -->\n").nth(1).expect("two marks around the table");
        assert_eq!(table.trim(), as_markdown().trim());
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&docs).contains(&words(CUSTOMERS)), "and what it says below its table");
    }

    #[test]
    fn an_admin_resets_only_when_somebody_lets_them() {
        let rights =
            |role, may_reset| Rights { role, may_reset, may_use_ui: true, must_use_mfa: true };
        let reset = ABILITIES.iter().find(|ability| ability.what == "Reset a password").unwrap();
        for role in [Role::Admin, Role::Technician] {
            assert!(reset.allows(&rights(role, true)) && !reset.allows(&rights(role, false)));
        }
        let people = ABILITIES.last().unwrap();
        assert!(people.allows(&rights(Role::Admin, false)));
        assert!(!people.allows(&rights(Role::Technician, true)));
    }
}
