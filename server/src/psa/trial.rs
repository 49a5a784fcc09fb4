//! A PSA's connection tried when an admin wants it, and our pod made there by the PSA's own API. What is
//! shown is what the client read, never a body.

use std::time::Duration;

use serde::Serialize;
use shared::{Code, Finding, IntegrationId};

use super::connect::found;
use super::{About, PsaClient, PsaConnections, PsaKind, PsaSettings};
use crate::integration::NotDone;
use crate::outbound::Answer;
use crate::store::{PsaRow, Session, Tested};

/// Longer than a PSA takes, shorter than a browser and a proxy wait.
pub(super) const PATIENCE: Duration = Duration::from_secs(40);

/// So many tickets prove that tickets can be read.
const PROOF: usize = 3;

/// What a test found.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct PsaTest {
    /// Why the PSA can't be used.
    pub broken: Option<Finding>,
    /// What it says of itself and of us.
    pub about: Option<About>,
    /// Numbers of the newest open tickets.
    pub tickets: Vec<String>,
    /// Why tickets can't be read.
    pub tickets_refused: Option<Finding>,
}

impl PsaTest {
    fn code(&self) -> Option<Code> {
        let refused = self.broken.as_ref().or(self.tickets_refused.as_ref());
        refused.map(|finding| finding.code)
    }

    /// In a few words, for the audit.
    fn in_short(&self) -> String {
        let remarks = self.about.as_ref().map_or(0, |about| about.remarks.len());
        match (&self.broken, &self.tickets_refused, remarks) {
            (Some(_), _, _) => "does not work".into(),
            (None, Some(_), _) => "tickets can't be read".into(),
            (None, None, 0) => "works".into(),
            (None, None, 1) => "works, with one remark".into(),
            (None, None, more) => format!("works, with {more} remarks"),
        }
    }
}

impl PsaConnections {
    /// Asks the PSA whether it takes our keys and shows us tickets. One that is switched off is tested
    /// too.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile`; what [`PsaConnections::may_change`] refuses.
    pub async fn test(&self, who: &Session, id: IntegrationId) -> Result<PsaTest, NotDone> {
        self.may_change(who)?;
        let row = self.row(who.technician.account, id).await?;
        let mut test =
            PsaTest { broken: None, about: None, tickets: Vec::new(), tickets_refused: None };
        match self.client(&row).await? {
            Err(finding) => test.broken = Some(finding),
            Ok(client) => match in_time(client.check()).await {
                Err(finding) => test.broken = Some(finding),
                Ok(about) => {
                    test.about = Some(about);
                    match in_time(client.newest_tickets()).await {
                        Ok(tickets) => {
                            let newest = tickets.into_iter().take(PROOF);
                            test.tickets = newest.map(|ticket| ticket.number).collect();
                        }
                        Err(finding) => test.tickets_refused = Some(finding),
                    }
                }
            },
        }
        self.note(who, &row, test.code(), &test.in_short()).await?;
        Ok(test)
    }

    /// Makes our pod in ConnectWise: a record of Manage Hosted API. (ConnectWise REST,
    /// `system/connectwisehostedsetups`.) Each technician still puts it where they want it.
    ///
    /// # Errors
    /// `NotFound`; `PsaRefused` for a PSA that has nothing for that; what the PSA refuses.
    pub async fn install_pod(&self, who: &Session, id: IntegrationId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let row = self.row(who.technician.account, id).await?;
        if row.kind != PsaKind::ConnectWise {
            return Err(Code::PsaRefused.into());
        }
        let settings = PsaSettings::read(row.kind, &row.integration.settings)?;
        let origin = self.settings.server.origin.trim_end_matches('/');
        let url = settings.pod_url(origin, id);
        let made = match self.client(&row).await? {
            Ok(client) => in_time(client.install_pod(&url, origin)).await,
            Err(finding) => Err(finding),
        };
        let (code, about) = match &made {
            Ok(()) => (None, "made the pod there"),
            Err(finding) => (Some(finding.code), "could not make the pod there"),
        };
        self.note(who, &row, code, about).await?;
        Ok(made?)
    }

    pub(super) async fn client(
        &self,
        row: &PsaRow,
    ) -> Result<Result<Box<dyn PsaClient>, Finding>, NotDone> {
        let client = self.psa.open(row).await?;
        Ok(client.map_err(|refusal| Finding { code: refusal.code, about: refusal.about }))
    }

    async fn note(
        &self,
        who: &Session,
        row: &PsaRow,
        code: Option<Code>,
        about: &str,
    ) -> Result<(), NotDone> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        let tested = Tested { code, about };
        Ok(self.store.note_psa_test(account, by, now, row, tested).await?)
    }
}

/// What was found before patience ended.
pub(super) async fn in_time<T>(answer: impl Future<Output = Answer<T>>) -> Result<T, Finding> {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    found(answer.unwrap_or(Answer::Unknown(None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_told_in_a_few_words() {
        let about = |remarks: &[&str]| About {
            product: "HaloPSA".into(),
            identity: "Robot".into(),
            remarks: remarks.iter().map(|it| (*it).to_owned()).collect(),
        };
        let said = |broken: Option<Code>, about, refused: Option<Code>| {
            let test = PsaTest {
                broken: broken.map(Finding::from),
                about,
                tickets: Vec::new(),
                tickets_refused: refused.map(Finding::from),
            };
            (test.code(), test.in_short())
        };
        let (keys, may_not) = (Code::PsaCredentials, Code::PsaPermission);
        assert_eq!(said(Some(keys), None, None), (Some(keys), "does not work".into()));
        assert_eq!(
            said(None, Some(about(&[])), Some(may_not)),
            (Some(may_not), "tickets can't be read".into())
        );
        assert_eq!(said(None, Some(about(&[])), None), (None, "works".into()));
        assert_eq!(said(None, Some(about(&["a"])), None).1, "works, with one remark");
        assert_eq!(said(None, Some(about(&["a", "b"])), None).1, "works, with 2 remarks");
    }
}
