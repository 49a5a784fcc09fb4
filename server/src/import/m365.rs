//! A customer's Microsoft 365 in an import.

use super::BadImport;
use crate::app::App;
use crate::directory::M365Settings;

/// Its hosts come from the operator's row of that cloud; who imports may name them instead.
pub(super) fn settings(
    app: &App,
    mut settings: serde_json::Value,
) -> Result<M365Settings, BadImport> {
    let bad = |why: String| BadImport::Value(format!("m365.settings: {why}"));
    if let Some(name) = settings["cloud"].as_str().map(str::to_owned) {
        let Some(cloud) = app.settings.clouds.get(&name) else {
            let known: Vec<&str> = app.settings.clouds.keys().map(String::as_str).collect();
            let known = known.join(", ");
            return Err(bad(format!("there is no cloud \"{name}\"; there are {known}")));
        };
        settings["login"] = cloud.login.clone().into();
        settings["graph"] = cloud.graph.clone().into();
    }
    serde_json::from_value(settings).map_err(|error| bad(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::seal::Keys;
    use crate::settings::Settings;
    use crate::store::Store;
    use shared::Millis;

    #[tokio::test]
    async fn a_cloud_names_its_hosts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let app = App::new(Settings::defaults().unwrap(), clock, store).unwrap();
        let read = |text: &str| settings(&app, serde_json::from_str(text).unwrap());
        let known = read(r#"{"cloud": "dod", "tenant": "t", "client_id": "c"}"#).unwrap();
        assert_eq!(known.graph, "https://dod-graph.microsoft.us");
        let named =
            r#"{"login": "https://l", "graph": "https://g", "tenant": "t", "client_id": "c"}"#;
        assert_eq!(read(named).unwrap().login, "https://l");
        let unknown = read(r#"{"cloud": "moon", "tenant": "t", "client_id": "c"}"#);
        assert!(
            unknown.unwrap_err().to_string().contains("there are china, dod, gcc-high, global")
        );
        assert!(read(r#"{"tenant": "t", "client_id": "c"}"#).is_err(), "no hosts at all");
    }
}
