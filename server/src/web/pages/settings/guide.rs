//! The guide and the scripts, as `templates/settings/guide.html` shows them.

use serde::Deserialize;

use crate::directory::ProofKind;
use crate::directory::permissions::Permission;
use crate::integration::guide::{self, Step};
use crate::integration::scripts::{Ask, Recipe};

/// What stands beside a form.
pub(super) struct Guide {
    proof: Option<ProofKind>,
    scripts: Option<Scripts>,
    /// Where the page is that makes the scripts anew, and what was wished for.
    wishes: Option<(String, Wish)>,
}

/// What the scripts shall do beyond what is needed; a checkbox that is not ticked sends nothing.
#[derive(Deserialize, Clone, Copy, Default)]
pub struct Wish {
    /// The optional permissions too.
    #[serde(default, deserialize_with = "ticked")]
    pub(super) optional: bool,
    /// The directory role too.
    #[serde(default, deserialize_with = "ticked")]
    pub(super) role: bool,
}

fn ticked<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    String::deserialize(from).map(|value| value == "yes")
}

impl Wish {
    /// The same in an address.
    fn query(self) -> String {
        let words: Vec<&str> = [(self.optional, "optional=yes"), (self.role, "role=yes")]
            .into_iter()
            .filter_map(|(wished, words)| wished.then_some(words))
            .collect();
        if words.is_empty() { String::new() } else { format!("?{}", words.join("&")) }
    }
}

/// Both scripts, made for the same values.
pub(super) struct Scripts {
    pub(super) made_for: String,
    pub(super) certificate: bool,
    pub(super) both: [Script; 2],
}

/// One of them.
pub(super) struct Script {
    pub(super) label: &'static str,
    pub(super) file: &'static str,
    pub(super) href: String,
    pub(super) text: String,
}

/// How a script is called when it is saved.
pub(super) const BASH_FILE: &str = "connect.sh";
/// The same for PowerShell.
pub(super) const POWERSHELL_FILE: &str = "connect.ps1";

impl Guide {
    /// Without scripts.
    pub(super) fn bare() -> Self {
        Self { proof: None, scripts: None, wishes: None }
    }

    /// While it is open how the integration will prove itself: both ways, and scripts for a secret.
    pub(super) fn open(ask: &Ask<'_>, made_for: String, base: &str, query: &str) -> Self {
        Self { proof: None, scripts: scripts(ask, made_for, base, query), wishes: None }
    }

    /// For an integration that is there.
    pub(super) fn of(
        proof: ProofKind,
        ask: &Ask<'_>,
        made_for: String,
        base: &str,
        wish: Wish,
    ) -> Self {
        // A script for a certificate needs one.
        let missing = proof == ProofKind::Certificate && ask.certificate.is_none();
        let scripts = if missing { None } else { scripts(ask, made_for, base, &wish.query()) };
        Self { proof: Some(proof), scripts, wishes: Some((base.to_owned(), wish)) }
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = &'static Step> {
        guide::steps(self.proof)
    }

    /// The class of a step that is for one kind of proof, while it is open which.
    pub(super) fn only(&self, step: &Step) -> Option<&'static str> {
        match (self.proof, step.only) {
            (None, Some(ProofKind::Secret)) => Some("for-secret"),
            (None, Some(ProofKind::Certificate)) => Some("for-certificate"),
            _ => None,
        }
    }

    pub(super) fn waits_for_certificate(&self) -> bool {
        self.proof.is_none()
    }

    pub(super) fn wishes(&self) -> Option<&(String, Wish)> {
        self.wishes.as_ref()
    }

    pub(super) fn scripts(&self) -> Option<&Scripts> {
        self.scripts.as_ref()
    }
}

#[expect(clippy::unused_self, reason = "the template asks the guide for everything")]
impl Guide {
    pub(super) fn permissions(&self) -> &'static [Permission] {
        guide::permissions()
    }

    pub(super) fn never_permissions(&self) -> &'static [&'static str] {
        guide::never_permissions()
    }

    pub(super) fn never_roles(&self) -> &'static [&'static str] {
        guide::NEVER_ROLES
    }

    pub(super) fn pieces(&self, words: &'static str) -> impl Iterator<Item = (bool, &'static str)> {
        guide::pieces(words)
    }

    pub(super) fn role_words(&self) -> &'static str {
        guide::ROLE_WORDS
    }

    pub(super) fn registration(&self) -> &'static str {
        guide::REGISTRATION_NAME
    }
}

fn scripts(ask: &Ask<'_>, made_for: String, base: &str, query: &str) -> Option<Scripts> {
    let recipe = Recipe::new(ask).ok()?;
    let script =
        |label, file, text| Script { label, file, href: format!("{base}/{file}{query}"), text };
    Some(Scripts {
        made_for,
        certificate: ask.certificate.is_some(),
        both: [
            script("Azure CLI (Bash)", BASH_FILE, recipe.azure_cli().ok()?),
            script("PowerShell", POWERSHELL_FILE, recipe.powershell().ok()?),
        ],
    })
}
