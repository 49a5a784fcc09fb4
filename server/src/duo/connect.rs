//! A customer's Duo as admins look after it: connected, changed, tested, switched, deleted. Never shows
//! a secret key.

use std::sync::Arc;

use serde::Serialize;
use shared::{AccountId, Code, CustomerId, Finding, IntegrationId, Millis};

use super::{Duo, DuoAsk, DuoDevice, DuoSettings, SECRET, UsernameKind, stored};
use crate::bell::Bell;
use crate::clock::Clock;
use crate::integration::{FieldError, NotDone};
use crate::outbound::Answer;
use crate::random;
use crate::seal::Place;
use crate::settings::Settings;
use crate::sign_in::Typed;
use crate::sign_in::admins;
use crate::store::{Customer, DuoChange, DuoRow, NewDuo, Session, Store, StoreError, Tested};

/// Customers' Duo, with what looking after them needs.
#[derive(Clone)]
pub struct Connections {
    /// The way to Duo.
    pub duo: Duo,
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Tells pods.
    pub bell: Bell,
}

/// A customer's Duo as an admin sees it.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct DuoView {
    /// Which version this is: a change names the one that it was made of.
    pub version: Millis,
    /// Whom it serves.
    pub customer: String,
    /// Their id.
    pub customer_id: CustomerId,
    /// API hostname.
    pub host: String,
    /// Integration key.
    pub ikey: String,
    /// What Duo knows people by.
    pub username: UsernameKind,
    /// Whether it is switched on.
    pub is_on: bool,
}

/// What a test found.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct PushTest {
    /// Why Duo can't be used; nothing when it takes our keys and our clock.
    pub broken: Option<Finding>,
    /// The person that was asked for.
    pub person: Option<TestPerson>,
}

/// What Duo says of a person; they notice nothing of it.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct TestPerson {
    /// As it was typed.
    pub username: String,
    /// Their devices that take a push, by name.
    pub devices: Vec<String>,
    /// Why they can't be verified.
    pub refused: Option<Finding>,
}

impl PushTest {
    /// In a few words, for the audit.
    fn in_short(&self) -> String {
        let of_person = |person: &TestPerson| match &person.refused {
            Some(finding) => format!(", the test person: {}", finding.code.as_str()),
            None => ", and the test person has a device".to_owned(),
        };
        match (&self.broken, &self.person) {
            (Some(_), _) => "does not work".into(),
            (None, person) => {
                format!("works{}", person.as_ref().map(of_person).unwrap_or_default())
            }
        }
    }
}

impl Connections {
    /// Whether this session may change a Duo integration: an admin's, with a second factor that is fresh.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// All of the account, by the customer's name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn all(&self, account: AccountId) -> Result<Vec<DuoView>, StoreError> {
        self.store.duo_all(account).await?.iter().map(view).collect()
    }

    /// The customer's.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn one(&self, account: AccountId, customer: CustomerId) -> Result<DuoView, NotDone> {
        Ok(view(&self.row(account, customer).await?)?)
    }

    /// Customers that have none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn customers_without(&self, account: AccountId) -> Result<Vec<Customer>, StoreError> {
        self.store.customers_without_duo(account).await
    }

    /// Connects the customer's Duo, or changes what is there: which of them, `ask.version` says. A secret
    /// key that was entered for another host or application is not used for this one.
    ///
    /// # Errors
    /// Fields that can't be right; `ChangedMeanwhile`; what [`Connections::may_change`] refuses.
    pub async fn save(
        &self,
        who: &Session,
        customer: CustomerId,
        ask: &DuoAsk,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let known = self.store.duo_of(account, customer).await?;
        match known {
            None if ask.version.is_none() => self.add(who, customer, ask).await?,
            Some(row) if ask.version == Some(row.integration.changed_at.0) => {
                self.change(who, &row, ask).await?;
            }
            _ => return Err(Code::ChangedMeanwhile.into()),
        }
        self.bell.ring(account);
        Ok(())
    }

    async fn add(&self, who: &Session, customer: CustomerId, ask: &DuoAsk) -> Result<(), NotDone> {
        let (account, now) = (who.technician.account, self.clock.now());
        let without = self.customers_without(account).await?;
        let Some(whose) = without.into_iter().find(|it| it.id == customer) else {
            return Err(gone());
        };
        let settings = ask.check(None, &self.settings.duo).map_err(NotDone::Fields)?;
        let id = IntegrationId(random::id(now));
        let new = NewDuo {
            id,
            customer,
            name: format!("{} Duo", whose.name),
            settings: json(&settings)?,
            sealed: self.sealed(account, id, &settings, &ask.skey),
        };
        self.store.add_duo(account, who.technician.id, now, &new).await.map_err(|error| match error
        {
            StoreError::MovedOn => gone(),
            // Somebody was faster.
            StoreError::Taken => Code::ChangedMeanwhile.into(),
            other => other.into(),
        })
    }

    async fn change(&self, who: &Session, row: &DuoRow, ask: &DuoAsk) -> Result<(), NotDone> {
        let (account, now) = (who.technician.account, self.clock.now());
        let known = stored(&row.integration)?;
        let settings = ask.check(Some(&known), &self.settings.duo).map_err(NotDone::Fields)?;
        let entered = !ask.skey.expose().trim().is_empty();
        let id = row.integration.id;
        let sealed = entered.then(|| self.sealed(account, id, &settings, &ask.skey));
        let fields = [
            (known.host != settings.host, "host"),
            (known.ikey != settings.ikey, "integration key"),
            (entered, "secret key"),
            (known.username != settings.username, "user names"),
        ];
        let changed: Vec<&str> =
            fields.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        let change = DuoChange {
            settings: &json(&settings)?,
            sealed: sealed.as_deref(),
            moved: known.bound_to() != settings.bound_to(),
            about: &changed.join(", "),
        };
        Ok(self.store.change_duo(account, who.technician.id, now, row, &change).await?)
    }

    /// Switches it on or off. Nobody is verified by one that is off.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is so already.
    pub async fn switch(
        &self,
        who: &Session,
        customer: CustomerId,
        on: bool,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let id = self.row(account, customer).await?.integration.id;
        self.store.switch_duo(account, who.technician.id, now, id, on).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Deletes it with its secret key; the audit stays.
    ///
    /// # Errors
    /// `NotFound`; what [`Connections::may_change`] refuses.
    pub async fn delete(&self, who: &Session, customer: CustomerId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let id = self.row(account, customer).await?.integration.id;
        self.store.end_duo(account, who.technician.id, now, id).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Asks Duo whether it takes our keys, and what it knows of a test person by their name in Duo: no
    /// push is sent. One that is switched off is tested too.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile`; what [`Connections::may_change`] refuses.
    pub async fn test(
        &self,
        who: &Session,
        customer: CustomerId,
        test_person: Option<&str>,
    ) -> Result<PushTest, NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let row = self.row(account, customer).await?;
        let tenant = match self.duo.open(&row.integration).await? {
            Ok(tenant) => Ok(tenant),
            Err(refusal) => Err(Finding { code: refusal.code, about: refusal.about }),
        };
        let person = test_person.map(str::trim).filter(|username| !username.is_empty());
        let mut test = PushTest { broken: None, person: None };
        match &tenant {
            Err(finding) => test.broken = Some(finding.clone()),
            Ok(tenant) => {
                test.broken = finding(self.duo.check(tenant).await).err();
                if let (None, Some(username)) = (&test.broken, person) {
                    let found = finding(self.duo.preauth(tenant, username).await);
                    test.person = Some(TestPerson::new(username, found));
                }
            }
        }
        let about = test.in_short();
        let code = test.broken.as_ref().map(|finding| finding.code);
        let (by, now) = (who.technician.id, self.clock.now());
        let tested = Tested { code, about: &about };
        self.store.note_duo_test(account, by, now, &row, tested).await?;
        Ok(test)
    }

    async fn row(&self, account: AccountId, customer: CustomerId) -> Result<DuoRow, NotDone> {
        self.store.duo_of(account, customer).await?.ok_or_else(|| Code::NotFound.into())
    }

    fn sealed(
        &self,
        account: AccountId,
        id: IntegrationId,
        settings: &DuoSettings,
        skey: &Typed,
    ) -> Vec<u8> {
        let bound_to = settings.bound_to();
        let place = Place { account: account.0, kind: SECRET, row: id.0, bound_to: &bound_to };
        self.store.keys.seal(place, skey.expose().trim().as_bytes())
    }
}

impl TestPerson {
    fn new(username: &str, found: Result<Vec<DuoDevice>, Finding>) -> Self {
        let (devices, refused) = match found {
            Ok(devices) => (devices.into_iter().map(|device| device.name).collect(), None),
            Err(finding) => (Vec::new(), Some(finding)),
        };
        Self { username: username.into(), devices, refused }
    }
}

/// What came of a call, where no answer is one as well.
fn finding<T>(answer: Answer<T>) -> Result<T, Finding> {
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => Err(Finding { code: refusal.code, about: refusal.about }),
        Answer::Later(_) | Answer::Unknown(_) => Err(Code::DuoUnavailable.into()),
    }
}

fn gone() -> NotDone {
    NotDone::Fields(vec![FieldError {
        field: "customer",
        detail: "Choose a customer whose Duo is not connected yet.",
    }])
}

fn json(settings: &DuoSettings) -> Result<String, NotDone> {
    serde_json::to_string(settings).map_err(|_| Code::Internal.into())
}

fn view(row: &DuoRow) -> Result<DuoView, StoreError> {
    let DuoSettings { host, ikey, username } = stored(&row.integration)?;
    Ok(DuoView {
        version: row.integration.changed_at,
        customer: row.customer.name.clone(),
        customer_id: row.customer.id,
        host,
        ikey,
        username,
        is_on: row.integration.is_on,
    })
}
