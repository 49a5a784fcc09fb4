//! What follows a reset at Microsoft: sessions that end, a manager who is told.

use serde::Deserialize;
use shared::Code;

use super::fault::graph_refusal;
use super::graph::is_unauthorised;
use super::permissions::{END_SESSIONS, READ_PEOPLE};
use super::{Directory, Tenant};
use crate::bidi;
use crate::language::Language;
use crate::outbound::{Answer, Body, Method, Refusal};

/// Who somebody reports to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manager {
    /// Their object id.
    pub id: String,
    /// Their name.
    #[serde(default, deserialize_with = "bidi::read")]
    pub display_name: Option<String>,
    /// Their mailbox.
    #[serde(default)]
    pub mail: Option<String>,
    #[serde(default)]
    preferred_language: Option<String>,
}

impl Manager {
    /// What they read, where Microsoft knows and we speak it.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.preferred_language.as_deref().and_then(Language::of_tag)
    }
}

impl Directory {
    /// Ends the person's sign-in sessions on every device, within minutes. The same once more is
    /// harmless. (Graph "user: revokeSignInSessions": no body, 200, and other 2xx were seen.)
    pub async fn end_sessions(&self, tenant: &Tenant, id: &str) -> Answer<()> {
        let url = match tenant.url(&["users", id, "revokeSignInSessions"], &[]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        for last in [false, true] {
            let token = match self.token(tenant).await.done() {
                Ok(token) => token,
                Err(other) => return other,
            };
            let (sent, _) = self.send(Method::POST, url.clone(), &token, Body::None).await;
            let unauthorised = is_unauthorised(&sent);
            let answer = sent.judge(|reply| match reply.status {
                200..=299 => Answer::Done(()),
                300..=399 | 408 => Answer::Unknown(None),
                403 => Answer::Refused(Refusal::about(Code::SessionsPermission, END_SESSIONS)),
                _ => Answer::Refused(graph_refusal(&reply, END_SESSIONS)),
            });
            if !unauthorised || last {
                return answer;
            }
            self.drop_token(tenant, &token).await;
        }
        Answer::Unknown(None)
    }

    /// Who the person reports to; `None` when nobody is entered. (Graph "List manager": 404 for a
    /// person without one.)
    pub async fn manager(&self, tenant: &Tenant, id: &str) -> Answer<Option<Manager>> {
        let options = [("$select", "id,displayName,mail,preferredLanguage")];
        let url = match tenant.url(&["users", id, "manager"], &options) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        match self.read(tenant, url, READ_PEOPLE).await {
            Answer::Refused(Refusal { code: Code::PersonNotFound, .. }) => Answer::Done(None),
            answer => answer.map(Some),
        }
    }
}
