//! What an admin enters about a person, and what of it can be kept. Pure.

use crate::integration::FieldError;
use crate::outbound::is_address;
use crate::store::{Person, Rights, Role};

/// Longer ones are no names.
const LONGEST_NAME: usize = 100;
/// As in RFC 5321.
const LONGEST_EMAIL: usize = 254;

/// What was entered.
#[derive(Debug, Clone)]
pub struct PersonAsk {
    /// Their name.
    pub name: String,
    /// What they will sign in with; for a new one only.
    pub email: String,
    /// What they may do.
    pub rights: Rights,
}

impl PersonAsk {
    /// The name as it is kept.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The address as it is kept.
    #[must_use]
    pub fn email(&self) -> String {
        self.email.trim().to_lowercase()
    }

    /// What can't be kept, of a new person or of one who is known.
    #[must_use]
    pub fn wrong(&self, new: bool) -> Vec<FieldError> {
        let name = self.name();
        let mut wrong = Vec::new();
        let mut note = |field, detail| wrong.push(FieldError { field, detail });
        if name.is_empty() {
            note("name", "Enter their name, as colleagues will see it.");
        } else if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            note("name", "Enter a name of at most 100 characters, on one line.");
        }
        let email = self.email();
        if new && !(is_address(&email) && email.len() <= LONGEST_EMAIL && !email.contains(' ')) {
            note("email", "Enter one email address, such as ann@example.com.");
        }
        if self.rights.role == Role::Admin && !self.rights.may_use_ui {
            note(
                "may_use_ui",
                "An admin works on these pages: leave this on, or choose Technician.",
            );
        }
        wrong
    }

    /// What of a person's rights would be new, in words of the audit; empty for none.
    #[must_use]
    pub fn what_is_new(&self, seen: &Person) -> String {
        let (old, new) = (&seen.rights, &self.rights);
        let mut said = Vec::new();
        if old.role != new.role {
            said.push(format!("role: {}", new.role.as_str()));
        }
        for (was, is, what) in [
            (old.may_reset, new.may_reset, "may reset passwords"),
            (old.may_use_ui, new.may_use_ui, "may use the web UI"),
            (old.must_use_mfa, new.must_use_mfa, "must use a second factor"),
        ] {
            if was != is {
                said.push(format!("{what}: {}", if is { "on" } else { "off" }));
            }
        }
        said.join("; ")
    }
}

/// What nobody changes of themselves: what would let them in where they are not, or lock them out.
pub(super) fn own(seen: &Person, new: &Rights) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if seen.rights.role != new.role {
        let detail = "Nobody changes their own role. Ask another admin.";
        wrong.push(FieldError { field: "role", detail });
    }
    if seen.rights.may_use_ui != new.may_use_ui {
        let detail = "You would lock yourself out of these pages. Ask another admin.";
        wrong.push(FieldError { field: "may_use_ui", detail });
    }
    wrong
}

#[cfg(test)]
mod tests {
    use shared::TechnicianId;
    use uuid::Uuid;

    use super::*;

    fn rights(role: Role) -> Rights {
        Rights { role, may_reset: false, may_use_ui: true, must_use_mfa: true }
    }

    fn ask(name: &str, email: &str, rights: Rights) -> PersonAsk {
        PersonAsk { name: name.into(), email: email.into(), rights }
    }

    #[test]
    fn what_can_not_be_kept_is_named() {
        let fields = |ask: PersonAsk| -> Vec<&str> {
            ask.wrong(true).iter().map(|error| error.field).collect()
        };
        let technician = || rights(Role::Technician);
        assert!(fields(ask(" Ann  Archer ", " Ann@MSP.example ", technician())).is_empty());
        assert_eq!(ask(" Ann  Archer ", "", technician()).name(), "Ann Archer");
        assert_eq!(fields(ask("", "ann", technician())), ["name", "email"]);
        assert_eq!(
            fields(ask(&"x".repeat(101), "a@b.example, c@b.example", technician())).len(),
            2
        );
        let out = Rights { may_use_ui: false, ..rights(Role::Admin) };
        assert_eq!(fields(ask("Ann", "a@b.example", out)), ["may_use_ui"]);
    }

    #[test]
    fn what_is_new_is_said_and_what_is_ones_own_stays() {
        let seen = Person {
            id: TechnicianId(Uuid::nil()),
            name: "Ann".into(),
            email: "ann@b.example".into(),
            rights: rights(Role::Technician),
            customers: None,
            has_password: true,
            has_totp: true,
            link_until: None,
            last_sign_in_at: None,
            ended_at: None,
        };
        let same = ask("Anna", "", rights(Role::Technician));
        assert_eq!(same.what_is_new(&seen), "");
        assert!(own(&seen, &same.rights).is_empty());
        let more = Rights { may_reset: true, must_use_mfa: false, ..rights(Role::Admin) };
        let more = ask("Ann", "", more);
        assert_eq!(
            more.what_is_new(&seen),
            "role: admin; may reset passwords: on; must use a second factor: off"
        );
        assert_eq!(own(&seen, &more.rights).len(), 1);
        let out = Rights { may_use_ui: false, ..rights(Role::Technician) };
        assert_eq!(own(&seen, &out)[0].field, "may_use_ui");
    }
}
