//! The connection test: asks Microsoft for everything that a reset will need, and writes down what
//! came of it. Changes nothing, but for the self-test on a person who is named for it.

use shared::{Code, Millis, TechnicianId};

use super::Integrations;
use super::report::{Line, Report};
use crate::audit::{Act, Entry};
use crate::directory::permissions::{ALL, END_SESSIONS, READ_PEOPLE, SET_PASSWORD, TOO_MUCH};
use crate::directory::token::Proof;
use crate::directory::{Person, ProofKind, SelfTest, Tenant};
use crate::outbound::{Answer, Refusal};
use crate::store::StoreError;

/// Somebody to try a password on.
pub(super) struct TestPerson<'a> {
    /// Their mail, UPN or alias.
    pub(super) address: &'a str,
    /// Who named them.
    pub(super) by: TechnicianId,
}

/// What a test found, and what Microsoft told about the credential.
pub(super) struct Examined {
    pub(super) report: Report,
    /// When the secret ends, where Microsoft tells.
    pub(super) expires_at: Option<Millis>,
}

impl Integrations {
    /// Tests the connection; with a test person also whether a password may be set.
    ///
    /// # Errors
    /// When the database can't be written: nothing is tried on a person without its audit entry.
    pub(super) async fn examine(
        &self,
        tenant: &Tenant,
        test_person: Option<&TestPerson<'_>>,
    ) -> Result<Examined, StoreError> {
        let mut lines = Vec::new();
        let expires_at = self.ask_all(tenant, test_person, &mut lines).await?;
        let by_secret = tenant.settings().proof == ProofKind::Secret;
        let untold = expires_at.is_none() && tenant.settings().expires_on.is_none();
        if by_secret && untold && lines.contains(&Line::Token) {
            lines.push(Line::EndUnknown);
        }
        Ok(Examined { report: Report { at: self.clock.now(), lines }, expires_at })
    }

    async fn ask_all(
        &self,
        tenant: &Tenant,
        test_person: Option<&TestPerson<'_>>,
        lines: &mut Vec<Line>,
    ) -> Result<Option<Millis>, StoreError> {
        // Consent and roles that were given a minute ago show only in a new token.
        self.directory.forget_token(tenant).await;
        let granted = match self.directory.granted(tenant).await {
            Answer::Done(granted) => granted,
            Answer::Refused(Refusal { code, about }) => {
                lines.push(Line::NoToken { code, about });
                return Ok(None);
            }
            Answer::Later(_) | Answer::Unknown(_) => {
                lines.push(Line::NoAnswer);
                return Ok(None);
            }
        };
        lines.push(Line::Token);
        let listed = |name: &str| granted.roles.iter().any(|role| role == name);
        let domain = match self.directory.organization(tenant).await {
            Answer::Done(organization) => {
                let domain = organization.domain().map(str::to_owned);
                let entered = &tenant.settings().tenant;
                let by_id = entered.parse::<uuid::Uuid>().is_ok();
                if by_id && !organization.id.eq_ignore_ascii_case(entered) {
                    lines.push(Line::OtherTenant);
                    return Ok(None);
                }
                let domains = organization.domains();
                if let Some(name) = organization.display_name {
                    lines.push(Line::Tenant { name, domains });
                }
                domain
            }
            // The same permission is tried below, and named there.
            _ => None,
        };
        // Where the tenant does not tell its domains, what was entered may be one.
        let domain = domain.unwrap_or_else(|| tenant.settings().tenant.clone());
        let person = match test_person {
            Some(it) => self.directory.find(tenant, it.address).await.map(Some),
            None => Answer::Done(None),
        };
        let somebody = match &person {
            Answer::Done(Some(person)) => Answer::Done(Some(person.id.clone())),
            _ => self.directory.anybody(tenant).await,
        };
        lines.extend(line(READ_PEOPLE, "People", somebody.clone().map(|_| ())));
        if let Answer::Done(Some(id)) = &somebody {
            self.probe_all(tenant, id, &domain, lines).await;
        }
        for name in [SET_PASSWORD, END_SESSIONS] {
            lines.push(Line::Claimed { permission: name.into(), listed: listed(name) });
        }
        for name in TOO_MUCH.iter().filter(|name| listed(name)) {
            lines.push(Line::TooMuch { permission: (*name).into() });
        }
        let may_set = listed(SET_PASSWORD);
        if may_set {
            lines.push(self.try_to_set(tenant, test_person, person).await?);
        }
        if tenant.settings().proof == ProofKind::Certificate {
            return Ok(None);
        }
        let Some(hint) = self.directory.secret_hint(tenant).await else { return Ok(None) };
        Ok(match self.directory.secret_ends(tenant, &hint).await {
            Answer::Done(end) => end,
            _ => None,
        })
    }

    /// Each permission once: all that needs it must go through.
    async fn probe_all(&self, tenant: &Tenant, person: &str, domain: &str, lines: &mut Vec<Line>) {
        let probes = self.directory.probe(tenant, person, domain).await;
        for permission in ALL {
            let mut of_it: Vec<Line> = probes
                .iter()
                .filter(|probe| probe.permission == permission.name)
                .flat_map(|probe| line(probe.permission, probe.what, probe.answer.clone()))
                .filter(|line| !lines.contains(line))
                .collect();
            // "Works" only where nothing else is to be said.
            if of_it.iter().any(|line| !matches!(line, Line::Granted { .. })) {
                of_it.retain(|line| !matches!(line, Line::Granted { .. }));
                let works = Line::Granted { permission: permission.name.into() };
                lines.retain(|line| *line != works);
            }
            of_it.dedup();
            lines.extend(of_it);
        }
    }

    async fn try_to_set(
        &self,
        tenant: &Tenant,
        test_person: Option<&TestPerson<'_>>,
        person: Answer<Option<Person>>,
    ) -> Result<Line, StoreError> {
        let (by, person) = match (test_person, person) {
            (None, _) => return Ok(Line::SetNotTried),
            (Some(it), Answer::Done(Some(person))) => (it.by, person),
            (_, Answer::Refused(Refusal { code, about })) => {
                return Ok(Line::TestPersonUnfit { code, about });
            }
            _ => return Ok(Line::SetUnclear),
        };
        // A password of four digits must not get between a reset and its link.
        if self.store.live_reset(tenant.account, &person.id).await?.is_some() {
            return Ok(Line::TestPersonUnfit { code: Code::ResetUnderWay, about: None });
        }
        // Written down first: should Microsoft take it after all, it is known who asked for it.
        let entry = Entry {
            integration: Some(tenant.integration),
            ..Entry::new(Act::SelfTestBegun).by(by).about(person.id.clone())
        };
        self.store.note_alone(tenant.account, self.clock.now(), &entry).await?;
        Ok(match self.directory.self_test(tenant, &person).await {
            SelfTest::Allowed => Line::MaySet,
            SelfTest::Refused(it) if it.code == Code::M365PermissionMissing => Line::MayNotSet,
            SelfTest::Refused(it) => Line::SetRefused { code: it.code, about: it.about },
            SelfTest::NotFit(it) => Line::TestPersonUnfit { code: it.code, about: it.about },
            SelfTest::Unknown => Line::SetUnclear,
            SelfTest::Taken => Line::SetTaken,
        })
    }

    /// Whether Microsoft takes a credential that is not in use yet.
    pub(super) async fn proves(
        &self,
        settings: &crate::directory::M365Settings,
        proof: &Proof,
    ) -> Result<(), Refusal> {
        match self.directory.ask_token(settings, proof).await {
            Answer::Done(_) => Ok(()),
            Answer::Refused(refusal) => Err(refusal),
            Answer::Later(_) | Answer::Unknown(_) => Err(Code::MicrosoftUnavailable.into()),
        }
    }
}

fn line(permission: &str, what: &str, answer: Answer<()>) -> Option<Line> {
    let permission = permission.to_owned();
    Some(match answer {
        Answer::Done(()) => Line::Granted { permission },
        Answer::Refused(refusal) => match refusal.code {
            Code::M365PermissionMissing => Line::Missing { permission },
            code => Line::Odd { permission, what: what.into(), code, about: refusal.about },
        },
        Answer::Later(_) | Answer::Unknown(_) => Line::Unanswered { permission },
    })
}
