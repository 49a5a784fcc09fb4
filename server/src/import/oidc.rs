//! The account's issuer in an import: checked as in the settings. Nobody is linked by it: each person does so.

use serde::Deserialize;
use shared::{AccountId, IntegrationId, Millis};

use super::{BadImport, Person, seal, unreadable};
use crate::app::App;
use crate::random;
use crate::sign_in::Typed;
use crate::sign_in::sso::{Around, SECRET, SsoAsk, SsoSettings};
use crate::store::ImportRow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connection {
    settings: Said,
    client_secret: Typed,
    /// Of email addresses that lead there.
    #[serde(default)]
    domains: Vec<String>,
}

/// [`SsoSettings`], with what may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    issuer: String,
    client_id: String,
    label: String,
    #[serde(default)]
    trust_mfa: bool,
    #[serde(default)]
    mfa_values: Vec<String>,
    #[serde(default)]
    only_sso: bool,
}

/// The integration, its secret and its domains.
pub(super) fn rows(
    app: &App,
    account: AccountId,
    now: Millis,
    people: &[Person],
    oidc: Option<Connection>,
) -> Result<Vec<ImportRow>, BadImport> {
    let Some(Connection { settings, client_secret, domains }) = oidc else {
        return Ok(Vec::new());
    };
    let ask = SsoAsk {
        version: None,
        issuer: settings.issuer,
        client_id: settings.client_id,
        client_secret,
        domains: domains.join(" "),
        label: settings.label,
        trust_mfa: settings.trust_mfa,
        mfa_values: settings.mfa_values.join(" "),
        only_sso: settings.only_sso,
    };
    let (settings, domains) = checked(&ask, people)?;
    let id = IntegrationId(random::id(now));
    let mut rows = vec![ImportRow::Integration {
        id,
        customer: None,
        kind: "oidc",
        name: "Single sign-on".into(),
        settings: serde_json::to_string(&settings).map_err(|error| unreadable(&error))?,
    }];
    let secret = ask.client_secret.expose().trim().to_owned();
    rows.push(seal(app, account, SECRET, id.0, &settings.bound_to(), secret));
    rows.extend(domains.into_iter().map(|domain| ImportRow::SsoDomain { integration: id, domain }));
    Ok(rows)
}

fn checked(ask: &SsoAsk, people: &[Person]) -> Result<(SsoSettings, Vec<String>), BadImport> {
    let domain = |person: &Person| {
        person.email.trim().rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
    };
    let own_domains: Vec<String> = people.iter().filter_map(domain).collect();
    let comes_in = |person: &Person| {
        person.role == "admin" && person.password.is_some() && person.totp_secret.is_some()
    };
    let has_another_way = people.iter().any(comes_in);
    let around = Around { known: None, own_domains: &own_domains, has_another_way };
    ask.check(&around)
        .map_err(|wrong| BadImport::Value(format!("oidc: {}: {}", wrong[0].field, wrong[0].detail)))
}

#[cfg(test)]
mod tests {
    use crate::app::App;
    use crate::clock::Clock;
    use crate::import::import_text;
    use crate::seal::{Keys, Place};
    use crate::settings::Settings;
    use crate::store::Store;
    use shared::Millis;

    #[tokio::test]
    async fn an_account_brings_its_issuer() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let app = App::new(Settings::defaults().unwrap(), clock, store).unwrap();
        let import = async |tenant: &str, domain: &str| {
            let oidc = format!(
                r#"{{"settings": {{"issuer": "https://login.microsoftonline.com/{tenant}/v2.0",
                    "client_id": "a1b2", "label": "Microsoft"}},
                    "client_secret": "secret", "domains": ["{domain}"]}}"#
            );
            let tess = r#"{"name": "Tess", "email": "Tess@A.example", "role": "admin", "may_reset": true}"#;
            let text = format!(
                r#"{{"account": {{"name": "A"}}, "technicians": [{tess}], "customers": [],
                    "oidc": {oidc}}}"#
            );
            import_text(&app, &text).await
        };
        for (tenant, domain, why) in [
            ("common", "a.example", "oidc: issuer: That one is everybody’s"),
            ("7f3c", "b.example", "oidc: domains: Only domains in which"),
        ] {
            let refused = import(tenant, domain).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        let account = import("7f3c", "a.example").await.unwrap();
        let row = app.store.sso_by_domain("a.example").await.unwrap().unwrap();
        assert_eq!((row.integration.account, row.domains.len()), (account, 1));
        let settings = super::SsoSettings::of(&row.integration).unwrap();
        assert_eq!(settings.mfa_values, ["mfa"]);
        let id = row.integration.id.0;
        let sealed = app.store.secret(account, super::SECRET, id).await.unwrap().unwrap();
        let bound_to = &settings.bound_to();
        let place = Place { account: account.0, kind: super::SECRET, row: id, bound_to };
        assert_eq!(app.keys.open(place, &sealed).unwrap().as_slice(), b"secret");
    }
}
