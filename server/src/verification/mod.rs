//! Verification: proving that a contact is who they say, before anything can be reset.
//!
//! A code goes to a destination that the *server* looked up; what comes back is tried against a
//! keyed hash, each try counted before it is compared.

mod rules;

use shared::{
    AnswerAsk, Channel, Code, ContactId, DestinationKind, Millis, Outcome, Source, TechnicianId,
    TicketId, VerificationAsk, VerificationId, VerificationView,
};

pub use rules::{Occasion, choose, counts, fresh_until, is_from_here};

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::{Directory, Look, Person, Phone, mask_phone};
use crate::language::sms;
use crate::outbound::Answer;
use crate::policy::Policy;
use crate::random;
use crate::seal::Purpose;
use crate::sms::{Sms, Text};
use crate::store::{Contact, Limit, Session, Store, StoreError, Ticket, Verification};

/// Digits of a code.
const CODE_DIGITS: usize = 6;
const HOUR_MS: i64 = 60 * 60_000;
/// The key of the phone registered at Microsoft; those of the card are `card-phone-<n>` and
/// `card-email`.
const MICROSOFT_PHONE: &str = "microsoft-mobile";

/// A way to reach a contact, with everything that people may see of it.
pub struct Destination {
    /// Names it in an ask.
    pub key: String,
    /// Phone or e-mail.
    pub kind: DestinationKind,
    /// Where we know it from.
    pub source: Source,
    /// For people.
    pub masked: String,
    /// Keyed hash.
    pub hash: Vec<u8>,
    /// The number, when a text can be sent there.
    pub phone: Option<Phone>,
}

/// Verifications, with what they need.
#[derive(Clone)]
pub struct Verifications {
    /// What is remembered.
    pub store: Store,
    /// Who contacts are at Microsoft.
    pub directory: Directory,
    /// The way to phones.
    pub sms: Sms,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
}

impl Verifications {
    /// Sends a code and gives what the pod needs to have it answered.
    ///
    /// # Errors
    /// When the contact or ticket is not this account's, the destination is not the contact's, a
    /// limit is reached, or the text can't be sent.
    pub async fn send(
        &self,
        who: &Session,
        ask: VerificationAsk,
    ) -> Result<VerificationView, Denied> {
        let account = who.technician.account;
        let (contact, ticket) = subject(&self.store, who, ask.contact, ask.ticket).await?;
        let policy = self.store.policy(account, contact.customer).await?;
        let look = self.directory.look(account, &contact).await?;
        let Some(destination) = destinations(&self.store, &contact, Some(&look))
            .into_iter()
            .find(|d| d.key == ask.destination)
        else {
            // The registered phone is missing for a reason that we know.
            return Err(match (&look.phone, ask.destination.as_str()) {
                (Err(finding), MICROSOFT_PHONE) => finding.clone().into(),
                _ => Code::DestinationUnknown.into(),
            });
        };
        let Some(phone) = &destination.phone else { return Err(Code::ChannelUnavailable.into()) };
        let provider = self.sms.provider(account).await??;
        let now = self.clock.now();
        let id = VerificationId(random::id(now));
        let code = random::digits(CODE_DIGITS);
        let verification = Verification {
            id,
            customer: contact.customer,
            contact: contact.id,
            ticket: ticket.as_ref().map(|ticket| ticket.id),
            ticket_number: None,
            technician: who.technician.id,
            technician_name: who.technician.name.clone(),
            directory_user: look.person.as_ref().ok().map(|person| person.id.clone()),
            channel: ask.channel,
            source: destination.source,
            destination_hash: destination.hash,
            contact_hash: contact_hash(&self.store, &contact),
            masked: destination.masked,
            code_hash: self.code_hash(id, &code),
            outcome: Outcome::Pending,
            code: None,
            tries_left: policy.code_tries,
            sent_at: now,
            expires_at: now.plus(policy.code_ms),
            verified_at: None,
            used: false,
        };
        let limits = limits(&verification.destination_hash, who.technician.id, &policy);
        if let Err(hit) = self.store.begin_verification(account, &verification, &limits).await? {
            return Err(Denied::Limit { retry_after: hit.retry_after });
        }
        self.bell.ring(account);
        let brand = self.store.brand(account, Some(contact.customer)).await?;
        let theirs = look.person.as_ref().ok().and_then(Person::language);
        let body = sms::code(&brand, brand.language_for(theirs), &code);
        let text = Text {
            to: phone.e164(),
            from: brand.sender(),
            body,
            valid_for: policy.code_ms / 1000,
            followed: false,
        };
        let failed = match self.sms.send(&provider, &text).await {
            // `Unknown` may well have arrived; the contact will say.
            Answer::Done(_) | Answer::Unknown(_) => None,
            Answer::Refused(refusal) => Some(refusal),
            Answer::Later(_) => Some(Code::SmsUnavailable.into()),
        };
        if let Some(refusal) = failed {
            let now = self.clock.now();
            match self.store.verification_unsent(account, now, &verification, refusal.code).await {
                // Replaced by a newer one meanwhile: nothing is left to mark.
                Ok(()) | Err(StoreError::MovedOn) => {}
                Err(error) => return Err(error.into()),
            }
            self.bell.ring(account);
            return Err(refusal.into());
        }
        Ok(view(&verification, now))
    }

    /// Tries what the contact read out.
    ///
    /// # Errors
    /// `WrongCode` with the tries left, or why there is nothing to try.
    pub async fn answer(
        &self,
        who: &Session,
        id: VerificationId,
        ask: AnswerAsk,
    ) -> Result<VerificationView, Denied> {
        let account = who.technician.account;
        let digits: String = ask.code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != CODE_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            // Not a code at all: a slip of the keyboard costs no try.
            return Err(Code::BadRequest.into());
        }
        let hash = self.code_hash(id, &digits);
        let now = self.clock.now();
        let tried = self.store.try_code(account, who.technician.id, id, &hash, now).await?;
        self.bell.ring(account);
        match tried {
            Some(tried) => match tried.outcome {
                Outcome::Verified => Ok(view(&tried, now)),
                Outcome::TriesSpent => Err(Code::CodeTriesSpent.into()),
                _ => Err(Denied::WrongCode { code: Code::CodeWrong, tries_left: tried.tries_left }),
            },
            None => self.nothing_to_try(who, id, &hash, now).await,
        }
    }

    async fn nothing_to_try(
        &self,
        who: &Session,
        id: VerificationId,
        hash: &[u8],
        now: Millis,
    ) -> Result<VerificationView, Denied> {
        let known = self.store.verification(who.technician.account, id).await?;
        let Some(known) = known.filter(|known| known.technician == who.technician.id) else {
            return Err(Code::NotFound.into());
        };
        Err(match known.outcome {
            // The same right answer once more, after a lost reply.
            Outcome::Verified if crate::seal::same(&known.code_hash, hash) => {
                return Ok(view(&known, now));
            }
            Outcome::TriesSpent => Code::CodeTriesSpent,
            Outcome::Replaced => Code::CodeReplaced,
            Outcome::Unsent => known.code.unwrap_or(Code::SmsUnavailable),
            Outcome::Verified => Code::CodeWrong,
            Outcome::Pending | Outcome::Expired => Code::CodeExpired,
        }
        .into())
    }

    fn code_hash(&self, id: VerificationId, code: &str) -> Vec<u8> {
        self.store.keys.hash(Purpose::Code, &[id.0.as_bytes(), code.as_bytes()])
    }
}

/// The contact and the ticket, when they are this account's and belong together.
///
/// # Errors
/// `NotFound` otherwise: what is not yours does not exist.
pub async fn subject(
    store: &Store,
    who: &Session,
    contact: ContactId,
    ticket: Option<TicketId>,
) -> Result<(Contact, Option<Ticket>), Denied> {
    let account = who.technician.account;
    let contact = store.contact(account, contact).await?.ok_or(Code::NotFound)?;
    let ticket = match ticket {
        None => None,
        Some(id) => {
            let ticket = store.ticket(account, id).await?.ok_or(Code::NotFound)?;
            if ticket.contact != contact.id {
                return Err(Code::NotFound.into());
            }
            Some(ticket)
        }
    };
    Ok((contact, ticket))
}

/// Every way to reach a contact, those that count for a reset first.
#[must_use]
pub fn destinations(store: &Store, contact: &Contact, look: Option<&Look>) -> Vec<Destination> {
    let mut found = Vec::new();
    if let Some(phone) = look.and_then(|look| look.phone.as_ref().ok()) {
        found.push(Destination {
            key: MICROSOFT_PHONE.into(),
            kind: DestinationKind::Phone,
            source: Source::Microsoft,
            masked: phone.masked(),
            hash: phone_hash(store, phone),
            phone: Some(phone.clone()),
        });
    }
    for (n, number) in contact.phones.iter().enumerate() {
        let phone = Phone::parse(number);
        let hash = match &phone {
            Some(phone) => phone_hash(store, phone),
            None => store.keys.hash(Purpose::Destination, &[b"text", number.as_bytes()]),
        };
        // The card's copy of the registered number would only say the same twice.
        if found.iter().any(|other: &Destination| other.hash == hash) {
            continue;
        }
        found.push(Destination {
            key: format!("card-phone-{n}"),
            kind: DestinationKind::Phone,
            source: Source::Contact,
            masked: mask_phone(number),
            hash,
            phone,
        });
    }
    if !contact.email.is_empty() {
        found.push(Destination {
            key: "card-email".into(),
            kind: DestinationKind::Email,
            source: Source::Contact,
            masked: mask_email(&contact.email),
            hash: store.keys.hash(Purpose::Destination, &[b"email", contact.email.as_bytes()]),
            phone: None,
        });
    }
    found
}

/// Keyed hash of a number: the same wherever we know it from.
#[must_use]
pub fn phone_hash(store: &Store, phone: &Phone) -> Vec<u8> {
    store.keys.hash(Purpose::Destination, &[b"phone", phone.e164().as_bytes()])
}

/// Keyed hash of what a contact's card says: a change voids a verification.
#[must_use]
pub fn contact_hash(store: &Store, contact: &Contact) -> Vec<u8> {
    let phones = contact.phones.join("\n");
    store.keys.hash(
        Purpose::Destination,
        &[b"card", contact.email.to_lowercase().as_bytes(), phones.as_bytes()],
    )
}

/// What a verification has come to by `now`.
#[must_use]
pub fn outcome_at(verification: &Verification, now: Millis) -> Outcome {
    match verification.outcome {
        Outcome::Pending if verification.expires_at <= now => Outcome::Expired,
        other => other,
    }
}

fn view(verification: &Verification, now: Millis) -> VerificationView {
    VerificationView {
        id: verification.id,
        outcome: outcome_at(verification, now),
        masked: verification.masked.clone(),
        expires_at: verification.expires_at,
        tries_left: verification.tries_left,
    }
}

/// What a code counts against, and what a text that tells of a reset counts for.
pub(crate) fn limits(destination: &[u8], by: TechnicianId, policy: &Policy) -> Vec<Limit> {
    let limit = |name: String, most| Limit { name, most, window_ms: HOUR_MS };
    let destination = data_encoding::HEXLOWER.encode(&destination[..8]);
    vec![
        limit(format!("code destination {destination}"), policy.codes_per_destination),
        limit(format!("code technician {by}"), policy.codes_per_technician),
        limit("code account".into(), policy.codes_per_account),
    ]
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

/// The ways of sending that a destination has here.
#[must_use]
pub fn channels(destination: &Destination) -> Vec<Channel> {
    destination.phone.iter().map(|_| Channel::SmsCode).collect()
}
