//! Which customer a PSA's company may be: by a verified domain of their Microsoft 365, else by the name.
//! Only ever offered: an admin says so, and it is in the audit. Pure.

use std::collections::HashMap;

use crate::store::{CompanyRow, Customer};

/// A customer, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Who.
    pub(super) customer: Customer,
    /// Verified domains of its tenant, in lower case.
    pub(super) domains: Vec<String>,
}

/// Customers by what companies are compared with; `None` for what two of them have.
pub(super) struct Suggestions<'a> {
    by_domain: HashMap<&'a str, Option<&'a Customer>>,
    by_name: HashMap<String, Option<&'a Customer>>,
}

impl<'a> Suggestions<'a> {
    /// Of these customers.
    #[must_use]
    pub(super) fn new(known: &'a [Known]) -> Self {
        let (mut by_domain, mut by_name) = (HashMap::new(), HashMap::new());
        for Known { customer, domains } in known {
            for domain in domains.iter().filter(|domain| !of_microsoft(domain)) {
                only(&mut by_domain, domain.as_str(), customer);
            }
            let name = plain(&customer.name);
            if !name.is_empty() {
                only(&mut by_name, name, customer);
            }
        }
        Self { by_domain, by_name }
    }

    /// Who this company may be; nothing for one that is somebody's already.
    #[must_use]
    pub(super) fn of(&self, company: &CompanyRow) -> Option<&'a Customer> {
        if company.customer.is_some() {
            return None;
        }
        match self.by_domain.get(company.domain.as_str()) {
            // Two with one domain: a name would be a guess against what is known.
            Some(found) => *found,
            None => self.by_name.get(&plain(&company.name)).copied().flatten(),
        }
    }
}

/// Remembers who has this alone.
fn only<'a, K: std::hash::Hash + Eq>(
    all: &mut HashMap<K, Option<&'a Customer>>,
    key: K,
    customer: &'a Customer,
) {
    all.entry(key)
        .and_modify(|seen| {
            if seen.is_some_and(|seen| seen.id != customer.id) {
                *seen = None;
            }
        })
        .or_insert(Some(customer));
}

/// A domain that Microsoft has given: nobody's website.
fn of_microsoft(domain: &str) -> bool {
    [".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn"]
        .iter()
        .any(|end| domain.ends_with(end))
}

/// What a company calls itself beside its name.
const FORMS: [&str; 14] = [
    "inc",
    "ltd",
    "llc",
    "gmbh",
    "corp",
    "co",
    "company",
    "limited",
    "plc",
    "ag",
    "sa",
    "bv",
    "llp",
    "incorporated",
];

/// A name without case, signs, and the company's form at its end.
fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace('&', " and ");
    // Dots and apostrophes stand inside of words: "L.L.C.", "Wood's".
    let name: String = name.chars().filter(|it| !matches!(it, '.' | '\'' | '’')).collect();
    let mut words: Vec<&str> =
        name.split(|it: char| !it.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| FORMS.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::CustomerId;
    use uuid::Uuid;

    fn customer(number: u128, name: &str) -> Customer {
        Customer { id: CustomerId(Uuid::from_u128(number)), name: name.into() }
    }

    fn company(name: &str, domain: &str) -> CompanyRow {
        CompanyRow { company: "7".into(), name: name.into(), domain: domain.into(), customer: None }
    }

    #[test]
    fn a_company_is_known_by_its_domain_then_by_its_name() {
        let known = [
            (1, "Northwind Dental, Inc.", &["northwind.example", "north.onmicrosoft.com"][..]),
            (2, "Contoso GmbH", &["contoso.example", "shared.example"]),
            (3, "Fabrikam", &["shared.example"]),
            (4, "Wood's & Sons", &[]),
            (5, "Twins Ltd", &[]),
            (6, "TWINS LLC", &[]),
            (7, "GmbH", &[]),
            (8, "---", &[]),
        ]
        .map(|(number, name, domains)| Known {
            customer: customer(number, name),
            domains: domains.iter().map(|it| (*it).to_owned()).collect(),
        });
        let suggestions = Suggestions::new(&known);
        for (name, domain, found) in [
            ("Northwind", "northwind.example", Some(1)),
            // The domain counts before the name.
            ("Contoso GmbH", "northwind.example", Some(1)),
            ("northwind dental", "", Some(1)),
            ("NORTHWIND-DENTAL L.L.C.", "elsewhere.example", Some(1)),
            ("Contoso", "", Some(2)),
            ("Contoso Co Ltd", "", Some(2)),
            ("Woods and Sons", "", Some(4)),
            // Two have it: nobody is suggested, also not by the name.
            ("Fabrikam", "shared.example", None),
            ("Twins", "", None),
            // Microsoft's own domain, a part of a name, a part of a domain.
            ("Other", "north.onmicrosoft.com", None),
            ("Northwind", "", None),
            ("Other", "evil-northwind.example", None),
            ("Other", "www.northwind.example", None),
            // A form alone is a name; no name is none.
            ("gmbh", "", Some(7)),
            ("...", "", None),
        ] {
            let said = suggestions.of(&company(name, domain)).map(|it| it.id.0.as_u128());
            assert_eq!(said, found, "{name} {domain}");
        }
    }

    #[test]
    fn nobody_is_suggested_for_a_company_that_is_somebodys() {
        let known = [Known { customer: customer(1, "Contoso"), domains: Vec::new() }];
        let mut one = company("Contoso", "");
        assert!(Suggestions::new(&known).of(&one).is_some());
        one.customer = Some(customer(2, "Other"));
        assert!(Suggestions::new(&known).of(&one).is_none());
    }
}
