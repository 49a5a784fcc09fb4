//! What the pod shows, put together from everything else, in one answer that names itself: the
//! pod asks again with that name and gets the next one as soon as something has changed.

use std::time::Duration;

use shared::{
    Code, ContactId, ContactView, DirectoryView, Finding, HistoryView, Millis, NoticeView, Outcome,
    PodState, Shield, ShieldState, TechnicianView, TicketId, TicketView,
};

use crate::denied::Denied;
use crate::directory::Look;
use crate::integration::health;
use crate::policy::Policy;
use crate::reset::Resets;
use crate::seal::sha256;
use crate::store::{Contact, Role, Session, Ticket, Verification};
use crate::verification::{
    Destination, Occasion, channels, choose, contact_hash, destinations, fresh_until, is_from_here,
    outcome_at, phone_hash, subject,
};

/// A long poll is answered after this time at the latest.
const PATIENCE: Duration = Duration::from_secs(25);
/// Changes made by another process, and those that only time makes, are seen this soon.
const LOOK_AGAIN: Duration = Duration::from_millis(1500);
/// A reset shows in the pod for a day.
const RESET_SHOWN_MS: i64 = 24 * 60 * 60_000;
/// Verifications that are looked at, and those that are listed.
const LOOKED_AT: u32 = 20;
const LISTED: usize = 5;

impl Resets {
    /// The pod's state as soon as it is not the one named `since`.
    ///
    /// # Errors
    /// When the contact or ticket is not this account's.
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
        let (contact, ticket) = subject(&self.store, who, contact, ticket).await?;
        let policy = self.store.policy(account, contact.customer).await?;
        let now = self.clock.now();
        let look = self.directory.recent_look(account, contact.id);
        if look.is_none() {
            self.look_in_background(who, &contact);
        }
        let verifications = self.store.verifications_of(account, contact.id, LOOKED_AT).await?;
        let shields = destinations(&self.store, &contact, look.as_deref())
            .into_iter()
            .map(|destination| {
                let newest = verifications.iter().find(|verification| {
                    verification.destination_hash == destination.hash
                        && is_from_here(
                            verification,
                            ticket.as_ref().map(|t| t.id),
                            who.technician.id,
                        )
                });
                shield(destination, newest, &policy, now)
            })
            .collect();
        let reset = match self
            .store
            .newest_reset(account, contact.id, Millis(now.0 - RESET_SHOWN_MS))
            .await?
        {
            Some(reset) => Some(self.view(who, &reset).await?),
            None => None,
        };
        let blocked =
            self.blocked(who, &contact, ticket.as_ref(), look.as_deref(), &verifications, &policy);
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
            directory: directory_view(look.as_deref()),
            shields,
            blocked,
            reset,
            history: history(&verifications, now),
            notice: self.notice(who, &contact).await?,
        };
        let body = serde_json::to_vec(&state).map_err(|_| Code::Internal)?;
        state.tag = data_encoding::HEXLOWER.encode(&sha256(&body)[..12]);
        state.now = now;
        Ok(state)
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
        who: &Session,
        contact: &Contact,
        ticket: Option<&Ticket>,
        look: Option<&Look>,
        verifications: &[Verification],
        policy: &Policy,
    ) -> Option<Finding> {
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
            contact: contact.id,
            ticket: ticket.map(|ticket| ticket.id),
            technician: who.technician.id,
            directory_user: &person.id,
            contact_hash: &contact_hash(&self.store, contact),
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

fn shield(
    destination: Destination,
    newest: Option<&Verification>,
    policy: &Policy,
    now: Millis,
) -> Shield {
    let channels = channels(&destination);
    Shield {
        state: newest.map_or(ShieldState::Grey, |newest| shield_state(newest, policy, now)),
        why_not: channels.is_empty().then_some(Code::ChannelUnavailable),
        for_reset: channels.iter().any(|channel| policy.accepts(*channel, destination.source)),
        key: destination.key,
        kind: destination.kind,
        source: destination.source,
        masked: destination.masked,
        channels,
    }
}

fn shield_state(newest: &Verification, policy: &Policy, now: Millis) -> ShieldState {
    // A failure is worth showing as long as a success would be.
    let shown = now.since(newest.sent_at) < policy.fresh_ms;
    match outcome_at(newest, now) {
        Outcome::Pending => ShieldState::Pending {
            verification: newest.id,
            expires_at: newest.expires_at,
            tries_left: newest.tries_left,
        },
        Outcome::Verified => match fresh_until(newest, policy) {
            Some(until) if until > now => ShieldState::Verified { until },
            _ => ShieldState::Grey,
        },
        Outcome::Expired if shown => ShieldState::Failed { code: Code::CodeExpired },
        Outcome::TriesSpent if shown => ShieldState::Failed { code: Code::CodeTriesSpent },
        Outcome::Unsent if shown => {
            ShieldState::Failed { code: newest.code.unwrap_or(Code::SmsUnavailable) }
        }
        _ => ShieldState::Grey,
    }
}

fn history(verifications: &[Verification], now: Millis) -> Vec<HistoryView> {
    verifications
        .iter()
        .take(LISTED)
        .map(|verification| HistoryView {
            at: verification.sent_at,
            destination: verification.masked.clone(),
            source: verification.source,
            technician: verification.technician_name.clone(),
            ticket: verification.ticket_number.clone(),
            outcome: outcome_at(verification, now),
        })
        .collect()
}
