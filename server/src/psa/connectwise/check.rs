//! Whether the connection to ConnectWise works, as whom, and which rights are missing: each right to read
//! is tried by a call that needs it. The right to write notes can't be tried without writing one.

use serde::Deserialize;
use serde_json::Value;
use shared::Code;

use super::ConnectWise;
use super::call::Ask;
use crate::outbound::{Answer, Refusal};
use crate::psa::About;

/// What is tried, and what to say where it is refused.
const TRIED: [(&str, &str); 5] = [
    (
        "service/tickets",
        "ConnectWise does not let us read service tickets. Give the API member's security role Service \
         Desk, Service Tickets: inquire and add at level All; notes need it too.",
    ),
    (
        "company/contacts",
        "ConnectWise does not let us read contacts. Give the API member's security role Companies, \
         Contacts: inquire at level All.",
    ),
    (
        "company/companies",
        "ConnectWise does not let us read companies. Give the API member's security role Companies, \
         Company Maintenance: inquire at level All.",
    ),
    (
        "system/members",
        "ConnectWise does not let us read members. Nothing needs it in the ticket; who is linked is shown \
         by their id alone. Give the API member's security role System, Member Maintenance: inquire.",
    ),
    (
        "system/connectwisehostedsetups",
        "ConnectWise does not let us see Manage Hosted API, so we can't install the pod. Add it by hand, \
         or give the API member's security role System, Table Setup: inquire, add and edit.",
    ),
];

/// `Info`.
#[derive(Deserialize)]
struct SystemInfo {
    version: Option<String>,
}

impl ConnectWise {
    pub(super) async fn about(&self) -> Result<About, Answer<About>> {
        // A wrong key may be answered 404 here; what it asks for is always there.
        let missing = Code::PsaCredentials;
        let ask = |path| Ask { path, query: &[], missing, what: "reading" };
        let version = match self.get::<SystemInfo>(ask("system/info")).await {
            Answer::Refused(refusal) if refusal.code == Code::PsaPermission => None,
            other => other.done()?.version,
        };
        let mut remarks = Vec::new();
        for (path, remark) in TRIED {
            let tried = self
                .get::<Vec<Value>>(Ask { query: &[("pageSize", "1")], ..ask(path) })
                .await
                .map(|_| ());
            if !may(tried)? {
                remarks.push(remark.to_owned());
            }
        }
        let product = match version.as_deref().and_then(plain_version) {
            Some(version) => format!("ConnectWise PSA {version}"),
            None => "ConnectWise PSA".to_owned(),
        };
        // By the key, not by asking who we are: an API member is none that `myMembers` is for.
        let identity = format!(
            "the API member with the public key {} at {}",
            self.settings.public_key, self.settings.company
        );
        Ok(About { product, identity, remarks })
    }
}

/// Whether a trial went well; a refused one says that the right is missing.
fn may(tried: Answer<()>) -> Result<bool, Answer<About>> {
    match tried {
        Answer::Refused(Refusal { code: Code::PsaCredentials, about }) => {
            Err(Answer::Refused(Refusal { code: Code::PsaCredentials, about }))
        }
        Answer::Refused(_) => Ok(false),
        other => other.done().map(|()| true),
    }
}

/// `v2025.1.101250`: nothing else of a reply is shown.
fn plain_version(text: &str) -> Option<&str> {
    let is_plain = (1..=30).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_plain.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_trial_is_a_missing_right_and_silence_is_none() {
        assert_eq!(may(Answer::Done(())), Ok(true));
        assert_eq!(may(Answer::Refused(Refusal::about(Code::PsaPermission, "x"))), Ok(false));
        assert_eq!(may(Answer::Refused(Code::PsaRefused.into())), Ok(false));
        let ended = Answer::Refused(Code::PsaCredentials.into());
        assert_eq!(may(Answer::Refused(Code::PsaCredentials.into())), Err(ended));
        assert_eq!(may(Answer::Later(Some(5))), Err(Answer::Later(Some(5))));
        assert_eq!(may(Answer::Unknown(None)), Err(Answer::Unknown(None)));
    }

    #[test]
    fn a_version_is_a_version() {
        assert_eq!(plain_version("v2025.1.101250"), Some("v2025.1.101250"));
        for odd in ["", "<b>", "a sentence", &"1".repeat(31)] {
            assert_eq!(plain_version(odd), None, "{odd}");
        }
    }
}
