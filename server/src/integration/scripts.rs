//! Two scripts that register the application in a customer's tenant, made for one integration:
//! Azure CLI (bash) and PowerShell (Microsoft.Graph.Authentication). Both make the same requests.
//! The texts stand in `templates/connect.sh` and `templates/connect.ps1`. Pure.
//!
//! Whatever goes into a script is of a kind that can't leave the quotes it stands in: a GUID or a
//! domain, a host, base64, or a word of our own. Everything else is refused here.
//!
//! Sources: Microsoft Graph reference (application-post-applications, serviceprincipal-post,
//! serviceprincipal-post-approleassignments, application-addpassword, application-update); Azure
//! CLI reference (`az rest`, `az cloud`, `az login`); Microsoft Graph PowerShell reference
//! (`Connect-MgGraph`, `Get-MgEnvironment`, `Invoke-MgGraphRequest`).

use askama::Template;
use data_encoding::BASE64;
use url::Url;

use super::ask::tenant;
use super::guide::{PASSWORD_ADMINISTRATOR, REGISTRATION_NAME, SECRET_DAYS};
use crate::directory::permissions::{ALL, GRAPH_APP_ID, Permission};

/// What a script is made for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The cloud's login host: `https://login.microsoftonline.com`.
    pub login: &'a str,
    /// The cloud's Graph host: `https://graph.microsoft.com`.
    pub graph: &'a str,
    /// Directory (tenant) id or a domain of the tenant; empty while it is not known.
    pub tenant: &'a str,
    /// Application (client) id of the registration that is connected; empty before. By it, and never
    /// by its name, a script takes what is there for ours.
    pub client_id: &'a str,
    /// Whether the permissions that switch something on are granted too.
    pub optional: bool,
    /// Whether the directory role is assigned too, for tenants where Microsoft wants one.
    pub role: bool,
    /// The certificate to upload, in PEM; without one a secret is made.
    pub certificate: Option<&'a str>,
}

/// What does not fit into a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// One of the cloud's hosts.
    #[error("a cloud's host must be https://name, perhaps with a port")]
    Host,
    /// The tenant.
    #[error("the tenant must be a GUID or a domain")]
    Tenant,
    /// The application.
    #[error("the application (client) id must be a GUID")]
    Application,
    /// The certificate.
    #[error("the certificate must be one in PEM")]
    Certificate,
}

/// The values of one script, each known to be harmless between quotes.
#[derive(Debug, Clone)]
pub struct Recipe {
    login: String,
    graph: String,
    tenant: String,
    client_id: String,
    optional: bool,
    role: bool,
    /// Base64 of the DER, in one line.
    certificate: Option<String>,
}

#[derive(Template)]
#[template(path = "connect.sh", escape = "none")]
struct Bash<'a> {
    recipe: &'a Recipe,
}

#[derive(Template)]
#[template(path = "connect.ps1", escape = "none")]
struct PowerShell<'a> {
    recipe: &'a Recipe,
}

impl Recipe {
    /// Takes the values that fit.
    ///
    /// # Errors
    /// Which one does not.
    pub fn new(ask: &Ask<'_>) -> Result<Self, Unfit> {
        Ok(Self {
            login: host(ask.login).ok_or(Unfit::Host)?,
            graph: host(ask.graph).ok_or(Unfit::Host)?,
            tenant: match ask.tenant.trim() {
                "" => String::new(),
                text => tenant(text).ok_or(Unfit::Tenant)?,
            },
            client_id: match ask.client_id.trim() {
                "" => String::new(),
                text => text.parse::<uuid::Uuid>().map_err(|_| Unfit::Application)?.to_string(),
            },
            optional: ask.optional,
            role: ask.role,
            certificate: match ask.certificate {
                None => None,
                Some(pem) => Some(certificate(pem).ok_or(Unfit::Certificate)?),
            },
        })
    }

    /// The script for Azure CLI.
    ///
    /// # Errors
    /// Never for a reason of the values.
    pub fn azure_cli(&self) -> askama::Result<String> {
        Bash { recipe: self }.render()
    }

    /// The script for PowerShell.
    ///
    /// # Errors
    /// Never for a reason of the values.
    pub fn powershell(&self) -> askama::Result<String> {
        PowerShell { recipe: self }.render()
    }

    fn login(&self) -> &str {
        &self.login
    }

    fn graph(&self) -> &str {
        &self.graph
    }

    fn tenant(&self) -> &str {
        &self.tenant
    }

    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn knows_tenant(&self) -> bool {
        !self.tenant.is_empty()
    }

    fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    fn role(&self) -> bool {
        self.role
    }

    /// Azure CLI's name of the cloud; empty for one that it does not have by itself.
    fn az_cloud(&self) -> &'static str {
        match self.graph.as_str() {
            "https://graph.microsoft.com" => "AzureCloud",
            // Azure CLI has one cloud for both; the script asks the Graph host that it is given.
            "https://graph.microsoft.us" | "https://dod-graph.microsoft.us" => "AzureUSGovernment",
            "https://microsoftgraph.chinacloudapi.cn" => "AzureChinaCloud",
            _ => "",
        }
    }

    /// What the script grants.
    fn permissions(&self) -> impl Iterator<Item = &'static Permission> + use<> {
        let optional = self.optional;
        ALL.iter().filter(move |it| it.needed || (optional && !it.on_refusal))
    }

    /// What the registration may hold: what somebody has granted of this stays.
    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn known(&self) -> &'static [Permission] {
        ALL
    }

    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn name(&self) -> &'static str {
        REGISTRATION_NAME
    }

    /// The name in an address.
    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn encoded_name(&self) -> String {
        encoded(REGISTRATION_NAME)
    }

    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn graph_app(&self) -> &'static str {
        GRAPH_APP_ID
    }

    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn role_id(&self) -> &'static str {
        PASSWORD_ADMINISTRATOR.template_id
    }

    #[expect(clippy::unused_self, reason = "the templates ask the recipe for everything")]
    fn days(&self) -> u32 {
        SECRET_DAYS
    }
}

/// `https://name` or `https://name:port` (plain http too: the demo's clouds are on this machine).
fn host(text: &str) -> Option<String> {
    let url = Url::parse(text.trim_end_matches('/')).ok()?;
    let name = url.host_str().filter(|name| name.bytes().all(harmless))?;
    let scheme = Some(url.scheme()).filter(|scheme| matches!(*scheme, "https" | "http"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    (bare && nobody).then(|| match url.port() {
        Some(port) => format!("{scheme}://{name}:{port}"),
        None => format!("{scheme}://{name}"),
    })
}

fn harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// The base64 between the lines of a PEM, made anew from what it says.
fn certificate(pem: &str) -> Option<String> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_ascii_whitespace().collect();
    let der = BASE64.decode(body.as_bytes()).ok()?;
    // A sequence, and not a whole chain of something.
    (der.first() == Some(&0x30) && der.len() <= 8 * 1024).then(|| BASE64.encode(&der))
}

/// Percent-encoded but for letters and digits.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
