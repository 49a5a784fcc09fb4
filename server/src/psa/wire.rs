//! One call to a PSA, with what all three have in common: whoever asked to be left alone is.

use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::port::Wire;
use crate::outbound::{Answer, Body, Call, Reply, Sent};

/// How long a PSA is left alone that says "too many" and not for how long (HaloAPI begins with so much).
const QUIET_MS: i64 = 5_000;

impl Wire {
    /// Makes the call, unless the PSA wants to be left alone: then for how many milliseconds.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Sent, i64> {
        if let Some(millis) = self.memory.quiet(self.clock.now()) {
            return Err(millis);
        }
        let sent = self.outbound.send(call).await;
        if let Sent::Reply(Reply { status: 429, retry_after, .. }) = &sent {
            let millis = retry_after.map_or(QUIET_MS, |seconds| i64::from(seconds) * 1000);
            self.memory.be_quiet(self.clock.now(), millis);
        }
        Ok(sent)
    }

    /// The same with an answer: `judge` sees what `Sent::judge` shows it.
    pub(super) async fn ask<T>(
        &self,
        call: Call<'_>,
        judge: impl FnOnce(Reply) -> Answer<T>,
    ) -> Answer<T> {
        match self.send(call).await {
            Ok(sent) => sent.judge(judge),
            Err(millis) => Answer::Later(Some(millis)),
        }
    }
}

/// JSON as a body.
pub(super) fn json(value: &Value) -> Body {
    Body::Json(Zeroizing::new(value.to_string().into_bytes()))
}

/// `path` under `base`, with its query encoded. The base's own path stays as it is; path segments are ours
/// or digits.
pub(super) fn under(base: &str, path: &str, query: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(&format!("{}/{path}", base.trim_end_matches('/'))).ok()?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_base_keeps_its_path() {
        let url = |base| under(base, "api/Tickets", &[]).unwrap().to_string();
        assert_eq!(url("https://x.example"), "https://x.example/api/Tickets");
        assert_eq!(
            url("https://x.example/ATServicesRest/"),
            "https://x.example/ATServicesRest/api/Tickets"
        );
        assert!(under("no address", "api", &[]).is_none());
    }

    proptest! {
        /// What somebody types stays one value: it reaches the other side as typed, and nothing beside it.
        #[test]
        fn what_is_typed_stays_in_its_place(text in ".{0,60}") {
            let url = under("https://x.example", "api/Users", &[("search", &text), ("count", "50")]).unwrap();
            prop_assert_eq!(url.path(), "/api/Users");
            prop_assert_eq!(url.host_str(), Some("x.example"));
            prop_assert_eq!(url.fragment(), None);
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, [("search".to_owned(), text), ("count".to_owned(), "50".to_owned())]);
        }
    }
}
