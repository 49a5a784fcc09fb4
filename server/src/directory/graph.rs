//! Calls to Microsoft Graph v1.0: one way in for all of them, then one function per call.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::{Code, Millis};
use url::Url;
use zeroize::Zeroizing;

use super::fault::{SetRefusal, graph_refusal, set_refusal};
use super::person::{Person, Phone, PhoneMethod, Registered, first_mobile, textable};
use super::{Directory, Tenant};
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply};
use crate::random;
use crate::secret::Password;

/// What is read of a person; all in v1.0. (Graph "Get user".)
const PERSON: &str = "id,userPrincipalName,mail,displayName,accountEnabled,userType,creationType,\
externalUserState,proxyAddresses,onPremisesSyncEnabled,isResourceAccount,isManagementRestricted";

/// A page of a Graph list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    pub(super) next: Option<String>,
}

impl Directory {
    /// The one person whose mail, UPN or alias is exactly `address`.
    ///
    /// Refused with `PersonNotFound` or `PersonAmbiguous`.
    pub async fn find(&self, tenant: &Tenant, address: &str) -> Answer<Person> {
        // OData: a quote inside a string is doubled; the URL library does the rest.
        let quoted = address.replace('\'', "''");
        for filter in [
            format!("mail eq '{quoted}' or userPrincipalName eq '{quoted}'"),
            format!("proxyAddresses/any(p:p eq 'smtp:{quoted}')"),
        ] {
            let mut url = match tenant.url(&["users"]) {
                Ok(url) => url,
                Err(refused) => return refused,
            };
            url.query_pairs_mut()
                .append_pair("$select", PERSON)
                .append_pair("$top", "2")
                .append_pair("$filter", &filter);
            let answer = self.read::<Page<Person>>(tenant, url, "User.Read.All").await;
            let mut page = match answer.done() {
                Ok(page) => page,
                Err(other) => return other,
            };
            match (page.value.pop(), page.value.is_empty(), page.next) {
                (None, ..) => {}
                (Some(person), true, None) => return Answer::Done(person),
                _ => return Answer::Refused(Code::PersonAmbiguous.into()),
            }
        }
        Answer::Refused(Code::PersonNotFound.into())
    }

    /// The person with this object id.
    pub async fn person(&self, tenant: &Tenant, id: &str) -> Answer<Person> {
        match tenant.url(&["users", id]) {
            Ok(mut url) => {
                url.query_pairs_mut().append_pair("$select", PERSON);
                self.read(tenant, url, "User.Read.All").await
            }
            Err(refused) => refused,
        }
    }

    /// The mobile phone that the person has registered as an authentication method.
    pub async fn phone(&self, tenant: &Tenant, id: &str) -> Answer<Phone> {
        match self.phones(tenant, id).await.done() {
            Ok(phones) => match first_mobile(&phones) {
                Some(phone) => Answer::Done(phone.clone()),
                None => Answer::Refused(Code::NoPhone.into()),
            },
            Err(other) => other,
        }
    }

    /// Every phone that the person has registered as an authentication method and that a text can
    /// be sent to. Never the directory's own phone fields: people and HR can edit those.
    pub async fn phones(&self, tenant: &Tenant, id: &str) -> Answer<Vec<Registered>> {
        let url = match tenant.url(&["users", id, "authentication", "phoneMethods"]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        let answer =
            self.read::<Page<PhoneMethod>>(tenant, url, "UserAuthMethod-Phone.Read.All").await;
        match answer.done() {
            Ok(page) => Answer::Done(textable(&page.value)),
            Err(other) => other,
        }
    }

    /// Sets the password. `Refused(PasswordRefused)` means this password, not the act.
    ///
    /// Nothing is sent after `not_after`: by then somebody else may hold the reset, or the person
    /// may have chosen a password of their own (P12).
    ///
    /// Sends `passwordProfile` alone: with other properties the whole call was seen to fail.
    /// Sending the same value again is harmless. (Graph "Update user", Example 3.)
    pub async fn set_password(
        &self,
        tenant: &Tenant,
        id: &str,
        password: &Password,
        must_change: bool,
        not_after: Millis,
    ) -> Answer<()> {
        // Whatever happens while we get a token or the address, nothing was set yet.
        let mut token = match self.token(tenant).await {
            Answer::Done(token) => token,
            Answer::Refused(refusal) => return Answer::Refused(refusal),
            Answer::Later(after) | Answer::Unknown(after) => return Answer::Later(after),
        };
        let url = match tenant.url(&["users", id]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        for last in [false, true] {
            if self.clock.now() > not_after {
                return Answer::Later(None);
            }
            let call = Call {
                method: Method::PATCH,
                url: url.clone(),
                auth: Auth::Bearer(&token),
                request_id: Some(random::id(self.clock.now()).to_string()),
                body: Body::Json(password_profile(password, must_change)),
            };
            let mut unauthorised = false;
            let answer = self.outbound.send(call).await.judge(|reply| match reply.status {
                200 | 204 => Answer::Done(()),
                401 => {
                    unauthorised = true;
                    Answer::Refused(Code::MicrosoftRefused.into())
                }
                // Neither a yes nor a no: accepted for later, moved, or timed out half-way.
                201..=399 | 408 => Answer::Unknown(None),
                _ => match set_refusal(&reply) {
                    SetRefusal::Password => Answer::Refused(Code::PasswordRefused.into()),
                    SetRefusal::Act(refusal) => Answer::Refused(refusal),
                    SetRefusal::Busy => Answer::Later(None),
                },
            });
            if !unauthorised || last {
                return answer;
            }
            self.drop_token(tenant, &token).await;
            token = match self.token(tenant).await {
                Answer::Done(token) => token,
                Answer::Refused(refusal) => return Answer::Refused(refusal),
                Answer::Later(after) | Answer::Unknown(after) => return Answer::Later(after),
            };
        }
        Answer::Unknown(None)
    }

    /// Reads JSON; a 401 gets one new token and one more try.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        permission: &str,
    ) -> Answer<T> {
        for last in [false, true] {
            let token = match self.token(tenant).await.done() {
                Ok(token) => token,
                Err(other) => return other,
            };
            let call = Call {
                method: Method::GET,
                url: url.clone(),
                auth: Auth::Bearer(&token),
                request_id: Some(random::id(self.clock.now()).to_string()),
                body: Body::None,
            };
            let mut unauthorised = false;
            let answer = self.outbound.send(call).await.judge(|reply: Reply| match reply.status {
                200 => match serde_json::from_slice(&reply.body) {
                    Ok(value) => Answer::Done(value),
                    Err(_) => Answer::Unknown(None),
                },
                401 => {
                    unauthorised = true;
                    Answer::Refused(Code::MicrosoftRefused.into())
                }
                _ => Answer::Refused(graph_refusal(&reply, permission)),
            });
            if !unauthorised || last {
                return answer;
            }
            self.drop_token(tenant, &token).await;
        }
        Answer::Unknown(None)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordPatch<'a> {
    password_profile: PasswordProfile<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordProfile<'a> {
    password: &'a str,
    force_change_password_next_sign_in: bool,
}

/// The body of the PATCH, written into one buffer that is wiped and never moves (P8).
fn password_profile(password: &Password, must_change: bool) -> Zeroizing<Vec<u8>> {
    let mut body = Zeroizing::new(Vec::with_capacity(1024));
    let patch = PasswordPatch {
        password_profile: PasswordProfile {
            password: password.expose(),
            force_change_password_next_sign_in: must_change,
        },
    };
    // Writing plain strings into memory does not fail; an empty body would be refused.
    let _ = serde_json::to_writer(&mut *body, &patch);
    body
}

impl Tenant {
    /// An address under `/v1.0`, each segment percent-encoded (`#` of a guest's UPN, for one).
    pub(super) fn url<T>(&self, segments: &[&str]) -> Result<Url, Answer<T>> {
        let bad = || Answer::Refused(Code::MicrosoftRefused.into());
        let mut url = Url::parse(&self.settings.graph).map_err(|_| bad())?;
        url.path_segments_mut().map_err(|()| bad())?.clear().push("v1.0").extend(segments);
        Ok(url)
    }
    /// Whether a `nextLink` stays with the host that gets our token.
    pub(super) fn owns(&self, url: &Url) -> bool {
        Url::parse(&self.settings.graph).is_ok_and(|graph| graph.origin() == url.origin())
    }
}
