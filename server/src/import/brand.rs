//! Brands in an import: checked as in the settings, their logos made anew.

use data_encoding::BASE64;
use shared::{AccountId, CustomerId};

use super::{BadImport, unreadable};
use crate::app::App;
use crate::brand::Brand;
use crate::branding;
use crate::store::ImportRow;

/// A brand, and its logo made anew.
pub(super) async fn rows(
    app: &App,
    account: AccountId,
    customer: Option<CustomerId>,
    at: &str,
    brand: Brand,
) -> Result<Vec<ImportRow>, BadImport> {
    let bad = |field: &str, why: &str| BadImport::Value(format!("{at}.{field}: {why}"));
    let mut kept = app
        .branding
        .checked(account, &brand, &Brand::default())
        .map_err(|wrong| bad(&wrong[0].field, &wrong[0].detail))?;
    let mut rows = Vec::new();
    if let Some(logo) = brand.logo {
        let file = BASE64.decode(logo.as_bytes()).map_err(|_| bad("logo", "this is no base64"))?;
        let made = branding::made(file).await.map_err(|_| bad("logo", "it can't be made"))?;
        let logo = made.map_err(|why| bad("logo", why))?;
        kept.logo = Some(logo.hash.clone());
        rows.push(ImportRow::Logo(logo));
    }
    let body = serde_json::to_string(&kept).map_err(|error| unreadable(&error))?;
    rows.push(ImportRow::Brand { customer, body });
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use shared::Millis;
    use tempfile::TempDir;

    use super::super::import_text;
    use super::*;
    use crate::clock::Clock;
    use crate::language::Language;
    use crate::seal::Keys;
    use crate::settings::Settings;
    use crate::store::Store;

    const ID: &str = "0192f5b4-0000-7000-8000-00000000000a";

    async fn imported(
        brand: &str,
        customers: &str,
    ) -> Result<(App, AccountId, TempDir), BadImport> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let mut settings = Settings::defaults().unwrap();
        settings.share.hosts =
            [("https://go.ours.example".into(), AccountId(ID.parse().unwrap()))].into();
        let app = App::new(settings, clock, store).unwrap();
        let text = format!(
            r#"{{ "account": {{"name": "A", "id": "{ID}", "brand": {brand}}}, "technicians": [], "customers": {customers} }}"#
        );
        let account = import_text(&app, &text).await?;
        Ok((app, account, folder))
    }

    #[tokio::test]
    async fn an_account_and_its_customers_bring_their_brands() {
        let sample: serde_json::Value = {
            let text = include_str!("../../sample/import.json");
            // The sample has holes for ports, which are no JSON.
            serde_json::from_str(&text.replace("{{port:smtp}}", "1")).unwrap()
        };
        let brand = sample["account"]["brand"].to_string();
        let customers = r#"[{"name": "C", "contacts": [], "brand": {"language": "fr", "host": "https://go.ours.example"}}]"#;
        let (app, account, _folder) = imported(&brand, customers).await.unwrap();
        assert_eq!(account.to_string(), ID);
        let all = app.store.branded_customers(account).await.unwrap();
        assert!(all[0].differs);
        let seen = app.store.brand(account, Some(all[0].customer.id)).await.unwrap();
        assert_eq!(seen.help.as_deref(), Some("+1 206 555 0100"));
        assert_eq!(seen.language, Some(Language::Fr));
        assert_eq!(seen.host.as_deref(), Some("https://go.ours.example"));
        let logo = app.store.logo(&seen.logo.unwrap()).await.unwrap().unwrap();
        assert!(logo.starts_with(b"\x89PNG"));
    }

    #[tokio::test]
    async fn what_can_not_be_kept_is_named() {
        for (brand, says) in [
            (
                r##"{"colors": {"accent": "#ffff00", "on_accent": "#ffffff", "dark_accent": "#ffffff", "on_dark_accent": "#000000"}}"##,
                "account.brand.colors.accent: The main colour",
            ),
            (r#"{"logo": "PHN2Zy8+"}"#, "account.brand.logo: An SVG can hold scripts"),
            (r#"{"logo": "*"}"#, "no base64"),
            (r#"{"host": "https://go.theirs.example"}"#, "account.brand.host: Choose one"),
        ] {
            let refused = imported(brand, "[]").await.err().unwrap().to_string();
            assert!(refused.contains(says), "{refused}");
        }
        let customers = r#"[{"name": "C", "contacts": [], "brand": {"help": "call"}}]"#;
        let refused = imported("{}", customers).await.err().unwrap().to_string();
        assert!(refused.contains(r#"customers["C"].brand.help"#), "{refused}");
    }
}
