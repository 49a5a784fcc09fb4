//! A new link for the same password: to another phone that Microsoft has registered, or in place
//! of one that five wrong unlock codes closed. Which phone is chosen travels sealed: no number
//! ever comes from a browser.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use shared::{Code, Factor, Millis, PhoneView, PhonesView, ResendAsk, ResetId, ResetView, ShareId};
use zeroize::Zeroizing;

use super::Resets;
use super::begin::{PHONE, place, text_limit, unlock_code, unlock_place};
use super::preflight::under_way;
use super::view::renewable;
use crate::denied::Denied;
use crate::directory::{Phone, Registered};
use crate::outbound::Answer;
use crate::policy::Policy;
use crate::reach;
use crate::seal::Place;
use crate::share::{self, NewShare};
use crate::store::{NotReplaced, Owner, Reset, Session, Share, ShareStanding, StoreError};
use crate::verification::phone_hash;

/// A list of phones is good for so long.
const LIST_MS: i64 = 10 * 60_000;

/// A phone that was shown, in the seal that travels through the pod.
#[derive(Serialize, Deserialize)]
struct Shown {
    /// The link that it is to replace: a second try, or a second technician, is noticed.
    share: ShareId,
    phone: String,
    at: Millis,
}

/// What a link to one phone means.
struct Terms {
    hash: Vec<u8>,
    /// The phone also verified the caller.
    one_factor: bool,
    unlock: bool,
}

impl Resets {
    /// The phones that a new link may go to, asked of Microsoft now.
    ///
    /// # Errors
    /// When this technician may not reset, the person must not be reset any more, the link was
    /// opened or is over, or there is no phone.
    pub async fn phones(&self, who: &Session, id: ResetId) -> Result<PhonesView, Denied> {
        self.may_reset(who)?;
        let (reset, share) = self.with_link(self.own(who, id).await?).await?;
        let share = self.renewable(&reset, share)?;
        let phones = self.still_registered(&reset).await?;
        if phones.is_empty() {
            return Err(Code::NoPhone.into());
        }
        let policy = self.store.policy(reset.account, reset.customer).await?;
        let verified = self.verified_by(&reset).await?;
        let phones = phones
            .into_iter()
            .map(|found| {
                let terms = self.terms(&reset, &share, &found.phone, &verified, &policy);
                Ok(PhoneView {
                    masked: found.phone.masked(),
                    kind: found.kind,
                    used: terms.hash == reset.phone_hash,
                    factor: if terms.one_factor { Factor::One } else { Factor::Two },
                    unlock_code: terms.unlock,
                    sealed: self.seal_shown(who, &reset, &share, &found.phone)?,
                })
            })
            .collect::<Result<_, Code>>()?;
        Ok(PhonesView { phones })
    }

    /// Ends the link and texts a new one for the same password to the phone that was chosen. The
    /// same choice once more, after a lost reply, is answered with how it stands.
    ///
    /// # Errors
    /// As [`Resets::phones`]; `PreflightStale` for a seal that is not this technician's, not this
    /// reset's or too old; `PhoneChanged` when Microsoft no longer has that phone; `LinkMoved` when
    /// somebody was faster; when too many texts were sent.
    pub async fn new_link(
        &self,
        who: &Session,
        id: ResetId,
        ask: &ResendAsk,
    ) -> Result<ResetView, Denied> {
        self.may_reset(who)?;
        let (reset, share) = self.with_link(self.own(who, id).await?).await?;
        let shown = self.open_shown(who, &reset, &ask.sealed)?;
        let phone = Phone::parse(&shown.phone).ok_or(Code::PreflightStale)?;
        let replaced = share.as_ref().is_none_or(|share| share.id != shown.share);
        if replaced && reset.phone_hash == phone_hash(&self.store, &phone) {
            return self.view(who, &reset).await;
        }
        let old = self.renewable(&reset, share)?;
        if replaced {
            return Err(Code::LinkMoved.into());
        }
        let phones = self.still_registered(&reset).await?;
        if phones.iter().all(|found| found.phone != phone) {
            return Err(Code::PhoneChanged.into());
        }
        self.replace(who, reset, &old, &phone).await?;
        self.bell.ring(who.technician.account);
        self.wake.notify_one();
        self.get(who, id).await
    }

    async fn replace(
        &self,
        who: &Session,
        reset: Reset,
        old: &Share,
        phone: &Phone,
    ) -> Result<(), Denied> {
        let keys = &self.store.keys;
        let policy = self.store.policy(reset.account, reset.customer).await?;
        let terms = self.terms(&reset, old, phone, &self.verified_by(&reset).await?, &policy);
        if !policy.texts_to(phone.e164(), phone.country().as_deref()) {
            return Err(Code::CountryOff.into());
        }
        // As at the click; what a second technician approved there stands.
        if terms.one_factor && policy.refuse_same_number && reset.approval.is_none() {
            return Err(Code::SameNumber.into());
        }
        let unlock = unlock_code(terms.unlock);
        let password = share::password(keys, old)
            .map_err(|_| StoreError::Inconsistent("a sealed password that does not open"))?;
        let now = self.clock.now();
        let brand = self.store.brand(reset.account, Some(reset.customer)).await?;
        let new = NewShare {
            account: reset.account,
            customer: Some(reset.customer),
            language: reset.language.or(brand.language),
            secret: &password,
            must_change: reset.must_change,
            life_ms: policy.link_ms,
            unlock: unlock.as_ref(),
        };
        let share = Share {
            owner: Some(Owner::Reset(reset.id)),
            state: ShareStanding::Open,
            // 24 hours after `applied` stay 24 hours after `applied`.
            latest_at: old.latest_at,
            ..share::seal(keys, &new, now)
        };
        let whose = who.technician.id.to_string();
        let reset = Reset {
            phone_masked: phone.masked(),
            phone_sealed: keys.seal(place(PHONE, &reset), phone.e164().as_bytes()),
            phone_hash: terms.hash,
            unlock_sealed: unlock
                .map(|code| keys.seal(unlock_place(&reset, &whose), code.expose().as_bytes())),
            one_factor: terms.one_factor,
            ..reset
        };
        let limit = text_limit(reset.id);
        let by = who.technician.id;
        match self.store.replace_link(&reset, old.id, &share, by, &limit, now).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(NotReplaced::Limit(hit))) => Err(Denied::Limit { retry_after: hit.retry_after }),
            Ok(Err(NotReplaced::Because(code))) => {
                reach::within(&self.store, who, reset.customer).await?;
                Err(code.into())
            }
            Err(StoreError::MovedOn) => Err(Code::LinkMoved.into()),
            Err(other) => Err(other.into()),
        }
    }

    /// The link, when it can be replaced.
    fn renewable(&self, reset: &Reset, share: Option<Share>) -> Result<Share, Code> {
        let now = self.clock.now();
        share.filter(|share| renewable(reset, share, now)).ok_or(Code::LinkMoved)
    }

    /// The preflight once more, as far as it is about the link: the switches, the provider, nothing
    /// else under way, the guard. Gives the phones that Microsoft has now.
    async fn still_registered(&self, reset: &Reset) -> Result<Vec<Registered>, Denied> {
        let tenant = self.switched_on(reset).await??;
        self.sms.provider(reset.account).await??;
        if let Some(live) = self.store.live_reset(reset.account, &reset.directory_user).await? {
            return Err(under_way(Some(&live)).into());
        }
        match self.person_now(&tenant, reset, None).await? {
            Ok(phones) => Ok(phones),
            Err(Answer::Refused(refusal)) => Err(refusal.into()),
            Err(_) => Err(Code::MicrosoftUnavailable.into()),
        }
    }

    /// Keyed hash of the number that verified the caller.
    async fn verified_by(&self, reset: &Reset) -> Result<Vec<u8>, Denied> {
        let verification = self.store.verification(reset.account, reset.verification).await?;
        Ok(verification.ok_or(Code::NotVerified)?.destination_hash)
    }

    fn terms(
        &self,
        reset: &Reset,
        old: &Share,
        phone: &Phone,
        verified: &[u8],
        policy: &Policy,
    ) -> Terms {
        let hash = phone_hash(&self.store, phone);
        let one_factor = hash == verified;
        // A phone that this reset has not met may have been registered since by somebody else, also
        // one that verified the caller from the contact's card; and a link is never easier to open
        // than the one before it (nor than its own first one, whose phone may have been new).
        let unmet = hash != reset.phone_hash;
        let unlock = unmet || old.unlock_hash.is_some() || policy.unlocks(one_factor, false);
        Terms { hash, one_factor, unlock }
    }

    fn seal_shown(
        &self,
        who: &Session,
        reset: &Reset,
        share: &Share,
        phone: &Phone,
    ) -> Result<String, Code> {
        let at = self.clock.now();
        let shown = Shown { share: share.id, phone: phone.e164().to_owned(), at };
        let json = Zeroizing::new(serde_json::to_vec(&shown).map_err(|_| Code::Internal)?);
        let whose = who.technician.id.to_string();
        Ok(BASE64URL_NOPAD.encode(&self.store.keys.seal(shown_place(reset, &whose), &json)))
    }

    fn open_shown(&self, who: &Session, reset: &Reset, sealed: &str) -> Result<Shown, Code> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| Code::PreflightStale)?;
        let whose = who.technician.id.to_string();
        let json = self.store.keys.open(shown_place(reset, &whose), &bytes);
        let json = Zeroizing::new(json.map_err(|_| Code::PreflightStale)?);
        let shown: Shown = serde_json::from_slice(&json).map_err(|_| Code::PreflightStale)?;
        let fresh = self.clock.now().is_within(LIST_MS, shown.at);
        if fresh { Ok(shown) } else { Err(Code::PreflightStale) }
    }
}

fn shown_place<'a>(reset: &Reset, technician: &'a str) -> Place<'a> {
    Place { account: reset.account.0, kind: "reset.shown", row: reset.id.0, bound_to: technician }
}
