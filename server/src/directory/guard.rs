//! The guard: who must not be reset although Microsoft might allow it. Fails closed: what can't
//! be known is a finding of its own.
//!
//! Covered: roles held (directly or through groups), role-assignable groups, roles that the person
//! may activate, federated domains, and what the person's own record says. Not yet: owners of
//! role-assignable groups and of applications, PIM for Groups, a customer's own protected group;
//! docs/limits.md says so.

use serde::Deserialize;
use shared::{Code, Finding};
use url::Url;

use super::graph::Page;
use super::{Directory, Person, Tenant};
use crate::outbound::{Answer, Refusal};

/// Whether a person may be reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What stands in the way; empty when nothing does.
    pub findings: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    #[serde(rename = "@odata.type", default)]
    kind: String,
    #[serde(default)]
    role_template_id: Option<String>,
    #[serde(default)]
    is_assignable_to_role: Option<bool>,
}

#[derive(Deserialize)]
struct Eligibility {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    authentication_type: String,
}

/// Roles that give no power over others. (Entra "Privileged roles and permissions": who can reset
/// whom; Directory Readers and Guest Inviter count as ordinary people there.)
const HARMLESS_ROLES: [&str; 2] =
    ["88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "95e79109-95c0-4d8e-aee3-d01accf2d47b"];

/// Pages of memberships that are read before we call it unknown.
const MOST_PAGES: usize = 20;

impl Directory {
    /// Everything of the person that forbids a reset, all of it: a technician should not have to
    /// come back for the next finding.
    pub async fn standing(&self, tenant: &Tenant, person: &Person) -> Standing {
        let mut findings: Vec<Finding> =
            person.findings().into_iter().map(|code| Finding { code, about: None }).collect();
        let (memberships, eligibility, domain) = tokio::join!(
            self.holds_power(tenant, &person.id),
            self.may_activate_power(tenant, &person.id),
            self.is_federated(tenant, person.domain()),
        );
        for (answer, code) in [
            (memberships, Code::PersonPrivileged),
            (eligibility, Code::PersonPrivileged),
            // A guest's own domain is not one of this tenant.
            (domain, Code::PersonFederated),
        ] {
            let finding = match answer {
                Answer::Done(false) => continue,
                Answer::Done(true) => Finding { code, about: None },
                Answer::Refused(refusal) => refusal_finding(refusal),
                Answer::Later(_) | Answer::Unknown(_) => {
                    Finding { code: Code::MicrosoftUnavailable, about: None }
                }
            };
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        Standing { findings }
    }

    /// Roles and role-assignable groups, direct and through other groups. Without a cast: the
    /// cast reads an index that may lag. (Graph "List a user's memberships (direct and transitive)".)
    async fn holds_power(&self, tenant: &Tenant, id: &str) -> Answer<bool> {
        let mut url = match tenant.url(&["users", id, "transitiveMemberOf"]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        url.query_pairs_mut()
            .append_pair("$select", "id,displayName,isAssignableToRole,roleTemplateId")
            .append_pair("$top", "999");
        for _ in 0..MOST_PAGES {
            let answer = self.read::<Page<Membership>>(tenant, url, "User.Read.All").await;
            let page = match answer.done() {
                Ok(page) => page,
                Err(other) => return other,
            };
            if page.value.iter().any(gives_power) {
                return Answer::Done(true);
            }
            let Some(next) = page.next else { return Answer::Done(false) };
            match Url::parse(&next) {
                // The token goes with it: only to the host that it is for.
                Ok(next) if tenant.owns(&next) => url = next,
                _ => return Answer::Unknown(None),
            }
        }
        Answer::Unknown(None)
    }

    /// Roles that the person may activate. (Graph "List roleEligibilitySchedules".) A tenant
    /// without the licence for it answers with an error that we don't know for sure: [GAP], so it
    /// is a finding.
    async fn may_activate_power(&self, tenant: &Tenant, id: &str) -> Answer<bool> {
        let mut url = match tenant.url(&["roleManagement", "directory", "roleEligibilitySchedules"])
        {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        url.query_pairs_mut().append_pair("$filter", &format!("principalId eq '{id}'"));
        self.read::<Page<Eligibility>>(tenant, url, "RoleManagement.Read.Directory")
            .await
            .map(|page| !page.value.is_empty() || page.next.is_some())
    }

    /// Whether the domain's passwords are kept somewhere else. (Graph "Get domain".)
    async fn is_federated(&self, tenant: &Tenant, domain: &str) -> Answer<bool> {
        match tenant.url(&["domains", domain]) {
            Ok(url) => self
                .read::<Domain>(tenant, url, "Domain.Read.All")
                .await
                .map(|domain| domain.authentication_type != "Managed"),
            Err(refused) => refused,
        }
    }
}

fn gives_power(membership: &Membership) -> bool {
    match membership.kind.as_str() {
        "#microsoft.graph.directoryRole" => !membership
            .role_template_id
            .as_deref()
            .is_some_and(|role| HARMLESS_ROLES.contains(&role)),
        "#microsoft.graph.group" => membership.is_assignable_to_role == Some(true),
        "#microsoft.graph.administrativeUnit" => false,
        // A kind we don't know may be one that gives power.
        _ => true,
    }
}

/// A refusal as a finding of the preflight.
pub(crate) fn refusal_finding(refusal: Refusal) -> Finding {
    Finding { code: refusal.code, about: refusal.about }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_power() {
        let check = |json: &str, power: bool| {
            let membership: Membership = serde_json::from_str(json).unwrap();
            assert_eq!(gives_power(&membership), power, "{json}");
        };
        check(r##"{"@odata.type":"#microsoft.graph.group","isAssignableToRole":null}"##, false);
        check(r##"{"@odata.type":"#microsoft.graph.group","isAssignableToRole":true}"##, true);
        check(r##"{"@odata.type":"#microsoft.graph.administrativeUnit"}"##, false);
        check(r##"{"@odata.type":"#microsoft.graph.directoryRole"}"##, true);
        check(
            r##"{"@odata.type":"#microsoft.graph.directoryRole","roleTemplateId":"88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}"##,
            false,
        );
        check(r#"{"id":"x"}"#, true);
    }
}
