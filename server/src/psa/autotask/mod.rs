//! Autotask: to be written.

use async_trait::async_trait;
use shared::{Code, MemberClaim};

use super::port::{Person, Wire};
use super::{About, AutotaskSettings, Card, Company, NewNote, PsaClient, PsaTicket};
use crate::outbound::Answer;
use crate::secret::Credential;

pub(super) struct Autotask;

impl Autotask {
    pub(super) fn new(_wire: Wire, _settings: AutotaskSettings, _secret: Credential) -> Self {
        Self
    }
}

#[async_trait]
impl PsaClient for Autotask {
    async fn check(&self) -> Answer<About> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn ticket(&self, _: &str, _: Option<&MemberClaim>) -> Answer<PsaTicket> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn card(&self, _: &str) -> Answer<Card> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn companies(&self) -> Answer<Vec<Company>> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn find_contacts(&self, _: &str, _: Option<&str>) -> Answer<Vec<Card>> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn newest_tickets(&self) -> Answer<Vec<PsaTicket>> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn has_note(&self, _: &str, _: &str) -> Answer<bool> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn write_note(&self, _: &str, _: NewNote<'_>) -> Answer<()> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn member(&self, _: &MemberClaim) -> Answer<Person> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn person(&self, _: &str) -> Answer<Person> {
        Answer::Refused(Code::PsaMissing.into())
    }
    async fn install_pod(&self, _: &str, _: &str) -> Answer<()> {
        Answer::Refused(Code::PsaMissing.into())
    }
}
