//! Whether the connection to HaloPSA works, as whom, and which rights are missing: each right to read is
//! tried by a call that needs it; the right to write is told from the token.

use serde_json::Value;
use shared::Code;

use super::shape::{Agent, Outcome};
use super::{Halo, outcome_named, read};
use crate::outbound::{Answer, Refusal};
use crate::psa::About;

/// What is tried, and what to say where it is refused.
const TRIED: [(&str, &str); 3] = [
    (
        "Tickets",
        "HaloPSA does not let us read tickets. Give the application the permission read:tickets, and the \
         agent that it logs in as the right to see all tickets.",
    ),
    (
        "Users",
        "HaloPSA does not let us read users. Give the application the permission read:customers.",
    ),
    (
        "Client",
        "HaloPSA does not let us read clients. Give the application the permission read:customers.",
    ),
];
/// Where the token does not say that notes may be written.
const NO_EDIT: &str = "The token does not say that notes may be written. Give the application the \
                       permission edit:tickets.";

impl Halo {
    pub(super) async fn about(&self) -> Result<About, Answer<About>> {
        let granted = self.token().await.done()?;
        let mut remarks = Vec::new();
        let identity = match self.get("api/Agent/me", &[], Code::PsaRefused).await {
            Answer::Refused(refusal) if refusal.code == Code::PsaCredentials => {
                return Err(Answer::Refused(refusal));
            }
            Answer::Refused(_) => "an agent whom HaloPSA does not name".to_owned(),
            other => {
                let agent: Agent = read(other.done()?)?;
                let person = agent.told().ok_or(Answer::Unknown(None))?;
                if person.disabled {
                    remarks.push(format!(
                        "The agent that the application logs in as, {}, is disabled in HaloPSA.",
                        person.name
                    ));
                }
                person.name
            }
        };
        for (list, remark) in TRIED {
            let tried =
                self.get(&format!("api/{list}"), &[("count", "1")], Code::PsaPermission).await;
            if !may(tried)? {
                remarks.push(remark.to_owned());
            }
        }
        if !may_write(&granted.scope) {
            remarks.push(NO_EDIT.to_owned());
        }
        let outcomes = self.list::<Outcome>("api/Outcome", &[], "outcomes").await;
        remarks.extend(outcome_remark(outcomes, &self.settings.outcome)?);
        Ok(About { product: "HaloPSA".to_owned(), identity, remarks })
    }
}

/// What is wrong with the outcome that a note needs.
fn outcome_remark(all: Answer<Vec<Outcome>>, name: &str) -> Result<Option<String>, Answer<About>> {
    Ok(match all {
        Answer::Refused(_) => Some(
            "HaloPSA does not let us read outcomes, so no note can be written. Give the agent that the \
             application logs in as access to them."
                .to_owned(),
        ),
        other => outcome_named(other.done()?, name).is_none().then(|| {
            format!(
                "HaloPSA has no outcome \u{201c}{name}\u{201d}, so no note can be written. Enter the name \
                 of the one that makes a private note."
            )
        }),
    })
}

/// Whether a trial went well; a refused one says that the right is missing.
fn may(tried: Answer<Value>) -> Result<bool, Answer<About>> {
    match tried {
        Answer::Refused(Refusal { code: Code::PsaCredentials, about }) => {
            Err(Answer::Refused(Refusal { code: Code::PsaCredentials, about }))
        }
        Answer::Refused(_) => Ok(false),
        other => other.done().map(|_| true),
    }
}

/// Whether the token says that it may write notes. One that says nothing is not blamed.
fn may_write(scope: &str) -> bool {
    scope.trim().is_empty()
        || scope.split_whitespace().any(|it| matches!(it, "all" | "all:standard" | "edit:tickets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whether_it_may_write() {
        for (scope, right) in [
            ("all", true),
            ("read:tickets edit:tickets", true),
            ("", true),
            ("read:tickets read:customers", false),
            ("edit:ticketsx", false),
        ] {
            assert_eq!(may_write(scope), right, "{scope}");
        }
    }

    #[test]
    fn a_refused_trial_is_a_missing_right_and_silence_is_none() {
        assert_eq!(may(Answer::Done(Value::Null)), Ok(true));
        assert_eq!(may(Answer::Refused(Code::PsaPermission.into())), Ok(false));
        assert_eq!(may(Answer::Refused(Code::PsaRefused.into())), Ok(false));
        let ended = Answer::Refused(Code::PsaCredentials.into());
        assert_eq!(may(Answer::Refused(Code::PsaCredentials.into())), Err(ended));
        assert_eq!(may(Answer::Later(Some(5))), Err(Answer::Later(Some(5))));
        assert_eq!(may(Answer::Unknown(None)), Err(Answer::Unknown(None)));
    }
}
