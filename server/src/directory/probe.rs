//! What a connection test asks of Microsoft: each permission by a call that needs it, not by what
//! a token says of itself. Reads only, but for the self-test on a person who is named for it.

use serde::Deserialize;
use shared::{Code, Finding, Millis};

use super::graph::Page;
use super::permissions::{READ_APPLICATIONS, READ_PEOPLE, READ_PHONES};
use super::{Directory, Person, Tenant};
use crate::bidi;
use crate::outbound::Answer;
use crate::random;
use crate::secret::Password;

/// A permission, and what came of a call that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Which.
    pub permission: &'static str,
    /// What was asked, for people.
    pub what: &'static str,
    /// What came of it.
    pub answer: Answer<()>,
}

/// What came of the self-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelfTest {
    /// The password was refused, not the act: a right one would have been set.
    Allowed,
    /// The act was refused.
    Refused(Finding),
    /// Nothing was tried: this person is none that may be reset.
    NotFit(Finding),
    /// Microsoft took a password that it must refuse.
    Taken,
    /// We can't tell.
    Unknown,
}

/// The tenant as it calls itself. (Graph "List organization".)
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant's id.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "bidi::read")]
    pub display_name: Option<String>,
    #[serde(default)]
    verified_domains: Vec<VerifiedDomain>,
}

/// A tenant may have 5,000 domains (Microsoft Entra "service limits"); a customer is known by the first.
const MOST_DOMAINS: usize = 100;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifiedDomain {
    name: String,
    #[serde(default)]
    is_default: Option<bool>,
}

impl Organization {
    /// The domain that new people get.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        let default = self.verified_domains.iter().find(|domain| domain.is_default == Some(true));
        default.or(self.verified_domains.first()).map(|domain| domain.name.as_str())
    }

    /// Every verified domain, in lower case: so many as a report may hold.
    #[must_use]
    pub fn domains(&self) -> Vec<String> {
        let all = self.verified_domains.iter().take(MOST_DOMAINS);
        all.map(|domain| domain.name.to_lowercase()).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    #[serde(default)]
    password_credentials: Vec<PasswordCredential>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PasswordCredential {
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    end_date_time: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

impl Directory {
    /// Who the tenant says it is.
    pub async fn organization(&self, tenant: &Tenant) -> Answer<Organization> {
        let options = [("$select", "id,displayName,verifiedDomains")];
        let url = match tenant.url(&["organization"], &options) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        match self.read::<Page<Organization>>(tenant, url, READ_PEOPLE).await.done() {
            Ok(mut page) => match page.value.pop() {
                Some(organization) => Answer::Done(organization),
                None => Answer::Unknown(None),
            },
            Err(other) => other,
        }
    }

    /// The id of anybody there: somebody to ask about, where nobody was named. `None` in a tenant
    /// without people.
    pub async fn anybody(&self, tenant: &Tenant) -> Answer<Option<String>> {
        let options = [("$select", "id"), ("$top", "1")];
        let url = match tenant.url(&["users"], &options) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        self.read::<Page<Listed>>(tenant, url, READ_PEOPLE)
            .await
            .map(|mut page| page.value.pop().map(|listed| listed.id))
    }

    /// Asks what each permission to read is needed for, about this person and this domain: the
    /// guard's own questions, their phones, and our own record.
    pub async fn probe(&self, tenant: &Tenant, person: &str, domain: &str) -> Vec<Probe> {
        let (questions, phones, own) = tokio::join!(
            self.questions(tenant, person, domain, &[]),
            self.phones(tenant, person),
            self.application(tenant),
        );
        let probe = |permission, what, answer| Probe { permission, what, answer };
        let mut probes = vec![probe(READ_PHONES, "Registered phones", phones.map(drop))];
        probes.extend(questions.map(|it| probe(it.permission, it.what, it.found.map(drop))));
        probes.push(probe(READ_APPLICATIONS, "The app registration’s own record", own.map(drop)));
        probes
    }

    /// The registration's own record. (Graph "Get application".)
    async fn application(&self, tenant: &Tenant) -> Answer<Application> {
        let path = format!("applications(appId='{}')", tenant.settings.client_id);
        match tenant.url(&[&path], &[("$select", "appId,passwordCredentials")]) {
            Ok(url) => self.read(tenant, url, READ_APPLICATIONS).await,
            Err(refused) => refused,
        }
    }

    /// When the secret with this beginning ends; `None` where the record does not tell. Of two that
    /// begin alike the one that ends first counts. (Graph "passwordCredential": `hint` is the
    /// secret's first three characters.)
    pub async fn secret_ends(&self, tenant: &Tenant, hint: &str) -> Answer<Option<Millis>> {
        let now = self.clock.now();
        self.application(tenant).await.map(|application| {
            application
                .password_credentials
                .iter()
                .filter(|it| !hint.is_empty() && it.hint.as_deref() == Some(hint))
                .filter_map(|it| moment(it.end_date_time.as_deref()?))
                // One that has ended is not the one that has just given us a token.
                .filter(|end| *end > now)
                .min()
        })
    }

    /// Tries to set a password that is too short for Entra on a person who is there for tests: a
    /// 400 for the password means that the act would be allowed, a 403 that it is not. That is an
    /// inference: nobody documents the order of the checks. The password is random and forgotten,
    /// so that even one that was taken is known to nobody.
    pub async fn self_test(&self, tenant: &Tenant, person: &Person) -> SelfTest {
        if let Some(finding) = self.standing(tenant, person, &[]).await.findings.into_iter().next()
        {
            return SelfTest::NotFit(finding);
        }
        let password = Password::new(random::digits(TOO_SHORT));
        let not_after = self.clock.now().plus(SELF_TEST_MS);
        match self.set_password(tenant, &person.id, &password, true, not_after).await.answer {
            Answer::Refused(refusal) if refusal.code == Code::PasswordRefused => SelfTest::Allowed,
            Answer::Refused(refusal) => {
                SelfTest::Refused(Finding { code: refusal.code, about: refusal.about })
            }
            Answer::Done(_) => SelfTest::Taken,
            Answer::Later(_) | Answer::Unknown(_) => SelfTest::Unknown,
        }
    }
}

/// Entra wants eight characters at least. (Entra "Password policies".)
const TOO_SHORT: usize = 4;
/// Longer than a call may take.
const SELF_TEST_MS: i64 = 60_000;

/// A moment as Graph writes it; it may have no fraction, and it may be cut off at the seconds.
fn moment(text: &str) -> Option<Millis> {
    let parsed = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339);
    let seconds = parsed.ok()?.unix_timestamp();
    Some(Millis(seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_graph_writes_them() {
        let check =
            |text: &str, is: Option<i64>| assert_eq!(moment(text), is.map(Millis), "{text}");
        check("2026-11-22T14:00:00Z", Some(1_795_356_000_000));
        check("2026-11-22T14:00:00.5123456Z", Some(1_795_356_000_000));
        check("2026-11-22T15:00:00+01:00", Some(1_795_356_000_000));
        check("2026-11-22", None);
        check("", None);
    }

    #[test]
    fn a_tenants_own_domain_is_the_default_one() {
        let of = |domains: &str| {
            let json = format!(r#"{{"id":"1","verifiedDomains":[{domains}]}}"#);
            let organization: Organization = serde_json::from_str(&json).unwrap();
            organization.domain().map(str::to_owned)
        };
        assert_eq!(of(r#"{"name":"a"},{"name":"b","isDefault":true}"#).as_deref(), Some("b"));
        assert_eq!(of(r#"{"name":"a"}"#).as_deref(), Some("a"));
        assert_eq!(of(""), None);
    }
}
