//! Settings → Branding: who may change how end users see the account and its customers, and what
//! happens then. What can be kept is said in `brand`, which is pure.

use std::sync::Arc;

use shared::{AccountId, Code, CustomerId, Millis};
use tokio::sync::{Notify, Semaphore};

use crate::brand::change::{alarm, fields, in_words};
use crate::brand::logo::{self, Logo};
use crate::brand::{Around, Brand, Wrong, check};
use crate::clock::Clock;
use crate::denied::Denied;
use crate::settings::Settings;
use crate::sign_in::admins;
use crate::store::{BrandChange, BrandRow, BrandedCustomer, Customer, Session, Store, StoreError};

/// One picture at a time in this process: each takes a core for a moment, and up to 40 MB.
static TURN: Semaphore = Semaphore::const_new(1);

/// Brands, with what looking after them needs.
#[derive(Clone)]
pub struct Branding {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
}

/// Why something was not saved.
#[derive(Debug)]
pub enum NotSaved {
    /// Something that was entered can't be kept.
    Fields(Vec<Wrong>),
    /// Anything else.
    Denied(Denied),
}

impl From<Code> for NotSaved {
    fn from(code: Code) -> Self {
        Self::Denied(code.into())
    }
}

impl From<StoreError> for NotSaved {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::MovedOn => Code::ChangedMeanwhile.into(),
            other => Self::Denied(other.into()),
        }
    }
}

/// A brand as admins see it.
pub struct BrandView {
    /// Whose; `None` for the account's own.
    pub customer: Option<Customer>,
    /// What is said there.
    pub said: Brand,
    /// Which version of it this is; `None` while nothing is said.
    pub version: Option<Millis>,
    /// What holds for whatever is not said there: for a customer the account's brand, for the account
    /// its name and nothing else.
    pub above: Brand,
    /// The share hosts that the account may choose from, beside everybody's.
    pub hosts: Vec<String>,
    /// Everybody's share host.
    pub common_host: String,
}

impl BrandView {
    /// How end users see it.
    #[must_use]
    pub fn seen(&self) -> Brand {
        self.said.clone().over(self.above.clone())
    }
}

impl Branding {
    /// Whether this session may change brands: an admin's, with a second factor that is fresh.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// Every customer, and whether it differs.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn customers(&self, account: AccountId) -> Result<Vec<BrandedCustomer>, NotSaved> {
        Ok(self.store.branded_customers(account).await?)
    }

    /// One brand.
    ///
    /// # Errors
    /// `NotFound` for a customer that is not this account's.
    pub async fn one(
        &self,
        account: AccountId,
        customer: Option<CustomerId>,
    ) -> Result<BrandView, NotSaved> {
        let known = match customer {
            None => None,
            Some(id) => {
                let all = self.store.branded_customers(account).await?;
                let found = all.into_iter().map(|one| one.customer).find(|one| one.id == id);
                Some(found.ok_or(Code::NotFound)?)
            }
        };
        let row = self.store.brand_said(account, customer).await?;
        let above = match customer {
            Some(_) => self.store.brand(account, None).await?,
            None => {
                let name = self.store.account_name(account).await?;
                Brand { name: Some(name), ..Brand::default() }
            }
        };
        let (version, said) = match row {
            Some(BrandRow { said, version }) => (Some(version), said),
            None => (None, Brand::default()),
        };
        let share = &self.settings.share;
        Ok(BrandView {
            customer: known,
            said,
            version,
            above,
            hosts: share.of_account(account).into_iter().map(str::to_owned).collect(),
            common_host: share.origin.trim_end_matches('/').to_owned(),
        })
    }

    /// What was entered, as it would be kept beside what is stored.
    ///
    /// # Errors
    /// Fields that can't be kept.
    pub fn checked(
        &self,
        account: AccountId,
        entered: &Brand,
        stored: &Brand,
    ) -> Result<Brand, Vec<Wrong>> {
        let share = &self.settings.share;
        let around = Around {
            hosts: &share.of_account(account),
            kept: stored.host.as_deref(),
            longest: share.longest_for(account),
        };
        // A logo has a way of its own.
        let kept = check(entered, &around)?;
        Ok(Brand { logo: stored.logo.clone(), ..kept })
    }

    /// Says a brand anew. The logo stays as it is.
    ///
    /// # Errors
    /// Fields that can't be kept; `ChangedMeanwhile` when `version` is not the stored one; and what
    /// [`Branding::may_change`] refuses.
    pub async fn save(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
        version: Option<Millis>,
        entered: &Brand,
    ) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let account = who.technician.account;
        let view = self.one(account, customer).await?;
        if version != view.version {
            return Err(Code::ChangedMeanwhile.into());
        }
        let said = self.checked(account, entered, &view.said).map_err(NotSaved::Fields)?;
        self.change(who, customer, &view, &said, None).await
    }

    /// Has a customer take over everything of the account's again, and the account our defaults.
    ///
    /// # Errors
    /// What [`Branding::may_change`] refuses; `ChangedMeanwhile`.
    pub async fn forget(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
    ) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let view = self.one(who.technician.account, customer).await?;
        self.change(who, customer, &view, &Brand::default(), None).await
    }

    /// Makes what was uploaded the logo.
    ///
    /// # Errors
    /// Why it can't be one; what [`Branding::may_change`] refuses; `ChangedMeanwhile`.
    pub async fn set_logo(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
        file: Vec<u8>,
    ) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let view = self.one(who.technician.account, customer).await?;
        let logo = made(file).await?.map_err(|detail| {
            NotSaved::Fields(vec![Wrong { field: "logo".into(), detail: detail.into() }])
        })?;
        let said = Brand { logo: Some(logo.hash.clone()), ..view.said.clone() };
        self.change(who, customer, &view, &said, Some(&logo)).await
    }

    /// Goes without a logo of its own.
    ///
    /// # Errors
    /// What [`Branding::may_change`] refuses; `ChangedMeanwhile`.
    pub async fn remove_logo(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
    ) -> Result<(), NotSaved> {
        self.may_change(who)?;
        let view = self.one(who.technician.account, customer).await?;
        let said = Brand { logo: None, ..view.said.clone() };
        self.change(who, customer, &view, &said, None).await
    }

    async fn change(
        &self,
        who: &Session,
        customer: Option<CustomerId>,
        view: &BrandView,
        said: &Brand,
        logo: Option<&Logo>,
    ) -> Result<(), NotSaved> {
        let fields = fields(&view.said, said);
        if fields.is_empty() {
            return Ok(());
        }
        let alarm = alarm(customer, &fields);
        let change = BrandChange {
            customer,
            seen: view.version,
            said,
            logo,
            about: &in_words(&view.said, said),
            alarm: alarm.as_deref(),
        };
        let (account, by) = (who.technician.account, who.technician.id);
        self.store.change_brand(account, by, self.clock.now(), &change).await?;
        self.wake.notify_one();
        Ok(())
    }
}

/// A logo made off the async threads, when it is its turn.
pub(crate) async fn made(file: Vec<u8>) -> Result<Result<Logo, &'static str>, NotSaved> {
    let turn = TURN.acquire().await.map_err(|_| Code::Internal)?;
    // The turn goes along: a request that is given up does not start a second picture beside it.
    let ended = tokio::task::spawn_blocking(move || {
        let done = logo::make(&file);
        drop(turn);
        done
    })
    .await;
    ended.map_err(|_| Code::Internal.into())
}
