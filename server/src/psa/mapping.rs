//! Who is who in a PSA, as admins say it: which customer a company is, which technician a person is.
//! Nothing is mapped by itself.

use std::collections::HashMap;

use serde::Serialize;
use shared::{AccountId, CustomerId, IntegrationId};

use super::PsaConnections;
use super::suggest::{Known, Suggestions};
use super::trial::in_time;
use crate::directory::Tenant;
use crate::integration::report::Line;
use crate::integration::{NotDone, health};
use crate::random;
use crate::store::{CompanyRow, Customer, M365Row, Mapping, PsaPerson, Session, StoreError};

/// So many companies on one page.
const PAGE: usize = 50;

/// More companies than any MSP serves: what is beyond is not looked at.
const MOST_COMPANIES: usize = 10_000;

/// Which customer a company shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapTo {
    /// Nobody's.
    Nobody,
    /// This one.
    Customer(CustomerId),
    /// A new one with the company's name.
    New,
}

/// A company as admins see it.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompanyView {
    /// Its id over there.
    pub company: String,
    /// Its name there.
    pub name: String,
    /// Its website's domain, or nothing.
    pub domain: String,
    /// Which customer it is.
    pub customer: Option<CustomerView>,
    /// Which one it may be; an admin says so.
    pub suggestion: Option<CustomerView>,
}

/// A customer by id and name.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerView {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    pub name: String,
}

impl From<Customer> for CustomerView {
    fn from(Customer { id, name }: Customer) -> Self {
        Self { id, name }
    }
}

/// A page of companies, those without a customer first.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct Companies {
    /// This page's.
    pub companies: Vec<CompanyView>,
    /// Which page, from 0.
    pub page: usize,
    /// How many pages there are; one at least.
    pub pages: usize,
    /// How many companies were found.
    pub found: usize,
    /// How many of those are nobody's.
    pub unmapped: usize,
}

impl PsaConnections {
    /// Reads the companies from the PSA, and remembers them. How many there are.
    ///
    /// # Errors
    /// `NotFound`; what the PSA refuses, `PsaUnavailable` when it takes too long.
    pub async fn load_companies(&self, who: &Session, id: IntegrationId) -> Result<usize, NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let row = self.row(account, id).await?;
        let client = self.client(&row).await??;
        let mut companies = in_time(client.companies()).await?;
        companies.truncate(MOST_COMPANIES);
        self.store.see_companies(account, id, self.clock.now(), &companies).await?;
        Ok(companies.len())
    }

    /// A page of what is known of its companies; the last one for a page beyond it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn companies(
        &self,
        account: AccountId,
        id: IntegrationId,
        search: &str,
        page: usize,
    ) -> Result<Companies, NotDone> {
        self.row(account, id).await?;
        let all = self.store.psa_companies(account, id, search, u32::MAX, 0).await?;
        let known = self.known(account).await?;
        let suggestions = Suggestions::new(&known);
        let pages = all.len().div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        Ok(Companies {
            page,
            pages,
            found: all.len(),
            unmapped: all.iter().filter(|company| company.customer.is_none()).count(),
            companies: all
                .into_iter()
                .skip(page * PAGE)
                .take(PAGE)
                .map(|company| view(company, &suggestions))
                .collect(),
        })
    }

    /// One company.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn company(
        &self,
        account: AccountId,
        id: IntegrationId,
        company: &str,
    ) -> Result<CompanyView, NotDone> {
        self.row(account, id).await?;
        let all = self.store.psa_companies(account, id, "", u32::MAX, 0).await?;
        let known = self.known(account).await?;
        let found = all.into_iter().find(|it| it.company == company);
        let found = found.ok_or(shared::Code::NotFound)?;
        Ok(view(found, &Suggestions::new(&known)))
    }

    /// Says which customer a company is.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when company or customer are not there any more, or somebody has
    /// made a new customer of it before.
    pub async fn map(
        &self,
        who: &Session,
        id: IntegrationId,
        company: &str,
        to: MapTo,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        self.row(account, id).await?;
        self.map_one(who, id, company, to).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Accepts suggestions that an admin has seen, as far as they are still what is suggested: so many.
    ///
    /// # Errors
    /// `NotFound`; what [`PsaConnections::may_change`] refuses.
    pub async fn accept(
        &self,
        who: &Session,
        id: IntegrationId,
        seen: &[(String, CustomerId)],
    ) -> Result<usize, NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        self.row(account, id).await?;
        let all = self.store.psa_companies(account, id, "", u32::MAX, 0).await?;
        let known = self.known(account).await?;
        let suggestions = Suggestions::new(&known);
        let mut accepted = 0;
        for (company, customer) in seen.iter().take(PAGE) {
            let row = all.iter().find(|it| it.company == *company);
            let suggested = row.and_then(|row| suggestions.of(row));
            if suggested.is_some_and(|suggested| suggested.id == *customer) {
                let (by, now) = (who.technician.id, self.clock.now());
                let to = Mapping::Suggested(*customer);
                match self.store.map_company(account, by, now, id, company, to).await {
                    Ok(()) => accepted += 1,
                    // A colleague has said something else meanwhile.
                    Err(StoreError::MovedOn) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        self.bell.ring(account);
        Ok(accepted)
    }

    async fn map_one(
        &self,
        who: &Session,
        id: IntegrationId,
        company: &str,
        to: MapTo,
    ) -> Result<(), StoreError> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        let to = match to {
            MapTo::Nobody => Mapping::Nobody,
            MapTo::Customer(customer) => Mapping::To(customer),
            MapTo::New => Mapping::New(CustomerId(random::id(now))),
        };
        self.store.map_company(account, by, now, id, company, to).await
    }

    /// Technicians who are linked there, by name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn people(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<Vec<PsaPerson>, NotDone> {
        self.row(account, id).await?;
        Ok(self.store.psa_people(account, id).await?)
    }

    /// Forgets who somebody is there: their pods in it are signed out, and whoever signs in beside it
    /// next is linked anew.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when nobody is linked to that person.
    pub async fn unlink(
        &self,
        who: &Session,
        id: IntegrationId,
        person: &str,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        self.row(account, id).await?;
        self.store.unlink_person(account, who.technician.id, now, id, person).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Customers with the domains of their tenants, as the newest test of each has found them.
    async fn known(&self, account: AccountId) -> Result<Vec<Known>, StoreError> {
        let mut domains = HashMap::new();
        for row in self.store.m365_all(account).await? {
            let of_row = domains_of(&row)?;
            domains.insert(row.customer.id, of_row);
        }
        let customers = self.store.customers(account).await?;
        let known = |customer: Customer| Known {
            domains: domains.remove(&customer.id).unwrap_or_default(),
            customer,
        };
        Ok(customers.into_iter().map(known).collect())
    }
}

/// A tenant may have been entered as one of its domains, before a test has found the others.
fn domains_of(row: &M365Row) -> Result<Vec<String>, StoreError> {
    let lines = health::report(row).map(|report| report.lines).unwrap_or_default();
    let found = lines.into_iter().find_map(|line| match line {
        Line::Tenant { domains, .. } if !domains.is_empty() => Some(domains),
        _ => None,
    });
    if let Some(domains) = found {
        return Ok(domains);
    }
    let tenant = Tenant::of(&row.integration)?.settings().tenant.to_lowercase();
    Ok(if tenant.contains('.') { vec![tenant] } else { Vec::new() })
}

fn view(company: CompanyRow, suggestions: &Suggestions<'_>) -> CompanyView {
    let suggestion = suggestions.of(&company).cloned().map(CustomerView::from);
    let CompanyRow { company, name, domain, customer } = company;
    CompanyView { company, name, domain, customer: customer.map(CustomerView::from), suggestion }
}
