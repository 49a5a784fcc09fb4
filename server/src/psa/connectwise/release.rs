//! Where ConnectWise's API is: `companyinfo` names the release that is in use, which is a part of every
//! address and changes with each upgrade. (Developer Guide, "Cloud URL formatting".)

use serde::Deserialize;
use shared::{Code, Millis};
use url::Url;

use super::ConnectWise;
use crate::outbound::{Answer, Auth, Body, Call, Method, Refusal, Reply};
use crate::psa::origin_of;
use crate::psa::wire::under;

/// The vendor's cloud, whose APIs are at `api-…`.
const VENDOR: [&str; 2] = [".myconnectwise.net", ".connectwisedev.com"];
/// A release that was asked for within so long is believed when the API itself says "not there".
const SURE_MS: i64 = 60_000;
/// Longer than any codebase that was seen (`v2025_1/`, `v4_6_release/`).
const LONGEST_CODEBASE: usize = 40;

/// The release in use.
struct Release {
    /// The base of addresses, to `…/apis/3.0`.
    base: String,
    /// When it was asked for.
    at: Millis,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CompanyInfo {
    codebase: Option<String>,
    site_url: Option<String>,
}

impl ConnectWise {
    /// The base of addresses, to `…/apis/3.0`. Whoever asks second finds what the first one found.
    pub(super) async fn base(&self) -> Answer<String> {
        let mut found = self.wire.memory.found.lock().await;
        let held = found.as_ref().and_then(|it| it.downcast_ref::<Release>());
        if let Some(release) = held {
            return Answer::Done(release.base.clone());
        }
        let answer = self.discover().await;
        if let Answer::Done(base) = &answer {
            *found = Some(Box::new(Release { base: base.clone(), at: self.wire.clock.now() }));
        }
        answer
    }

    /// Another base than the one that was `used` and answered 404: after an upgrade. `None` where there is
    /// no other. `is_api` says that the API itself answered, so that a release lately asked for is right.
    pub(super) async fn other_base(&self, used: &str, is_api: bool) -> Answer<Option<String>> {
        let mut found = self.wire.memory.found.lock().await;
        let now = self.wire.clock.now();
        if let Some(release) = found.as_ref().and_then(|it| it.downcast_ref::<Release>()) {
            if release.base != used {
                return Answer::Done(Some(release.base.clone()));
            }
            if is_api && now.is_within(SURE_MS, release.at) {
                return Answer::Done(None);
            }
        }
        self.discover().await.map(|base| {
            *found = Some(Box::new(Release { base: base.clone(), at: now }));
            (base != used).then_some(base)
        })
    }

    async fn discover(&self) -> Answer<String> {
        let (site, company) = (&self.settings.site, &self.settings.company);
        let fixed = self.wire.settings.psa.api_of(site);
        let url = under(fixed.unwrap_or(site), "login/companyinfo", &[]).and_then(|mut url| {
            url.path_segments_mut().ok()?.push(company);
            Some(url)
        });
        let Some(url) = url else { return Answer::Refused(Code::PsaRefused.into()) };
        let call = Call {
            method: Method::GET,
            url,
            // Nobody is asked for a key here, and none is given away.
            auth: Auth::None,
            request_id: None,
            headers: vec![("accept", "application/json".to_owned().into())],
            body: Body::None,
        };
        self.wire.ask(call, |reply| base_of(&reply, site, fixed)).await
    }
}

/// The base of addresses, from what `companyinfo` says. Our key goes there.
fn base_of(reply: &Reply, site: &str, fixed: Option<&str>) -> Answer<String> {
    let unknown =
        || Answer::Refused(Refusal::about(Code::PsaCredentials, "the company id is not known"));
    let info = match (reply.status, serde_json::from_slice::<Option<CompanyInfo>>(&reply.body)) {
        (200, Ok(Some(info))) => info,
        (200, Ok(None)) | (404, _) => return unknown(),
        (200, Err(_)) => return Answer::Unknown(None),
        (status, _) => {
            return Answer::Refused(Refusal::about(Code::PsaRefused, format!("HTTP {status}")));
        }
    };
    let codebase = info.codebase.unwrap_or_default();
    if !is_codebase(&codebase) {
        tracing::warn!(outcome = "unreadable", "a ConnectWise codebase");
        return Answer::Unknown(None);
    }
    let origin = match fixed {
        Some(fixed) => fixed.trim_end_matches('/').to_owned(),
        None => api_origin(site, info.site_url.as_deref()),
    };
    Answer::Done(format!("{origin}/{codebase}apis/3.0"))
}

/// `v2025_1/`: one segment, and no way out of it.
fn is_codebase(text: &str) -> bool {
    let Some(name) = text.strip_suffix('/') else { return false };
    name.len() < LONGEST_CODEBASE
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
}

/// The origin of the API: where `companyinfo` says that the company's site is, when that is the vendor's
/// cloud; the configured site otherwise. At the vendor's it is another host than the pages' (facts: "Cloud
/// hosts need the `api-` prefix").
fn api_origin(site: &str, said: Option<&str>) -> String {
    let said = said.and_then(origin_of).filter(|origin| is_vendor(origin));
    let origin = said.unwrap_or_else(|| site.trim_end_matches('/').to_owned());
    match origin.strip_prefix("https://") {
        Some(host) if is_vendor(&origin) && !host.starts_with("api-") => {
            format!("https://api-{host}")
        }
        _ => origin,
    }
}

fn is_vendor(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let host = url.domain().unwrap_or_default();
    url.scheme() == "https"
        && url.port().is_none()
        && VENDOR.iter().any(|domain| host.len() > domain.len() && host.ends_with(domain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;

    fn judged(status: u16, body: &str, fixed: Option<&str>) -> Answer<String> {
        let body = Zeroizing::new(body.as_bytes().to_vec());
        let reply = Reply { status, retry_after: None, request_id: None, body };
        base_of(&reply, "https://na.myconnectwise.net", fixed)
    }

    #[test]
    fn the_api_is_at_the_vendors_or_at_the_configured_host() {
        for (site, said, origin) in [
            ("https://na.myconnectwise.net", None, "https://api-na.myconnectwise.net"),
            ("https://api-eu.myconnectwise.net", None, "https://api-eu.myconnectwise.net"),
            ("https://staging.connectwisedev.com", None, "https://api-staging.connectwisedev.com"),
            ("https://psa.brightline.example", None, "https://psa.brightline.example"),
            ("https://psa.brightline.example:8443/", None, "https://psa.brightline.example:8443"),
            // What the reply says is believed of the vendor's own hosts only.
            (
                "https://na.myconnectwise.net",
                Some("api-eu.myconnectwise.net"),
                "https://api-eu.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("https://au.myconnectwise.net/"),
                "https://api-au.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("evil.example"),
                "https://api-na.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("https://api-na.myconnectwise.net.evil.example"),
                "https://api-na.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("https://evil.example@eu.myconnectwise.net"),
                "https://api-na.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("http://eu.myconnectwise.net"),
                "https://api-na.myconnectwise.net",
            ),
            (
                "https://na.myconnectwise.net",
                Some("https://eu.myconnectwise.net:8443"),
                "https://api-na.myconnectwise.net",
            ),
            (
                "https://psa.brightline.example",
                Some("other.example"),
                "https://psa.brightline.example",
            ),
            (
                "https://myconnectwise.net.evil.example",
                None,
                "https://myconnectwise.net.evil.example",
            ),
            ("https://evilmyconnectwise.net", None, "https://evilmyconnectwise.net"),
        ] {
            assert_eq!(api_origin(site, said), origin, "{site} {said:?}");
        }
    }

    #[test]
    fn a_release_is_one_segment() {
        for (text, is) in [
            ("v2025_1/", true),
            ("v4_6_release/", true),
            ("v2025.1/", true),
            ("v2025_1", false),
            ("/", false),
            ("../", false),
            ("./", false),
            ("a/b/", false),
            ("v2025_1//", false),
            ("v2025%2f/", false),
            ("v?x=/", false),
            ("", false),
        ] {
            assert_eq!(is_codebase(text), is, "{text}");
        }
    }

    #[test]
    fn what_is_said_becomes_a_base() {
        let body = r#"{"CompanyName":"b","Codebase":"v2025_1/","IsCloud":"True","SiteUrl":null}"#;
        let done = |base: &str| Answer::Done(base.to_owned());
        assert_eq!(
            judged(200, body, None),
            done("https://api-na.myconnectwise.net/v2025_1/apis/3.0")
        );
        // The operator's word goes before the vendor's.
        let elsewhere = r#"{"Codebase":"v2025_1/","SiteUrl":"eu.myconnectwise.net"}"#;
        assert_eq!(
            judged(200, elsewhere, Some("https://cw.example:8443/")),
            done("https://cw.example:8443/v2025_1/apis/3.0")
        );
        for body in ["<html>", "{}", r#"{"Codebase":"../evil/"}"#, r#"{"Codebase":null}"#] {
            assert_eq!(judged(200, body, None), Answer::Unknown(None), "{body}");
        }
        for (status, body) in [(404, "<html>"), (200, "null")] {
            let Answer::Refused(refusal) = judged(status, body, None) else { panic!("{body}") };
            assert_eq!(refusal.code, Code::PsaCredentials);
        }
        let Answer::Refused(refusal) = judged(302, "", None) else { panic!() };
        assert_eq!(refusal.code, Code::PsaRefused);
    }

    proptest! {
        /// Whatever a reply says, the key goes to the vendor's cloud or to the configured host.
        #[test]
        fn the_key_goes_nowhere_else(said in "(https?://)?[a-z@:./-]{0,30}(\\.myconnectwise\\.net)?[a-z.:/@]{0,12}") {
            let origin = api_origin("https://psa.brightline.example", Some(&said));
            prop_assert!(origin == "https://psa.brightline.example" || is_vendor(&origin), "{origin}");
        }
    }
}
