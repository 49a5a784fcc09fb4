//! Credentials of an app registration, as an admin adds and removes them in Microsoft's portal.

use anyhow::Context as _;
use data_encoding::BASE64;

use crate::directory::{App, Certificate, Secret};
use crate::random;
use crate::world::World;

impl World {
    /// Gives a tenant's app one more secret, which ends at `expires_ms`. The answer is the secret's
    /// id, a GUID: not what signs in. No such tenant: nothing happens, and a warning says so.
    pub fn add_secret(&self, tenant: &str, value: &str, expires_ms: Option<i64>) -> String {
        let key_id = random::guid();
        let secret = Secret {
            value: value.to_owned(),
            key_id: key_id.clone(),
            display_name: "Password Reset".to_owned(),
            expires_ms,
        };
        self.edit_tenant(tenant, |tenant| tenant.app.secrets.push(secret));
        key_id
    }

    /// Registers a certificate (DER) with a tenant's app; the answer is the credential's id.
    pub fn add_certificate(&self, tenant: &str, der: &[u8]) -> anyhow::Result<String> {
        let certificate = Certificate {
            der: der.to_vec(),
            key_id: random::guid(),
            display_name: "Password Reset".to_owned(),
            custom_key_identifier: None,
        };
        certificate.validity().context("This is no X.509 certificate.")?;
        let key_id = certificate.key_id.clone();
        self.edit_tenant(tenant, |tenant| {
            tenant.app.certificates.retain(|known| known.der != certificate.der);
            tenant.app.certificates.push(certificate);
        });
        Ok(key_id)
    }

    /// Removes the secret or certificate with this id from a tenant's app.
    pub fn remove_credential(&self, tenant: &str, key_id: &str) {
        self.edit_tenant(tenant, |tenant| tenant.app.remove(key_id));
    }
}

impl App {
    fn remove(&mut self, key_id: &str) {
        let first = self.all_secrets().into_iter().find(|secret| secret.key_id == key_id);
        if first.is_some_and(|first| first.value == self.secret) {
            self.secret.clear();
        }
        self.secrets.retain(|secret| secret.key_id != key_id);
        self.certificates.retain(|certificate| certificate.key_id != key_id);
    }
}

/// DER from what people upload: a PEM file, or the base64 inside it.
pub(crate) fn der_of(text: &str) -> anyhow::Result<Vec<u8>> {
    let inside: String = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    BASE64
        .decode(inside.as_bytes())
        .context("This is no certificate in PEM: upload the .pem file, or a .cer in Base-64.")
}
