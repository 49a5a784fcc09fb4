//! The demo's issuer for technicians: the simulated Entra, connected in the import.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ports;

/// The import file with the issuer of `template` in it.
pub(super) fn add_to(import: &str, template: &str, ports: Ports) -> Result<String> {
    let filled = template.replace("{{port:entra}}", &ports.entra().to_string());
    let issuer: Value =
        serde_json::from_str(&filled).context("server/sample/sso.json is not JSON")?;
    let mut all: Value = serde_json::from_str(import).context("the import is not JSON")?;
    let fields = all.as_object_mut().context("the import is not an object")?;
    fields.insert("oidc".into(), issuer);
    Ok(all.to_string())
}

/// What the admin of the simulated Entra registers: where it sends browsers back to.
pub(super) fn redirect(ports: Ports) -> String {
    format!("http://app.localhost:{}/sign-in/sso/callback", ports.server())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_filled_and_joins_the_import() -> Result<()> {
        let template = include_str!("../../../server/sample/sso.json");
        let ports = Ports { base: 4400 };
        let all: Value = serde_json::from_str(&add_to("{\"customers\": []}", template, ports)?)?;
        let issuer = all["oidc"]["settings"]["issuer"].as_str().unwrap_or_default();
        assert!(issuer.starts_with("http://127.0.0.1:4411/"), "{issuer}");
        assert!(all["customers"].is_array() && !all.to_string().contains("{{"));
        Ok(())
    }
}
