//! What the pod shows, put together from everything else, in one answer that names itself: the
//! pod asks again with that name and gets the next one as soon as something has changed.

mod shields;

use std::time::Duration;

use shared::{
    ApprovalView, Code, ContactId, ContactView, DirectoryView, Finding, Millis, NoticeView,
    PodState, Shield, TechnicianView, TicketId, TicketView, VoucherView,
};

use self::shields::{Eye, history, shield};

use crate::denied::Denied;
use crate::directory::{Look, Phone, address_hash};
use crate::integration::health;
use crate::reach;
use crate::reset::{Resets, approval_view};
use crate::seal::sha256;
use crate::store::{Contact, Role, Session, Ticket, Verification};
use crate::verification::{
    Occasion, Seen, choose, contact_hash, destinations, duo_hash, fresh_until, is_from_here, left,
    mail_hash, may_vouch, numbers_hash, phone_hash, ticket_of, warnings,
};

/// A long poll is answered after this time at the latest.
const PATIENCE: Duration = Duration::from_secs(25);
/// Changes made by another process, and those that only time makes, are seen this soon.
const LOOK_AGAIN: Duration = Duration::from_millis(1500);
/// A reset shows in the pod for a day.
const RESET_SHOWN_MS: i64 = 24 * 60 * 60_000;
/// Verifications that are looked at, at least: the policy may list more.
const LOOKED_AT: u32 = 20;
/// Vouchers that are listed; more would not fit the frame.
const MOST_VOUCHERS: usize = 10;

impl Resets {
    /// The pod's state as soon as it is not the one named `since`.
    ///
    /// # Errors
    /// When the contact or ticket is not this account's, or of a customer whom this technician does not have
    /// (any more: each answer looks).
    pub async fn pod_state(
        &self,
        who: &Session,
        contact: ContactId,
        ticket: Option<TicketId>,
        since: Option<&str>,
    ) -> Result<PodState, Denied> {
        let mut bell = self.bell.listen(who.technician.account);
        let deadline = tokio::time::sleep(PATIENCE);
        tokio::pin!(deadline);
        loop {
            let state = self.pod_state_now(who, contact, ticket).await?;
            if since != Some(state.tag.as_str()) || self.stop.is_cancelled() {
                return Ok(state);
            }
            tokio::select! {
                () = &mut deadline => return Ok(state),
                () = self.stop.cancelled() => return Ok(state),
                // Registered before we looked: a ring in between is not missed.
                _ = bell.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn pod_state_now(
        &self,
        who: &Session,
        contact: ContactId,
        ticket: Option<TicketId>,
    ) -> Result<PodState, Denied> {
        let account = who.technician.account;
        let ticket = ticket_of(&self.store, who, contact, ticket).await?;
        let shown = self.verifications.people.shown(who, contact).await?;
        let (contact, trouble) = (shown.contact, shown.trouble);
        let policy = self.store.policy(account, contact.customer).await?;
        let now = self.clock.now();
        // Without their card nobody is found at Microsoft.
        let look = match trouble {
            None => self.directory.recent_look(account, contact.id),
            Some(_) => None,
        };
        if look.is_none() && trouble.is_none() {
            self.look_in_background(who, &contact);
        }
        let most = LOOKED_AT.max(policy.history_shown);
        let verifications = self.store.verifications_of(account, contact.id, most).await?;
        let duo = self.verifications.methods.duo(account, contact.customer).await?;
        let eye = Eye { store: &self.store, who, policy: &policy, duo: duo.as_ref(), now };
        let here = ticket.as_ref().map(|ticket| ticket.id);
        let from_here: Vec<&Verification> =
            verifications.iter().filter(|it| is_from_here(it, here, who.technician.id)).collect();
        let shields = self.shields(&eye, &contact, &contact, look.as_deref(), &from_here).await?;
        let vouchers = self.vouchers(&eye, &contact, look.as_deref(), &from_here).await?;
        let reset = match self
            .store
            .newest_reset(account, contact.id, Millis(now.0 - RESET_SHOWN_MS))
            .await?
        {
            // Who has moved to another customer since may have left theirs behind.
            Some(reset) if reach::of(&self.store, who).await?.covers(reset.customer) => {
                Some(self.view(who, &reset).await?)
            }
            _ => None,
        };
        let blocked =
            self.blocked(&eye, &contact, ticket.as_ref(), look.as_deref(), &verifications);
        let blocked = match trouble {
            Some(code) => Some(code.into()),
            None => blocked,
        };
        let blocked = match &reset {
            Some(reset) if reset.stage.is_live() => Some(Finding {
                code: Code::ResetUnderWay,
                about: Some(format!("by {}", reset.asked_by)),
            }),
            _ => blocked,
        };
        let mut state = PodState {
            tag: String::new(),
            now: Millis(0),
            technician: TechnicianView { id: who.technician.id, name: who.technician.name.clone() },
            contact: ContactView {
                id: contact.id,
                name: contact.name.clone(),
                customer: contact.customer_name.clone(),
            },
            ticket: ticket.map(|ticket| TicketView {
                id: ticket.id,
                number: ticket.number,
                summary: ticket.summary,
            }),
            directory: match trouble {
                Some(code) => DirectoryView::Trouble { code },
                None => directory_view(look.as_deref()),
            },
            shields,
            blocked,
            reset,
            history: history(&eye, &verifications),
            warnings: match trouble {
                Some(_) => Vec::new(),
                None => self.warnings(&eye, &contact, look.as_deref(), &verifications).await?,
            },
            approval: self.approval(&eye, &contact, here).await?,
            vouchers,
            notice: self.notice(who, &contact).await?,
        };
        let body = serde_json::to_vec(&state).map_err(|_| Code::Internal)?;
        state.tag = data_encoding::HEXLOWER.encode(&sha256(&body)[..12]);
        state.now = now;
        Ok(state)
    }

    /// The shields of somebody's destinations, for `subject`: their own, or a voucher's.
    async fn shields(
        &self,
        eye: &Eye<'_>,
        subject: &Contact,
        whose: &Contact,
        look: Option<&Look>,
        from_here: &[&Verification],
    ) -> Result<Vec<Shield>, Denied> {
        let account = eye.who.technician.account;
        let found = destinations(&self.store, whose, look, eye.duo);
        let hashes: Vec<&[u8]> = found.iter().map(|it| it.hash.as_slice()).collect();
        let whom = (subject.id, eye.who.technician.id);
        let sends = left(&self.store, account, whom, &hashes, eye.policy, eye.now).await?;
        let voucher = (whose.id != subject.id).then_some(whose.id);
        let of = |(destination, sends): (crate::verification::Destination, _)| {
            let newest = from_here.iter().find(|verification| {
                verification.destination_hash == destination.hash && verification.voucher == voucher
            });
            shield(eye, destination, newest.copied(), sends, voucher.is_some())
        };
        Ok(found.into_iter().zip(sends).map(of).collect())
    }

    /// Who may vouch for the contact, where the policy has it.
    async fn vouchers(
        &self,
        eye: &Eye<'_>,
        subject: &Contact,
        look: Option<&Look>,
        from_here: &[&Verification],
    ) -> Result<Vec<VoucherView>, Denied> {
        let (true, Some(look)) = (eye.policy.vouching, look) else { return Ok(Vec::new()) };
        let account = eye.who.technician.account;
        let mut cards = Vec::new();
        for approver in eye.policy.approvers.iter().take(MOST_VOUCHERS) {
            match self.verifications.people.shown(eye.who, *approver).await {
                Ok(shown) => cards.push(shown.contact),
                Err(Denied::Store(error)) => return Err(error.into()),
                // Gone since the policy was made.
                Err(_) => {}
            }
        }
        if let Some(mail) = look.manager.as_ref().and_then(|manager| manager.mail.as_deref()) {
            let hash = address_hash(&self.store, account, mail);
            let manager = self.store.contact_at(account, subject.customer, mail, &hash).await?;
            if let Some(manager) = manager.filter(|it| !eye.policy.approvers.contains(&it.id)) {
                let shown = self.verifications.people.shown(eye.who, manager.id).await?;
                cards.push(shown.contact);
            }
        }
        let mut vouchers = Vec::new();
        for card in cards {
            let theirs = self.directory.recent_look(account, card.id);
            if theirs.is_none() {
                self.look_in_background(eye.who, &card);
            }
            if !may_vouch(eye.policy, subject, look, &card, theirs.as_deref()) {
                continue;
            }
            let shields = self.shields(eye, subject, &card, theirs.as_deref(), from_here).await?;
            vouchers.push(VoucherView { contact: card.id, name: card.name, shields });
        }
        Ok(vouchers)
    }

    /// What should make the technician think twice, as far as it is known without asking anybody.
    async fn warnings(
        &self,
        eye: &Eye<'_>,
        contact: &Contact,
        look: Option<&Look>,
        verifications: &[Verification],
    ) -> Result<Vec<Finding>, Denied> {
        let account = eye.who.technician.account;
        let numbers = numbers_hash(&self.store, contact);
        let card_changed_at = self.store.see_card(account, contact.id, &numbers, eye.now).await?;
        let person = look.and_then(|look| look.person.as_ref().ok());
        let id = person.map_or("", |person| person.id.as_str());
        let [of_person, by_technician] =
            self.repeats(eye.who, contact, id, eye.policy, eye.now).await?;
        let hash = |phone: &_| phone_hash(&self.store, phone);
        let card: Vec<Vec<u8>> =
            contact.phones.iter().filter_map(|it| Phone::parse(it)).map(|it| hash(&it)).collect();
        let microsoft = look.and_then(|look| look.phone.as_ref().ok()).map(hash);
        let seen = Seen {
            card: &card,
            microsoft: microsoft.as_deref(),
            card_changed_at,
            card_entered_at: contact.entered_at,
            of_person,
            by_technician,
            verifications,
            now: eye.now,
        };
        Ok(warnings(&seen, eye.policy))
    }

    /// The newest approval that was asked for here, while it matters.
    async fn approval(
        &self,
        eye: &Eye<'_>,
        contact: &Contact,
        here: Option<TicketId>,
    ) -> Result<Option<ApprovalView>, Denied> {
        let account = eye.who.technician.account;
        let newest = self.store.approvals_of(account, contact.id, LOOKED_AT).await?;
        let from_here = newest.iter().find(|approval| match here {
            Some(_) => approval.ticket == here,
            None => approval.ticket.is_none() && approval.asked_by == eye.who.technician.id,
        });
        // One that has run out is told as long as it was asked.
        let matters = |approval: &&crate::store::Approval| {
            eye.now.since(approval.expires_at) < eye.policy.approval_ms && !approval.used
        };
        Ok(from_here.filter(matters).map(|it| approval_view(it, eye.who, eye.now)))
    }

    /// What is to be looked after at the customer's tenant, for admins. A pod's session never has an
    /// admin's rights, whoever looks; this only tells, and the page behind it asks for them.
    async fn notice(&self, who: &Session, contact: &Contact) -> Result<Option<NoticeView>, Denied> {
        let account = who.technician.account;
        let Some(row) = self.store.m365_for(account, contact.customer).await? else {
            return Ok(None);
        };
        let Some(text) = health::notice(&row, self.clock.now()) else { return Ok(None) };
        let technician = self.store.technician(account, who.technician.id).await?;
        let is_admin = technician.is_some_and(|it| it.role == Role::Admin && it.may_use_ui);
        let path = format!("/settings/integrations/m365/{}", row.integration.id);
        Ok(is_admin.then_some(NoticeView { text, path }))
    }

    fn look_in_background(&self, who: &Session, contact: &Contact) {
        let (resets, contact) = (self.clone(), contact.clone());
        let account = who.technician.account;
        let Some(looking) = resets.directory.begin_look(contact.id) else { return };
        self.tasks.spawn(async move {
            if let Err(error) = resets.directory.look(account, &contact).await {
                tracing::error!(error = %error, "look");
            }
            drop(looking);
            resets.bell.ring(account);
        });
    }

    /// The first thing that keeps the button from working, as far as it is known without asking
    /// Microsoft anew. Courtesy: the preflight decides.
    fn blocked(
        &self,
        eye: &Eye<'_>,
        contact: &Contact,
        ticket: Option<&Ticket>,
        look: Option<&Look>,
        verifications: &[Verification],
    ) -> Option<Finding> {
        let (who, policy) = (eye.who, eye.policy);
        if let Err(code) = self.may_reset(who) {
            return Some(code.into());
        }
        if !contact.customer_on {
            return Some(Code::CustomerOff.into());
        }
        let Some(look) = look else {
            // Still looking. Somebody just verified may be reset as far as we know; nobody else.
            let ticket = ticket.map(|ticket| ticket.id);
            let now = self.clock.now();
            let verified = verifications.iter().any(|verification| {
                is_from_here(verification, ticket, who.technician.id)
                    && fresh_until(verification, policy).is_some_and(|until| until > now)
            });
            return (!verified).then(|| Code::NotVerified.into());
        };
        let (person, phone) = match (&look.person, &look.phone) {
            (Err(finding), _) | (_, Err(finding)) => return Some(finding.clone()),
            (Ok(person), Ok(phone)) => (person, phone),
        };
        let occasion = Occasion {
            customer: contact.customer,
            contact: contact.id,
            ticket: ticket.map(|ticket| ticket.id),
            technician: who.technician.id,
            directory_user: &person.id,
            contact_hash: &contact_hash(&self.store, contact, None),
            mail_hash: &person.mailbox().map(|it| mail_hash(&self.store, it)).unwrap_or_default(),
            duo_hash: &eye.duo.map(|duo| duo_hash(&self.store, duo, person)).unwrap_or_default(),
            // Whose word still counts the preflight asks.
            unfit: &[],
            phone_hash: &phone_hash(&self.store, phone),
            now: self.clock.now(),
        };
        choose(verifications, &occasion, policy).err().map(Finding::from)
    }
}

fn directory_view(look: Option<&Look>) -> DirectoryView {
    match look.map(|look| &look.person) {
        None => DirectoryView::Looking,
        Some(Ok(person)) => DirectoryView::Found {
            name: person.name().to_owned(),
            upn: person.user_principal_name.clone(),
        },
        Some(Err(finding)) => DirectoryView::Trouble { code: finding.code },
    }
}
