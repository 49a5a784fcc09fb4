//! In which of Autotask's zones the API user is at home: asked without a secret, believed only of the
//! vendor's hosts, remembered for a day.

use serde::Deserialize;
use shared::Code;
use url::Url;

use super::{Autotask, Known};
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply, Sent};
use crate::psa::origin_of;
use crate::psa::wire::under;

/// Zones change when a database is moved (vendor: cache for a day).
const ZONE_MS: i64 = 24 * 60 * 60 * 1000;
/// As much of a zone's name as anybody needs.
const LONGEST_NAME: usize = 40;

/// Where the API user is at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// As Autotask says it, with its case: `https://webservices5.autotask.net/ATServicesRest/`.
    pub(super) url: String,
    /// What it is called; may be empty.
    pub(super) name: String,
    /// Origin of the pages that technicians use there; empty where it is not said.
    pub(super) site: String,
}

impl Zone {
    /// Whether an address is on this zone's host: what `nextPageUrl` says.
    pub(super) fn has(&self, url: &Url) -> bool {
        origin_of(&self.url).as_deref() == Some(&*url.origin().ascii_serialization())
            && url.username().is_empty()
            && url.password().is_none()
    }
}

impl Autotask {
    /// The zone. Whoever asks second finds what the first one found.
    pub(super) async fn zone<U>(&self) -> Result<Zone, Answer<U>> {
        let mut found = self.wire.memory.found.lock().await;
        let now = self.wire.clock.now();
        let known = Known::of(&mut found);
        if let Some(zone) = Known::fresh(known.zone.as_ref(), now, ZONE_MS) {
            return Ok(zone);
        }
        let zone = self.ask_zone().await.done()?;
        known.zone = Some((now, zone.clone()));
        Ok(zone)
    }

    async fn ask_zone(&self) -> Answer<Zone> {
        let home = &self.wire.settings.psa.autotask;
        let user = [("user", self.settings.username.as_str())];
        let Some(url) = under(home, "atservicesrest/v1.0/zoneInformation", &user) else {
            return Answer::Refused(Code::PsaRefused.into());
        };
        let call = Call {
            method: Method::GET,
            url,
            auth: Auth::None,
            request_id: None,
            headers: Vec::new(),
            body: Body::None,
        };
        match self.wire.send(call).await {
            Ok(sent) => judge(sent, home),
            Err(millis) => Answer::Later(Some(millis)),
        }
    }
}

fn judge(sent: Sent, home: &str) -> Answer<Zone> {
    if let Sent::Reply(reply) = &sent
        && knows_nobody(reply)
    {
        return Answer::Refused(Code::PsaCredentials.into());
    }
    sent.judge(|reply| match reply.status {
        200 => zone(&reply, home),
        401 | 403 | 404 => Answer::Refused(Code::PsaCredentials.into()),
        _ => Answer::Refused(Code::PsaRefused.into()),
    })
}

/// Whether Autotask says that it knows no such API user, which it does with any status \[INFER\].
fn knows_nobody(reply: &Reply) -> bool {
    let body = String::from_utf8_lossy(&reply.body).to_lowercase();
    reply.status >= 400 && body.contains("zone information could not be determined")
}

fn zone(reply: &Reply, home: &str) -> Answer<Zone> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Said {
        url: String,
        zone_name: Option<String>,
        web_url: Option<String>,
    }
    let Ok(said) = serde_json::from_slice::<Said>(&reply.body) else {
        return Answer::Unknown(None);
    };
    if !is_ours(&said.url, home) {
        return Answer::Refused(Code::PsaRefused.into());
    }
    let plain = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '_');
    let name = said.zone_name.unwrap_or_default();
    let name = name.chars().filter(plain).take(LONGEST_NAME).collect::<String>();
    let site = said.web_url.as_deref().and_then(origin_of).unwrap_or_default();
    Answer::Done(Zone { url: said.url, name: name.trim().to_owned(), site })
}

/// Whether a zone's address is one of the vendor's, or of the host that was asked. The secret goes there.
fn is_ours(url: &str, home: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let vendors = url.scheme() == "https"
        && url.port().is_none()
        && url.domain().and_then(|it| it.strip_suffix(".autotask.net")).is_some_and(|it| {
            let number = it.strip_prefix("webservices");
            number.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
        });
    let asked = origin_of(home).as_deref() == Some(&*url.origin().ascii_serialization());
    plain && (vendors || asked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zeroize::Zeroizing;

    use super::*;

    const HOME: &str = "https://webservices.autotask.net";

    fn judged(status: u16, body: &str) -> Answer<Zone> {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        judge(Sent::Reply(Reply { status, retry_after: None, request_id: None, body }), HOME)
    }

    #[test]
    fn only_the_vendors_hosts_are_believed_and_the_one_that_was_asked() {
        for good in [
            "https://webservices5.autotask.net/ATServicesRest/",
            "https://webservices.autotask.net/ATServicesRest/",
            "https://webservices24.autotask.net",
        ] {
            assert!(is_ours(good, HOME), "{good}");
        }
        for bad in [
            "http://webservices5.autotask.net/",
            "https://webservices5.autotask.net:8443/",
            "https://webservices5.autotask.net.evil.example/",
            "https://evil.autotask.net/",
            "https://webservicesx.autotask.net/",
            "https://x.webservices5.autotask.net/",
            "https://webservices5.autotask.net@evil.example/",
            "https://me@webservices5.autotask.net/",
            "https://webservices5.autotask.net/?to=",
            "https://webservices5.autotask.net/#",
            "https://127.0.0.1/",
            "/ATServicesRest/",
            "",
        ] {
            assert!(!is_ours(bad, HOME), "{bad}");
        }
        let demo = "http://127.0.0.1:4417";
        assert!(is_ours("http://127.0.0.1:4417/ATServicesRest/", demo));
        assert!(!is_ours("http://127.0.0.1:4416/ATServicesRest/", demo));
    }

    #[test]
    fn a_zone_is_what_autotask_says_with_its_case() {
        let url = "https://webservices5.autotask.net/ATServicesRest/";
        let body = json!({"zoneName": " America East<script>", "url": url, "webUrl": "https://ww5.autotask.net/x", "ci": 1});
        let zone = Zone {
            url: url.into(),
            name: "America Eastscript".into(),
            site: "https://ww5.autotask.net".into(),
        };
        assert_eq!(judged(200, &body.to_string()), Answer::Done(zone.clone()));
        let bare = Zone { name: String::new(), site: String::new(), ..zone.clone() };
        assert_eq!(judged(200, &json!({"url": url}).to_string()), Answer::Done(bare));
        let foreign = json!({"url": "https://evil.example/ATServicesRest/"}).to_string();
        let refused = |code: Code| Answer::Refused(code.into());
        assert_eq!(judged(200, &foreign), refused(Code::PsaRefused));
        assert_eq!(judged(200, "{}"), Answer::Unknown(None));
        let unknown = r#"{"errors":["Zone information could not be determined."]}"#;
        assert_eq!(judged(500, unknown), refused(Code::PsaCredentials));
        assert_eq!(judged(404, ""), refused(Code::PsaCredentials));
        assert_eq!(judged(400, ""), refused(Code::PsaRefused));
        assert_eq!(judged(500, ""), Answer::Unknown(None));
        let at = |url: &str| zone.has(&Url::parse(url).unwrap());
        assert!(at(
            "https://webservices5.autotask.net/ATServicesRest/V1.0/Companies/query/next?paging=x"
        ));
        assert!(!at("https://webservices6.autotask.net/ATServicesRest/V1.0/Companies/query/next"));
        assert!(
            !at("http://webservices5.autotask.net/") && !at("https://a@webservices5.autotask.net/")
        );
    }
}
