//! What an import would do, line by line, and why a line can't be taken. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use shared::{ContactId, CustomerId};

use super::card::{Card, card, tidy};
use super::sheet::{Column, Sheet};
use crate::store::KnownContact;
use crate::verification::same_numbers;

/// A line that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In the file, from 1.
    pub number: usize,
    /// The customer's name, as the customer has it.
    pub customer: String,
    /// Which; `None` for one that is to be made.
    pub customer_id: Option<CustomerId>,
    /// The person's name.
    pub name: String,
    /// In lower case.
    pub email: String,
    /// Empty where the file has none: then those that are there stay.
    pub phones: Vec<String>,
    /// What it comes to.
    pub fate: Fate,
    /// Whether it brings numbers that were not on the card.
    pub renumbers: bool,
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A contact that was not there.
    New,
    /// One that was, with something else on their card.
    Changed(ContactId),
    /// One that is so already.
    Same,
}

/// A line that can't be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// In the file, from 1.
    pub number: usize,
    /// One sentence or two.
    pub why: String,
}

/// What an import would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is taken.
    pub lines: Vec<Line>,
    /// What is not.
    pub bad: Vec<BadLine>,
    /// Customers that would be made, or would have to be.
    pub new_customers: Vec<String>,
}

/// What is there.
pub(super) struct There<'a> {
    /// Customers by name.
    pub customers: &'a [(CustomerId, String)],
    /// Contacts of these customers.
    pub contacts: &'a [KnownContact],
    /// The keyed hash of an address, as a PSA's contact has it.
    pub hash: &'a dyn Fn(&str) -> Vec<u8>,
}

/// Which columns are missing, in words; `None` when none is.
#[must_use]
pub fn missing(columns: &[Column]) -> Option<&'static str> {
    let has = |column| columns.contains(&column);
    match (has(Column::Email), has(Column::Customer)) {
        _ if !(has(Column::Name) || has(Column::FirstName) || has(Column::LastName)) => {
            Some("Say which column is the name.")
        }
        (false, _) => Some("Say which column is the email: a contact is known by it."),
        (_, false) => Some("Say which column is the customer."),
        _ => None,
    }
}

/// Which of these customers the sheet names.
#[must_use]
pub(super) fn customers_in(sheet: &Sheet, customers: &[(CustomerId, String)]) -> Vec<CustomerId> {
    let at = sheet.columns.iter().position(|column| *column == Column::Customer);
    let Some(at) = at else { return Vec::new() };
    let named: HashSet<String> =
        sheet.lines.iter().filter_map(|(_, cells)| Some(key(cells.get(at)?))).collect();
    customers.iter().filter(|(_, name)| named.contains(&key(name))).map(|(id, _)| *id).collect()
}

/// How a customer's name is compared.
#[must_use]
pub fn key(name: &str) -> String {
    tidy(name).to_lowercase()
}

/// What an import of this sheet would do; customers that are not there are made where `new_customers` says so.
#[must_use]
pub(super) fn plan(sheet: &Sheet, there: &There<'_>, new_customers: bool) -> Plan {
    let mut customers: HashMap<String, Vec<&(CustomerId, String)>> = HashMap::new();
    for customer in there.customers {
        customers.entry(key(&customer.1)).or_default().push(customer);
    }
    let mut known: HashMap<(CustomerId, String), Vec<&KnownContact>> = HashMap::new();
    let mut of_psa: HashMap<(CustomerId, &[u8]), &KnownContact> = HashMap::new();
    for contact in there.contacts {
        match &contact.address_hash {
            Some(hash) => drop(of_psa.insert((contact.customer, hash), contact)),
            None => {
                let email = contact.email.trim().to_lowercase();
                known.entry((contact.customer, email)).or_default().push(contact);
            }
        }
    }
    let mut plan = Plan::default();
    let mut made: BTreeMap<String, String> = BTreeMap::new();
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for (number, cells) in &sheet.lines {
        let number = *number;
        let card = match card(&sheet.columns, cells) {
            Ok(card) => card,
            Err(why) => {
                plan.bad.push(BadLine { number, why });
                continue;
            }
        };
        let mut bad = |why: String| plan.bad.push(BadLine { number, why });
        let low = key(&card.customer);
        let (customer, customer_id) = match customers.get(&low).map(Vec::as_slice) {
            Some([(id, name)]) => (name.clone(), Some(*id)),
            Some(_) => {
                bad(format!("Two customers are called “{}”: rename one of them.", card.customer));
                continue;
            }
            None => {
                let name = made.entry(low.clone()).or_insert(card.customer);
                if !new_customers {
                    bad(format!("There is no customer called “{name}”."));
                    continue;
                }
                (name.clone(), None)
            }
        };
        if let Some(first) = seen.insert((low, card.email.clone()), number) {
            bad(format!("This address stands on line {first} already, at the same customer."));
            continue;
        }
        let (mut fate, mut renumbers) = (Fate::New, !card.phones.is_empty());
        if let Some(id) = customer_id {
            if of_psa.contains_key(&(id, (there.hash)(&card.email).as_slice())) {
                bad("This contact is in your PSA: what stands there counts.".into());
                continue;
            }
            match known.get(&(id, card.email.clone())).map(Vec::as_slice) {
                None | Some([]) => {}
                Some([contact]) => {
                    fate = compare_card(contact, &card.name, &card.phones);
                    renumbers &= !same_numbers(&contact.phones, &card.phones);
                }
                Some(_) => {
                    bad("Several contacts of this customer have this address: nobody knows whom is meant.".into());
                    continue;
                }
            }
        }
        let Card { name, email, phones, .. } = card;
        let line = Line { number, customer, customer_id, name, email, phones, fate, renumbers };
        plan.lines.push(line);
    }
    plan.new_customers = made.into_values().collect();
    plan
}

/// What becomes of a contact who is there. The same numbers, written otherwise, are nothing new: they stay as
/// they are written.
#[must_use]
pub fn compare_card(there: &KnownContact, name: &str, phones: &[String]) -> Fate {
    let same_phones = phones.is_empty() || same_numbers(&there.phones, phones);
    if there.name == name && same_phones { Fate::Same } else { Fate::Changed(there.id) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ALPINE: CustomerId = CustomerId(Uuid::from_u128(1));

    fn known(n: u128, name: &str, email: &str, phones: &[&str]) -> KnownContact {
        KnownContact {
            id: ContactId(Uuid::from_u128(n)),
            customer: ALPINE,
            name: name.into(),
            email: email.into(),
            phones: phones.iter().map(|it| (*it).to_owned()).collect(),
            address_hash: None,
        }
    }

    fn planned(lines: &str, new_customers: bool) -> Plan {
        let sheet = Sheet::read(&format!("Name,Email,Phone,Mobile,Customer\n{lines}")).unwrap();
        let customers = [
            (ALPINE, "Alpine".to_owned()),
            (CustomerId(Uuid::from_u128(2)), "Twin".into()),
            (CustomerId(Uuid::from_u128(3)), "TWIN".into()),
        ];
        let of_psa = KnownContact {
            address_hash: Some(b"psa@x.example".to_vec()),
            ..known(13, "Paula", "", &[])
        };
        let contacts = [
            known(11, "Ada Park", "Ada@X.example", &["1234"]),
            known(15, "Cy", "cy@x.example", &["+41 79 123 45 67"]),
            known(12, "Bo", "two@x.example", &[]),
            known(14, "Bob", "two@x.example", &[]),
            of_psa,
        ];
        let hash = |address: &str| address.as_bytes().to_vec();
        let there = There { customers: &customers, contacts: &contacts, hash: &hash };
        plan(&sheet, &there, new_customers)
    }

    #[test]
    fn a_line_is_new_changed_or_the_same() {
        let fate = |line: &str| {
            let plan = planned(line, false);
            assert!(plan.bad.is_empty(), "{:?}", plan.bad);
            plan.lines[0].fate.clone()
        };
        let ada = Fate::Changed(ContactId(Uuid::from_u128(11)));
        assert_eq!(fate("Ada Park,ADA@x.example,1234,,alpine"), Fate::Same);
        assert_eq!(
            fate("Ada Park,ada@x.example,,,Alpine"),
            Fate::Same,
            "no number takes none away"
        );
        assert_eq!(fate("Cy,cy@x.example,+41791234567,,Alpine"), Fate::Same, "written otherwise");
        assert_eq!(fate("Ada Parker,ada@x.example,,,Alpine"), ada);
        assert_eq!(fate("Ada Park,ada@x.example,1234,5678,Alpine"), ada);
        assert_eq!(fate("Ada Park,new@x.example,,,Alpine"), Fate::New);
        let line = &planned("Cyrus,cy@x.example,+41791234567,,Alpine", false).lines[0];
        assert!(!line.renumbers && line.fate != Fate::Same, "another name, the same numbers");
        let line = &planned("Cy,cy@x.example,+41791234568,,Alpine", false).lines[0];
        assert!(line.renumbers, "another number");
        let line = &planned("Ada  Park,new@x.example,\"1234; 5678\",5678,Alpine", false).lines[0];
        assert_eq!((line.name.as_str(), line.number), ("Ada Park", 2));
        assert_eq!(line.phones, ["1234", "5678"]);
    }

    #[test]
    fn a_bad_line_says_why_and_the_others_are_taken() {
        for (line, why) in [
            (",a@x.example,,,Alpine", "There is no name."),
            ("A,,,,Alpine", "There is no e-mail address"),
            ("A,nobody,,,Alpine", "“nobody” is no e-mail address."),
            ("A,a@b@c.example,,,Alpine", "is no e-mail address."),
            ("A,a@x.example,,,", "There is no customer."),
            ("A,a@x.example,call me,,Alpine", "“call me” is no phone number."),
            ("A,a@x.example,4.93012E+11,,Alpine", "format its column as text"),
            ("A,a@x.example,,,Nobody", "There is no customer called “Nobody”."),
            ("A,a@x.example,,,twin", "Two customers are called"),
            ("A,two@x.example,,,Alpine", "Several contacts"),
            ("A,psa@x.example,,,Alpine", "is in your PSA"),
        ] {
            let plan = planned(&format!("{line}\nGood,good@x.example,,,Alpine"), false);
            assert_eq!((plan.bad.len(), plan.lines.len()), (1, 1), "{line}");
            assert_eq!(plan.bad[0].number, 2);
            assert!(plan.bad[0].why.contains(why), "{line}: {}", plan.bad[0].why);
        }
        let twice = planned("A,a@x.example,,,Alpine\nB,A@x.example,,,ALPINE", false);
        assert!(twice.bad[0].why.contains("stands on line 2 already"), "{:?}", twice.bad);
    }

    #[test]
    fn new_customers_are_made_once_where_wanted() {
        let lines = "A,a@x.example,,,New One\nB,b@x.example,,,new  one";
        let plan = planned(lines, true);
        assert_eq!(plan.new_customers, ["New One"]);
        assert!(plan.lines.iter().all(|it| it.customer == "New One" && it.customer_id.is_none()));
        let plan = planned(lines, false);
        assert_eq!((plan.bad.len(), plan.new_customers.len()), (2, 1), "offered");
    }

    #[test]
    fn the_columns_that_it_needs_are_asked_for() {
        use Column::{Customer, Email, FirstName, Name, Phone};
        assert_eq!(missing(&[Name, Email, Customer]), None);
        assert_eq!(missing(&[FirstName, Email, Customer]), None);
        assert!(missing(&[Email, Customer, Phone]).unwrap().contains("name"));
        assert!(missing(&[Name, Customer]).unwrap().contains("email"));
        assert!(missing(&[Name, Email]).unwrap().contains("customer"));
    }
}
