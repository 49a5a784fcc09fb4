//! Sending: what is made up, written down and handed over, in this order.

use shared::{Channel, Code, Proof, VerificationAsk, VerificationId, VerificationView};
use zeroize::Zeroizing;

use super::destination::{Address, Destination, MICROSOFT_PHONE, contact_hash, destinations};
use super::link::{NewLink, new_link};
use super::method::{Challenge, Message};
use super::vouching::Voucher;
use super::{Verifications, limits, numbers_hash, say_place, subject, view};
use crate::brand::Brand;
use crate::denied::Denied;
use crate::directory::{Look, Person};
use crate::duo::DuoSettings;
use crate::language::Language;
use crate::outbound::{Answer, Refusal};
use crate::policy::Policy;
use crate::random;
use crate::seal::Purpose;
use crate::secret::SpokenCode;
use crate::store::{Contact, Session, StoreError, Verification};

/// Digits that the technician says and the person enters on a link's page.
const SAID_DIGITS: usize = 2;

/// What is handed over: a message's parts, and the verification that it is of.
struct Parcel {
    verification: Verification,
    to: Address,
    name: String,
    challenge: Challenge,
    brand: Brand,
    language: Language,
    ticket: Option<String>,
    vouching_for: Option<String>,
}

/// What was made up for one attempt.
struct Made {
    challenge: Challenge,
    /// The code, or a link's two digits; none for a push.
    answer: Option<SpokenCode>,
    link: Option<NewLink>,
}

impl Verifications {
    /// Sends a code, a link or a push, and gives what the pod needs to have it answered.
    ///
    /// # Errors
    /// When the contact or ticket is not this account's, the destination is not the contact's, the
    /// policy does not have it, a limit is reached, or it can't be sent.
    pub async fn send(
        &self,
        who: &Session,
        ask: VerificationAsk,
    ) -> Result<VerificationView, Denied> {
        let account = who.technician.account;
        let (contact, ticket) =
            subject(&self.people, &self.store, who, ask.contact, ask.ticket).await?;
        let policy = self.store.policy(account, contact.customer).await?;
        let numbers = numbers_hash(&self.store, &contact);
        self.store.see_card(account, contact.id, &numbers, self.clock.now()).await?;
        let look = self.directory.look(account, &contact).await?;
        let voucher = match &ask.vouching {
            Some(vouching) => Some(self.voucher(who, &contact, &look, &policy, vouching).await?),
            None => None,
        };
        let (reached, reached_look) = match &voucher {
            Some(voucher) => (&voucher.contact, &voucher.look),
            None => (&contact, &look),
        };
        let duo = self.methods.duo(account, contact.customer).await?;
        let destination = self.destination(reached, reached_look, duo.as_ref(), &policy, &ask)?;
        // A code says nothing of whom it is for: only a page and a push tell the voucher.
        if voucher.is_some() && ask.channel.proof() == Proof::Code {
            return Err(Code::ChannelUnavailable.into());
        }
        let method = self.methods.of(ask.channel);
        method.ready(account, contact.customer).await??;
        let brand = self.store.brand(account, Some(contact.customer)).await?;
        let origin = self.settings.share.origin_for(account, brand.host.as_deref());
        let made = make(ask.channel, &policy, origin);
        let number = ticket.as_ref().map(|ticket| ticket.number.clone());
        let new = New { who, contact: &contact, ask: &ask, policy: &policy, look: &look };
        let verification =
            self.written(&new, ticket.map(|it| it.id), voucher.as_ref(), &destination, &made);
        let now = verification.sent_at;
        let limits = limits(&verification, &policy);
        if let Err(hit) = self.store.begin_verification(&verification, &limits).await? {
            return Err(Denied::Limit { retry_after: hit.retry_after });
        }
        self.bell.ring(account);
        let theirs = reached_look.person.as_ref().ok().and_then(Person::language);
        let to = destination.address.clone().ok_or(Code::ChannelUnavailable)?;
        let parcel = Parcel {
            to,
            name: reached.name.clone(),
            challenge: made.challenge,
            language: brand.language_for(theirs),
            brand,
            ticket: number,
            vouching_for: voucher.is_some().then(|| contact.name.clone()),
            verification,
        };
        // Not in the request's future: a browser that leaves must not leave a push that nobody asks
        // about.
        let it = self.clone();
        let sending = self.tasks.spawn(async move {
            let sent = it.hand_over(&parcel).await;
            (sent, parcel.verification)
        });
        let (sent, verification) = sending.await.map_err(|_| Code::Internal)?;
        sent?;
        Ok(view(&self.store, who, &verification, now))
    }

    /// Hands over what was written down, and writes down when it could not be.
    async fn hand_over(&self, parcel: &Parcel) -> Result<(), Denied> {
        let v = &parcel.verification;
        let message = Message {
            id: v.id,
            account: v.account,
            customer: v.customer,
            to: &parcel.to,
            name: &parcel.name,
            challenge: &parcel.challenge,
            brand: &parcel.brand,
            language: parcel.language,
            by: &v.technician_name,
            ticket: parcel.ticket.as_deref(),
            vouching_for: parcel.vouching_for.as_deref(),
            life_ms: v.expires_at.since(v.sent_at),
            at: v.sent_at,
        };
        match self.methods.of(v.channel).send(&message).await? {
            Answer::Done(Some(provider_id)) => match self.store.push_sent(v, &provider_id).await {
                // Ended meanwhile: nobody need ask what comes of it.
                Ok(()) | Err(StoreError::MovedOn) => {}
                Err(error) => return Err(error.into()),
            },
            Answer::Done(None) => {}
            // It may well have arrived, and then the person will say; a push that nobody can ask
            // about is none.
            Answer::Unknown(_) if v.channel.proof() != Proof::Push => {}
            Answer::Refused(refusal) => return Err(self.unsent(v, refusal).await?),
            Answer::Later(_) | Answer::Unknown(_) => {
                return Err(self.unsent(v, unavailable(v.channel).into()).await?);
            }
        }
        self.bell.ring(v.account);
        Ok(())
    }

    /// The destination of this key, when something may be sent there this way.
    fn destination(
        &self,
        contact: &Contact,
        look: &Look,
        duo: Option<&DuoSettings>,
        policy: &Policy,
        ask: &VerificationAsk,
    ) -> Result<Destination, Denied> {
        if !policy.methods.contains(&ask.channel) {
            return Err(Code::ChannelOff.into());
        }
        let all = destinations(&self.store, contact, Some(look), duo);
        let Some(found) = all.into_iter().find(|it| it.key == ask.destination) else {
            // The registered phone is missing for a reason that we know.
            return Err(match (&look.phone, ask.destination.as_str()) {
                (Err(finding), MICROSOFT_PHONE) => finding.clone().into(),
                _ => Code::DestinationUnknown.into(),
            });
        };
        if !found.is_allowed(policy) {
            return Err(Code::CountryOff.into());
        }
        if !found.channels(policy).contains(&ask.channel) {
            return Err(Code::ChannelUnavailable.into());
        }
        Ok(found)
    }

    fn written(
        &self,
        new: &New<'_>,
        ticket: Option<shared::TicketId>,
        voucher: Option<&Voucher>,
        destination: &Destination,
        made: &Made,
    ) -> Verification {
        let now = self.clock.now();
        let id = VerificationId(random::id(now));
        let technician = &new.who.technician;
        let code_hash = made.answer.as_ref().map(|it| self.code_hash(id, it.expose()));
        let mut verification = Verification {
            id,
            account: technician.account,
            customer: new.contact.customer,
            contact: new.contact.id,
            ticket,
            ticket_number: None,
            technician: technician.id,
            technician_name: technician.name.clone(),
            directory_user: new.look.person.as_ref().ok().map(|person| person.id.clone()),
            channel: new.ask.channel,
            source: destination.source,
            destination_hash: destination.hash.clone(),
            contact_hash: contact_hash(&self.store, new.contact, voucher.map(|it| &it.contact)),
            masked: destination.masked.clone(),
            code_hash: code_hash.unwrap_or_default(),
            look_id: made.link.as_ref().map(|link| link.look_id.clone()),
            proof_hash: made.link.as_ref().map(|link| link.proof_hash.clone()),
            say_sealed: None,
            provider_id: None,
            voucher: voucher.map(|it| it.contact.id),
            voucher_name: voucher.map(|it| it.contact.name.clone()),
            note: voucher.map(|it| it.note.clone()),
            outcome: shared::Outcome::Pending,
            code: None,
            tries_left: new.policy.tries(new.ask.channel),
            sent_at: now,
            expires_at: now.plus(new.policy.life_ms(new.ask.channel)),
            verified_at: None,
            ended_at: None,
            used: false,
        };
        if let (Some(said), true) = (&made.answer, made.link.is_some()) {
            let whose = technician.id.to_string();
            let place = say_place(&verification, &whose);
            verification.say_sealed = Some(self.store.keys.seal(place, said.expose().as_bytes()));
        }
        verification
    }

    /// It did not go out: said to whoever waits, and written down.
    async fn unsent(&self, v: &Verification, refusal: Refusal) -> Result<Denied, StoreError> {
        match self.store.verification_unsent(v, self.clock.now(), refusal.code).await {
            // Replaced by a newer one meanwhile: nothing is left to mark.
            Ok(()) | Err(StoreError::MovedOn) => {}
            Err(error) => return Err(error),
        }
        self.bell.ring(v.account);
        Ok(refusal.into())
    }

    pub(super) fn code_hash(&self, id: VerificationId, code: &str) -> Vec<u8> {
        self.store.keys.hash(Purpose::Code, &[id.0.as_bytes(), code.as_bytes()])
    }
}

/// What an attempt is about.
struct New<'a> {
    who: &'a Session,
    contact: &'a Contact,
    ask: &'a VerificationAsk,
    policy: &'a Policy,
    look: &'a Look,
}

fn make(channel: Channel, policy: &Policy, origin: &str) -> Made {
    let spoken = |digits| SpokenCode::new(random::digits(digits));
    match channel.proof() {
        Proof::Code => {
            let code = spoken(policy.code_digits as usize);
            let same = SpokenCode::new(Zeroizing::new(code.expose().to_owned()));
            Made { challenge: Challenge::Code(code), answer: Some(same), link: None }
        }
        Proof::Link => {
            let link = new_link();
            Made {
                challenge: Challenge::Link(link.at(origin)),
                answer: Some(spoken(SAID_DIGITS)),
                link: Some(link),
            }
        }
        Proof::Push => Made { challenge: Challenge::Push, answer: None, link: None },
    }
}

/// Whose fault it is that nothing can be sent now.
const fn unavailable(channel: Channel) -> Code {
    match channel.kind() {
        shared::DestinationKind::Phone => Code::SmsUnavailable,
        shared::DestinationKind::Email => Code::MailUnavailable,
        shared::DestinationKind::App => Code::DuoUnavailable,
    }
}
