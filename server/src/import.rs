//! `msp-reset import FILE`: an account with its people, customers, contacts, tickets and
//! connections, from one JSON file. All of it or nothing, but for the passwords, which are set right after
//! (`msp-reset set-up-link` helps when that was cut short). `sample/import.json` is an example.

mod brand;
mod duo;
mod m365;
mod oidc;
mod policy;
mod psa;
mod reach;

use std::path::Path;

use serde::Deserialize;
use shared::{AccountId, ContactId, CustomerId, IntegrationId, Millis, TechnicianId, TicketId};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::app::App;
use crate::brand::Brand;
use crate::directory::token;
use crate::mail::{self, SmtpSettings};
use crate::random;
use crate::seal::Place;
use crate::sign_in::{self, Refused, Typed, totp::TotpSecret};
use crate::sms::{AUTH_TOKEN, KEY_SECRET, TwilioSettings};
use crate::store::{ImportRow, Role, StoreError};

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    account: Account,
    technicians: Vec<Person>,
    #[serde(default)]
    sms: Option<SmsConnection>,
    #[serde(default)]
    smtp: Option<SmtpConnection>,
    #[serde(default)]
    psa: Vec<psa::Connection>,
    #[serde(default)]
    oidc: Option<oidc::Connection>,
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    name: String,
    /// Chosen beforehand, where `[share.hosts]` names it.
    id: Option<AccountId>,
    /// How end users see it; its logo is a PNG or JPEG in base64.
    brand: Option<Brand>,
    /// What differs from the defaults in `policy/mod.rs`.
    policy: Option<policy::Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    email: String,
    role: String,
    may_reset: bool,
    #[serde(default)]
    may_use_ui: Option<bool>,
    /// Names of those whom they have; without it, all.
    #[serde(default)]
    customers: Option<Vec<String>>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    totp_secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsConnection {
    settings: serde_json::Value,
    auth_token: String,
    #[serde(default)]
    key_secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpConnection {
    settings: serde_json::Value,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    name: String,
    /// Where it differs from the account's.
    brand: Option<Brand>,
    /// Where it differs from the account's.
    policy: Option<policy::Said>,
    #[serde(default)]
    m365: Option<M365Connection>,
    #[serde(default)]
    duo: Option<duo::Connection>,
    contacts: Vec<Contact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct M365Connection {
    settings: serde_json::Value,
    client_secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contact {
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phones: Vec<String>,
    #[serde(default)]
    tickets: Vec<Ticket>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticket {
    number: String,
    summary: String,
    #[serde(default)]
    opened_minutes_ago: u32,
}

/// The file can't be imported. One line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BadImport {
    /// Not readable.
    #[error("{0}")]
    File(String),
    /// Readable, but a value makes no sense.
    #[error("the import file: {0}")]
    Value(String),
    /// The database.
    #[error("nothing was imported: {0}")]
    Store(#[from] StoreError),
}

/// Imports `path` as a new account; gives its id.
///
/// # Errors
/// When the file can't be read, makes no sense, or somebody in it has an account already.
pub async fn import(app: &App, path: &Path) -> Result<AccountId, BadImport> {
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|error| BadImport::File(format!("{} can't be read: {error}", path.display())))?;
    import_text(app, &text).await
}

/// The same from memory.
///
/// # Errors
/// As [`import`].
pub async fn import_text(app: &App, text: &str) -> Result<AccountId, BadImport> {
    let file: File = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let now = app.clock.now();
    let account = file.account.id.unwrap_or_else(|| AccountId(random::id(now)));
    let mut rows = vec![ImportRow::Account { id: account, name: file.account.name }];
    if let Some(brand) = file.account.brand {
        rows.extend(brand::rows(app, account, None, "account.brand", brand).await?);
    }
    let policy = policy::of_account(file.account.policy)?;
    rows.extend(policy::row(None, &policy));
    let issuer = oidc::rows(app, account, now, &file.technicians, file.oidc)?;
    let mut sign_ins = Vec::new();
    let mut narrow = Vec::new();
    for person in file.technicians {
        let id = TechnicianId(random::id(now));
        let role = Role::parse(&person.role).ok_or_else(|| {
            BadImport::Value(format!("role \"{}\" is neither admin nor technician", person.role))
        })?;
        if let Some(listed) = person.customers {
            narrow.push((id, person.email.clone(), listed));
        }
        rows.push(ImportRow::Technician {
            id,
            name: person.name,
            email: person.email.trim().to_lowercase(),
            role,
            may_reset: person.may_reset,
            may_use_ui: person.may_use_ui.unwrap_or(true),
        });
        if let Some(password) = person.password {
            // Checked before anything is written: all of it or nothing.
            let password = Typed::new(password);
            sign_in::password::fit(&password).map_err(|refused| not_fit(&refused))?;
            let totp = person.totp_secret.as_deref().map(authenticator).transpose()?;
            sign_ins.push((id, password, totp));
        }
    }
    rows.extend(issuer);
    if let Some(sms) = file.sms {
        rows.extend(sms_rows(app, account, now, sms)?);
    }
    if let Some(smtp) = file.smtp {
        rows.extend(smtp_rows(app, account, now, smtp)?);
    }
    let mut customers = Vec::new();
    for mut customer in file.customers {
        let called = customer.name.clone();
        let brand = customer.brand.take();
        let name = format!("customers[\"{}\"].brand", customer.name);
        let said = customer.policy.take();
        let own = format!("customers[\"{}\"].policy", customer.name);
        let own = policy::of_customer(&own, said, &policy)?;
        let (id, of_customer) = customer_rows(app, account, now, customer)?;
        customers.push((id, called));
        rows.extend(of_customer);
        rows.extend(policy::row(Some(id), &own));
        if let Some(brand) = brand {
            rows.extend(brand::rows(app, account, Some(id), &name, brand).await?);
        }
    }
    for (technician, whose, listed) in narrow {
        rows.push(reach::row(technician, &whose, &listed, &customers)?);
    }
    rows.extend(psa::rows(app, account, now, &customers, file.psa)?);
    app.store.import(account, now, &rows).await?;
    for (technician, password, totp) in sign_ins {
        match sign_in::set_sign_in(app, account, technician, &password, totp.as_ref()).await {
            Ok(()) => {}
            Err(Refused::Store(error)) => return Err(BadImport::Store(error)),
            Err(refused) => return Err(not_fit(&refused)),
        }
    }
    Ok(account)
}

/// Where and, as far as that can't repeat a secret, why.
fn unreadable(error: &serde_json::Error) -> BadImport {
    let said = error.to_string();
    let names_only = said.starts_with("unknown field") || said.starts_with("missing field");
    let why = if names_only { said } else { "this is not what is expected there".into() };
    BadImport::Value(format!("line {}, column {}: {why}", error.line(), error.column()))
}

fn not_fit(refused: &Refused) -> BadImport {
    BadImport::Value(format!("technicians[].password: {refused}"))
}

fn authenticator(text: &str) -> Result<TotpSecret, BadImport> {
    TotpSecret::from_base32(text).ok_or_else(|| {
        BadImport::Value("technicians[].totp_secret: 10 or more bytes in base32, please".into())
    })
}

fn sms_rows(
    app: &App,
    account: AccountId,
    now: Millis,
    sms: SmsConnection,
) -> Result<Vec<ImportRow>, BadImport> {
    let settings: TwilioSettings = serde_json::from_value(sms.settings.clone())
        .map_err(|error| BadImport::Value(format!("sms.settings: {error}")))?;
    let id = IntegrationId(random::id(now));
    let mut rows = vec![ImportRow::Integration {
        id,
        customer: None,
        kind: "twilio",
        name: "Twilio".into(),
        settings: sms.settings.to_string(),
    }];
    let bound_to = settings.bound_to();
    for (kind, secret) in [(AUTH_TOKEN, Some(sms.auth_token)), (KEY_SECRET, sms.key_secret)] {
        if let Some(secret) = secret {
            rows.push(seal(app, account, kind, id.0, &bound_to, secret));
        }
    }
    Ok(rows)
}

fn smtp_rows(
    app: &App,
    account: AccountId,
    now: Millis,
    smtp: SmtpConnection,
) -> Result<[ImportRow; 2], BadImport> {
    let bad = |why: String| BadImport::Value(format!("smtp.settings: {why}"));
    let settings: SmtpSettings =
        serde_json::from_value(smtp.settings.clone()).map_err(|error| bad(error.to_string()))?;
    settings.check().map_err(|why| bad(why.into()))?;
    let id = IntegrationId(random::id(now));
    let row = ImportRow::Integration {
        id,
        customer: None,
        kind: "smtp",
        name: "Mail".into(),
        settings: smtp.settings.to_string(),
    };
    let bound_to = settings.bound_to();
    Ok([row, seal(app, account, mail::PASSWORD, id.0, &bound_to, smtp.password)])
}

fn customer_rows(
    app: &App,
    account: AccountId,
    now: Millis,
    customer: Customer,
) -> Result<(CustomerId, Vec<ImportRow>), BadImport> {
    let customer_id = CustomerId(random::id(now));
    let mut rows = vec![ImportRow::Customer { id: customer_id, name: customer.name.clone() }];
    if let Some(m365) = customer.m365 {
        let settings = m365::settings(app, m365.settings)?;
        let id = IntegrationId(random::id(now));
        rows.push(ImportRow::Integration {
            id,
            customer: Some(customer_id),
            kind: "m365",
            name: format!("{} Microsoft 365", customer.name),
            settings: serde_json::to_string(&settings).map_err(|error| unreadable(&error))?,
        });
        let bound_to = settings.bound_to();
        rows.push(seal(app, account, token::SECRET, id.0, &bound_to, m365.client_secret));
    }
    if let Some(duo) = customer.duo {
        rows.extend(duo::rows(app, account, now, (customer_id, &customer.name), duo)?);
    }
    for contact in customer.contacts {
        let contact_id = ContactId(random::id(now));
        rows.push(ImportRow::Contact {
            id: contact_id,
            customer: customer_id,
            name: contact.name,
            email: contact.email.trim().into(),
            phones: contact.phones,
        });
        for ticket in contact.tickets {
            rows.push(ImportRow::Ticket {
                id: TicketId(random::id(now)),
                customer: customer_id,
                contact: contact_id,
                number: ticket.number,
                summary: ticket.summary,
                created_at: now.plus(-60_000 * i64::from(ticket.opened_minutes_ago)),
            });
        }
    }
    Ok((customer_id, rows))
}

fn seal(
    app: &App,
    account: AccountId,
    kind: &'static str,
    row: Uuid,
    bound_to: &str,
    mut secret: String,
) -> ImportRow {
    let place = Place { account: account.0, kind, row, bound_to };
    let sealed = app.keys.seal(place, secret.as_bytes());
    secret.zeroize();
    ImportRow::Secret { kind, row, sealed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::policy::Policy;
    use crate::seal::Keys;
    use crate::settings::Settings;
    use crate::store::Store;

    async fn imported(account: &str) -> Result<Policy, BadImport> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path(), Keys::new(&[7; 32]).into()).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let app = App::new(Settings::defaults().unwrap(), clock, store).unwrap();
        let text = format!(r#"{{ "account": {account}, "technicians": [], "customers": [] }}"#);
        let account = import_text(&app, &text).await?;
        Ok(app.store.policy(account, CustomerId(Uuid::from_u128(1))).await?)
    }

    #[tokio::test]
    async fn an_account_brings_its_policy() {
        assert_eq!(imported(r#"{"name": "A"}"#).await.unwrap(), Policy::default());
        let given = imported(r#"{"name": "A", "policy": {"resets_per_account": 7}}"#).await;
        let right = Policy { resets_per_account: 7, ..Policy::default() };
        assert_eq!(given.unwrap(), right);
        for bad in [r#"{"code_ms": 600001}"#, r#"{"resets_per_acount": 7}"#] {
            let refused = imported(&format!(r#"{{"name": "A", "policy": {bad}}}"#)).await;
            assert!(matches!(refused, Err(BadImport::Value(_))), "{bad}");
        }
    }
}
