//! Where a contact can be reached, and how each place is named, masked and hashed. Pure.

use shared::{Channel, ContactId, DestinationKind, Source};

use crate::directory::{Look, Person, Phone, mask_phone};
use crate::duo::{DuoSettings, username_of};
use crate::policy::Policy;
use crate::seal::Purpose;
use crate::store::{Contact, Store};

/// The key of the phone registered at Microsoft; those of the card are `card-phone-<n>` and
/// `card-email`.
pub(super) const MICROSOFT_PHONE: &str = "microsoft-mobile";
/// The key of the mailbox that Microsoft has.
const MICROSOFT_MAIL: &str = "microsoft-mail";
/// The key of the person's app at Duo.
pub(super) const DUO: &str = "duo";

/// A way to reach a contact, with everything that people may see of it.
pub struct Destination {
    /// Names it in an ask.
    pub key: String,
    /// Phone, e-mail or app.
    pub kind: DestinationKind,
    /// Where we know it from.
    pub source: Source,
    /// For people.
    pub masked: String,
    /// Keyed hash.
    pub hash: Vec<u8>,
    /// What a message is sent to; `None` when nothing can be sent there.
    pub address: Option<Address>,
}

/// What a message is sent to. No `Debug`: it is not for logs.
#[derive(Clone)]
pub enum Address {
    /// A number.
    Phone(Phone),
    /// A mailbox.
    Mail(String),
    /// Whom Duo knows.
    Person(Box<Person>),
}

impl Destination {
    /// The ways that can be used here.
    #[must_use]
    pub fn channels(&self, policy: &Policy) -> Vec<Channel> {
        let fits = |channel: &Channel| {
            self.address.is_some()
                && channel.kind() == self.kind
                && policy.methods.contains(channel)
                && self.is_allowed(policy)
        };
        Channel::ALL.into_iter().filter(fits).collect()
    }

    /// Whether the policy sends anything there at all.
    #[must_use]
    pub fn is_allowed(&self, policy: &Policy) -> bool {
        match &self.address {
            Some(Address::Phone(phone)) => {
                policy.texts_to(phone.e164(), phone.country().as_deref())
            }
            _ => true,
        }
    }
}

/// Every way to reach a contact, those that count for a reset first. `duo` is the customer's Duo.
#[must_use]
pub fn destinations(
    store: &Store,
    contact: &Contact,
    look: Option<&Look>,
    duo: Option<&DuoSettings>,
) -> Vec<Destination> {
    let mut found: Vec<Destination> = Vec::new();
    let mut add = |new: Destination| {
        // The card's copy of what Microsoft has would only say the same twice.
        if found.iter().all(|other| other.hash != new.hash) {
            found.push(new);
        }
    };
    let person = look.and_then(|look| look.person.as_ref().ok());
    if let (Some(person), Some(duo)) = (person, duo) {
        add(Destination {
            key: DUO.into(),
            kind: DestinationKind::App,
            source: Source::Duo,
            masked: "Duo".into(),
            hash: duo_hash(store, duo, person),
            address: Some(Address::Person(Box::new(person.clone()))),
        });
    }
    if let Some(phone) = look.and_then(|look| look.phone.as_ref().ok()) {
        add(Destination {
            key: MICROSOFT_PHONE.into(),
            kind: DestinationKind::Phone,
            source: Source::Microsoft,
            masked: phone.masked(),
            hash: phone_hash(store, phone),
            address: Some(Address::Phone(phone.clone())),
        });
    }
    for (n, number) in contact.phones.iter().enumerate() {
        let phone = Phone::parse(number);
        add(Destination {
            key: format!("card-phone-{n}"),
            kind: DestinationKind::Phone,
            source: Source::Contact,
            masked: mask_phone(number),
            hash: match &phone {
                Some(phone) => phone_hash(store, phone),
                None => store.keys.hash(Purpose::Destination, &[b"text", number.as_bytes()]),
            },
            address: phone.map(Address::Phone),
        });
    }
    if let Some(mail) = person.and_then(Person::mailbox) {
        add(mailbox(store, MICROSOFT_MAIL, Source::Microsoft, mail));
    }
    if !contact.email.trim().is_empty() {
        add(mailbox(store, "card-email", Source::Contact, contact.email.trim()));
    }
    found
}

fn mailbox(store: &Store, key: &str, source: Source, address: &str) -> Destination {
    Destination {
        key: key.into(),
        kind: DestinationKind::Email,
        source,
        masked: mask_email(address),
        hash: mail_hash(store, address),
        address: crate::outbound::is_address(address).then(|| Address::Mail(address.into())),
    }
}

/// Keyed hash of a person at a customer's Duo: another application, or another name there, is another
/// destination.
#[must_use]
pub fn duo_hash(store: &Store, duo: &DuoSettings, person: &Person) -> Vec<u8> {
    let name = username_of(duo, person).unwrap_or_default();
    let bound_to = duo.bound_to();
    store.keys.hash(
        Purpose::Destination,
        &[b"duo", bound_to.as_bytes(), person.id.as_bytes(), name.as_bytes()],
    )
}

/// Keyed hash of a number: the same wherever we know it from.
#[must_use]
pub fn phone_hash(store: &Store, phone: &Phone) -> Vec<u8> {
    store.keys.hash(Purpose::Destination, &[b"phone", phone.e164().as_bytes()])
}

/// Keyed hash of an address: the same wherever we know it from.
#[must_use]
pub fn mail_hash(store: &Store, address: &str) -> Vec<u8> {
    store.keys.hash(Purpose::Destination, &[b"email", address.to_lowercase().as_bytes()])
}

/// Keyed hash of what a contact's card says: a change voids a verification. Where somebody vouches,
/// their card counts as well.
#[must_use]
pub fn contact_hash(store: &Store, contact: &Contact, voucher: Option<&Contact>) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = vec![b"card".to_vec()];
    for card in [Some(contact), voucher].into_iter().flatten() {
        parts.push(card.email.to_lowercase().into_bytes());
        parts.push(card.phones.join("\n").into_bytes());
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    store.keys.hash(Purpose::Destination, &parts)
}

/// Keyed hash of the numbers on a card alone.
#[must_use]
pub fn numbers_hash(store: &Store, contact: &Contact) -> Vec<u8> {
    card_hash(store, contact.id, &contact.phones)
}

/// The same, of numbers that are about to be on a contact's card.
#[must_use]
pub fn card_hash(store: &Store, contact: ContactId, phones: &[String]) -> Vec<u8> {
    let numbers: Vec<String> = phones.iter().map(|phone| number(phone)).collect();
    store.keys.hash(
        Purpose::Destination,
        &[contact.0.as_bytes(), b"numbers", numbers.join("\n").as_bytes()],
    )
}

/// A number however it is written: in E.164 where it can be read, as it stands otherwise.
fn number(written: &str) -> String {
    Phone::parse(written).map_or(written.to_owned(), |phone| phone.e164().into())
}

/// Whether two cards have the same numbers in the same order, however they are written.
#[must_use]
pub fn same_numbers(some: &[String], others: &[String]) -> bool {
    some.iter().map(|it| number(it)).eq(others.iter().map(|it| number(it)))
}

/// `a•••@northwind.example`.
fn mask_email(email: &str) -> String {
    match email.split_once('@') {
        Some((name, domain)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        None => "•••".into(),
    }
}
