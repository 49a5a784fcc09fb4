//! One line of a file as a contact's card, and what may stand on one. Pure.

use super::sheet::Column;
use crate::bidi;

/// Nobody's name is longer.
pub(super) const LONGEST_NAME: usize = 120;
/// Nobody's address is (RFC 5321, 4.5.3.1.3, without its brackets).
const LONGEST_EMAIL: usize = 254;
/// Numbers of one person.
pub(super) const MOST_PHONES: usize = 8;
/// Characters of a number, with all that stands between its digits.
const LONGEST_PHONE: usize = 40;

/// What a line says.
pub(super) struct Card {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phones: Vec<String>,
    pub(super) customer: String,
}

/// What a line says, or why it can't be taken.
pub(super) fn card(columns: &[Column], cells: &[String]) -> Result<Card, String> {
    let cells = || columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let of = |wanted: Column| {
        let found = cells().find(|(column, _)| **column == wanted);
        found.map_or("", |(_, cell)| cell.as_str())
    };
    let name = match of(Column::Name) {
        "" => format!("{} {}", of(Column::FirstName), of(Column::LastName)).trim().to_owned(),
        name => name.to_owned(),
    };
    let name = tidy(&name);
    if name.is_empty() {
        return Err("There is no name.".into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err("The name is longer than 120 characters.".into());
    }
    let email = of(Column::Email).to_lowercase();
    if email.is_empty() {
        return Err("There is no e-mail address: a contact is known by it.".into());
    }
    if !is_address(&email) {
        return Err(format!("“{}” is no e-mail address.", short(&email)));
    }
    let customer = tidy(of(Column::Customer));
    if customer.is_empty() {
        return Err("There is no customer.".into());
    }
    if customer.chars().count() > LONGEST_NAME {
        return Err("The customer’s name is longer than 120 characters.".into());
    }
    let mut phones: Vec<String> = Vec::new();
    for (_, cell) in cells().filter(|(column, _)| **column == Column::Phone) {
        for phone in cell.split([';', '|', '\n', ',']).map(str::trim).filter(|it| !it.is_empty()) {
            check_phone(phone)?;
            if !phones.iter().any(|it| it == phone) {
                phones.push(phone.to_owned());
            }
        }
    }
    if phones.len() > MOST_PHONES {
        return Err(format!("There are more than {MOST_PHONES} numbers."));
    }
    Ok(Card { name, email, phones, customer })
}

pub(super) fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;\"()".contains(c);
    match text.split_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && text.len() <= LONGEST_EMAIL
                && text.chars().all(plain)
        }
        None => false,
    }
}

pub(super) fn check_phone(text: &str) -> Result<(), String> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    // 4.93012E+11: what a spreadsheet makes of a number without a word.
    if text.to_ascii_uppercase().contains("E+") {
        return Err(format!(
            "A spreadsheet has shortened the number to “{}”: format its column as text.",
            short(text)
        ));
    }
    let beyond = |c: char| !(c.is_ascii_digit() || " +-().\u{a0}/#*".contains(c));
    let extension = text.to_lowercase();
    let rest = extension.replace("ext", "").replace('x', "");
    if !(3..=20).contains(&digits) || rest.chars().any(beyond) || text.len() > LONGEST_PHONE {
        return Err(format!("“{}” is no phone number.", short(text)));
    }
    Ok(())
}

/// As much of what stands there as helps to find it.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// With one blank where there are several, none around it, and nothing that turns the order of letters.
pub(super) fn tidy(text: &str) -> String {
    let text = text.replace(bidi::turns, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_as_it_is() {
        assert_eq!(tidy("  Ada \u{202E} krap\u{202C}\t "), "Ada krap");
    }

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for phone in ["+49 30 1234", "(206) 555-0123", "030/1234-56", "555.0100 ext 12", "1234x5"] {
            assert_eq!(check_phone(phone), Ok(()), "{phone}");
        }
        for phone in ["12", "none", "+49 30 1234 (Ada)", "1".repeat(21).as_str()] {
            assert!(check_phone(phone).is_err(), "{phone}");
        }
    }
}
