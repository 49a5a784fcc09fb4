//! Calls to Microsoft Graph v1.0: one way in for all of them, then one function per call.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::{Code, Millis};
use url::Url;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use super::fault::{Refuse, graph_refusal, heard_of_read, heard_of_set};
use super::permissions::{READ_PEOPLE, READ_PHONES};
use super::person::Person;
use super::phone::{PhoneMethod, Registered, textable};
use super::{Directory, Tenant};
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply, Sent};
use crate::random;
use crate::secret::{Credential, Password};

/// What is read of a person; all in v1.0. (Graph "Get user".)
pub(super) const PERSON: &str = "id,userPrincipalName,mail,displayName,givenName,surname,accountEnabled,\
userType,creationType,externalUserState,proxyAddresses,onPremisesSyncEnabled,isResourceAccount,\
isManagementRestricted,preferredLanguage";

/// Pages of a list that are read before we call it unknown.
const MOST_PAGES: usize = 20;
/// A read that is told to come back within this time does so, once: a hiccup of Microsoft's is no
/// reason to send a caller away.
const QUICK_MS: i64 = 2_000;

/// A page of a Graph list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink", default)]
    pub(super) next: Option<String>,
}

/// As much of a list as was told.
pub(super) struct Told<T> {
    /// What the pages that were read hold.
    pub(super) items: Vec<T>,
    /// How many those are.
    pub(super) pages: usize,
    /// `Done` when that is all of it.
    pub(super) end: Answer<()>,
}

/// What came of a PATCH, and by which ids both sides know it: for the audit, whatever the answer.
pub struct Set {
    /// What they said.
    pub answer: Answer<()>,
    /// Microsoft's request id where there was a reply, and ours.
    pub ids: Option<String>,
}

impl From<Answer<()>> for Set {
    fn from(answer: Answer<()>) -> Self {
        Self { answer, ids: None }
    }
}

impl Directory {
    /// The person with this object id.
    pub async fn person(&self, tenant: &Tenant, id: &str) -> Answer<Person> {
        match tenant.url(&["users", id], &[("$select", PERSON)]) {
            Ok(url) => self.read(tenant, url, READ_PEOPLE).await,
            Err(refused) => refused,
        }
    }

    /// Every phone that the person has registered as an authentication method and that a text can
    /// be sent to. Never the directory's own phone fields: people and HR can edit those.
    pub async fn phones(&self, tenant: &Tenant, id: &str) -> Answer<Vec<Registered>> {
        // This call knows no query options.
        let url = match tenant.url(&["users", id, "authentication", "phoneMethods"], &[]) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        let why = |reply: &Reply| graph_refusal(reply, READ_PHONES);
        self.read_all::<PhoneMethod>(tenant, url, &why).await.map(|all| textable(&all))
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
    ) -> Set {
        let url = match tenant.url(&["users", id], &[]) {
            Ok(url) => url,
            Err(refused) => return Set::from(refused),
        };
        let mut ids = None;
        for last in [false, true] {
            // Whatever happens while we get a token, nothing was set (a 401 sets nothing either).
            let token = match self.token(tenant).await {
                Answer::Done(token) => token,
                Answer::Refused(refusal) => return Set { answer: Answer::Refused(refusal), ids },
                Answer::Later(after) | Answer::Unknown(after) => {
                    return Set { answer: Answer::Later(after), ids };
                }
            };
            if self.clock.now() > not_after {
                return Set { answer: Answer::Later(None), ids };
            }
            let body = Body::Json(password_profile(password, must_change));
            let (sent, ours) = self.send(Method::PATCH, url.clone(), &token, body).await;
            ids = Some(both(&sent, &ours));
            let unauthorised = is_unauthorised(&sent);
            let answer = sent.judge(|reply| heard_of_set(&reply));
            if !unauthorised || last {
                return Set { answer, ids };
            }
            self.drop_token(tenant, &token).await;
        }
        Set { answer: Answer::Unknown(None), ids }
    }

    /// Reads one JSON object, within our patience.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        permission: &str,
    ) -> Answer<T> {
        self.read_as(tenant, url, &|reply: &Reply| graph_refusal(reply, permission)).await
    }

    /// The same, with a refusal in other words.
    pub(super) async fn read_as<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        why: Refuse<'_>,
    ) -> Answer<T> {
        self.in_time(Box::pin(self.read_page(tenant, url, why))).await
    }

    /// Reads a list to its end, within our patience. A list of which we don't see the end is
    /// unknown.
    pub(super) async fn read_all<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        why: Refuse<'_>,
    ) -> Answer<Vec<T>> {
        let Told { items, end, .. } = self.read_pages(tenant, url, why).await;
        end.map(|()| items)
    }

    /// Reads as much of a list as there is, within our patience.
    pub(super) async fn read_pages<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        why: Refuse<'_>,
    ) -> Told<T> {
        let mut told = Told { items: Vec::new(), pages: 0, end: Answer::Unknown(None) };
        let (items, pages) = (&mut told.items, &mut told.pages);
        told.end = self.in_time(Box::pin(self.turn_pages(tenant, url, why, items, pages))).await;
        told
    }

    async fn turn_pages<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        mut url: Url,
        why: Refuse<'_>,
        items: &mut Vec<T>,
        pages: &mut usize,
    ) -> Answer<()> {
        while *pages < MOST_PAGES {
            let page = match self.read_page::<Page<T>>(tenant, url, why).await.done() {
                Ok(page) => page,
                Err(other) => return other,
            };
            items.extend(page.value);
            *pages += 1;
            let Some(next) = page.next else { return Answer::Done(()) };
            match Url::parse(&next) {
                // The token goes with it: only to where it is for.
                Ok(next) if tenant.owns(&next) => url = next,
                _ => return Answer::Unknown(None),
            }
        }
        Answer::Unknown(None)
    }

    /// One reply. A 401 gets one new token and one more try; "not now, but in a moment" is waited
    /// for, once.
    async fn read_page<T: DeserializeOwned>(
        &self,
        tenant: &Tenant,
        url: Url,
        why: Refuse<'_>,
    ) -> Answer<T> {
        let (mut renewed, mut waited) = (false, false);
        loop {
            let token = match self.token(tenant).await.done() {
                Ok(token) => token,
                Err(other) => return other,
            };
            let (sent, _) = self.send(Method::GET, url.clone(), &token, Body::None).await;
            if is_unauthorised(&sent) && !renewed {
                renewed = true;
                self.drop_token(tenant, &token).await;
                continue;
            }
            if let (Some(after), false) = (quick(&sent), waited) {
                waited = true;
                tokio::time::sleep(after).await;
                continue;
            }
            return sent.judge(|reply| heard_of_read(&reply, why));
        }
    }

    /// Sends one request with an id of its own, and gives that id.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        token: &Credential,
        body: Body,
    ) -> (Sent, String) {
        let ours = random::id(self.clock.now()).to_string();
        let request_id = Some(ours.clone());
        let call =
            Call { method, url, auth: Auth::Bearer(token), request_id, headers: Vec::new(), body };
        (self.outbound.send(call).await, ours)
    }

    /// What takes longer than our patience is unknown: somebody waits on the phone, and whoever
    /// drives a reset holds a lease. Boxed: a guard asks six such questions at once, and a call's
    /// future is large.
    async fn in_time<T>(&self, asking: impl Future<Output = Answer<T>>) -> Answer<T> {
        match tokio::time::timeout(self.patience, asking).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unknown(None),
        }
    }
}

pub(super) fn is_unauthorised(sent: &Sent) -> bool {
    matches!(sent, Sent::Reply(reply) if reply.status == 401)
}

/// How soon a read is welcome again, where Microsoft says so and it is soon.
fn quick(sent: &Sent) -> Option<Duration> {
    let Sent::Reply(reply) = sent else { return None };
    let after = i64::from(reply.retry_after?) * 1000;
    let soon = matches!(reply.status, 429 | 503) && after <= QUICK_MS;
    soon.then(|| Duration::from_millis(u64::try_from(after).unwrap_or_default().max(250)))
}

/// The ids of one exchange, for the audit: theirs to show to Microsoft, ours to find it in a log.
fn both(sent: &Sent, ours: &str) -> String {
    let theirs = match sent {
        Sent::Reply(reply) => reply.request_id.as_deref(),
        Sent::NotConnected(_) | Sent::Broken(_) => None,
    };
    let theirs: String =
        theirs.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(60).collect();
    if theirs.is_empty() {
        format!("client-request-id {ours}")
    } else {
        format!("request-id {theirs} client-request-id {ours}")
    }
}

/// A text as OData writes it: in quotes, with those inside doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
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
    /// An address under `/v1.0`: each segment percent-encoded (`#` of a guest's UPN, for one), and
    /// each option, with blanks as `%20`, for `+` is not a blank to everybody.
    pub(super) fn url<T>(
        &self,
        segments: &[&str],
        options: &[(&str, &str)],
    ) -> Result<Url, Answer<T>> {
        let bad = || Answer::Refused(Code::MicrosoftRefused.into());
        let mut url = Url::parse(&self.settings.graph).map_err(|_| bad())?;
        url.path_segments_mut().map_err(|()| bad())?.clear().push("v1.0").extend(segments);
        let option = |(name, value): &(&str, &str)| {
            let value = byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20");
            format!("{name}={value}")
        };
        let query: Vec<String> = options.iter().map(option).collect();
        url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
        Ok(url)
    }

    /// Whether a `nextLink` stays where our token is for: this Graph host, this version.
    pub(super) fn owns(&self, url: &Url) -> bool {
        let here =
            Url::parse(&self.settings.graph).is_ok_and(|graph| graph.origin() == url.origin());
        here && url.path().starts_with("/v1.0/")
            && url.username().is_empty()
            && url.password().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_stays_at_its_host_and_version() {
        let tenant = Tenant::for_tests("https://graph.microsoft.com");
        let check = |url: &str, owns: bool| {
            assert_eq!(tenant.owns(&Url::parse(url).unwrap()), owns, "{url}");
        };
        check("https://graph.microsoft.com/v1.0/users?$skiptoken=x", true);
        check("https://graph.microsoft.com:443/v1.0/users", true);
        check("https://graph.microsoft.com/beta/users", false);
        check("https://graph.microsoft.com/v1.0/../beta/users", false);
        check("https://graph.microsoft.com.evil.example/v1.0/users", false);
        check("https://evil.example/v1.0/users", false);
        check("http://graph.microsoft.com/v1.0/users", false);
        check("https://graph.microsoft.com:8443/v1.0/users", false);
        check("https://me@graph.microsoft.com/v1.0/users", false);
        check("https://graph.microsoft.com@evil.example/v1.0/users", false);
    }

    #[test]
    fn segments_and_options_are_encoded() {
        let tenant = Tenant::for_tests("https://graph.microsoft.com");
        let url = tenant.url::<()>(&["users", "a_b#EXT#@c/../d"], &[("$top", "a b&c")]);
        assert_eq!(
            url.ok().unwrap().as_str(),
            "https://graph.microsoft.com/v1.0/users/a_b%23EXT%23@c%2F..%2Fd?$top=a%20b%26c"
        );
        assert_eq!(quoted("o'neil"), "'o''neil'");
    }

    #[test]
    fn only_a_short_wait_is_waited_for() {
        let after = |status, retry_after| {
            let body = Zeroizing::new(Vec::new());
            quick(&Sent::Reply(Reply {
                status,
                retry_after,
                request_id: Some("a\u{7}b".into()),
                body,
            }))
        };
        assert_eq!(after(429, Some(1)), Some(Duration::from_secs(1)));
        assert_eq!(after(503, Some(2)), Some(Duration::from_secs(2)));
        assert_eq!(after(503, Some(0)), Some(Duration::from_millis(250)));
        for (status, said) in [(503, Some(3)), (429, None), (500, Some(1)), (200, Some(1))] {
            assert_eq!(after(status, said), None, "{status} {said:?}");
        }
        assert_eq!(quick(&Sent::Broken(String::new())), None);
    }
}
