//! For stories and benches only: an MSP with one of everything, and links that can be opened, made
//! as a reset makes them, by the engine and the store's own methods; without Microsoft and without
//! a text.

use data_encoding::BASE64URL_NOPAD;
use shared::{
    AccountId, Channel, ContactId, CustomerId, IntegrationId, Millis, Outcome, Proof, ResetId,
    Source, Stage, TechnicianId, TicketId, VerificationId,
};
use zeroize::Zeroizing;

use crate::password;
use crate::policy::PasswordKind;
use crate::random;
use crate::seal::{self, Keys, Purpose};
use crate::secret::{self, LinkToken, Password, SpokenCode};
use crate::share::{self, Begins, NewShare, Shares};
use crate::store::{
    After, ImportRow, Lease, Owner, Reset, Role, Share, Store, StoreError, Verification,
};

const HOUR_MS: i64 = 60 * 60_000;

/// An MSP with one technician, an admin, and one contact with one ticket.
pub struct Msp {
    /// Its account.
    pub account: AccountId,
    /// How its technician is called by [`Store`]'s `technician_by_email`.
    pub email: String,
    technician: TechnicianId,
    customer: CustomerId,
    contact: ContactId,
    ticket: TicketId,
    integration: IntegrationId,
}

/// A verification that is out.
pub struct Check {
    /// Which.
    pub id: VerificationId,
    /// What is right: six digits, or two where it goes by a link.
    pub answer: String,
    /// What its page is looked up by.
    pub look_id: [u8; 16],
    /// What shows that somebody holds it.
    pub proof: [u8; 32],
}

/// A link that can be opened, and what it holds.
pub struct Link {
    /// What stands in its fragment.
    pub token: LinkToken,
    /// What it reveals.
    pub password: Password,
    /// The reset that it is of.
    pub reset: ResetId,
}

impl Msp {
    /// A new one in this database.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn import(store: &Store, now: Millis) -> Result<Self, StoreError> {
        let id = || random::id(now);
        let account = AccountId(id());
        let msp = Self {
            account,
            email: format!("tess@{account}.example"),
            technician: TechnicianId(id()),
            customer: CustomerId(id()),
            contact: ContactId(id()),
            ticket: TicketId(id()),
            integration: IntegrationId(id()),
        };
        store.import(account, now, &msp.rows(now)).await?;
        Ok(msp)
    }

    fn rows(&self, now: Millis) -> Vec<ImportRow> {
        let Self { account, technician, customer, contact, ticket, integration, .. } = *self;
        vec![
            ImportRow::Account { id: account, name: "Brightline IT".into() },
            ImportRow::Technician {
                id: technician,
                name: "Tess Tanner".into(),
                email: self.email.clone(),
                role: Role::Admin,
                may_reset: true,
                may_use_ui: true,
            },
            ImportRow::Customer { id: customer, name: "Northwind Dental".into() },
            ImportRow::Contact {
                id: contact,
                customer,
                name: "Ada Park".into(),
                email: "ada.park@northwind.example".into(),
                phones: Vec::new(),
            },
            ImportRow::Ticket {
                id: ticket,
                customer,
                contact,
                number: "48213".into(),
                summary: "Can't sign in".into(),
                created_at: now,
            },
            ImportRow::Integration {
                id: integration,
                customer: Some(customer),
                kind: "m365",
                name: "Microsoft 365".into(),
                settings: "{}".into(),
            },
        ]
    }

    /// The link of a reset of somebody new, as it stands when Microsoft has taken the password:
    /// its text and its note wait in the outbox ([`Msp::send_nothing`]).
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn link(
        &self,
        store: &Store,
        unlock: Option<&SpokenCode>,
        now: Millis,
    ) -> Result<Link, StoreError> {
        let verification = self.verified(store, now).await?;
        let reset = self.reset(verification, now);
        let (share, link) = seal(&store.keys, self.account, reset.id, unlock, now)?;
        let staged = store.stage_reset(&reset, &share, &[]).await?;
        staged.map_err(|_| StoreError::MovedOn)?;
        let lease = Lease { id: random::id(now), until: now.plus(30_000) };
        if !store.claim_reset(reset.id, lease, now).await? {
            return Err(StoreError::MovedOn);
        }
        store.announce(&reset, lease, now).await?.map_err(|_| StoreError::MovedOn)?;
        store.record_applied(&reset, lease, &After::default(), None, now).await?;
        Ok(link)
    }

    /// A verification that is out, its answer, and the proof of its link where it goes by one.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn check(
        &self,
        store: &Store,
        channel: Channel,
        tries: u32,
        now: Millis,
    ) -> Result<Check, StoreError> {
        let id = VerificationId(random::id(now));
        let by_link = channel.proof() == Proof::Link;
        let answer = random::digits(if by_link { 2 } else { 6 });
        let (look_id, proof) = (*random::bytes::<16>(), *random::bytes::<32>());
        let new = Verification {
            channel,
            code_hash: store.keys.hash(Purpose::Code, &[id.0.as_bytes(), answer.as_bytes()]),
            look_id: by_link.then(|| look_id.to_vec()),
            proof_hash: by_link.then(|| seal::sha256(&proof)),
            tries_left: tries,
            ..self.pending(id, now)
        };
        let begun = store.begin_verification(&new, &[]).await?;
        begun.map_err(|_| StoreError::Inconsistent("a limit where there is none"))?;
        Ok(Check { id, answer: answer.to_string(), look_id, proof })
    }

    /// A link of no reset, made by the engine by itself and ready to be opened.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn link_of_nobody(&self, shares: &Shares) -> Result<LinkToken, StoreError> {
        let password = password::make(PasswordKind::Random, &[]);
        let new = new_share(self.account, &password, None);
        token(&shares.create(&new, Begins::Now, None).await?.link)
    }

    /// What waits in the account's outbox is not sent; its resets are completed.
    pub async fn send_nothing(&self, store: &Store) {
        let sent = "update outbox set state = 'done' where account = $1 and state = 'waiting'";
        store.seed(sent, &[self.account.0]).await;
        let completed = "update resets set stage = 'completed'
                         where account = $1 and stage = 'applied'";
        store.seed(completed, &[self.account.0]).await;
    }

    async fn verified(&self, store: &Store, now: Millis) -> Result<VerificationId, StoreError> {
        let id = VerificationId(random::id(now));
        let new = self.pending(id, now);
        let begun = store.begin_verification(&new, &[]).await?;
        begun.map_err(|_| StoreError::Inconsistent("a limit where there is none"))?;
        store.try_code(self.account, self.technician, id, &new.code_hash, now).await?;
        Ok(id)
    }

    fn pending(&self, id: VerificationId, now: Millis) -> Verification {
        Verification {
            id,
            account: self.account,
            customer: self.customer,
            contact: self.contact,
            ticket: Some(self.ticket),
            ticket_number: None,
            technician: self.technician,
            technician_name: String::new(),
            directory_user: None,
            channel: Channel::SmsCode,
            source: Source::Microsoft,
            destination_hash: id.0.as_bytes().to_vec(),
            contact_hash: id.0.as_bytes().to_vec(),
            masked: "•••• 23".into(),
            code_hash: random::bytes::<32>().to_vec(),
            look_id: None,
            proof_hash: None,
            say_sealed: None,
            provider_id: None,
            voucher: None,
            voucher_name: None,
            note: None,
            outcome: Outcome::Pending,
            code: None,
            tries_left: 5,
            sent_at: now,
            expires_at: now.plus(HOUR_MS),
            verified_at: None,
            ended_at: None,
            used: false,
        }
    }

    fn reset(&self, verification: VerificationId, now: Millis) -> Reset {
        let id = random::id(now);
        Reset {
            id: ResetId(id),
            account: self.account,
            customer: self.customer,
            contact: self.contact,
            ticket: Some(self.ticket),
            technician: self.technician,
            technician_name: String::new(),
            integration: self.integration,
            tenant_hash: Vec::new(),
            verification,
            approval: None,
            warnings: String::new(),
            // Somebody new: a reset of the same person would end the link before it.
            directory_user: id.to_string(),
            person: "Ada Park".into(),
            body_hash: Vec::new(),
            stage: Stage::Staged,
            asked_at: now,
            apply_before: now.plus(HOUR_MS),
            phone_masked: "•••• 23".into(),
            phone_sealed: Vec::new(),
            phone_hash: Vec::new(),
            unlock_sealed: None,
            one_factor: false,
            phone_changed_at: None,
            must_change: true,
            language: None,
            tries: 0,
            answers: 0,
            unknown: false,
            answer: None,
            // A server on this database must not take it up: there is no Microsoft behind it.
            retry_at: now.plus(HOUR_MS),
            reseals: 0,
            code: None,
            about: None,
            applied_at: None,
        }
    }
}

/// A closed share of a new password, and the link that opens it, which only the text ever shows.
///
/// # Errors
/// Never: what was just sealed opens.
pub fn seal(
    keys: &Keys,
    account: AccountId,
    reset: ResetId,
    unlock: Option<&SpokenCode>,
    now: Millis,
) -> Result<(Share, Link), StoreError> {
    let password = password::make(PasswordKind::Random, &[]);
    let new = new_share(account, &password, unlock);
    let owner = Some(Owner::Reset(reset));
    let share = Share { owner, ..share::seal(keys, &new, now) };
    let link = share::link(keys, &share, "https://s.example")
        .map_err(|_| StoreError::Inconsistent("a share without its token"))?;
    let token = token(&link)?;
    Ok((share, Link { token, password, reset }))
}

fn new_share<'a>(
    account: AccountId,
    secret: &'a Password,
    unlock: Option<&'a SpokenCode>,
) -> NewShare<'a> {
    NewShare {
        account,
        customer: None,
        language: None,
        secret,
        must_change: true,
        life_ms: HOUR_MS,
        unlock,
    }
}

/// What stands in a link's fragment.
fn token(link: &secret::Link) -> Result<LinkToken, StoreError> {
    let broken = || StoreError::Inconsistent("a link without its token");
    let fragment = link.expose().split_once('#').map_or("", |(_, fragment)| fragment);
    let bytes = BASE64URL_NOPAD.decode(fragment.as_bytes()).map_err(|_| broken())?;
    Ok(LinkToken::new(Zeroizing::new(bytes.try_into().map_err(|_| broken())?)))
}
