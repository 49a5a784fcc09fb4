//! Everything that would make a reset fail, found before anything is changed (design §5). The
//! confirmation shows it; the click runs it again and refuses with the same words. What can't be
//! known counts as a refusal.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use shared::{
    AccountId, Code, ContactId, Factor, Finding, Millis, Preflight, TechnicianId, TicketId,
    VerificationId,
};

use super::Resets;
use super::approval::{self, Approved};
use crate::denied::Denied;
use crate::directory::{Person, Phone, Tenant};
use crate::policy::Policy;
use crate::seal::Place;
use crate::sign_in::session::fresh_second_factor;
use crate::store::{Approval, Contact, Limit, Reset, Session, Ticket, Verification};
use crate::verification::{
    Occasion, Seen, choose, contact_hash, duo_hash, mail_hash, numbers_hash, phone_hash, subject,
    warnings,
};

/// A confirmation is good for so long.
const CONFIRM_MS: i64 = 10 * 60_000;
const HOUR_MS: i64 = 60 * 60_000;
/// So long an earlier text tells of the next one.
const TEXTS_TELL_MS: i64 = 24 * HOUR_MS;

/// How the two are known, and what takes them back.
const OF_PHONE: &str =
    "that was the newest text to this phone; a new code that is answered clears it";
const OF_PROVIDER: &str = "that was the account’s newest text; once the connection is mended, a new code that is answered clears it";

/// What was shown, in the seal that travels through the pod.
#[derive(Serialize, Deserialize)]
pub(super) struct Confirmed {
    technician: TechnicianId,
    contact: ContactId,
    ticket: Option<TicketId>,
    directory_user: String,
    phone: String,
    verification: VerificationId,
    at: Millis,
}

/// A preflight with what the server needs to go on.
pub(super) struct Checked {
    pub(super) view: Preflight,
    pub(super) ready: Option<Ready>,
}

/// Everything that a reset needs, when nothing stands in its way.
pub(super) struct Ready {
    pub(super) contact: Contact,
    pub(super) ticket: Option<Ticket>,
    pub(super) tenant: Tenant,
    pub(super) person: Person,
    pub(super) phone: Phone,
    pub(super) verification: Verification,
    pub(super) policy: Policy,
    pub(super) factor: Factor,
    /// Who approved, where somebody had to.
    pub(super) approval: Option<Approval>,
    /// What the technician was warned of: codes, with blanks between.
    pub(super) warnings: String,
    /// Since when the phone is a new one, where that is recent.
    pub(super) phone_changed_at: Option<Millis>,
}

impl Resets {
    /// What the confirmation shows.
    ///
    /// # Errors
    /// When the contact or ticket is not this account's, or this technician may not reset.
    pub async fn preflight(
        &self,
        who: &Session,
        contact: ContactId,
        ticket: Option<TicketId>,
    ) -> Result<Preflight, Denied> {
        Ok(self.check(who, contact, ticket).await?.view)
    }

    /// Whether this technician may reset at all, now.
    ///
    /// # Errors
    /// `Forbidden` or `SecondFactorNeeded`.
    pub fn may_reset(&self, who: &Session) -> Result<(), Code> {
        if !who.technician.account_on {
            return Err(Code::AccountOff);
        }
        if !who.technician.may_reset {
            return Err(Code::Forbidden);
        }
        if !fresh_second_factor(who, self.clock.now()) {
            return Err(Code::SecondFactorNeeded);
        }
        Ok(())
    }

    pub(super) async fn check(
        &self,
        who: &Session,
        contact: ContactId,
        ticket: Option<TicketId>,
    ) -> Result<Checked, Denied> {
        self.may_reset(who)?;
        let account = who.technician.account;
        let (contact, ticket) =
            subject(&self.verifications.people, &self.store, who, contact, ticket).await?;
        let policy = self.store.policy(account, contact.customer).await?;
        let mut findings = Vec::new();
        let mut add = |finding: Finding| {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        };
        if !contact.customer_on {
            add(Code::CustomerOff.into());
        }
        if let Err(refusal) = self.sms.provider(account).await? {
            add(Finding { code: refusal.code, about: refusal.about });
        }
        let (now, numbers) = (self.clock.now(), numbers_hash(&self.store, &contact));
        let card_changed_at = self.store.see_card(account, contact.id, &numbers, now).await?;
        let look = self.directory.look(account, &contact).await?;
        for finding in [look.person.as_ref().err(), look.phone.as_ref().err()].into_iter().flatten()
        {
            add(finding.clone());
        }
        for finding in self.text_findings(account, look.phone.as_ref().ok()).await? {
            add(finding);
        }
        let mut verification = Err(Code::NotVerified);
        let mut newest = Vec::new();
        let mut repeats = [0, 0];
        let mut guarded = policy.approve_everybody;
        if let (Some(tenant), Ok(person)) = (&look.tenant, &look.person) {
            let groups = &policy.protected_groups;
            for finding in self.directory.standing(tenant, person, groups).await.findings {
                match finding.code {
                    Code::ApprovalNeeded => guarded = true,
                    _ => add(finding),
                }
            }
            if let Some(live) = self.store.live_reset(account, &person.id).await? {
                add(under_way(Some(&live)));
            }
            newest = self.store.verifications_of(account, contact.id, 20).await?;
            let unfit = self.verifications.unfit(who, &contact, &look, &policy, &newest).await?;
            let duo = self.verifications.methods.duo(account, contact.customer).await?;
            let mail_hash = person.mailbox().map(|mail| mail_hash(&self.store, mail));
            let occasion = Occasion {
                customer: contact.customer,
                contact: contact.id,
                ticket: ticket.as_ref().map(|ticket| ticket.id),
                technician: who.technician.id,
                directory_user: &person.id,
                contact_hash: &contact_hash(&self.store, &contact, None),
                mail_hash: &mail_hash.unwrap_or_default(),
                duo_hash: &duo.map(|it| duo_hash(&self.store, &it, person)).unwrap_or_default(),
                unfit: &unfit,
                phone_hash: &look
                    .phone
                    .as_ref()
                    .map(|phone| phone_hash(&self.store, phone))
                    .unwrap_or_default(),
                now: self.clock.now(),
            };
            verification = choose(&newest, &occasion, &policy).cloned();
            let limits = limits(who, &contact, &person.id, &policy);
            repeats = self.repeats(who, &contact, &person.id, &policy, now).await?;
            if let Some(name) = self.store.would_hit(account, now, &limits).await? {
                if name == BRAKE {
                    self.store.record_brake(account, BRAKE, who.technician.id, now).await?;
                    self.wake.notify_one();
                }
                add(limit_finding(&name));
            }
        }
        if let Err(code) = verification {
            add(code.into());
        }
        let factor = match (&verification, &look.phone) {
            (Ok(by), Ok(phone)) if by.destination_hash != phone_hash(&self.store, phone) => {
                Factor::Two
            }
            _ => Factor::One,
        };
        let mut approval = None;
        let same_number = verification.is_ok() && factor == Factor::One;
        if guarded && let Ok(person) = &look.person {
            let approvals = self.store.approvals_of(account, contact.id, 20).await?;
            let reset = Approved {
                customer: contact.customer,
                ticket: ticket.as_ref().map(|ticket| ticket.id),
                technician: who.technician.id,
                directory_user: &person.id,
                phone_changed_at: look.phone_changed_at,
                now,
            };
            match approval::choose(&approvals, &reset) {
                Ok(found) => approval = Some(found.clone()),
                Err(finding) => {
                    if same_number {
                        add(Code::SameNumber.into());
                    }
                    add(finding);
                }
            }
        }
        if same_number && policy.refuse_same_number && approval.is_none() {
            add(Code::SameNumber.into());
        }
        if let Ok(phone) = &look.phone
            && !policy.texts_to(phone.e164(), phone.country().as_deref())
        {
            add(Code::CountryOff.into());
        }
        let hash = |phone: &Phone| phone_hash(&self.store, phone);
        let card: Vec<Vec<u8>> =
            contact.phones.iter().filter_map(|it| Phone::parse(it)).map(|it| hash(&it)).collect();
        let phone = look.phone.as_ref().ok().map(hash);
        let seen = Seen {
            card: &card,
            microsoft: phone.as_deref(),
            card_changed_at,
            card_entered_at: contact.entered_at,
            of_person: repeats[0],
            by_technician: repeats[1],
            verifications: &newest,
            now,
        };
        let warnings = warnings(&seen, &policy);
        let phone_changed_at = policy.new_since(look.phone_changed_at, self.clock.now());
        let view = Preflight {
            person: look.person.as_ref().map_or(contact.name.as_str(), Person::name).to_owned(),
            upn: look.person.as_ref().map_or("", |p| p.user_principal_name.as_str()).to_owned(),
            customer: contact.customer_name.clone(),
            tenant: look.person.as_ref().map_or("", Person::domain).to_owned(),
            phone: look.phone.as_ref().ok().map(Phone::masked),
            factor,
            phone_changed_at,
            unlock_code: policy.unlocks(factor == Factor::One, phone_changed_at.is_some()),
            findings,
            approved_by: approval.as_ref().and_then(|it| it.answered_by_name.clone()),
            warnings,
            sealed: None,
        };
        if !view.findings.is_empty() {
            return Ok(Checked { view, ready: None });
        }
        let (Some(tenant), Ok(person), Ok(phone), Ok(verification)) =
            (look.tenant.clone(), look.person.clone(), look.phone.clone(), verification)
        else {
            // Nothing stands in the way, yet something is missing: never go on.
            return Err(Code::Internal.into());
        };
        let warned: Vec<&str> = view.warnings.iter().map(|it| it.code.as_str()).collect();
        let ready = Ready {
            warnings: warned.join(" "),
            approval,
            contact,
            ticket,
            tenant,
            person,
            phone,
            verification,
            policy,
            factor,
            phone_changed_at,
        };
        let sealed = self.seal(who, &ready)?;
        Ok(Checked { view: Preflight { sealed: Some(sealed), ..view }, ready: Some(ready) })
    }

    /// Resets of this person in a day, and by this technician in an hour.
    pub(crate) async fn repeats(
        &self,
        who: &Session,
        contact: &Contact,
        directory_user: &str,
        policy: &Policy,
        now: Millis,
    ) -> Result<[u32; 2], Denied> {
        let limits = limits(who, contact, directory_user, policy);
        let counts = self.store.limit_counts(who.technician.account, now, &limits[..2]).await?;
        Ok([0, 1].map(|at| counts.get(at).map_or(0, |(count, _)| *count)))
    }

    /// What earlier texts tell of this one. Sending a code asks nothing of this: the next one that
    /// is answered takes it back, and so does a day.
    async fn text_findings(
        &self,
        account: AccountId,
        phone: Option<&Phone>,
    ) -> Result<Vec<Finding>, Denied> {
        let hash = phone.map(|phone| phone_hash(&self.store, phone)).unwrap_or_default();
        let since = self.clock.now().plus(-TEXTS_TELL_MS);
        let trouble = self.store.text_trouble(account, &hash, since).await?;
        let of = |code: Code, about: &str| Finding { code, about: Some(about.into()) };
        let phone = trouble.phone.map(|code| of(code, OF_PHONE));
        let provider = trouble.credentials_refused.then(|| of(Code::SmsCredentials, OF_PROVIDER));
        Ok(phone.into_iter().chain(provider).collect())
    }

    fn seal(&self, who: &Session, ready: &Ready) -> Result<String, Code> {
        let confirmed = Confirmed {
            technician: who.technician.id,
            contact: ready.contact.id,
            ticket: ready.ticket.as_ref().map(|ticket| ticket.id),
            directory_user: ready.person.id.clone(),
            phone: ready.phone.e164().to_owned(),
            verification: ready.verification.id,
            at: self.clock.now(),
        };
        let json =
            zeroize::Zeroizing::new(serde_json::to_vec(&confirmed).map_err(|_| Code::Internal)?);
        Ok(BASE64URL_NOPAD.encode(&self.store.keys.seal(place(who), &json)))
    }

    /// Opens what was confirmed and compares it with how things are now.
    pub(super) fn compare(&self, who: &Session, sealed: &str, ready: &Ready) -> Result<(), Code> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| Code::PreflightStale)?;
        let json = self.store.keys.open(place(who), &bytes).map_err(|_| Code::PreflightStale)?;
        let json = zeroize::Zeroizing::new(json);
        let shown: Confirmed = serde_json::from_slice(&json).map_err(|_| Code::PreflightStale)?;
        let same_ask = shown.technician == who.technician.id
            && shown.contact == ready.contact.id
            && shown.ticket == ready.ticket.as_ref().map(|ticket| ticket.id)
            && self.clock.now().is_within(CONFIRM_MS, shown.at);
        if !same_ask {
            return Err(Code::PreflightStale);
        }
        if shown.phone != ready.phone.e164() {
            return Err(Code::PhoneChanged);
        }
        if shown.directory_user != ready.person.id || shown.verification != ready.verification.id {
            return Err(Code::PreflightStale);
        }
        Ok(())
    }
}

fn place(who: &Session) -> Place<'static> {
    Place {
        account: who.technician.account.0,
        kind: "preflight",
        row: who.technician.id.0,
        bound_to: "",
    }
}

/// Another reset of this person is live, and who is at it.
pub(super) fn under_way(live: Option<&Reset>) -> Finding {
    Finding {
        code: Code::ResetUnderWay,
        about: live.map(|live| format!("by {}", live.technician_name)),
    }
}

/// What one more reset would count against.
pub(super) fn limits(
    who: &Session,
    contact: &Contact,
    directory_user: &str,
    policy: &Policy,
) -> Vec<Limit> {
    let hour = |name: String, most| Limit { name, most, window_ms: HOUR_MS };
    vec![
        Limit {
            name: format!("reset person {directory_user}"),
            most: policy.resets_per_person,
            window_ms: 24 * HOUR_MS,
        },
        hour(format!("reset technician {}", who.technician.id), policy.resets_per_technician),
        hour(format!("reset customer {}", contact.customer), policy.resets_per_customer),
        hour(BRAKE.into(), policy.resets_per_account),
    ]
}

const BRAKE: &str = "reset account";

/// A limit as the technician reads it.
pub(super) fn limit_finding(name: &str) -> Finding {
    if name == BRAKE {
        return Code::Brake.into();
    }
    let about = match name.split(' ').nth(1) {
        Some("person") => "resets of one person in a day",
        Some("technician") => "your resets in an hour",
        _ => "resets for this customer in an hour",
    };
    Finding { code: Code::LimitReached, about: Some(about.into()) }
}
