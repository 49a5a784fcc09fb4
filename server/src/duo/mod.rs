//! Duo push, through a customer's own Duo (Auth API v2): whom Duo knows, a push to their device, and
//! what they answered. `sign` signs calls, `reply` says what replies mean, `ask` checks what an admin
//! enters, `connect` keeps it.

mod ask;
mod connect;
mod reply;
mod sign;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{AccountId, Code, CustomerId, IntegrationId};
use url::Url;

pub use ask::DuoAsk;
pub use connect::{Connections, DuoView, PushTest, TestPerson};
pub use reply::{DuoDevice, Push};

use crate::clock::Clock;
use crate::directory::Person;
use crate::outbound::{Answer, Auth, Body, Call, Method, Outbound, Refusal, Sent};
use crate::seal::Place;
use crate::secret::Credential;
use crate::settings::Settings;
use crate::store::{Integration, Store, StoreError};

/// The kind under which an application's secret key is sealed.
pub const SECRET: &str = "duo.secret";
/// Longer than a push waits for its person (a minute). A poll that is cut short may take the news with
/// it, so it is not the operator's time limit, which is for calls that are answered at once.
const POLL: Duration = Duration::from_secs(75);

/// Whom Duo is asked as: the settings of a `duo` integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuoSettings {
    /// API hostname: `api-xxxxxxxx.duosecurity.com`.
    pub host: String,
    /// Integration key: `DI…`.
    pub ikey: String,
    /// What Duo knows people by.
    #[serde(default)]
    pub username: UsernameKind,
}

impl DuoSettings {
    /// What the secret key is bound to.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {}", self.host, self.ikey)
    }
}

/// What Duo knows people by. It depends on where the customer's people came into Duo from.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsernameKind {
    /// The user principal name: `ada.park@northwind.example`.
    #[default]
    Upn,
    /// Its part before the `@`: `ada.park`.
    UpnLocal,
    /// The mail address.
    Mail,
}

impl UsernameKind {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Upn, Self::UpnLocal, Self::Mail];

    /// As it is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upn => "upn",
            Self::UpnLocal => "upn-local",
            Self::Mail => "mail",
        }
    }
}

/// What Duo knows this person by; `None` for who has no such name.
#[must_use]
pub fn username_of(settings: &DuoSettings, person: &Person) -> Option<String> {
    let upn = person.user_principal_name.as_str();
    let name = match settings.username {
        UsernameKind::Upn => upn,
        UsernameKind::UpnLocal => upn.rsplit_once('@').map_or(upn, |(local, _)| local),
        UsernameKind::Mail => person.mailbox().unwrap_or_default(),
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// A customer's Duo, ready to be asked.
pub struct DuoTenant {
    /// The integration: a verification by push is bound to it.
    pub id: IntegrationId,
    /// Whom Duo is asked as, and what it knows people by.
    pub settings: DuoSettings,
    secret: Credential,
}

/// What the person reads on their device beside the question.
#[derive(Debug, Clone, Copy)]
pub struct PushInfo<'a> {
    /// Who asks: the technician's name.
    pub by: &'a str,
    /// For whom they work, as the person knows it.
    pub brand: &'a str,
    /// The ticket's number, where there is one.
    pub ticket: Option<&'a str>,
    /// Whom they are to vouch for, where it is not themselves.
    pub vouching_for: Option<&'a str>,
}

/// The way to every customer's Duo.
#[derive(Clone)]
pub struct Duo {
    outbound: Outbound,
    store: Store,
    clock: Clock,
    settings: Arc<Settings>,
}

impl Duo {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, clock: Clock, settings: Arc<Settings>) -> Self {
        Self { outbound, store, clock, settings }
    }

    /// The customer's Duo, with its secret key open.
    ///
    /// # Errors
    /// When the database can't be read. One that is missing or off (`duo-missing`) and one whose key was
    /// entered for another application (`duo-credentials`) are refusals, not errors.
    pub async fn of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Result<DuoTenant, Refusal>, StoreError> {
        match self.store.duo_of(account, customer).await? {
            Some(row) if row.integration.is_on => self.open(&row.integration).await,
            _ => Ok(Err(Code::DuoMissing.into())),
        }
    }

    /// Whom the customer's Duo is asked as, where it is on; its key stays closed.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn settings_of(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<DuoSettings>, StoreError> {
        let row = self.store.duo_of(account, customer).await?;
        let on = row.filter(|row| row.integration.is_on);
        on.map(|row| stored(&row.integration)).transpose()
    }

    async fn open(&self, row: &Integration) -> Result<Result<DuoTenant, Refusal>, StoreError> {
        let settings = stored(row)?;
        let Some(sealed) = self.store.secret(row.account, SECRET, row.id.0).await? else {
            return Ok(Err(Code::DuoCredentials.into()));
        };
        let bound_to = settings.bound_to();
        let place =
            Place { account: row.account.0, kind: SECRET, row: row.id.0, bound_to: &bound_to };
        Ok(match self.store.keys.open(place, &sealed) {
            Ok(clear) => Ok(DuoTenant { id: row.id, settings, secret: Credential::from(clear) }),
            // Sealed for another application: it has to be entered again.
            Err(_) => Err(Code::DuoCredentials.into()),
        })
    }

    /// Whether Duo takes our keys and our clock.
    pub async fn check(&self, tenant: &DuoTenant) -> Answer<()> {
        let sent = self.call(tenant, Method::GET, "/auth/v2/check", &[]).await;
        sent.judge(|reply| reply::open(&reply, |_| Answer::Done(())))
    }

    /// The person's devices that take a push; never none. Whom Duo does not know, keeps out or lets in
    /// without asking is refused.
    pub async fn preauth(&self, tenant: &DuoTenant, username: &str) -> Answer<Vec<DuoDevice>> {
        let asked = [("username", username)];
        let sent = self.call(tenant, Method::POST, "/auth/v2/preauth", &asked).await;
        sent.judge(|reply| reply::open(&reply, |it| reply::devices(&it)))
    }

    /// Sends a push; its id, to ask [`Duo::status`] by. After `Unknown` the person may have one that
    /// nobody hears the answer of.
    pub async fn push(
        &self,
        tenant: &DuoTenant,
        username: &str,
        device: &str,
        info: &PushInfo<'_>,
    ) -> Answer<String> {
        let mut told = vec![("Company", info.brand), ("Asked by", info.by)];
        told.extend(info.ticket.map(|ticket| ("Ticket", ticket)));
        told.extend(info.vouching_for.map(|person| ("You vouch for", person)));
        let told = sign::encode(&told);
        let asked = [
            ("username", username),
            ("factor", "push"),
            ("async", "1"),
            ("device", device),
            ("type", "Help desk verification"),
            ("display_username", username),
            ("pushinfo", told.as_str()),
        ];
        let sent = self.call(tenant, Method::POST, "/auth/v2/auth", &asked).await;
        sent.judge(|reply| reply::open(&reply, |it| reply::transaction(&it)))
    }

    /// How the push stands, as soon as that is something new: a poll that Duo holds until then. Dropping
    /// the future ends it. After `Later` or `Unknown`, and after [`Push::Waiting`], ask again.
    pub async fn status(&self, tenant: &DuoTenant, txid: &str) -> Answer<Push> {
        let asked = [("txid", txid)];
        let sent = self.call(tenant, Method::GET, "/auth/v2/auth_status", &asked).await;
        sent.judge(|reply| reply::open(&reply, |it| Answer::Done(reply::status(&it))))
    }

    async fn call(
        &self,
        tenant: &DuoTenant,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Sent {
        let DuoSettings { host, ikey, .. } = &tenant.settings;
        let at = format!("{}{path}", self.settings.duo.base_of(host));
        let (Ok(mut url), Some(date)) = (Url::parse(&at), sign::date(self.clock.now())) else {
            return Sent::NotConnected("no address, or no date".into());
        };
        let encoded = sign::encode(parameters);
        let signature =
            sign::signature(&tenant.secret, &date, method.as_str(), host, path, &encoded);
        let polls = path.ends_with("_status");
        let body = if method == Method::POST {
            Body::Encoded(encoded)
        } else {
            url.set_query(Some(encoded.as_str()).filter(|query| !query.is_empty()));
            Body::None
        };
        let auth = Auth::Signed(ikey, &signature, &date);
        let call = Call { method, url, auth, request_id: None, headers: Vec::new(), body };
        if polls {
            self.outbound.long_poll(call, POLL).await
        } else {
            self.outbound.send(call).await
        }
    }
}

/// The settings of a row.
fn stored(row: &Integration) -> Result<DuoSettings, StoreError> {
    serde_json::from_str(&row.settings)
        .map_err(|_| StoreError::Inconsistent("the settings of a Duo integration"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_by_what_the_customer_chose() {
        let read = |json: &str| serde_json::from_str::<Person>(json).unwrap();
        let person = read(
            r#"{"id": "1", "userPrincipalName": "ada.park@n.example", "mail": "ada@mail.example"}"#,
        );
        let name = |username, person: &Person| {
            let settings = DuoSettings { host: String::new(), ikey: String::new(), username };
            username_of(&settings, person)
        };
        assert_eq!(name(UsernameKind::Upn, &person).as_deref(), Some("ada.park@n.example"));
        assert_eq!(name(UsernameKind::UpnLocal, &person).as_deref(), Some("ada.park"));
        assert_eq!(name(UsernameKind::Mail, &person).as_deref(), Some("ada@mail.example"));
        let bare = read(r#"{"id": "1", "userPrincipalName": "ada"}"#);
        assert_eq!(name(UsernameKind::UpnLocal, &bare).as_deref(), Some("ada"));
        assert_eq!(name(UsernameKind::Mail, &bare), None);
        for kind in UsernameKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
    }
}
