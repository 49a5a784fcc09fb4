//! The forms of an M365 integration: what was typed, and what is wrong with it, at its field.

use serde::Deserialize;

use crate::denied::Denied;
use crate::directory::ProofKind;
use crate::integration::report::Line;
use crate::integration::{FieldError, M365Ask, NotDone};
use crate::settings::Clouds;
use crate::sign_in::Typed;
use crate::store::Customer;
use crate::web::problem::Failure;
use axum::http::StatusCode;
use shared::{Code, Finding};

/// What a form sends. One type for all of them: each sends the fields that it has.
#[derive(Deserialize)]
pub struct Posted {
    /// The form's token.
    pub(super) form: String,
    /// Which version of the integration the form was made of.
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    customer: String,
    #[serde(default)]
    cloud: String,
    #[serde(default)]
    tenant: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    proof: String,
    #[serde(default = "nothing")]
    pub(super) client_secret: Typed,
    #[serde(default)]
    expires_on: String,
    #[serde(default)]
    protected_group: String,
    #[serde(default)]
    test_person: String,
}

fn nothing() -> Typed {
    Typed::new(String::new())
}

/// What is kept when a form comes back: everything but the secret.
#[derive(Clone, Default)]
pub(super) struct Values {
    /// The one that the form was made of first: one that comes back is no newer for it.
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) customer: String,
    pub(super) cloud: String,
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) proof: ProofKind,
    pub(super) expires_on: String,
    pub(super) protected_group: String,
    pub(super) test_person: String,
}

impl Posted {
    pub(super) fn values(&self) -> Values {
        Values {
            version: self.version.unwrap_or_default(),
            name: self.name.clone(),
            customer: self.customer.clone(),
            cloud: self.cloud.clone(),
            tenant: self.tenant.clone(),
            client_id: self.client_id.clone(),
            proof: match self.proof.as_str() {
                "certificate" => ProofKind::Certificate,
                _ => ProofKind::Secret,
            },
            expires_on: self.expires_on.clone(),
            protected_group: self.protected_group.clone(),
            test_person: self.test_person.clone(),
        }
    }

    /// What the domain is asked for.
    pub(super) fn ask(self) -> M365Ask {
        let values = self.values();
        M365Ask {
            version: self.version,
            name: values.name,
            customer: values.customer,
            cloud: values.cloud,
            tenant: values.tenant,
            client_id: values.client_id,
            proof: (!self.proof.is_empty()).then_some(values.proof),
            client_secret: self.client_secret,
            expires_on: values.expires_on,
            protected_group: Some(values.protected_group),
        }
    }
}

/// A line of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The customers to choose from.
pub(super) fn customers(all: Vec<Customer>, chosen: &str) -> Vec<Choice> {
    let choice = |customer: Customer| {
        let value = customer.id.to_string();
        Choice { chosen: value == chosen, value, label: customer.name }
    };
    all.into_iter().map(choice).collect()
}

/// The clouds to choose from, the one that nearly everybody is in first. Hosts that an import
/// named, and that no row has, are a choice of their own while they are in use.
pub(super) fn clouds(all: &Clouds, chosen: &str, imported: Option<&str>) -> Vec<Choice> {
    let mut rows: Vec<_> = all.iter().collect();
    rows.sort_by_key(|(name, _)| (name.as_str() != "global", name.as_str()));
    let choice = |value: &str, label: &str| Choice {
        value: value.into(),
        label: label.into(),
        chosen: value == chosen,
    };
    let kept = imported.map(|hosts| choice("", &format!("As imported: {hosts}")));
    kept.into_iter().chain(rows.into_iter().map(|(name, row)| choice(name, &row.label))).collect()
}

/// What is wrong at one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) label: &'static str,
    pub(super) words: String,
}

impl Wrong {
    pub(super) fn at(field: &'static str, words: String) -> Self {
        let label = match field {
            "name" => "Name",
            "email" => "Email",
            "role" => "Role",
            "may_use_ui" => "May use the web UI",
            "customer" => "Customer",
            "customers" => "These customers",
            "cloud" => "Microsoft cloud",
            "proof" => "How it proves itself to Microsoft",
            "tenant" => "Directory (tenant) ID",
            "client_id" => "Application (client) ID",
            "client_secret" => "Client secret (value)",
            "expires_on" => "Secret expires on",
            "protected_group" => "Protected group",
            "certificate" => "Certificate",
            "host" => "API hostname",
            "ikey" => "Integration key",
            "skey" => "Secret key",
            "test_person" => "Test person",
            "issuer" => "Issuer",
            "label" => "What people call it",
            "domains" => "Email domains",
            "mfa_values" => "What counts as its second factor",
            "only_sso" => "Only single sign-on",
            other => other,
        };
        Self { field, label, words }
    }
}

/// A form that comes back.
pub(super) struct Back {
    pub(super) status: StatusCode,
    /// Which form of the page.
    pub(super) part: &'static str,
    pub(super) values: Values,
    pub(super) errors: Vec<Wrong>,
}

/// What of a refusal is shown at the form; `else_at` is the field that a refusal is about when it
/// does not name one. Everything else goes on as the problem that it is.
pub(super) fn wrong(
    not_done: NotDone,
    else_at: &'static str,
) -> Result<(StatusCode, Vec<Wrong>), Failure> {
    match not_done {
        NotDone::Fields(errors) => {
            let errors = errors
                .into_iter()
                .map(|FieldError { field, detail }| Wrong::at(field, detail.into()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, errors.collect()))
        }
        NotDone::Denied(Denied::Because(finding)) if for_the_form(finding.code) => {
            let status =
                StatusCode::from_u16(finding.code.status()).unwrap_or(StatusCode::CONFLICT);
            Ok((status, vec![Wrong::at(else_at, in_words(finding))]))
        }
        NotDone::Denied(denied) => Err(denied.into()),
    }
}

/// What somebody can mend who looks at the form.
fn for_the_form(code: Code) -> bool {
    let of_microsoft = ["m365-", "microsoft-"];
    code == Code::ChangedMeanwhile
        || of_microsoft.iter().any(|start| code.as_str().starts_with(start))
}

/// A refusal in an admin's words: a test of the connection has them.
fn in_words(Finding { code, about }: Finding) -> String {
    let said = match code {
        Code::ChangedMeanwhile | Code::M365Taken => {
            let words = code.words();
            return format!("{} {}", words.what, words.next);
        }
        Code::MicrosoftUnavailable => Line::NoAnswer.said(),
        code => Line::NoToken { code, about }.said(),
    };
    match said.remedy {
        Some(remedy) => format!("{} {remedy}", said.what),
        None => said.what,
    }
}

/// A form as the templates show it.
pub(super) struct Form {
    pub(super) token: String,
    pub(super) new: bool,
    pub(super) values: Values,
    pub(super) customers: Vec<Choice>,
    pub(super) clouds: Vec<Choice>,
    /// Which form of the page came back.
    pub(super) part: &'static str,
    pub(super) errors: Vec<Wrong>,
    /// When a new secret ends: proposed, or as it was typed.
    pub(super) new_ends_on: String,
    /// How the integration proves itself: the stored way, or the one that is being chosen.
    pub(super) proof: ProofKind,
}

impl Form {
    pub(super) fn problem(&self, part: &str, field: &str) -> Option<&str> {
        let mine = self.errors.iter().filter(|_| self.part == part);
        mine.into_iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    pub(super) fn certificate(&self) -> bool {
        self.proof == ProofKind::Certificate
    }

    /// What did not happen.
    pub(super) fn refused(&self) -> &'static str {
        match self.part {
            "new" => "Nothing was saved yet.",
            _ => "Nothing was changed.",
        }
    }

    pub(super) fn opens(&self, part: &str) -> bool {
        self.part == part
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_cloud_of_nearly_everybody_comes_first() {
        let all = Settings::defaults().unwrap().clouds;
        let choices = clouds(&all, "dod", None);
        assert_eq!(choices[0].value, "global");
        assert_eq!(choices.len(), all.len());
        assert!(choices.iter().all(|choice| choice.chosen == (choice.value == "dod")));
        let choices = clouds(&all, "", Some("http://127.0.0.1:4411"));
        assert!(choices[0].chosen && choices[0].label.contains("127.0.0.1"));
    }

    #[test]
    fn a_refusal_stands_at_its_field_or_is_a_problem() {
        let (status, errors) = wrong(
            NotDone::Fields(vec![FieldError { field: "tenant", detail: "Enter it." }]),
            "name",
        )
        .unwrap();
        assert_eq!((status.as_u16(), errors[0].field), (422, "tenant"));
        let refusal = Finding { code: Code::M365SecretWrong, about: Some("AADSTS7000215".into()) };
        let (_, errors) = wrong(NotDone::from(refusal), "client_secret").unwrap();
        assert_eq!(errors[0].label, "Client secret (value)");
        assert!(
            errors[0].words.contains("AADSTS7000215")
                && errors[0].words.contains("not its Secret ID")
        );
        for code in [Code::Forbidden, Code::SecondFactorNeeded, Code::NotFound, Code::Internal] {
            assert!(wrong(code.into(), "name").is_err(), "{code:?}");
        }
        let (status, errors) = wrong(Code::M365Taken.into(), "customer").unwrap();
        assert_eq!(status.as_u16(), 409);
        assert!(errors[0].words.contains("connection already"));
    }

    #[test]
    fn the_secret_is_not_among_what_is_shown_again() {
        let posted: Posted =
            serde_urlencoded_like("form=t&name=N&client_secret=hush&proof=certificate");
        let values = posted.values();
        assert_eq!((values.name.as_str(), values.proof), ("N", ProofKind::Certificate));
        assert_eq!(posted.client_secret.expose(), "hush");
        assert_eq!(posted.ask().client_secret.expose(), "hush");
    }

    fn serde_urlencoded_like(text: &str) -> Posted {
        let pairs: serde_json::Map<_, _> = url::form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        serde_json::from_value(pairs.into()).unwrap()
    }
}
