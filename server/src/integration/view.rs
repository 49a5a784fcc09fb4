//! An integration as an admin sees it: for the API and the pages alike. Never a secret.

use serde::Serialize;
use shared::{AccountId, Code, CustomerId, IntegrationId, Millis};

use super::health::{self, EndFrom, State};
use super::report::{Level, Report};
use super::{Integrations, NotDone};
use crate::directory::{Certificate, M365Settings, ProofKind, Tenant, certificate};
use crate::store::{M365Row, StoreError};

/// A customer's M365 integration.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct IntegrationView {
    /// Its id.
    pub id: IntegrationId,
    /// Which version this is: a change names the one that it was made of.
    pub version: Millis,
    /// What people call it.
    pub name: String,
    /// Whom it serves.
    pub customer: String,
    /// Their id.
    pub customer_id: CustomerId,
    /// The cloud's short name.
    pub cloud: String,
    /// What admins know it by.
    pub cloud_label: String,
    /// Directory (tenant) id or domain.
    pub tenant: String,
    /// Application (client) id.
    pub client_id: String,
    /// How the application proves that it is it.
    pub proof: ProofKind,
    /// The day on which the secret ends, as it was typed.
    pub expires_on: Option<String>,
    /// When the credential ends, as far as anybody knows.
    pub ends_at: Option<Millis>,
    /// Who says so.
    pub ends_from: Option<EndFrom>,
    /// The certificate in use.
    pub certificate: Option<CertificateView>,
    /// One that was made and is not in use yet.
    pub next_certificate: Option<CertificateView>,
    /// The group whose members are never reset.
    pub protected_group: Option<String>,
    /// Whether it is switched on.
    pub is_on: bool,
    /// How it is.
    pub health: HealthView,
}

/// The public part of a certificate.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct CertificateView {
    /// PEM, to be uploaded at Microsoft.
    pub pem: String,
    /// SHA-256 of it, in hex.
    pub thumbprint: String,
    /// Its last moment.
    pub until: Millis,
}

/// How an integration is.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct HealthView {
    /// At a glance.
    pub state: State,
    /// In one line.
    pub headline: String,
    /// When it was tested last.
    pub checked_at: Option<Millis>,
    /// Since when it does not work.
    pub failing_since: Option<Millis>,
    /// What the newest test found.
    pub findings: Vec<FindingView>,
}

/// One thing that a test found.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct FindingView {
    /// How bad it is.
    pub level: Level,
    /// The stable code, where resets stop because of it.
    pub code: Option<Code>,
    /// What was found.
    pub what: String,
    /// What to do.
    pub remedy: Option<String>,
}

impl Integrations {
    /// All of the account, by the customer's name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn all(&self, account: AccountId) -> Result<Vec<IntegrationView>, NotDone> {
        let rows = self.store.m365_all(account).await?;
        Ok(rows.iter().map(|row| self.view(row)).collect::<Result<_, StoreError>>()?)
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn one(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<IntegrationView, NotDone> {
        Ok(self.view(&self.row(account, id).await?)?)
    }

    /// What a row says to an admin.
    ///
    /// # Errors
    /// When what is stored can't be read.
    pub(crate) fn view(&self, row: &M365Row) -> Result<IntegrationView, StoreError> {
        let tenant = Tenant::of(&row.integration)?;
        let settings = tenant.settings();
        let now = self.clock.now();
        let check = row.check.as_ref();
        let report = health::report(row);
        let end = health::ends(settings, check);
        let end_at = end.map(|(at, _)| at);
        let state = health::state(row.integration.is_on, report.as_ref(), end_at, now);
        Ok(IntegrationView {
            id: row.integration.id,
            version: row.integration.changed_at,
            name: row.integration.name.clone(),
            customer: row.customer.name.clone(),
            customer_id: row.customer.id,
            cloud: settings.cloud.clone(),
            cloud_label: self.cloud_label(settings),
            tenant: settings.tenant.clone(),
            client_id: settings.client_id.clone(),
            proof: settings.proof,
            expires_on: settings.expires_on.clone(),
            ends_at: end_at,
            ends_from: end.map(|(_, from)| from),
            certificate: settings.certificate.as_ref().and_then(certificate_view),
            next_certificate: settings.next_certificate.as_ref().and_then(certificate_view),
            protected_group: settings.protected_group.clone(),
            is_on: row.integration.is_on,
            health: HealthView {
                state,
                headline: health::headline(state, report.as_ref(), end_at, now),
                checked_at: check.and_then(|check| check.checked_at),
                failing_since: check.and_then(|check| check.failing_since),
                findings: report.map(|report| findings(&report)).unwrap_or_default(),
            },
        })
    }

    /// Where an import named the hosts, they are the name.
    fn cloud_label(&self, settings: &M365Settings) -> String {
        match self.settings.clouds.get(&settings.cloud) {
            Some(cloud) => cloud.label.clone(),
            None => settings.login.clone(),
        }
    }
}

fn findings(report: &Report) -> Vec<FindingView> {
    let view = |line: &super::report::Line| {
        let said = line.said();
        FindingView { level: said.level, code: line.stops(), what: said.what, remedy: said.remedy }
    };
    report.lines.iter().map(view).collect()
}

fn certificate_view(known: &Certificate) -> Option<CertificateView> {
    Some(CertificateView {
        pem: known.pem.clone(),
        thumbprint: certificate::thumbprint(known).ok()?,
        until: known.until,
    })
}
