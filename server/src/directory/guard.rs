//! The guard: who must not be reset although Microsoft might allow it. Fails closed: what can't
//! be known is a finding of its own. Asked anew for each confirmation and each click; nothing here
//! is remembered.
//!
//! Covered: roles held (tenant-wide, scoped, custom; directly or through groups) and those that
//! may be activated, role-assignable groups as member or owner, groups that may be joined (PIM for
//! Groups), owners of applications and service principals, restricted units, the customer's
//! protected group, federated domains, and what the person's own record says. What none of
//! Microsoft's lists tells stands in docs/limits.md.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::{Code, Finding};

use super::fault::{Refuse, graph_refusal, owners_refusal, pim_refusal};
use super::graph::{Told, quoted};
use super::permissions::{READ_DOMAINS, READ_ELIGIBLE_GROUPS, READ_PEOPLE, READ_ROLES};
use super::power::{self, Eligible, Object, Role};
use super::{Directory, Person, Tenant};
use crate::outbound::{Answer, Refusal, Reply};
use crate::settings::Owners;

/// Whether a person may be reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What stands in the way; empty when nothing does.
    pub findings: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    #[serde(default)]
    authentication_type: Option<String>,
}

/// The findings of one question.
type Found = Answer<Vec<Finding>>;

/// A question of the guard.
pub(super) struct Question {
    /// What it needs.
    pub(super) permission: &'static str,
    /// What it is about, for people.
    pub(super) what: &'static str,
    /// What came of it.
    pub(super) found: Found,
}

impl Directory {
    /// Everything of the person that forbids a reset, all of it: a technician should not have to
    /// come back for the next finding. Members of `guarded` groups need a second technician
    /// (`ApprovalNeeded`); the others are out of bounds.
    pub async fn standing(&self, tenant: &Tenant, person: &Person, guarded: &[String]) -> Standing {
        let asked = self.questions(tenant, &person.id, person.domain(), guarded).await;
        let mut findings: Vec<Finding> = Vec::new();
        let own = person.findings().into_iter();
        for finding in own.chain(asked.into_iter().flat_map(|it| findings_of(it.found))) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        Standing { findings }
    }

    /// All that Microsoft is asked about a person, at once. A connection test asks the same: what it
    /// tries is what a reset will need.
    pub(super) async fn questions(
        &self,
        tenant: &Tenant,
        id: &str,
        domain: &str,
        guarded: &[String],
    ) -> [Question; 6] {
        let of = |permission, what, found| Question { permission, what, found };
        let (memberships, held, eligible, groups, owned, domain) = tokio::join!(
            self.memberships(tenant, id, guarded),
            self.roles_held(tenant, id),
            self.roles_eligible(tenant, id),
            self.groups_eligible(tenant, id),
            self.owned(tenant, id),
            self.domain(tenant, domain),
        );
        [
            of(READ_PEOPLE, "Groups and roles", memberships),
            of(READ_ROLES, "Roles held", held),
            of(READ_ROLES, "Roles that can be activated", eligible),
            of(READ_ELIGIBLE_GROUPS, "Groups that can be joined", groups),
            of(READ_PEOPLE, "What people own", owned),
            of(READ_DOMAINS, "Domains", domain),
        ]
    }

    /// Roles and role-assignable groups, direct and through other groups; restricted units; the
    /// customer's protected group. Without a cast: the cast reads an index that may lag. (Graph
    /// "List a user's memberships (direct and transitive)".)
    async fn memberships(&self, tenant: &Tenant, id: &str, guarded: &[String]) -> Found {
        let options = [("$select", Object::MEMBERSHIP), ("$top", "999")];
        let why = |reply: &Reply| graph_refusal(reply, READ_PEOPLE);
        let path = ["users", id, "transitiveMemberOf"];
        let group = tenant.settings.protected_group.as_deref();
        self.list(tenant, &path, &options, &why)
            .await
            .map(|all| power::of_memberships(&all, group, guarded))
    }

    /// Roles that the person holds, also those for a part of the tenant, which are no membership.
    /// (Graph "List unifiedRoleAssignments".)
    async fn roles_held(&self, tenant: &Tenant, id: &str) -> Found {
        let filter = format!("principalId eq {}", quoted(id));
        let options = [("$select", "id,roleDefinitionId"), ("$filter", filter.as_str())];
        let why = |reply: &Reply| graph_refusal(reply, READ_ROLES);
        let path = ["roleManagement", "directory", "roleAssignments"];
        self.list(tenant, &path, &options, &why)
            .await
            .map(|all: Vec<Role>| power::of_assignments(&all))
    }

    /// Roles that the person may activate. (Graph "List roleEligibilitySchedules".)
    async fn roles_eligible(&self, tenant: &Tenant, id: &str) -> Found {
        let filter = format!("principalId eq {}", quoted(id));
        let options = [("$select", "id,roleDefinitionId"), ("$filter", filter.as_str())];
        let why = |reply: &Reply| pim_refusal(reply, READ_ROLES);
        let path = ["roleManagement", "directory", "roleEligibilitySchedules"];
        let answer = self.list(tenant, &path, &options, &why).await;
        self.unless_unlicensed(
            tenant,
            answer.map(|all: Vec<Role>| power::of_eligibilities(&all)),
            READ_ROLES,
        )
        .await
    }

    /// Groups under PIM that the person may join, as member or owner. (Graph "List
    /// eligibilitySchedules" of privilegedAccessGroup: it wants this filter.)
    async fn groups_eligible(&self, tenant: &Tenant, id: &str) -> Found {
        let filter = format!("principalId eq {}", quoted(id));
        let options = [("$select", "id"), ("$filter", filter.as_str())];
        let why = |reply: &Reply| pim_refusal(reply, READ_ELIGIBLE_GROUPS);
        let path = ["identityGovernance", "privilegedAccess", "group", "eligibilitySchedules"];
        let answer = self.list(tenant, &path, &options, &why).await;
        self.unless_unlicensed(
            tenant,
            answer.map(|all: Vec<Eligible>| power::of_groups(&all)),
            READ_ELIGIBLE_GROUPS,
        )
        .await
    }

    /// "No licence" counts as "none" only on a code that the operator has listed, and only while
    /// the token says that the permission is there: otherwise the same error could mean that we
    /// may not look.
    async fn unless_unlicensed(&self, tenant: &Tenant, answer: Found, permission: &str) -> Found {
        let Answer::Refused(Refusal { code: Code::M365LicenceUnknown, about: Some(code) }) =
            &answer
        else {
            return answer;
        };
        if !self.settings.directory.no_licence_codes().any(|listed| listed == code) {
            return answer;
        }
        match self.granted(tenant).await {
            Answer::Done(granted) if granted.roles.iter().any(|role| role == permission) => {
                Answer::Done(Vec::new())
            }
            Answer::Done(_) => {
                Answer::Refused(Refusal::about(Code::M365PermissionMissing, permission))
            }
            _ => answer,
        }
    }

    /// What the person owns. (Graph "List ownedObjects". Its newest page says that applications
    /// may not ask; what it says of `User.Read.All` for people, and what Microsoft's table of
    /// permissions said before, is that they may. So we ask, and the operator decides what a "no"
    /// means: docs/limits.md. Only a "no" to the question as such is one; whoever is not found, or
    /// a list that breaks off, says nothing of what applications may ask.)
    async fn owned(&self, tenant: &Tenant, id: &str) -> Found {
        let options = [("$select", Object::OWNED), ("$top", "999")];
        let url = match tenant.url(&["users", id, "ownedObjects"], &options) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        let why = |reply: &Reply| match reply.status {
            400 | 403 => owners_refusal(reply),
            _ => graph_refusal(reply, READ_PEOPLE),
        };
        let told: Told<Object> = self.read_pages(tenant, url, &why).await;
        let mut found = power::of_owned(&told.items);
        match told.end {
            Answer::Refused(refusal)
                if refusal.code == Code::M365OwnersUnknown
                    && told.pages == 0
                    && self.settings.directory.owners == Owners::Skip =>
            {
                let said = refusal.about.unwrap_or_default();
                tracing::warn!(account.id = %tenant.account, outcome = "owners-not-checked", said);
                Answer::Done(found)
            }
            // What was told stands, whatever the rest would have been.
            end if !found.is_empty() => {
                found.extend(findings_of(end.map(|()| Vec::new())));
                Answer::Done(found)
            }
            end => end.map(|()| found),
        }
    }

    /// Whether the domain's passwords are kept somewhere else. (Graph "Get domain".) What is not
    /// `Managed` is not ours to reset, whatever it is called.
    async fn domain(&self, tenant: &Tenant, name: &str) -> Found {
        let url = match tenant.url(&["domains", name], &[("$select", "id,authenticationType")]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        self.read::<Domain>(tenant, url, READ_DOMAINS).await.map(|domain| {
            let managed = domain.authentication_type.as_deref() == Some("Managed");
            (!managed).then(|| Code::PersonFederated.into()).into_iter().collect()
        })
    }

    async fn list<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        path: &[&str],
        options: &[(&str, &str)],
        why: Refuse<'_>,
    ) -> Answer<Vec<T>> {
        match tenant.url(path, options) {
            Ok(url) => self.read_all(tenant, url, why).await,
            Err(refused) => refused,
        }
    }
}

/// What a question comes to. Not knowing is a finding.
fn findings_of(answer: Found) -> Vec<Finding> {
    match answer {
        Answer::Done(found) => found,
        Answer::Refused(refusal) => vec![refusal_finding(refusal)],
        Answer::Later(_) | Answer::Unknown(_) => vec![Code::MicrosoftUnavailable.into()],
    }
}

/// A refusal as a finding of the preflight.
pub(crate) fn refusal_finding(refusal: Refusal) -> Finding {
    Finding { code: refusal.code, about: refusal.about }
}
