//! What a connection test found, in words for an admin: what it is and what to do. Pure.
//! [`Code::words`] is for technicians.

use shared::Code;

use super::report::{Level, Line, Report};
use crate::directory::permissions::named;

/// What a line says to an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub what: String,
    /// What to do; `None` where there is nothing to do.
    pub remedy: Option<String>,
}

const CONSENT: &str = "In Entra, open the app registration → API permissions → Add a permission → \
    Microsoft Graph → Application permissions, add it, then choose Grant admin consent. Wait a \
    minute and test again.";

const ROLE: &str = "Give the application a directory role: Entra → Roles & admins → Password \
    Administrator → Add assignments → the app registration’s name. Never Privileged Authentication \
    Administrator or Global Administrator. Wait a few minutes and test again.";

impl Line {
    /// The words.
    #[must_use]
    pub fn said(&self) -> Said {
        let (what, remedy) = match self {
            Line::Token => ("Microsoft accepts the application and its credential.".into(), None),
            Line::NoToken { code, about } => {
                (with(code.words().what, about.as_deref()), Some(token_remedy(*code).into()))
            }
            Line::NoAnswer => (
                "Microsoft does not answer right now.".into(),
                Some("Test again in a few minutes. If it stays so, ask your operator whether this server may call Microsoft.".into()),
            ),
            Line::Tenant { name, .. } => (format!("The tenant calls itself “{name}”."), None),
            Line::OtherTenant => (
                "Another tenant answered than the one whose id was entered.".into(),
                Some("Copy the Directory (tenant) ID from the registration’s overview again.".into()),
            ),
            Line::Granted { permission } => (format!("{permission}: tried, and allowed."), None),
            Line::Missing { permission } => {
                (format!("{permission} is not granted.{}", without(permission)), Some(CONSENT.into()))
            }
            Line::Claimed { permission, listed: true } => {
                (format!("{permission} is granted, as far as the token tells: trying it would change something."), None)
            }
            Line::Claimed { permission, listed: false } => {
                (format!("{permission} is not granted, as far as the token tells.{}", without(permission)), Some(CONSENT.into()))
            }
            Line::Odd { permission, what, code, about } => (
                with(&format!("{what} ({permission}): {}", of_tenant(*code)), about.as_deref()),
                Some(odd_remedy(*code).into()),
            ),
            Line::Unanswered { permission } => (
                format!("{permission}: Microsoft does not answer right now."),
                Some("Test again in a few minutes.".into()),
            ),
            Line::TooMuch { permission } => (
                format!("{permission} is granted. Nothing here needs it, and whoever steals this credential could take the tenant with it."),
                Some("In Entra, open the app registration → API permissions and remove it.".into()),
            ),
            Line::MaySet => (
                "Setting a password is allowed: Microsoft refused a password that is too short, not the act. This is an inference; Microsoft does not document the order of its checks.".into(),
                None,
            ),
            Line::MayNotSet => (
                "Setting a password is refused although the permission is granted.".into(),
                Some(ROLE.into()),
            ),
            Line::SetRefused { code, about } => (
                with(&format!("Setting a password: {}", code.words().what), about.as_deref()),
                Some(odd_remedy(*code).into()),
            ),
            Line::SetNotTried => (
                "Whether setting a password is allowed was not tried: nobody was named to try it on.".into(),
                Some("Name a test person in this tenant and test again. Some tenants want a directory role beside the permission, and only this shows it.".into()),
            ),
            Line::TestPersonUnfit { code, about } => (
                with(&format!("Nothing was tried on the test person. {}", code.words().what), about.as_deref()),
                Some(unfit_remedy(*code).into()),
            ),
            Line::SetUnclear => (
                "Microsoft did not say whether setting a password is allowed.".into(),
                Some("Test again in a few minutes.".into()),
            ),
            Line::SetTaken => (
                "Microsoft took a password of four digits, which it should have refused. The test person’s password has changed, and nobody knows the new one.".into(),
                Some("Reset the test person’s password in Entra, and tell us about this tenant.".into()),
            ),
            Line::EndUnknown => (
                "Nobody knows when the client secret ends, so nobody can be warned before it does.".into(),
                Some("Enter the date that Entra shows under Expires, below under Settings, or grant Application.Read.All.".into()),
            ),
        };
        Said { level: self.level(), what, remedy }
    }
}

impl Report {
    /// The same in words: what was found, and what to do.
    #[must_use]
    pub fn broken_in_words(&self) -> Option<(String, String)> {
        let line = self.lines.iter().find(|line| line.stops().is_some())?;
        let said = line.said();
        Some((said.what, said.remedy.unwrap_or_default()))
    }
}

/// What happened, where no person is meant but the tenant as a whole.
pub(super) fn of_tenant(code: Code) -> &'static str {
    match code {
        Code::M365LicenceUnknown => "Microsoft does not tell who may become an administrator.",
        Code::M365OwnersUnknown => {
            "Microsoft does not tell which applications and groups people own."
        }
        code => code.words().what,
    }
}

/// What does not work without it.
fn without(permission: &str) -> String {
    match named(permission) {
        Some(known) if known.needed => format!(" It is needed: {}", known.why),
        Some(known) => format!(" It is optional: {}", known.why),
        None => String::new(),
    }
}

fn with(what: &str, about: Option<&str>) -> String {
    match about.filter(|about| !about.is_empty()) {
        Some(about) => format!("{} ({about})", what.trim_end_matches('.')) + ".",
        None => what.into(),
    }
}

/// For the admin, who is the one to do it; [`Code::words`] is for technicians.
fn token_remedy(code: Code) -> &'static str {
    match code {
        Code::M365SecretWrong => {
            "Paste the secret’s Value, not its Secret ID: Certificates & secrets → Client secrets. The value is shown only once, so make a new secret if it is gone."
        }
        Code::M365SecretExpired => {
            "Make a new client secret in the app registration and replace the stored one here."
        }
        Code::M365CertificateWrong => {
            "Upload the certificate that is shown here under Certificates & secrets → Certificates, wait a minute, and test again. If it has ended, make a new one here."
        }
        Code::M365AppUnknown => {
            "Compare the Application (client) ID with the registration’s overview, and look whether the registration is in this very tenant."
        }
        Code::M365AppDisabled => {
            "In Entra, open Enterprise applications → this application → Properties, and set “Enabled for users to sign-in?” to Yes."
        }
        Code::M365TenantUnknown => {
            "Compare the Directory (tenant) ID with the registration’s overview, and look whether the cloud is the right one."
        }
        Code::M365CloudWrong => {
            "Choose the cloud that the tenant is in, and enter the secret again; with a certificate, upload the new one that is made."
        }
        Code::M365Blocked => {
            "In Entra, look at Conditional Access → Policies that apply to workload identities: this server’s address must be allowed."
        }
        _ => {
            "Give the number to whoever looks after the tenant; it is explained at login.microsoftonline.com/error."
        }
    }
}

/// Where it is not about the person, another person does not help.
fn unfit_remedy(code: Code) -> &'static str {
    match code.as_str() {
        text if text.starts_with("m365-") || text.starts_with("microsoft-") => odd_remedy(code),
        _ => {
            "Name an ordinary person of this tenant: no administrator, not synchronised, not blocked."
        }
    }
}

fn odd_remedy(code: Code) -> &'static str {
    match code {
        Code::M365PermissionMissing => CONSENT,
        Code::M365RoleMissing => ROLE,
        Code::M365LicenceUnknown => {
            "Microsoft’s answer may mean that the tenant has no licence for this question. Until your operator has listed it (directory.no_licence_codes), nobody there is reset: what can’t be known counts as a refusal."
        }
        Code::M365OwnersUnknown => {
            "Microsoft does not let applications see what people own, here. Your operator’s setting directory.owners says what that means: refuse (nobody in this tenant is reset) or skip."
        }
        _ => {
            "Test again in a few minutes. If it stays so, give the number to whoever looks after the tenant."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Line> {
        let (code, about) = (Code::M365SecretWrong, Some("AADSTS7000215 t-1".to_owned()));
        let permission = || "User.Read.All".to_owned();
        let optional = || "User.RevokeSessions.All".to_owned();
        vec![
            Line::Token,
            Line::NoToken { code, about: about.clone() },
            Line::NoAnswer,
            Line::Tenant { name: "Northwind".into(), domains: Vec::new() },
            Line::OtherTenant,
            Line::Granted { permission: permission() },
            Line::Missing { permission: permission() },
            Line::Missing { permission: optional() },
            Line::Claimed { permission: permission(), listed: true },
            Line::Claimed { permission: permission(), listed: false },
            Line::Claimed { permission: optional(), listed: false },
            Line::Odd { permission: permission(), what: "Groups".into(), code, about: None },
            Line::Unanswered { permission: permission() },
            Line::TooMuch { permission: "User.ReadWrite.All".into() },
            Line::MaySet,
            Line::MayNotSet,
            Line::SetRefused { code, about },
            Line::SetNotTried,
            Line::TestPersonUnfit { code: Code::PersonPrivileged, about: None },
            Line::SetUnclear,
            Line::SetTaken,
            Line::EndUnknown,
        ]
    }

    #[test]
    fn every_line_says_what_it_is_and_what_is_wrong_says_what_to_do() {
        for line in all() {
            let said = line.said();
            assert!(said.what.ends_with('.') && !said.what.contains(".."), "{said:?}");
            let to_do = said.remedy.as_ref().is_some_and(|remedy| remedy.ends_with('.'));
            assert!(to_do || said.level <= Level::Note, "{said:?}");
            let json = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
        }
    }

    /// Whatever a token may be refused for (but for silence) has a remedy of its own.
    #[test]
    fn each_refusal_of_a_token_has_its_own_remedy() {
        let of_others = [
            "m365-taken",
            "m365-missing",
            "m365-off",
            "m365-moved",
            "m365-permission-missing",
            "m365-role-missing",
            "m365-licence-unknown",
            "m365-owners-unknown",
        ];
        let of_tokens =
            |code: &Code| code.as_str().starts_with("m365-") && !of_others.contains(&code.as_str());
        let codes: Vec<Code> = Code::ALL.iter().copied().filter(of_tokens).collect();
        assert!(codes.contains(&Code::M365SecretWrong) && codes.len() >= 8, "{codes:?}");
        let refused = |code| Line::NoToken { code, about: Some("AADSTS1 t-1".into()) };
        let remedy = |code| refused(code).said().remedy.unwrap();
        let of_unknown = remedy(Code::MicrosoftRefused);
        let all: std::collections::BTreeSet<String> = codes.iter().copied().map(remedy).collect();
        assert!(all.len() == codes.len() && !all.contains(&of_unknown), "{all:?}");
        for code in codes {
            let said = refused(code).said();
            assert_eq!(said.level, Level::Bad);
            assert!(said.what.ends_with("(AADSTS1 t-1)."), "{said:?}");
            assert!(remedy(code).ends_with('.') && !remedy(code).contains(".."), "{said:?}");
        }
    }

    #[test]
    fn another_test_person_is_asked_for_only_where_that_helps() {
        for code in Code::ALL.iter().copied() {
            let line = Line::TestPersonUnfit { code, about: None };
            let remedy = line.said().remedy.unwrap();
            let of_tenant = ["m365-", "microsoft-"].iter().any(|it| code.as_str().starts_with(it));
            assert_eq!(remedy.contains("Name an ordinary person"), !of_tenant, "{code:?}");
        }
        let remedy = |code| Line::TestPersonUnfit { code, about: None }.said().remedy.unwrap();
        assert_eq!(remedy(Code::M365PermissionMissing), CONSENT);
        assert!(remedy(Code::M365OwnersUnknown).contains("directory.owners"));
        assert!(remedy(Code::M365LicenceUnknown).contains("directory.no_licence_codes"));
    }

    #[test]
    fn a_wrong_secret_is_told_from_its_id() {
        let line =
            Line::NoToken { code: Code::M365SecretWrong, about: Some("AADSTS7000215".into()) };
        let said = line.said();
        assert!(said.what.ends_with("(AADSTS7000215)."), "{}", said.what);
        assert!(said.remedy.unwrap().contains("not its Secret ID"));
    }
}
