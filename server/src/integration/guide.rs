//! The guide beside the form: what an admin does in the customer's tenant, with the exact names.
//! Text only. Pure.
//!
//! Sources: Microsoft Entra documentation (quickstart-register-app, howto-create-service-principal,
//! certificate-credentials, privileged-roles-permissions).

use crate::directory::ProofKind;
use crate::directory::permissions::{ALL, Permission, TOO_MUCH};

/// What the app registration is called, in every tenant.
pub const REGISTRATION_NAME: &str = "MSP Process: M365 Password Reset";

/// How long a secret lives: the longest that Entra's pages offer (24 months).
pub const SECRET_DAYS: u32 = 730;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What to do, short.
    pub title: &'static str,
    /// How; see [`pieces`].
    pub words: &'static [&'static str],
    /// A value to copy, and what it is called there.
    pub copy: Option<(&'static str, &'static str)>,
    /// Whether the list of permissions belongs to this step.
    pub lists_permissions: bool,
    /// The proof that it is for; `None`: for both.
    pub only: Option<ProofKind>,
}

/// A role of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryRole {
    /// Its name, as Entra shows it.
    pub name: &'static str,
    /// The same in every tenant.
    pub template_id: &'static str,
}

/// For tenants where Microsoft wants a role beside the permission. The smallest one: it resets
/// people without an administrator role, and other Password Administrators.
pub const PASSWORD_ADMINISTRATOR: DirectoryRole = DirectoryRole {
    name: "Password Administrator",
    template_id: "966707d0-3269-4727-9be2-8c3a10f19b9d",
};

/// Roles that this registration must never hold: with them it could reset administrators.
pub const NEVER_ROLES: &[&str] = &[
    "Global Administrator",
    "Privileged Authentication Administrator",
    "Privileged Role Administrator",
];

/// Permissions that this registration must never hold.
#[must_use]
pub fn never_permissions() -> &'static [&'static str] {
    TOO_MUCH
}

/// The permissions to grant, the needed ones first, each with its reason.
#[must_use]
pub fn permissions() -> &'static [Permission] {
    ALL
}

/// The steps, in order. With a certificate the IDs come first: it can only be made when they are
/// known.
const STEPS: [Step; 6] = [
    Step {
        title: "Register the application",
        words: &[
            "Sign in to the customer’s Microsoft Entra admin center as Global Administrator or \
             Privileged Role Administrator, and open **App registrations → New registration**.",
            "Supported account types: **Accounts in this organizational directory only** (single \
             tenant). Redirect URI: **none**, leave it empty. Then choose **Register**.",
        ],
        copy: Some(("Name", REGISTRATION_NAME)),
        lists_permissions: false,
        only: None,
    },
    Step {
        title: "Grant the permissions",
        words: &[
            "**API permissions → Add a permission → Microsoft Graph → Application permissions** (not \
             Delegated). Tick these, the optional ones as you wish, then choose **Grant admin \
             consent**; each line must turn green. The delegated User.Read that is there at the start may go.",
        ],
        copy: None,
        lists_permissions: true,
        only: None,
    },
    Step {
        title: "Make a client secret",
        words: &[
            "**Certificates & secrets → Client secrets → New client secret**. Expires: **730 days** \
             (24 months).",
            "Copy the **Value** at once, Entra shows it only now. Not the Secret ID: that one looks \
             alike and does not work.",
        ],
        copy: None,
        lists_permissions: false,
        only: Some(ProofKind::Secret),
    },
    Step {
        title: "Copy the two IDs",
        words: &[
            "**Overview**: copy **Application (client) ID** and **Directory (tenant) ID** into the form. Not \
             the Object ID.",
        ],
        copy: None,
        lists_permissions: false,
        only: None,
    },
    Step {
        title: "Upload the certificate",
        words: &[
            "When you save the form, this server makes a key that never leaves it, and a \
             certificate for you to download.",
            "**Certificates & secrets → Certificates → Upload certificate**, choose that file, Add. \
             There is no secret to copy.",
        ],
        copy: None,
        lists_permissions: false,
        only: Some(ProofKind::Certificate),
    },
    Step {
        title: "Test the connection",
        words: &[
            "Each permission is tried, and what is missing is named with what to do about it. A \
             new permission can take a few minutes until it works.",
        ],
        copy: None,
        lists_permissions: false,
        only: None,
    },
];

/// The steps for this kind of proof; while it is open which, those of both.
pub fn steps(proof: Option<ProofKind>) -> impl Iterator<Item = &'static Step> {
    STEPS
        .iter()
        .filter(move |step| step.only.is_none_or(|only| proof.is_none_or(|chosen| chosen == only)))
}

/// A text in pieces, each with whether it is a name that stands on Microsoft's pages: `**so**`.
pub fn pieces(words: &str) -> impl Iterator<Item = (bool, &str)> {
    words.split("**").enumerate().map(|(nth, piece)| (nth % 2 == 1, piece))
}

/// How the optional role is given, where a finding asks for it.
pub const ROLE_WORDS: &str = "In most tenants the permissions suffice. Only if Test connection says \
    that Microsoft wants a directory role: **Roles & admins → Password Administrator → Add \
    assignments**, and pick this registration by its name.";

#[cfg(test)]
mod tests {
    use super::*;

    fn all_words(proof: ProofKind) -> String {
        steps(Some(proof))
            .flat_map(|step| [step.title].into_iter().chain(step.words.iter().copied()))
            .collect::<Vec<_>>()
            .join("\n")
            .replace("**", "")
    }

    #[test]
    fn names_are_told_from_words() {
        let told: Vec<_> = pieces("Open **Overview**, copy **Value**.").collect();
        let names = [(false, "Open "), (true, "Overview"), (false, ", copy "), (true, "Value")];
        assert_eq!(told[..4], names);
        for words in steps(None).flat_map(|step| step.words).chain(&[ROLE_WORDS]) {
            assert_eq!(pieces(words).count() % 2, 1, "{words}");
        }
    }

    #[test]
    fn the_exact_names_are_there() {
        for proof in [ProofKind::Secret, ProofKind::Certificate] {
            let words = all_words(proof);
            for exact in [
                "Accounts in this organizational directory only (single tenant)",
                "Redirect URI: none",
                "Application permissions",
                "Grant admin consent",
                "Application (client) ID",
                "Directory (tenant) ID",
            ] {
                assert!(words.contains(exact), "{exact}");
            }
            let steps: Vec<_> = steps(Some(proof)).collect();
            assert_eq!(steps.len(), 5);
            assert_eq!(steps[0].copy, Some(("Name", "MSP Process: M365 Password Reset")));
            assert_eq!(steps.iter().filter(|step| step.lists_permissions).count(), 1);
        }
        assert!(all_words(ProofKind::Secret).contains(&format!("{SECRET_DAYS} days")));
        assert!(all_words(ProofKind::Secret).contains("Not the Secret ID"));
        assert!(all_words(ProofKind::Certificate).contains("Upload certificate"));
        assert!(!all_words(ProofKind::Certificate).contains("New client secret"));
        assert_eq!(steps(None).count(), STEPS.len());
    }

    #[test]
    fn nothing_is_asked_for_that_must_never_be_granted() {
        for never in ["User.ReadWrite.All", "Directory.ReadWrite.All"] {
            assert!(never_permissions().contains(&never));
        }
        for permission in permissions() {
            assert!(!never_permissions().contains(&permission.name));
        }
        assert!(NEVER_ROLES.contains(&"Privileged Authentication Administrator"));
        assert!(!NEVER_ROLES.contains(&PASSWORD_ADMINISTRATOR.name));
        assert!(ROLE_WORDS.contains(PASSWORD_ADMINISTRATOR.name));
    }
}
