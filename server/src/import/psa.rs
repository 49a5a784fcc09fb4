//! The account's PSAs in an import: checked as in the settings, their companies mapped by name.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use shared::{AccountId, CustomerId, IntegrationId, Millis};
use uuid::Uuid;

use super::{BadImport, seal};
use crate::app::App;
use crate::psa::{FRAME_SECRET, PsaAsk, PsaKind, PsaSettings, SECRET};
use crate::random;
use crate::sign_in::Typed;
use crate::store::ImportRow;

/// An id of a company is kept as long as that.
const LONGEST_ID: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connection {
    /// Chosen beforehand, where the PSA has the pod's address already.
    id: Option<IntegrationId>,
    kind: PsaKind,
    settings: serde_json::Value,
    secret: Typed,
    #[serde(default)]
    frame_secret: Option<Typed>,
    /// A company's id over there, and which customer of this file it is, by name.
    #[serde(default)]
    companies: BTreeMap<String, String>,
}

/// The integrations, their secrets, and which customers their companies are.
pub(super) fn rows(
    app: &App,
    account: AccountId,
    now: Millis,
    customers: &[(CustomerId, String)],
    psas: Vec<Connection>,
) -> Result<Vec<ImportRow>, BadImport> {
    let mut rows = Vec::new();
    let mut kinds = HashSet::new();
    for psa in psas {
        let at = format!("psa[\"{}\"]", psa.kind.as_str());
        let bad = |why: String| BadImport::Value(format!("{at}{why}"));
        if !kinds.insert(psa.kind) {
            return Err(bad(": an account has one of each kind".into()));
        }
        let said = PsaSettings::read(psa.kind, &psa.settings.to_string())
            .map_err(|_| bad(".settings: these are not the settings of this PSA".into()))?;
        let frame_secret = psa.frame_secret.unwrap_or_else(|| Typed::new(String::new()));
        let ask = PsaAsk { secret: psa.secret, frame_secret, ..PsaAsk::from(said) };
        let settings = ask
            .check(psa.kind, None, &app.settings.psa)
            .map_err(|wrong| bad(format!(".{}: {}", wrong[0].field, wrong[0].detail)))?;
        let id = psa.id.unwrap_or_else(|| IntegrationId(random::id(now)));
        if id.0 == Uuid::nil() {
            return Err(bad(".id: this id stands for nothing".into()));
        }
        rows.push(ImportRow::Integration {
            id,
            customer: None,
            kind: psa.kind.as_str(),
            name: psa.kind.name().into(),
            settings: settings.to_json(),
        });
        let bound_to = settings.bound_to();
        let secret = ask.secret.expose().trim().to_owned();
        rows.push(seal(app, account, SECRET, id.0, &bound_to, secret));
        if let Some(secret) = ask.new_frame_secret(psa.kind) {
            rows.push(seal(app, account, FRAME_SECRET, id.0, &bound_to, secret.to_owned()));
        }
        for (company, name) in psa.companies {
            let at = format!(".companies[\"{company}\"]: ");
            if !(1..=LONGEST_ID).contains(&company.trim().len()) {
                return Err(bad(format!("{at}this is no company’s id")));
            }
            let mut called = customers.iter().filter(|(_, it)| *it == name);
            let (Some((customer, _)), None) = (called.next(), called.next()) else {
                return Err(bad(format!("{at}not exactly one customer is called \"{name}\"")));
            };
            rows.push(ImportRow::Company { integration: id, company, name, customer: *customer });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::import::import_text;
    use crate::seal::{Keys, Place};
    use crate::settings::Settings;
    use crate::store::Store;

    const ID: &str = "0192f5b4-0000-7000-8000-0000000000cc";

    fn halo(site: &str, companies: &str) -> String {
        format!(
            r#"{{"kind": "halo", "settings": {{"site": "{site}", "client_id": "c"}},
                "secret": "hush", "frame_secret": "sign", "companies": {companies}}}"#
        )
    }

    #[tokio::test]
    async fn an_account_brings_its_psas() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let app = App::new(Settings::defaults().unwrap(), clock, store).unwrap();
        let import = async |psas: &str, customers: &str| {
            let text = format!(
                r#"{{"account": {{"name": "A"}}, "technicians": [], "psa": [{psas}],
                    "customers": [{customers}]}}"#
            );
            import_text(&app, &text).await
        };
        let northwind = r#"{"name": "Northwind", "contacts": []}"#;
        let connectwise = format!(
            r#"{{"kind": "connectwise", "id": "{ID}", "secret": "hush", "settings":
                {{"site": "https://na.myconnectwise.net", "company": "brightline",
                  "public_key": "k", "client_id": "a1b2c3d4-0001-4000-8000-000000000001"}}}}"#
        );
        let both = format!("{connectwise},{}", halo("b.halopsa.com", r#"{"250": "Northwind"}"#));
        let account = import(&both, northwind).await.unwrap();
        let all = app.psas.all(account).await.unwrap();
        let kinds: Vec<PsaKind> = all.iter().map(|view| view.kind).collect();
        assert_eq!(kinds, [PsaKind::ConnectWise, PsaKind::Halo]);
        assert_eq!(all[0].id.to_string(), ID, "the id that was chosen beforehand");
        assert!(all[0].pod_url.ends_with(&format!("/pod/{ID}?ticket=[cw_id]&screen=[cw_screen]")));
        assert!(all[1].has_frame_secret && !all[0].has_frame_secret);
        for view in &all {
            assert!(app.psa.client(account, view.id).await.unwrap().is_ok(), "its secret opens");
        }
        let (id, bound_to) = (all[1].id.0, all[1].settings.bound_to());
        let place = Place { account: account.0, kind: FRAME_SECRET, row: id, bound_to: &bound_to };
        let sealed = app.store.secret(account, FRAME_SECRET, id).await.unwrap().unwrap();
        assert_eq!(app.keys.open(place, &sealed).unwrap().as_slice(), b"sign");
        let found = app.store.customer_of_company(account, all[1].id, "250").await.unwrap();
        assert_eq!(found.unwrap().name, "Northwind");

        for (psas, customers, why) in [
            (halo("http://b.halopsa.com", "{}"), northwind, "psa[\"halo\"].site: Paste"),
            (halo("b.halopsa.com", r#"{"7": "Nobody"}"#), northwind, "companies[\"7\"]: not"),
            (halo("b.halopsa.com", r#"{" ": "Northwind"}"#), northwind, "no company"),
            (
                halo("b.halopsa.com", r#"{"7": "Northwind"}"#),
                &format!("{northwind},{northwind}"),
                "not exactly one",
            ),
            (format!("{0},{0}", halo("b.halopsa.com", "{}")), northwind, "one of each kind"),
            (connectwise.replace("client_id", "clientId"), northwind, "not the settings"),
        ] {
            let told = import(&psas, customers).await.unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
            assert!(!told.contains("hush"), "{told}");
        }
    }
}
