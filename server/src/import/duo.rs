//! A customer's Duo in an import: checked as in the settings.

use serde::Deserialize;
use shared::{AccountId, CustomerId, IntegrationId, Millis};

use super::{BadImport, seal, unreadable};
use crate::app::App;
use crate::duo::{DuoAsk, DuoSettings, SECRET};
use crate::random;
use crate::sign_in::Typed;
use crate::store::ImportRow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connection {
    settings: serde_json::Value,
    secret_key: Typed,
}

/// The integration and its secret key.
pub(super) fn rows(
    app: &App,
    account: AccountId,
    now: Millis,
    (customer, name): (CustomerId, &str),
    duo: Connection,
) -> Result<[ImportRow; 2], BadImport> {
    let bad = |why: String| BadImport::Value(format!("customers[\"{name}\"].duo.settings: {why}"));
    let settings: DuoSettings =
        serde_json::from_value(duo.settings).map_err(|error| bad(error.to_string()))?;
    let DuoSettings { host, ikey, username } = settings;
    let ask = DuoAsk { version: None, host, ikey, skey: duo.secret_key, username };
    let settings = ask
        .check(None, &app.settings.duo)
        .map_err(|wrong| bad(format!("{}: {}", wrong[0].field, wrong[0].detail)))?;
    let id = IntegrationId(random::id(now));
    let row = ImportRow::Integration {
        id,
        customer: Some(customer),
        kind: "duo",
        name: format!("{name} Duo"),
        settings: serde_json::to_string(&settings).map_err(|error| unreadable(&error))?,
    };
    let secret = ask.skey.expose().trim().to_owned();
    Ok([row, seal(app, account, SECRET, id.0, &settings.bound_to(), secret)])
}

#[cfg(test)]
mod tests {
    use crate::app::App;
    use crate::clock::Clock;
    use crate::import::import_text;
    use crate::seal::Keys;
    use crate::settings::Settings;
    use crate::store::Store;
    use shared::Millis;

    #[tokio::test]
    async fn a_customer_brings_its_duo() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let app = App::new(Settings::defaults().unwrap(), clock, store).unwrap();
        let import = async |name: &str, host: &str| {
            let duo = format!(
                r#"{{"settings": {{"host": "{host}", "ikey": "DIWJ8X6AEYOR5OMC6TQ1"}},
                    "secret_key": "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep"}}"#
            );
            let customer = format!(r#"{{"name": "{name}", "contacts": [], "duo": {duo}}}"#);
            let text = format!(
                r#"{{"account": {{"name": "A"}}, "technicians": [], "customers": [{customer}]}}"#
            );
            import_text(&app, &text).await
        };
        let account = import("Alpine", "api-1a2b3c4d.duosecurity.com").await.unwrap();
        let all = app.duo.all(account).await.unwrap();
        assert_eq!((all.len(), all[0].customer.as_str()), (1, "Alpine"));
        let opened = app.duo.duo.of(account, all[0].customer_id).await.unwrap();
        assert!(opened.is_ok(), "the secret key opens for it");
        let refused = import("Beta", "duo.evil.example").await.unwrap_err().to_string();
        assert!(refused.contains("customers[\"Beta\"].duo.settings: host: Copy"), "{refused}");
    }
}
