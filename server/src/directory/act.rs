//! What follows a reset at Microsoft: sessions that end, a manager who is told.

use serde::Deserialize;
use shared::Code;

use super::fault::graph_refusal;
use super::{Directory, Tenant};
use crate::outbound::{Answer, Auth, Body, Call, Method, Refusal, Reply};
use crate::random;

/// What ends sessions; optional, so its absence has words of its own.
const REVOKE: &str = "User.RevokeSessions.All";

/// Who somebody reports to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manager {
    /// Their name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Their mailbox.
    #[serde(default)]
    pub mail: Option<String>,
}

impl Directory {
    /// Ends the person's sign-in sessions on every device, within minutes. The same once more is
    /// harmless. (Graph "user: revokeSignInSessions": no body, 200, and other 2xx were seen.)
    pub async fn end_sessions(&self, tenant: &Tenant, id: &str) -> Answer<()> {
        let url = match tenant.url(&["users", id, "revokeSignInSessions"]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        for last in [false, true] {
            let token = match self.token(tenant).await.done() {
                Ok(token) => token,
                Err(other) => return other,
            };
            let call = Call {
                method: Method::POST,
                url: url.clone(),
                auth: Auth::Bearer(&token),
                request_id: Some(random::id(self.clock.now()).to_string()),
                body: Body::None,
            };
            let mut unauthorised = false;
            let answer = self.outbound.send(call).await.judge(|reply: Reply| match reply.status {
                200..=299 => Answer::Done(()),
                300..=399 | 408 => Answer::Unknown(None),
                401 => {
                    unauthorised = true;
                    Answer::Refused(Code::MicrosoftRefused.into())
                }
                403 => Answer::Refused(Refusal::about(Code::SessionsPermission, REVOKE)),
                _ => Answer::Refused(graph_refusal(&reply, REVOKE)),
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
        let mut url = match tenant.url(&["users", id, "manager"]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        url.query_pairs_mut().append_pair("$select", "displayName,mail");
        match self.read(tenant, url, "User.Read.All").await {
            Answer::Refused(Refusal { code: Code::PersonNotFound, .. }) => Answer::Done(None),
            answer => answer.map(Some),
        }
    }
}
