//! The mail to the admins that the policy asks for less than before.

use super::letters::Letter;
use crate::policy::fields;

/// To the admins: what of whose policy was loosened, and what follows. What stands there now is not
/// repeated: whoever reads this looks it up at home, not behind something in a mail.
pub(super) fn loosened(customer: Option<&str>, names: &[&str], at: &str) -> Letter {
    let whose = match customer {
        Some(name) => format!("the policy for {name}"),
        None => "the policy of your account".to_owned(),
    };
    let place = match customer {
        Some(name) => format!("Settings, Policy, \"{name}\""),
        None => "Settings, Policy".to_owned(),
    };
    let changed: String = names
        .iter()
        .map(|name| match fields::named(name) {
            Some(field) => format!("  - {}. {}\n", field.label, field.risk),
            // Of a version that knew more.
            None => format!("  - {name}\n"),
        })
        .collect();
    let short: String =
        customer.unwrap_or_default().chars().filter(|c| !c.is_control()).take(30).collect();
    let subject = if short.is_empty() {
        "Password resets ask for less than before".to_owned()
    } else {
        format!("Password resets for {short} ask for less")
    };
    Letter {
        subject,
        body: format!(
            "An admin of yours has changed {whose}, {at}. It asks for less than before:\n\n{changed}\n\
             If nobody meant to do that, open {place}, and put it right. The audit says who did it, \
             and what stood there.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::fields::Looser;

    #[test]
    fn it_says_what_whose_and_what_follows() {
        let at = "2026-11-22 14:05 UTC";
        let letter = loosened(None, &["accept_contact_phones", "gone"], at);
        for says in ["Numbers from the card count", "key to every mailbox", "- gone", at] {
            assert!(letter.body.contains(says), "{says}: {}", letter.body);
        }
        let letter = loosened(Some("Northwind\nDental"), &["fresh_ms"], at);
        assert!(letter.subject.contains("NorthwindDental") && !letter.subject.contains('\n'));
        assert!(letter.body.contains("Settings, Policy, \"Northwind"), "{}", letter.body);
        for field in fields::all().filter(|field| field.looser != Looser::Neither) {
            assert!(!field.risk.is_empty(), "{}: what follows when it is loosened?", field.name);
        }
    }
}
