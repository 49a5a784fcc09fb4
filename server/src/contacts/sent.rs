//! Contacts of the built-in list, many at once, from a program of the account's: each row is looked at by
//! itself, and what can't be right is told by row and field. The rest is one transaction.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use shared::{AccountId, Code, ContactId, CustomerId, Finding};
use utoipa::ToSchema;

use super::card::{LONGEST_NAME, MOST_PHONES, check_phone, is_address, tidy};
use super::plan::key;
use super::{Contacts, approvers};
use crate::denied::Denied;
use crate::directory::address_hash;
use crate::store::{ApiKey, Hashes, SentContact, Store, Taken};
use crate::verification::card_hash;

/// Rows of one import.
const MOST_ROWS: usize = 500;
/// Longest id of another system, in characters.
const LONGEST_ID: usize = 200;

/// One contact, as the other system has it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactAsk {
    /// At which customer: its id, or its name as it is written here.
    pub customer: String,
    /// What the other system calls the contact. It is found by this the next time, whatever its address is
    /// by then.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The person's name.
    pub name: String,
    /// Their address, by which Microsoft knows them. Left out or empty, nobody can be found there.
    #[serde(default)]
    pub email: String,
    /// Numbers on their card. What is left out is taken off the card.
    #[serde(default)]
    pub phones: Vec<String>,
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowView {
    /// Which row, from 0.
    pub row: usize,
    /// What came of it.
    pub outcome: RowOutcome,
    /// The contact here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<RowError>,
}

/// What comes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowOutcome {
    /// A new contact.
    Added,
    /// A known contact says something else now.
    Changed,
    /// It said so already.
    Unchanged,
    /// Nothing was done; `errors` says why.
    Refused,
}

/// A field of a row that can't be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowError {
    /// Which.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub detail: String,
}

impl RowError {
    fn at(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field, detail: detail.into() }
    }
}

/// The account's customers, by what a row may call them.
struct Customers {
    ids: Vec<CustomerId>,
    /// By name, as names are compared; `None` where several share it.
    names: HashMap<String, Option<CustomerId>>,
}

impl Customers {
    fn find(&self, text: &str) -> Result<CustomerId, RowError> {
        let text = text.trim();
        if let Ok(id) = text.parse().map(CustomerId)
            && self.ids.contains(&id)
        {
            return Ok(id);
        }
        match self.names.get(&key(text)) {
            Some(Some(id)) => Ok(*id),
            Some(None) => {
                Err(RowError::at("customer", "Several customers have this name. Send the id."))
            }
            None => Err(RowError::at("customer", "No customer has this id or name. Add it first.")),
        }
    }
}

impl Contacts {
    /// Takes contacts that a program of the account's sends; in their order, what came of each.
    ///
    /// # Errors
    /// `BadRequest` for none or too many; when the database can't be used, and then nothing of it stands.
    pub async fn take(&self, key: &ApiKey, asks: &[ContactAsk]) -> Result<Vec<RowView>, Denied> {
        if asks.is_empty() || asks.len() > MOST_ROWS {
            let about = Some(format!("contacts: send 1 to {MOST_ROWS} of them at once"));
            return Err(Finding { code: Code::BadRequest, about }.into());
        }
        let (store, account, now) = (&self.store, key.account, self.clock.now());
        let customers = customers(store, account).await?;
        let checked: Vec<_> = asks.iter().map(|ask| check(ask, &customers)).collect();
        let good: Vec<SentContact> =
            checked.iter().filter_map(|row| row.as_ref().ok()).cloned().collect();
        let approvers = approvers(store, account).await?;
        let hashes = Hashes {
            numbers: &|id, phones| card_hash(store, id, phones),
            address: &|address| address_hash(store, account, address),
        };
        let by = format!("key {}", key.prefix);
        let done = store.take_contacts(account, &by, now, &good, &approvers, hashes).await?;
        // The admins may have a mail to get.
        self.wake.notify_one();
        self.bell.ring(account);
        let mut done = done.into_iter();
        let view = |(row, checked): (usize, Result<SentContact, Vec<RowError>>)| match checked {
            Ok(_) => view(row, done.next().unwrap_or(Taken::Ambiguous)),
            Err(errors) => RowView { row, outcome: RowOutcome::Refused, contact: None, errors },
        };
        Ok(checked.into_iter().enumerate().map(view).collect())
    }
}

fn view(row: usize, taken: Taken) -> RowView {
    let why = match taken {
        Taken::Ambiguous => {
            Some("Several contacts of this customer have this address. Send an external_id.")
        }
        Taken::AddressTaken => Some(
            "A contact of this customer with another external_id has this address. Send theirs, or none.",
        ),
        Taken::Approver => Some(
            "This contact vouches for others, by the policy: take them off there before their address changes.",
        ),
        Taken::OfPsa => Some("This contact is in your PSA: what stands there counts."),
        _ => None,
    };
    let (outcome, contact) = match taken {
        Taken::Added(id) => (RowOutcome::Added, Some(id)),
        Taken::Changed(id) => (RowOutcome::Changed, Some(id)),
        Taken::Same(id) => (RowOutcome::Unchanged, Some(id)),
        Taken::Ambiguous | Taken::AddressTaken | Taken::Approver | Taken::OfPsa => {
            (RowOutcome::Refused, None)
        }
    };
    let errors = why.map(|why| RowError::at("email", why)).into_iter().collect();
    RowView { row, outcome, contact, errors }
}

async fn customers(store: &Store, account: AccountId) -> Result<Customers, Denied> {
    let all = store.customers(account).await?;
    let mut names = HashMap::with_capacity(all.len());
    for customer in &all {
        names.entry(key(&customer.name)).and_modify(|id| *id = None).or_insert(Some(customer.id));
    }
    Ok(Customers { ids: all.iter().map(|customer| customer.id).collect(), names })
}

fn check(ask: &ContactAsk, customers: &Customers) -> Result<SentContact, Vec<RowError>> {
    let mut errors = Vec::new();
    let customer = customers.find(&ask.customer).map_err(|error| errors.push(error)).ok();
    let fits = |text: &str, most: usize| {
        text.chars().count() <= most && !text.chars().any(char::is_control)
    };
    let (name, email) = (tidy(&ask.name), ask.email.trim().to_lowercase());
    if name.is_empty() || !fits(&name, LONGEST_NAME) {
        errors.push(RowError::at("name", "Send a name of 120 characters at most."));
    }
    if !email.is_empty() && !is_address(&email) {
        errors.push(RowError::at("email", "Send an address such as ada@contoso.com, or none."));
    }
    let external_id = ask.external_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    if external_id.is_some_and(|id| !fits(id, LONGEST_ID)) {
        let long = "Send an id of 200 characters at most, on one line.";
        errors.push(RowError::at("external_id", long));
    }
    if external_id.is_none() && email.is_empty() {
        let neither =
            "Send an external_id or an address: otherwise each import adds the contact anew.";
        errors.push(RowError::at("external_id", neither));
    }
    let phones: Vec<String> = ask.phones.iter().map(|phone| phone.trim().to_owned()).collect();
    if phones.len() > MOST_PHONES {
        errors.push(RowError::at("phones", format!("Send {MOST_PHONES} numbers at most.")));
    } else if let Some(wrong) = phones.iter().find_map(|phone| check_phone(phone).err()) {
        errors.push(RowError::at("phones", wrong));
    }
    match (customer, errors.is_empty()) {
        (Some(customer), true) => Ok(SentContact {
            customer,
            external_id: external_id.map(str::to_owned),
            name,
            email,
            phones,
        }),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_field_that_cannot_be_right_is_named() {
        let id = CustomerId(Uuid::from_u128(1));
        let names = HashMap::from([("contoso".into(), Some(id)), ("twice".into(), None)]);
        let customers = Customers { ids: vec![id], names };
        let good = ContactAsk {
            customer: " CONTOSO ".into(),
            name: " Ada Park ".into(),
            email: "ada@contoso.example".into(),
            phones: vec![" +49 30 1234567 ".into()],
            external_id: Some(" ".into()),
        };
        let kept = check(&good, &customers).unwrap();
        assert_eq!((kept.customer, kept.name.as_str()), (id, "Ada Park"));
        assert_eq!((kept.external_id, kept.phones[0].as_str()), (None, "+49 30 1234567"));
        let by_id = ContactAsk { customer: id.to_string(), ..good.clone() };
        assert!(check(&by_id, &customers).is_ok());
        let wrong = |change: fn(&mut ContactAsk)| {
            let mut ask = good.clone();
            change(&mut ask);
            let errors = check(&ask, &customers).unwrap_err();
            errors.iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(wrong(|ask| ask.customer = "Nobody".into()), ["customer"]);
        assert_eq!(wrong(|ask| ask.customer = "Twice".into()), ["customer"]);
        assert_eq!(wrong(|ask| ask.name = "a\u{1}b".into()), ["name"]);
        assert_eq!(wrong(|ask| ask.email = "ada".into()), ["email"]);
        assert_eq!(wrong(|ask| ask.email = String::new()), ["external_id"]);
        assert_eq!(wrong(|ask| ask.phones = vec!["none".into()]), ["phones"]);
        assert_eq!(wrong(|ask| ask.phones = vec!["1234".into(); 9]), ["phones"]);
        let all = |ask: &mut ContactAsk| {
            *ask = ContactAsk { external_id: Some("x".repeat(201)), ..ContactAsk::default() };
        };
        assert_eq!(wrong(all), ["customer", "name", "external_id"]);
    }
}
